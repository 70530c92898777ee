"""Columns of numbers: numeric_column, bucketized_column."""

from __future__ import annotations

import itertools
from collections import namedtuple
from typing import Any

import numpy as np

import scopeflow as tf

from .base import CategoricalColumn, DenseColumn, Features, check_key


class NumericColumn(
    DenseColumn,
    namedtuple("NumericColumn", ["key", "shape", "default_value", "dtype", "normalizer_fn"]),
):
    """See numeric_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.key

    @property
    def parse_example_spec(self) -> dict:
        return {self.key: tf.FixedLenFeature(self.shape, self.dtype, self.default_value)}

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape(self.shape)

    def transformed(self, features: Features) -> Any:
        tensor = features.get(self.key)
        if isinstance(tensor, tf.SparseTensor):
            raise ValueError(
                f"The corresponding Tensor of numerical column must be a Tensor. SparseTensor is "
                f"not supported. key: {self.key}"
            )
        if self.normalizer_fn is not None:
            tensor = self.normalizer_fn(tensor)
        return tf.cast(tensor, tf.float32)


class BucketizedColumn(
    DenseColumn, CategoricalColumn, namedtuple("BucketizedColumn", ["source_column", "boundaries"])
):
    """See bucketized_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict:
        return self.source_column.parse_example_spec

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape([*self.source_column.shape, len(self.boundaries) + 1])

    @property
    def num_buckets(self) -> int:
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    def transformed(self, features: Features) -> Any:
        return tf.raw_ops.Bucketize(
            input=features.get(self.source_column), boundaries=list(self.boundaries)
        )

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        return tf.one_hot(features.get(self), depth=len(self.boundaries) + 1)

    def ids(self, features: Features) -> tuple[Any, Any]:
        buckets = features.get(self)
        size = self.source_column.shape[0]
        batch = tf.shape(buckets)[0]
        rows = tf.reshape(tf.tile(tf.expand_dims(tf.range(0, batch), 1), [1, size]), [-1])
        columns = tf.tile(tf.range(0, size), [batch])
        found = tf.reshape(buckets, [-1]) + (len(self.boundaries) + 1) * columns
        indices = tf.cast(tf.transpose(tf.stack((rows, columns))), tf.int64)
        shape = tf.cast(tf.stack([batch, size]), tf.int64)
        return tf.SparseTensor(indices, tf.cast(found, tf.int64), shape), None


def _filled(default_value: Any, shape: tuple, dtype: Any, key: str) -> Any:
    """The default as nested tuples of that shape. ValueError for another one, TypeError for values
    that are none of the dtype."""
    given = np.asarray(default_value)
    if given.dtype.kind not in ("iu" if dtype.is_integer else "iuf"):
        raise TypeError(
            f"default_value must be compatible with dtype. default_value: {default_value}, dtype: "
            f"{dtype}, key: {key}"
        )
    if given.ndim and given.shape != shape:
        raise ValueError(
            f"The shape of default_value must be equal to given shape. default_value: "
            f"{default_value}, shape: {shape}, key: {key}"
        )
    return _tuples(np.broadcast_to(given.astype(dtype.as_numpy_dtype), shape).tolist())


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def checked_shape(shape: Any, key: str) -> tuple:
    """A shape as a tuple. TypeError for sizes that are no integers, ValueError if below 1."""
    shape = tuple(shape) if isinstance(shape, list | tuple) else (shape,)
    for size in shape:
        if not isinstance(size, int | np.integer):
            raise TypeError(f"shape dimensions must be integer. shape: {shape}, key: {key}")
        if size < 1:
            raise ValueError(f"shape dimensions must be greater than 0. shape: {shape}, key: {key}")
    return shape


def numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: Any = None,
    dtype: Any = tf.float32,
    normalizer_fn: Any = None,
) -> Any:
    """A feature of numbers, [batch] + `shape`, after `normalizer_fn(tensor)`."""
    check_key(key)
    shape = checked_shape(shape, key)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if default_value is not None:
        default_value = _filled(default_value, shape, dtype, key)
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return NumericColumn(key, shape, default_value, dtype, normalizer_fn)


def bucketized_column(source_column: Any, boundaries: Any) -> Any:
    """A numeric column as the number of its bucket: below, between and above the boundaries."""
    if not isinstance(source_column, NumericColumn):
        raise ValueError(
            "source_column must be a column generated with numeric_column(). Given: "
            f"{source_column}"
        )
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not isinstance(boundaries, list | tuple) or not boundaries:
        raise ValueError(f"boundaries must be a sorted list. Given: {boundaries}")
    if any(a >= b for a, b in itertools.pairwise(boundaries)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))
