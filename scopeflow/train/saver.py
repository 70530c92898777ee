"""`tf.train.Saver`: a session's variables to a checkpoint and back."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

import scopeflow as tf

from .mismatch import checked
from .saver_builder import BaseSaverBuilder

_V1, _V2 = 1, 2


class Saver:
    """Saves variables and restores them.

    `var_list` is a dict of name in the checkpoint → variable or a list of variables, which are
    saved under their names; without it, all variables of the graph (and the saveable objects of
    its collection SAVEABLE_OBJECTS) are. `max_to_keep` checkpoints are kept (0 or None: all), and
    beyond them one every `keep_checkpoint_every_n_hours`. `reshape` restores values of another
    shape and as many elements. `sharded` writes a data file for each device that variables ask
    for. `pad_step_number` writes steps with eight digits; `save_relative_paths` notes relative
    paths in the state file, so that the directory may move. `defer_build` leaves the ops to
    `build()`. `restore_sequentially` restores one variable after the other.

    `write_version=tf.train.SaverDef.V1` writes the old format, of 2016.

    Raises ValueError where there is nothing to save (unless `allow_empty`), TypeError for what is
    no variable.

    >>> saver = tf.train.Saver(max_to_keep=3)  # doctest: +SKIP
    >>> path = saver.save(session, "model/ckpt", global_step=step)  # doctest: +SKIP
    >>> saver.restore(session, tf.train.latest_checkpoint("model"))  # doctest: +SKIP
    """

    def __init__(
        self,
        var_list: Any = None,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        saver_def: Any = None,
        builder: Any = None,
        defer_build: bool = False,
        allow_empty: bool = False,
        write_version: int = _V2,
        pad_step_number: bool = False,
        save_relative_paths: bool = False,
        filename: str | None = None,
    ) -> None:
        if defer_build and var_list:
            raise ValueError(
                "If `var_list` is provided then build cannot be deferred. Either set "
                "defer_build=False or var_list=None."
            )
        self._var_list = var_list
        self._reshape = reshape
        self._sharded = sharded
        self._max_to_keep = max_to_keep
        self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
        self._name = name
        self._restore_sequentially = restore_sequentially
        self._builder = builder
        self._allow_empty = allow_empty
        self._write_version = write_version
        self._pad_step_number = pad_step_number
        self._save_relative_paths = save_relative_paths
        self._filename = filename
        self._is_built = False
        self._is_empty = False
        self._last_checkpoints: list[tuple[str, float]] = []
        self._to_delete: list[tuple[str, float]] = []
        self.saver_def: Any = None
        if saver_def is not None:
            self._use(_below(saver_def, name))
            self._is_built = True
        elif not defer_build:
            self.build()

    def build(self) -> None:
        """Add the ops to the graph, unless they are there."""
        if self._is_built:
            return
        self._is_built = True
        if self._var_list is None:
            self._var_list = [
                *tf.global_variables(), *tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS),
            ]  # fmt: skip
        if not self._var_list:
            if not self._allow_empty:
                raise ValueError("No variables to save")
            self._is_empty = True
            return
        builder = self._builder or BaseSaverBuilder(self._write_version)
        self._use(
            builder.build(
                self._var_list,
                reshape=self._reshape,
                sharded=self._sharded,
                max_to_keep=self._max_to_keep,
                keep_checkpoint_every_n_hours=self._keep_checkpoint_every_n_hours,
                name=self._name,
                restore_sequentially=self._restore_sequentially,
                filename=self._filename,
            )
        )

    def _use(self, saver_def: Any) -> None:
        _check(saver_def)
        self.saver_def = saver_def
        self._name = self._name or saver_def.filename_tensor_name.rpartition("/")[0] or None
        self._write_version = saver_def.version
        self._sharded = saver_def.sharded
        self._max_to_keep = saver_def.max_to_keep
        self._keep_checkpoint_every_n_hours = saver_def.keep_checkpoint_every_n_hours
        self._next_checkpoint_time = time.time() + 3600 * self._keep_checkpoint_every_n_hours

    # Saving.

    def save(
        self,
        sess: Any,
        save_path: str,
        global_step: Any = None,
        latest_filename: str | None = None,
        meta_graph_suffix: str = "meta",
        write_meta_graph: bool = True,
        write_state: bool = True,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> str | None:
        """Write a checkpoint; returns its name, `save_path` or, with a step, `save_path-step`.

        `global_step` is a number, a tensor or a variable. The state file of the directory (called
        `latest_filename`, else "checkpoint") then names it, unless `write_state` is False. The
        graph is written beside it with `meta_graph_suffix`, unless `write_meta_graph` is False (a
        graph that cannot be exported gives a warning). The files come into being whole: a save that
        is interrupted at any moment leaves the state file naming a checkpoint that is complete.

        Raises RuntimeError before `build()`, ValueError for names that clash or a directory that
        is not there, TypeError for what is no session, and `tf.errors` for what fails on the disk.
        """
        if not self._is_built:
            raise RuntimeError("`build()` should be called before save if defer_build==True")
        latest_filename = latest_filename or "checkpoint"
        if os.path.split(latest_filename)[0]:
            raise ValueError("'latest_filename' must not contain path components")
        if global_step is not None:
            if not isinstance(global_step, int | np.integer):
                global_step = tf.train.global_step(sess, global_step)
            number = f"{global_step:08d}" if self._pad_step_number else f"{global_step}"
            target = f"{save_path}-{number}"
        else:
            target = save_path
            if os.path.basename(save_path) == latest_filename and not self._sharded:
                raise ValueError(
                    f"'latest_filename' collides with 'save_path': '{latest_filename}' and "
                    f"'{save_path}'"
                )
        if not isinstance(sess, tf.Session | tf.InteractiveSession):
            raise TypeError(f"'sess' must be a Session; {sess}")
        directory = os.path.dirname(save_path)
        written = None
        if not self._is_empty:
            try:
                written = sess.run(
                    self.saver_def.save_tensor_name, {self.saver_def.filename_tensor_name: target}
                ).decode()
            except (tf.errors.FailedPreconditionError, tf.errors.NotFoundError) as error:
                if directory and not os.path.isdir(directory):
                    raise ValueError(
                        f"Parent directory of {save_path} doesn't exist, can't save."
                    ) from error
                raise
            if write_state:
                self._record(written)
                newest, *paths = self._noted([written, *self.last_checkpoints], directory)
                tf.train.update_checkpoint_state(directory, newest, paths, latest_filename)
                self._delete_old(meta_graph_suffix)
        if write_meta_graph:
            with sess.graph.as_default():
                try:
                    self.export_meta_graph(
                        f"{target}.{meta_graph_suffix}",
                        strip_default_attrs=strip_default_attrs,
                        save_debug_info=save_debug_info,
                    )
                except NotImplementedError as error:  # the values are safe, training can go on
                    tf.logging.warning("The graph is not written beside %s: %s", target, error)
        return written

    def _record(self, path: str) -> None:
        """Note the checkpoint as the newest; those that are too many wait for deletion."""
        if not self._max_to_keep:
            return
        for known in self._last_checkpoints:
            if known[0] == path:
                self._last_checkpoints.remove(known)
                break
        self._last_checkpoints.append((path, time.time()))
        while len(self._last_checkpoints) > self._max_to_keep:
            self._to_delete.append(self._last_checkpoints.pop(0))

    def _noted(self, paths: list[str], directory: str) -> list[str]:
        """The paths as the state file has them."""
        if not self._save_relative_paths:
            return paths
        return [os.path.relpath(p, directory) if os.path.isabs(p) else p for p in paths]

    def _delete_old(self, suffix: str) -> None:
        while self._to_delete:
            path, written = self._to_delete.pop(0)
            if written > self._next_checkpoint_time:  # this one stays
                self._next_checkpoint_time += 3600 * self._keep_checkpoint_every_n_hours
                continue
            try:
                tf.train.remove_checkpoint(path, self.saver_def.version, suffix)
            except Exception as error:
                tf.logging.warning("Ignoring: %s", error)

    # Restoring.

    def restore(self, sess: Any, save_path: str) -> None:
        """Give the variables the values that they have in a checkpoint; they need no initializer.

        A checkpoint that `tf.train.Checkpoint` wrote is restored by the variables' names, too.

        Raises ValueError where there is no checkpoint of that name, `tf.errors.NotFoundError` for
        variables that it lacks, InvalidArgumentError for those of another shape or dtype: the
        error lists all of them. DataLossError tells of a damaged file.
        """
        if self._is_empty:
            return
        if save_path is None:
            raise ValueError("Can't load save_path when it is None.")
        save_path = os.fspath(save_path)
        if not tf.train.checkpoint_exists(save_path):
            raise ValueError(f"The passed save_path is not a valid checkpoint: {save_path}")
        tf.logging.info("Restoring parameters from %s", save_path)
        restore = sess.graph.get_operation_by_name(self.saver_def.restore_op_name)
        try:
            feeds = checked(restore, save_path)
            sess.run(restore, {self.saver_def.filename_tensor_name: save_path, **feeds})
        except (tf.errors.NotFoundError, tf.errors.InvalidArgumentError) as error:
            raise type(error)(
                None,
                error.op,
                "Restoring from checkpoint failed. This is most likely due to a mismatch between "
                f"the current graph and the graph from the checkpoint.\n{error.message}",
            ) from error

    # What was saved.

    @property
    def last_checkpoints(self) -> list[str]:
        """The names of the checkpoints that are kept, newest last."""
        return [path for path, _ in self._last_checkpoints]

    def set_last_checkpoints(self, last_checkpoints: list[str]) -> None:
        """Deprecated: set_last_checkpoints_with_time, which knows how old each one is."""
        if not isinstance(last_checkpoints, list):
            raise AssertionError(f"A list of names is needed, not {last_checkpoints!r}")
        self._last_checkpoints = [(path, float("inf")) for path in last_checkpoints]

    def set_last_checkpoints_with_time(
        self, last_checkpoints_with_time: list[tuple[str, float]]
    ) -> None:
        """Say which checkpoints are there: (name, time) each, oldest first."""
        if not isinstance(last_checkpoints_with_time, list):
            raise AssertionError(f"A list of pairs is needed, not {last_checkpoints_with_time!r}")
        self._last_checkpoints = last_checkpoints_with_time

    def recover_last_checkpoints(self, checkpoint_paths: Sequence[str]) -> None:
        """Say which checkpoints an earlier process left, so that they are deleted in their turn."""
        there = [path for path in checkpoint_paths if tf.train.checkpoint_exists(path)]
        times = tf.train.get_checkpoint_mtimes(there)
        self.set_last_checkpoints_with_time(list(zip(there, times, strict=True)))

    # The ops that it added, as a message.

    def as_saver_def(self) -> Any:
        """The SaverDef, which names the ops."""
        return self.saver_def

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The SaverDef, with names below `export_scope`; None if the saver is elsewhere."""
        if export_scope is None:
            return self.saver_def
        if not (self._name or "").startswith(export_scope):
            return None
        found = type(self.saver_def)()
        found.CopyFrom(self.saver_def)
        for field in _NAMES:
            name = getattr(found, field)
            setattr(found, field, name.removeprefix(export_scope.rstrip("/") + "/"))
        return found

    @staticmethod
    def from_proto(saver_def: Any, import_scope: str | None = None) -> Saver:
        """The saver of a SaverDef, whose ops are in the graph, below `import_scope`."""
        return Saver(saver_def=saver_def, name=import_scope)

    def export_meta_graph(
        self,
        filename: str | None = None,
        collection_list: Any = None,
        as_text: bool = False,
        export_scope: str | None = None,
        clear_devices: bool = False,
        clear_extraneous_savers: bool = False,
        strip_default_attrs: bool = False,
        save_debug_info: bool = False,
    ) -> Any:
        """The MetaGraphDef of the graph and this saver; also written to `filename`, if given.

        For the arguments see `tf.train.export_meta_graph`.
        """
        return tf.train.export_meta_graph(
            filename=filename,
            saver_def=self.saver_def,
            collection_list=collection_list,
            as_text=as_text,
            export_scope=export_scope,
            clear_devices=clear_devices,
            clear_extraneous_savers=clear_extraneous_savers,
            strip_default_attrs=strip_default_attrs,
            save_debug_info=save_debug_info,
        )


_NAMES = "filename_tensor_name", "save_tensor_name", "restore_op_name"


def _check(saver_def: Any) -> None:
    if not hasattr(saver_def, "restore_op_name"):
        raise ValueError("saver_def must be a saver_pb2.SaverDef proto.")
    for field in _NAMES:
        if not getattr(saver_def, field):
            raise ValueError(f"saver_def must specify the {field}: {saver_def}")


def _below(saver_def: Any, scope: str | None) -> Any:
    """The SaverDef for ops that were imported below a name scope."""
    _check(saver_def)
    found = type(saver_def)()
    found.CopyFrom(saver_def)
    if scope:
        for field in _NAMES:
            setattr(found, field, f"{scope.rstrip('/')}/{getattr(found, field)}")
    return found
