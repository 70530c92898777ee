"""Writers: ops that open event files, and the object that programs hold for one."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from typing import Any

import scopeflow as tf

from .state import WRITERS, state, writing


class SummaryWriter:
    """A writer of event files in a graph. Made by create_file_writer()."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._resource, self._opening = args if args else (None, None)
        if kwargs:
            raise TypeError(f"SummaryWriter takes no arguments {', '.join(kwargs)}.")

    def set_as_default(self) -> None:
        """Make it the default writer from now on, in this thread."""
        state.writer = self

    def as_default(self) -> AbstractContextManager[Any]:
        """A `with` block in which it is the default writer."""
        return writing(self)

    def init(self) -> Any:
        """The op that opens its file."""
        return tf.no_op() if self._opening is None else self._opening

    def flush(self) -> Any:
        """An op that hands what was written to the file system."""
        if self._resource is None:
            return tf.no_op()
        return tf.raw_ops.FlushSummaryWriter(writer=self._resource)

    def close(self) -> Any:
        """An op that closes its file."""
        if self._resource is None:
            return tf.no_op()
        with tf.control_dependencies([self.flush()]):
            return tf.raw_ops.CloseSummaryWriter(writer=self._resource)


def create_file_writer(
    logdir: Any,
    max_queue: Any = None,
    flush_millis: Any = None,
    filename_suffix: Any = None,
    name: str | None = None,
) -> SummaryWriter:
    """A writer of an event file in `logdir` (None: one that writes nothing).

    Writers of one `name` share a file; without it, those of one `logdir`. Events reach the disk
    after `flush_millis` (120000) at most; `filename_suffix` (".v2") ends the file's name.
    `max_queue` is accepted: events are written where they come.
    """
    if logdir is None:
        return SummaryWriter()
    logdir = os.fspath(logdir) if hasattr(logdir, "__fspath__") else logdir
    if name is None:
        name = f"logdir:{logdir}"
    max_queue = tf.constant(10 if max_queue is None else max_queue)
    suffix = tf.constant(".v2" if filename_suffix is None else filename_suffix)
    resource = tf.raw_ops.SummaryWriter(shared_name=name)
    opening = tf.raw_ops.CreateSummaryFileWriter(
        writer=resource,
        logdir=logdir,
        max_queue=max_queue,
        flush_millis=2 * 60 * 1000 if flush_millis is None else flush_millis,
        filename_suffix=suffix,
    )
    tf.add_to_collection(WRITERS, opening)
    return SummaryWriter(resource, opening)


def create_summary_file_writer(*args: Any, **kwargs: Any) -> SummaryWriter:
    """create_file_writer(), under its deprecated name."""
    tf.logging.warning("Deprecated, please use create_file_writer")
    return create_file_writer(*args, **kwargs)


def summary_writer_initializer_op() -> list:
    """The ops that open the writers of the default graph."""
    return tf.get_collection(WRITERS)


def initialize(graph: Any = None, session: Any = None) -> None:
    """Open the writers in the session (the default one); write the graph, if one is given.

    Does nothing where there is no default writer. ValueError without a session.
    """
    if state.writer is None:
        return
    session = tf.get_default_session() if session is None else session
    if session is None:
        raise ValueError("session must be passed if no default session exists")
    session.run(summary_writer_initializer_op())
    if graph is not None:
        data = graph.as_graph_def(add_shapes=True).SerializeToString()
        place = tf.placeholder(tf.string)
        resource = state.writer._resource
        writing_op = tf.raw_ops.WriteGraphSummary(writer=resource, step=0, tensor=place)
        session.run(writing_op, {place: data})


def flush(writer: Any = None, name: str | None = None) -> Any:
    """An op that hands what `writer` (the default one) wrote to the file system."""
    writer = state.writer if writer is None else writer
    resource = getattr(writer, "_resource", writer)  # a writer's resource serves, too
    if resource is None:
        return tf.no_op()
    return tf.raw_ops.FlushSummaryWriter(writer=resource, name=name)


def eval_dir(model_dir: str, name: str | None = None) -> str:
    """The directory for the summaries of an evaluation."""
    return os.path.join(model_dir, "eval" if not name else f"eval_{name}")
