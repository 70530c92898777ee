"""`tf.keras.backend`."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

import scopeflow as tf

_floatx = "float32"
_image_data_format = "channels_last"
_phases: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph -> learning phase
_own_variables: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph -> variables
_session: Any = None


def floatx() -> str:
    """The name of the default floating-point dtype."""
    return _floatx


def image_data_format() -> str:
    """Where layers expect the channels of images: `channels_last` or `channels_first`."""
    return _image_data_format


def learning_phase() -> Any:
    """The condition whether the model is being trained: 0, 1 or a placeholder that is False."""
    graph = tf.get_default_graph()
    if graph not in _phases:
        with tf.name_scope(""):
            _phases[graph] = tf.placeholder_with_default(False, [], name="keras_learning_phase")
    return _phases[graph]


def track_variable(variable: Any) -> None:
    """Have `get_session` initialize it."""
    _own_variables.setdefault(tf.get_default_graph(), []).append(variable)


def get_session(op_input_list: Any = ()) -> Any:
    """The default session, else one of Keras's own, with the layers' variables initialized.

    Variables that have a value keep it.
    """
    global _session
    session = tf.get_default_session()
    if session is None:
        if _session is None or _session.graph is not tf.get_default_graph():
            _session = tf.Session()
        session = _session
    _initialize(session)
    return session


def _initialize(session: Any) -> None:
    with session.graph.as_default():
        pending = [
            piece
            for variable in _own_variables.get(session.graph, ())
            for piece in getattr(variable, "_get_variable_list", lambda v=variable: [v])()
            if session not in piece.__dict__.setdefault("_keras_ready", weakref.WeakSet())
        ]
        if not pending:
            return
        ready = session.run([tf.is_variable_initialized(variable) for variable in pending])
        missing = [v for v, has in zip(pending, ready, strict=True) if not has]
        if missing:
            session.run(tf.variables_initializer(missing))
        for variable in pending:
            variable._keras_ready.add(session)


def batch_get_value(tensors: list) -> list:
    """The values of several variables, as arrays."""
    return get_session().run(tensors) if tensors else []


def batch_set_value(tuples: list) -> None:
    """Assign values to variables: a list of pairs."""
    session = get_session()
    with session.graph.as_default():
        ops, feeds = [], {}
        for variable, value in tuples:
            value = np.asarray(value, dtype=variable.dtype.base_dtype.as_numpy_dtype)
            if not hasattr(variable, "_assign_placeholder"):
                variable._assign_placeholder = tf.placeholder(
                    variable.dtype.base_dtype, value.shape
                )
                variable._assign_op = variable.assign(variable._assign_placeholder)
            ops.append(variable._assign_op)
            feeds[variable._assign_placeholder] = value
        session.run([op.op if hasattr(op, "op") else op for op in ops], feeds)
