"""The ops that write and read the values of objects."""

from __future__ import annotations

import os
from typing import Any

import scopeflow as tf

from .mismatch import checked
from .object_graph import KEY, ObjectGraph, Value
from .saveable import SaveableObject, SaveSpec, saveables
from .saver_builder import BaseSaverBuilder


def session_or_default(session: Any) -> Any:
    """The session, or the default one, or Keras's."""
    return tf.keras.backend.get_session() if session is None else session


def note(directory: str, paths: list[str], times: Any = None, preserved: Any = None) -> None:
    """Note the checkpoints in the state file, by relative paths: the directory may be moved."""
    paths = [os.path.relpath(path, directory) if os.path.isabs(path) else path for path in paths]
    tf.train.update_checkpoint_state(directory, paths[-1], paths, None, times, preserved)


class Writer:
    """Writes checkpoints of an object; the ops are made anew only where there is more to save."""

    def __init__(self) -> None:
        self._ops: dict[Any, tuple] = {}

    def write(self, root: Any, path: str, session: Any) -> str:
        """Write a checkpoint of that name; returns the name."""
        graph = ObjectGraph(root)
        values = graph.values()
        key = session.graph, tuple((value.key, value.owner) for value in values)
        if key not in self._ops:
            with session.graph.as_default(), tf.control_dependencies(None):
                self._ops[key] = _save_ops(values)
        name, message, save = self._ops[key]
        session.run(save, {name: path, message: graph.message().SerializeToString()})
        return path

    def counting(self, counter: Any) -> tuple:
        """What initializes the counter, tells whether it has a value, and adds one to it."""
        if counter not in self._ops:
            with counter.graph.as_default(), tf.control_dependencies(None):
                has_value = tf.is_variable_initialized(counter)
                add_one = counter.assign_add(1, read_value=False)
                self._ops[counter] = counter.initializer, has_value, add_one
        return self._ops[counter]


class _Message(SaveableObject):
    """The message of the object graph, which no op restores."""

    def __init__(self, tensor: Any) -> None:
        super().__init__(tensor, [SaveSpec(tensor, "", KEY)], KEY)


def _save_ops(values: list[Value]) -> tuple:
    name = tf.placeholder(tf.string, shape=(), name="saving_prefix")
    message = tf.placeholder(tf.string, shape=(), name="object_graph")
    found = [*saveables_of(values), _Message(message)]
    return name, message, BaseSaverBuilder().save_op(name, found)


def saveables_of(values: list[Value]) -> list[SaveableObject]:
    """The saveables of the values, under their keys."""
    made = {}
    for _, _, key, value in values:
        is_variable = isinstance(value, tf.Variable)
        made[key] = value(name=key) if callable(value) and not is_variable else value
    return saveables(made)


def restore_op(values: list[Value]) -> Any:
    """(the placeholder of the name, the op that restores the values); None without values."""
    if not values:
        return None
    with tf.control_dependencies(None):
        name = tf.placeholder(tf.string, shape=(), name="restoring_prefix")
        builder = BaseSaverBuilder()
        return name, tf.group(*builder._restore(name, saveables_of(values), False, False))


def restore(op: Any, path: str, session: Any) -> None:
    """Run what `restore_op` made, unless the values do not fit: that error lists them all."""
    if op is not None:
        name, restored = op
        checked(restored, path)
        session.run(restored, {name: path})
