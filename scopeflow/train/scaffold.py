"""Scaffold: the ops with which a session of a training begins, made where they are not given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .resources import (
    initialize_resources,
    local_resources,
    report_uninitialized_resources,
    shared_resources,
)

USE_DEFAULT = object()
"""For an argument that is not given, as None means something."""


class Scaffold:
    """What a monitored session needs: how to initialize, what says that it is ready, the saver.

    What is not given is made by `finalize()` or taken from its collection. `init_fn(scaffold,
    session)` is called after `init_op`, where nothing is restored. `copy_from_scaffold` is asked
    for what is not given.
    """

    def __init__(
        self,
        init_op: Any = None,
        init_feed_dict: Any = None,
        init_fn: Callable | None = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        local_init_op: Any = None,
        summary_op: Any = None,
        saver: Any = None,
        copy_from_scaffold: Any = None,
    ) -> None:
        if copy_from_scaffold is not None and not isinstance(copy_from_scaffold, Scaffold):
            raise TypeError("copy_from_scaffold is not a Scaffold instance.")
        other: Any = copy_from_scaffold

        def settled(name: str, value: Any) -> Any:
            return getattr(other, name) if value is None and other is not None else value

        self._init_op = settled("init_op", init_op)
        self._init_feed_dict = settled("init_feed_dict", init_feed_dict)
        self._ready_op = settled("ready_op", ready_op)
        self._ready_for_local_init_op = settled("ready_for_local_init_op", ready_for_local_init_op)
        self._local_init_op = settled("local_init_op", local_init_op)
        self._summary_op = settled("summary_op", summary_op)
        self._saver = settled("saver", saver)
        if init_fn:
            self._user_init_fn: Any = init_fn
        elif copy_from_scaffold is not None:
            self._user_init_fn = copy_from_scaffold._user_init_fn
        else:
            self._user_init_fn = None
        function = self._user_init_fn
        self._init_fn = (lambda session: function(self, session)) if function else None

    def finalize(self) -> Scaffold:
        """Make what is missing, and finalize the graph."""
        keys = tf.GraphKeys
        if self._init_op is None:
            self._init_op = self.get_or_default("init_op", keys.INIT_OP, _init_op)
        if self._ready_op is None:
            self._ready_op = self.get_or_default("ready_op", keys.READY_OP, _ready_op)
        if self._ready_for_local_init_op is None:
            self._ready_for_local_init_op = self.get_or_default(
                "ready_for_local_init_op", keys.READY_FOR_LOCAL_INIT_OP, _ready_for_local_init_op
            )
        if self._local_init_op is None:
            self._local_init_op = self.get_or_default(
                "local_init_op", keys.LOCAL_INIT_OP, Scaffold.default_local_init_op
            )
        if self._summary_op is None:
            self._summary_op = self.get_or_default(
                "summary_op", keys.SUMMARY_OP, tf.summary.merge_all
            )
        if self._saver is None:
            self._saver = _collected_saver()
        self._saver.build()
        tf.get_default_graph().finalize()
        tf.logging.info("Graph was finalized.")
        return self

    @property
    def init_fn(self) -> Any:
        """A function of the session, or None."""
        return self._init_fn

    @property
    def init_op(self) -> Any:
        """The op that initializes variables."""
        return self._init_op

    @property
    def ready_op(self) -> Any:
        """The tensor that names what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """The tensor that names what the local variables wait for."""
        return self._ready_for_local_init_op

    @property
    def local_init_op(self) -> Any:
        """The op that initializes local variables and tables."""
        return self._local_init_op

    @property
    def summary_op(self) -> Any:
        """The merged summaries, or None."""
        return self._summary_op

    @property
    def saver(self) -> Any:
        """The saver."""
        return self._saver

    @property
    def init_feed_dict(self) -> Any:
        """What is fed to `init_op`."""
        return self._init_feed_dict

    @staticmethod
    def get_or_default(arg_name: str, collection_key: str, default_constructor: Callable) -> Any:
        """The collection's one element, else a new one, which joins the collection."""
        elements = tf.get_collection(collection_key)
        if elements:
            if len(elements) > 1:
                raise RuntimeError(
                    f'More than one item in the collection "{collection_key}". Please indicate '
                    "which one to use by passing it to the tf.Scaffold constructor as:  "
                    f"tf.Scaffold({arg_name}=item to use)"
                )
            return elements[0]
        made = default_constructor()
        if made is not None:
            tf.add_to_collection(collection_key, made)
        return made

    @staticmethod
    def default_local_init_op() -> Any:
        """Local variables, tables, local resources: initialized."""
        return tf.group(
            tf.local_variables_initializer(),
            tf.tables_initializer(),
            initialize_resources(local_resources()),
        )


def _init_op() -> Any:
    return tf.group(tf.global_variables_initializer(), initialize_resources(shared_resources()))


def _ready_op() -> Any:
    return tf.concat([tf.report_uninitialized_variables(), report_uninitialized_resources()], 0)


def _ready_for_local_init_op() -> Any:
    return tf.concat(
        [
            tf.report_uninitialized_variables(tf.global_variables()),
            report_uninitialized_resources(shared_resources()),
        ],
        0,
    )


def _collected_saver() -> Any:
    savers = tf.get_collection(tf.GraphKeys.SAVERS)
    if len(savers) > 1:
        raise RuntimeError(
            f"More than one item in the collection {tf.GraphKeys.SAVERS!r}. Say which saver to "
            "use: tf.train.Scaffold(saver=...)."
        )
    if savers:
        return savers[0]
    saver = tf.train.Saver(sharded=True, allow_empty=True)
    tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
    return saver
