"""tensorflow.python.ops.math_ops: what gradients of a program's own ask for."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def reduced_shape(input_shape: Any, axes: Any) -> Any:
    """The shape (an int32 vector) that a reduction over `axes` gives with kept dimensions."""
    shape = tf.to_int32(input_shape)
    axes = tf.to_int32(tf.reshape(axes, [-1]))
    rank = tf.size(shape)
    places = tf.reshape((axes + rank) % rank, [-1, 1])
    return tf.tensor_scatter_update(shape, places, tf.ones_like(axes))
