"""Columns of sequences: each example has categories, or numbers, at several steps."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import scopeflow as tf

from .base import CategoricalColumn, FeatureColumn, Features
from .categories import (
    categorical_column_with_hash_bucket,
    categorical_column_with_identity,
    categorical_column_with_vocabulary_file,
    categorical_column_with_vocabulary_list,
)
from .numbers import checked_shape


class SequenceColumn(FeatureColumn):
    """A column that gives numbers for each step, [batch, steps] + `variable_shape`."""

    __slots__ = ()

    @property
    def variable_shape(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}.variable_shape")

    def sequence(self, features: Features, table: Any) -> tuple[Any, Any]:
        """(the numbers, how many steps each example has)."""
        raise NotImplementedError(f"{type(self).__name__}.sequence")


class SequenceCategoricalColumn(
    CategoricalColumn, namedtuple("SequenceCategoricalColumn", ["categorical_column"])
):
    """Categories at several steps: see sequence_categorical_column_with_identity and others."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.categorical_column.name

    @property
    def parse_example_spec(self) -> dict:
        return self.categorical_column.parse_example_spec

    @property
    def num_buckets(self) -> int:
        return self.categorical_column.num_buckets

    def transformed(self, features: Features) -> Any:
        return features.get(self.categorical_column)

    def ids(self, features: Features) -> tuple[Any, Any]:
        """The ids and weights with the dimensions batch, steps, and ids of one step."""
        ids, weights = self.categorical_column.ids(features)
        return _of_steps(ids), None if weights is None else _of_steps(weights)


def _of_steps(sparse: Any) -> Any:
    return tf.sparse_reshape(sparse, tf.concat([sparse.dense_shape[:2], [-1]], axis=0))


class SequenceNumericColumn(
    SequenceColumn,
    namedtuple(
        "SequenceNumericColumn", ["key", "shape", "default_value", "dtype", "normalizer_fn"]
    ),
):
    """See sequence_numeric_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return self.key

    @property
    def parse_example_spec(self) -> dict:
        return {self.key: tf.VarLenFeature(self.dtype)}

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape(self.shape)

    def transformed(self, features: Features) -> Any:
        given = features.get(self.key)
        return given if self.normalizer_fn is None else self.normalizer_fn(given)

    def sequence(self, features: Features, table: Any) -> tuple[Any, Any]:
        sparse = features.get(self)
        dense = tf.sparse_tensor_to_dense(sparse, default_value=self.default_value)
        # Two dimensions: the numbers of all steps one after another. Three: those of each step.
        shape = tf.concat([tf.shape(dense)[:1], [-1], self.shape], axis=0)
        numbers = self.variable_shape.num_elements() if sparse.shape.ndims == 2 else 1
        return tf.reshape(dense, shape), sequence_length(sparse, numbers)


def sequence_length(sparse: Any, numbers: int = 1) -> Any:
    """How many steps each example has, int64; `numbers` values of a row are one step."""
    with tf.name_scope(None, "sequence_length"):
        rows, places = sparse.indices[:, 0], sparse.indices[:, 1]
        steps = tf.floordiv(places, numbers) + 1
        most = tf.unsorted_segment_max(steps, rows, tf.cast(sparse.dense_shape[0], tf.int32))
        return tf.maximum(most, 0)


def concatenate_context_input(context_input: Any, sequence_input: Any) -> Any:
    """Put `context_input` [batch, n] beside each step of `sequence_input` [batch, steps, m].

    ValueError for other ranks, TypeError for dtypes other than float32.
    """
    for value, name, rank in (
        (sequence_input, "sequence_input", 3), (context_input, "context_input", 2),
    ):  # fmt: skip
        if value.get_shape().ndims not in (rank, None):
            raise ValueError(f"{name} must have rank {rank}, got {value.get_shape()}.")
        if value.dtype != tf.float32:
            raise TypeError(f"{name} must have dtype float32, got {value.dtype}.")
    steps = tf.shape(sequence_input)[1]
    context = tf.tile(tf.expand_dims(context_input, 1), tf.concat([[1], [steps], [1]], 0))
    return tf.concat([sequence_input, context], 2)


def sequence_categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> Any:
    """A feature of ids at several steps; see categorical_column_with_identity.

    `indicator_column` and `embedding_column` make numbers of it, for
    `tf.keras.experimental.SequenceFeatures`.
    """
    return SequenceCategoricalColumn(
        categorical_column_with_identity(key, num_buckets, default_value)
    )


def sequence_categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = tf.string
) -> Any:
    """A feature of words or integers at several steps; see categorical_column_with_hash_bucket."""
    return SequenceCategoricalColumn(
        categorical_column_with_hash_bucket(key, hash_bucket_size, dtype)
    )


def sequence_categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: Any = tf.string,
) -> Any:
    """A feature of words at several steps; see categorical_column_with_vocabulary_file."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_file(
            key, vocabulary_file, vocabulary_size, num_oov_buckets, default_value, dtype
        )
    )


def sequence_categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Any,
    dtype: Any = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> Any:
    """A feature of words at several steps; see categorical_column_with_vocabulary_list."""
    return SequenceCategoricalColumn(
        categorical_column_with_vocabulary_list(
            key, vocabulary_list, dtype, default_value, num_oov_buckets
        )
    )


def sequence_numeric_column(
    key: str,
    shape: Any = (1,),
    default_value: float = 0.0,
    dtype: Any = tf.float32,
    normalizer_fn: Any = None,
) -> Any:
    """A feature of numbers of `shape` at several steps; steps that are not there are the default.

    `normalizer_fn` is called with the SparseTensor. ValueError for a shape that is not positive
    and a dtype that is no number, TypeError for a `normalizer_fn` that is no function.
    """
    shape = checked_shape(shape, key)
    if not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return SequenceNumericColumn(key, shape, default_value, dtype, normalizer_fn)
