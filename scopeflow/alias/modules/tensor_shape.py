"""tensorflow.python.framework.tensor_shape: shapes by their kind."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

TensorShapeV1 = tf.TensorShape


def as_shape(shape: Any) -> Any:
    """The shape as a tf.TensorShape."""
    return shape if isinstance(shape, tf.TensorShape) else tf.TensorShape(shape)


def as_dimension(value: Any) -> Any:
    """The size as a tf.Dimension."""
    return value if isinstance(value, tf.Dimension) else tf.Dimension(value)


def unknown_shape(rank: int | None = None, **kwargs: Any) -> Any:
    """A shape of unknown sizes, or of unknown rank."""
    rank = kwargs.pop("ndims", rank)
    return tf.TensorShape(None if rank is None else [None] * rank)


def scalar() -> Any:
    """The shape []."""
    return tf.TensorShape([])


def vector(length: Any) -> Any:
    """The shape [length]."""
    return tf.TensorShape([length])


def matrix(rows: Any, cols: Any) -> Any:
    """The shape [rows, cols]."""
    return tf.TensorShape([rows, cols])
