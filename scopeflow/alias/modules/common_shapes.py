"""tensorflow.python.framework.common_shapes: rules of shapes, as functions of an op."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def scalar_shape(unused_op: Any) -> list:
    """One scalar."""
    return [tf.TensorShape([])]


def unknown_shape(op: Any) -> list:
    """Nothing is known of the outputs."""
    return [tf.TensorShape(None) for _ in op.outputs]


def unchanged_shape(op: Any) -> list:
    """The shape of the first input."""
    return [op.inputs[0].get_shape()]


def unchanged_shape_with_rank(rank: int) -> Any:
    """A rule: the shape of the first input, which has this rank."""
    return lambda op: [op.inputs[0].get_shape().with_rank(rank)]


def unchanged_shape_with_rank_at_least(rank: int) -> Any:
    """A rule: the shape of the first input, which has at least this rank."""
    return lambda op: [op.inputs[0].get_shape().with_rank_at_least(rank)]


def call_cpp_shape_fn(op: Any, require_shape_fn: bool = True) -> dict:
    """The static shapes that the outputs have: an op type knows its rule."""
    return {"shapes": [output.get_shape() for output in op.outputs]}


def no_outputs(unused_op: Any) -> list:
    """No output."""
    return []


def broadcast_shape(shape_x: Any, shape_y: Any) -> Any:
    """The shape of both together."""
    return tf.broadcast_static_shape(tf.TensorShape(shape_x), tf.TensorShape(shape_y))


def is_broadcast_compatible(shape_x: Any, shape_y: Any) -> bool:
    """Whether the shapes go together."""
    try:
        broadcast_shape(shape_x, shape_y)
    except ValueError:
        return False
    return True
