"""Partitioners: functions that say into how many parts `get_variable` splits a variable.

A partitioner is called with the keywords `shape` (a TensorShape) and `dtype` and returns a list
with the number of parts along each axis, of which one at most may be more than 1.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.tensor_shape import TensorShape


def fixed_size_partitioner(num_shards: int, axis: int = 0) -> Callable[..., list[int]]:
    """`num_shards` parts along `axis`, or as many as the axis is long where that is less.

    >>> import scopeflow as tf
    >>> tf.fixed_size_partitioner(3)(shape=tf.TensorShape([7, 2]), dtype=tf.float32)
    [3, 1]
    """

    def partitioner(shape: Any, **unused_args: Any) -> list[int]:
        lengths = shape.as_list()
        parts = [1] * len(lengths)
        parts[axis] = min(num_shards, lengths[axis])
        return parts

    return partitioner


def variable_axis_size_partitioner(
    max_shard_bytes: int,
    axis: int = 0,
    bytes_per_string_element: int = 16,
    max_shards: int | None = None,
) -> Callable[..., list[int]]:
    """So many parts along `axis` that each has at most `max_shard_bytes`, and `max_shards` at most.

    One slice across the axis is the smallest part, whatever its size. A string counts as
    `bytes_per_string_element`. Raises ValueError for numbers that are not positive.

    >>> import scopeflow as tf
    >>> parts = tf.variable_axis_size_partitioner(max_shard_bytes=64)
    >>> parts(shape=tf.TensorShape([10, 4]), dtype=tf.float32)
    [3, 1]
    """
    if max_shard_bytes < 1 or bytes_per_string_element < 1:
        raise ValueError("Both max_shard_bytes and bytes_per_string_element must be positive.")
    if max_shards and max_shards < 1:
        raise ValueError("max_shards must be positive.")

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        if not isinstance(shape, TensorShape):
            raise ValueError(f"shape is not a TensorShape: {shape}")
        if not shape.is_fully_defined():
            raise ValueError(f"shape is not fully defined: {shape}")
        length: Any = shape.as_list()[axis]
        slice_bytes = _bytes(shape, dtype, bytes_per_string_element) / length
        slices_in_part = max(1, math.floor(max_shard_bytes / slice_bytes))
        count = math.ceil(length / slices_in_part)
        parts = [1] * len(shape)
        parts[axis] = min(count, max_shards) if max_shards else count
        return parts

    return partitioner


def min_max_variable_partitioner(
    max_partitions: int = 1,
    axis: int = 0,
    min_slice_size: int = 256 << 10,
    bytes_per_string_element: int = 16,
) -> Callable[..., list[int]]:
    """Up to `max_partitions` parts along `axis`, of `min_slice_size` bytes or a little less.

    A string counts as `bytes_per_string_element`. The partitioner raises ValueError where the
    variable has no such axis.

    >>> import scopeflow as tf
    >>> parts = tf.min_max_variable_partitioner(max_partitions=4, min_slice_size=100)
    >>> parts(shape=tf.TensorShape([16, 4]), dtype=tf.float32)
    [3, 1]
    """

    def partitioner(shape: Any, dtype: Any) -> list[int]:
        if axis >= len(shape):
            raise ValueError(
                f"Can not partition variable along axis {axis} when shape is only {shape}"
            )
        size = _bytes(shape, dtype, bytes_per_string_element)
        parts = [1] * len(shape)
        parts[axis] = max(
            1, min(max_partitions, shape.as_list()[axis], math.ceil(size / min_slice_size))
        )
        return parts

    return partitioner


def _bytes(shape: Any, dtype: Any, bytes_per_string: int) -> int:
    each = bytes_per_string if dtype.base_dtype is dtypes.string else dtype.size
    return shape.num_elements() * each
