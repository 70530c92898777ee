"""The global step: a counter of training steps that the graph keeps in a collection."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def get_global_step(graph: tf.Graph | None = None) -> Any:
    """The graph's global step, None where it has none. TypeError where it is no integer scalar."""
    graph = graph or tf.get_default_graph()
    found = graph.get_collection(tf.GraphKeys.GLOBAL_STEP)
    if len(found) == 1:
        step = found[0]
    elif not found:
        try:
            step = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
    else:
        raise ValueError(f"Multiple tensors in global_step collection: {found}")
    assert_global_step(step)
    return step


def create_global_step(graph: tf.Graph | None = None) -> Any:
    """Make the global step (int64, not trained). ValueError where there is one already."""
    graph = graph or tf.get_default_graph()
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.')
    with graph.as_default(), graph.name_scope(None):
        return tf.get_variable(
            tf.GraphKeys.GLOBAL_STEP,
            shape=[],
            dtype=tf.int64,
            initializer=tf.zeros_initializer(),
            trainable=False,
            collections=[tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.GLOBAL_STEP],
        )


def get_or_create_global_step(graph: tf.Graph | None = None) -> Any:
    """The graph's global step, made where it has none."""
    graph = graph or tf.get_default_graph()
    step = get_global_step(graph)
    return create_global_step(graph) if step is None else step


def assert_global_step(global_step_tensor: Any) -> None:
    """TypeError unless it can count steps: an integer scalar."""
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(
            f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}'
        )
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """The value of the global step in a session."""
    return int(sess.run(global_step_tensor))
