"""tensorflow.python.ops.array_ops: shapes that are computed even where they are known."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def shape_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: tf.DType = tf.int32
) -> tf.Tensor:
    """`tf.shape`; without `optimize` an op computes what is known statically, too."""
    if optimize or isinstance(input, tf.SparseTensor):
        return tf.shape(input, name=name, out_type=out_type)
    return tf.raw_ops.Shape(input=tf.convert_to_tensor(input), out_type=out_type, name=name)


def size_internal(
    input: Any, name: str | None = None, optimize: bool = True, out_type: tf.DType = tf.int32
) -> tf.Tensor:
    """`tf.size`; without `optimize` an op computes what is known statically, too."""
    if optimize or isinstance(input, tf.SparseTensor):
        return tf.size(input, name=name, out_type=out_type)
    return tf.raw_ops.Size(input=tf.convert_to_tensor(input), out_type=out_type, name=name)


def rank_internal(input: Any, name: str | None = None, optimize: bool = True) -> tf.Tensor:
    """`tf.rank`; without `optimize` an op computes what is known statically, too."""
    if optimize or isinstance(input, tf.SparseTensor):
        return tf.rank(input, name=name)
    return tf.raw_ops.Rank(input=tf.convert_to_tensor(input), name=name)
