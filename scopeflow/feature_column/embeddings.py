"""Categories as numbers: embedding_column, shared_embedding_columns, indicator_column."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import scopeflow as tf

from .base import DenseColumn, Features


class IndicatorColumn(DenseColumn, namedtuple("IndicatorColumn", ["categorical_column"])):
    """See indicator_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape([1, self.categorical_column.num_buckets])

    def transformed(self, features: Features) -> Any:
        ids, weights = self.categorical_column.ids(features)
        size = self.categorical_column.num_buckets
        if weights is not None:
            merged = tf.sparse_merge(sp_ids=ids, sp_values=weights, vocab_size=size)
            return tf.sparse_tensor_to_dense(merged, default_value=0.0, validate_indices=False)
        dense = tf.sparse_tensor_to_dense(ids, default_value=-1)
        return tf.reduce_sum(tf.one_hot(dense, depth=size, on_value=1.0, off_value=0.0), axis=[-2])


class _Embedding(DenseColumn):
    """What embeddings of one and of several columns share."""

    __slots__ = ()

    categorical_column: Any
    dimension: int
    combiner: str
    initializer: Any
    ckpt_to_load_from: Any
    tensor_name_in_ckpt: Any
    max_norm: Any
    trainable: bool

    @property
    def parse_example_spec(self) -> dict:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape([self.dimension])

    def transformed(self, features: Features) -> Any:
        return self.categorical_column.ids(features)

    def _table(self, trainable: bool, collections: Any) -> Any:
        table = tf.get_variable(
            "embedding_weights",
            shape=(self.categorical_column.num_buckets, self.dimension),
            dtype=tf.float32,
            initializer=self.initializer,
            trainable=self.trainable and trainable,
            collections=collections,
        )
        if self.ckpt_to_load_from is not None:
            parts = list(table) if hasattr(table, "_get_variable_list") else table
            tf.train.init_from_checkpoint(self.ckpt_to_load_from, {self.tensor_name_in_ckpt: parts})
        return table

    def _looked_up(self, table: Any, features: Features) -> Any:
        ids, weights = features.get(self)
        return tf.nn.safe_embedding_lookup_sparse(
            embedding_weights=table,
            sparse_ids=ids,
            sparse_weights=weights,
            combiner=self.combiner,
            name=f"{self.name}_weights",
            max_norm=self.max_norm,
        )

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        return self._looked_up(self._table(trainable, collections), features)


class EmbeddingColumn(
    _Embedding,
    namedtuple(
        "EmbeddingColumn",
        [
            "categorical_column", "dimension", "combiner", "initializer", "ckpt_to_load_from",
            "tensor_name_in_ckpt", "max_norm", "trainable",
        ],
    ),
):  # fmt: skip
    """See embedding_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_embedding"


class SharedEmbeddingColumn(
    _Embedding,
    namedtuple(
        "SharedEmbeddingColumn",
        [
            "categorical_column", "dimension", "combiner", "initializer",
            "shared_embedding_collection_name", "ckpt_to_load_from", "tensor_name_in_ckpt",
            "max_norm", "trainable",
        ],
    ),
):  # fmt: skip
    """See shared_embedding_columns."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_shared_embedding"

    @property
    def scope_name(self) -> str:
        return self.shared_embedding_collection_name

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        found = tf.get_collection(self.shared_embedding_collection_name)
        if len(found) > 1:
            raise ValueError(
                f"Collection {self.shared_embedding_collection_name} can only contain one variable."
            )
        if not found:
            found = [self._table(trainable, collections)]
            tf.add_to_collection(self.shared_embedding_collection_name, found[0])
        return self._looked_up(found[0], features)


def indicator_column(categorical_column: Any) -> Any:
    """Categories as a vector with as many places: how often each is there."""
    return IndicatorColumn(categorical_column)


def _checked(dimension: Any, ckpt: Any, name_in_ckpt: Any, initializer: Any) -> Any:
    if dimension is None or dimension < 1:
        raise ValueError(f"Invalid dimension {dimension}.")
    if (ckpt is None) != (name_in_ckpt is None):
        raise ValueError(
            "Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."
        )
    if initializer is not None and not callable(initializer):
        raise ValueError(f"initializer must be callable if specified. Given: {initializer}")
    return initializer or tf.truncated_normal_initializer(stddev=1 / math.sqrt(dimension))


def embedding_column(
    categorical_column: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Any:
    """Categories as rows of a trained table, combined to one row of `dimension` numbers."""
    initializer = _checked(dimension, ckpt_to_load_from, tensor_name_in_ckpt, initializer)
    return EmbeddingColumn(
        categorical_column, dimension, combiner, initializer, ckpt_to_load_from,
        tensor_name_in_ckpt, max_norm, trainable,
    )  # fmt: skip


def shared_embedding_columns(
    categorical_columns: Any,
    dimension: int,
    combiner: str = "mean",
    initializer: Any = None,
    shared_embedding_collection_name: str | None = None,
    ckpt_to_load_from: str | None = None,
    tensor_name_in_ckpt: str | None = None,
    max_norm: float | None = None,
    trainable: bool = True,
) -> Any:
    """Embeddings of several columns in the same table: a list of columns."""
    initializer = _checked(dimension, ckpt_to_load_from, tensor_name_in_ckpt, initializer)
    ordered = sorted(categorical_columns, key=lambda column: column.name)
    if len({column.num_buckets for column in ordered}) > 1:
        raise ValueError(
            "To use shared_embedding_column, all categorical_columns must have the same number of "
            f"buckets. Given: {[(column.name, column.num_buckets) for column in ordered]}"
        )
    if not shared_embedding_collection_name:
        names = "_".join(column.name for column in ordered)
        shared_embedding_collection_name = f"{names}_shared_embedding"
    return [
        SharedEmbeddingColumn(
            column, dimension, combiner, initializer, shared_embedding_collection_name,
            ckpt_to_load_from, tensor_name_in_ckpt, max_norm, trainable,
        )
        for column in categorical_columns
    ]  # fmt: skip
