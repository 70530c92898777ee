"""Categories as numbers: embedding_column, shared_embedding_columns, indicator_column."""

from __future__ import annotations

import math
from collections import namedtuple
from typing import Any

import scopeflow as tf

from .base import DenseColumn, Features
from .sequences import SequenceCategoricalColumn, SequenceColumn, sequence_length


class _OfCategories(DenseColumn, SequenceColumn):
    """Numbers for the categories of a batch, or for those of each step of sequences."""

    __slots__ = ()

    _kind = ""
    categorical_column: Any

    def _numbers(self, features: Features, table: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._numbers")

    def _check_dense(self) -> None:
        if isinstance(self.categorical_column, SequenceCategoricalColumn):
            raise ValueError(
                f"In {self._kind}: {self.name}. categorical_column must not be of type "
                "SequenceCategoricalColumn. For one row of numbers an example use a "
                "categorical_column_with_… that is not of sequences; for sequences use "
                f"tf.keras.experimental.SequenceFeatures. Given: {self.categorical_column}"
            )

    def sequence(self, features: Features, table: Any) -> tuple[Any, Any]:
        """(the numbers of each step, how many steps each example has)."""
        if not isinstance(self.categorical_column, SequenceCategoricalColumn):
            raise ValueError(
                f"In {self._kind}: {self.name}. categorical_column must be of type "
                "SequenceCategoricalColumn to use SequenceFeatures: use one of "
                f"sequence_categorical_column_with_…. Given: {self.categorical_column}"
            )
        ids, _ = self.categorical_column.ids(features)
        return self._numbers(features, table), sequence_length(ids)


class IndicatorColumn(_OfCategories, namedtuple("IndicatorColumn", ["categorical_column"])):
    """See indicator_column."""

    __slots__ = ()

    _kind = "indicator_column"

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_indicator"

    @property
    def parse_example_spec(self) -> dict:
        return self.categorical_column.parse_example_spec

    @property
    def variable_shape(self) -> Any:
        return tf.TensorShape([1, self.categorical_column.num_buckets])

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        self._check_dense()
        return features.get(self)

    def _numbers(self, features: Features, table: Any) -> Any:
        return features.get(self)

    def transformed(self, features: Features) -> Any:
        ids, weights = self.categorical_column.ids(features)
        size = self.categorical_column.num_buckets
        dense = tf.sparse_tensor_to_dense(ids, default_value=-1)
        places = tf.one_hot(dense, depth=size, on_value=1.0, off_value=0.0)
        if weights is not None:  # one for each id, in their order
            weights = tf.SparseTensor(ids.indices, weights.values, ids.dense_shape)
            places *= tf.expand_dims(tf.sparse_tensor_to_dense(weights), -1)
        return tf.reduce_sum(places, axis=[-2])


class _Embedding(_OfCategories):
    """What embeddings of one and of several columns share."""

    __slots__ = ()

    _kind = "embedding_column"

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

    def table(self, get_variable: Any, trainable: bool = True, **arguments: Any) -> Any:
        """Make the table, with a function like `tf.get_variable`."""
        table = get_variable(
            "embedding_weights",
            shape=(self.categorical_column.num_buckets, self.dimension),
            dtype=tf.float32,
            initializer=self.initializer,
            trainable=self.trainable and trainable,
            **arguments,
        )
        if self.ckpt_to_load_from is not None:
            parts = list(table) if hasattr(table, "_get_variable_list") else table
            tf.train.init_from_checkpoint(self.ckpt_to_load_from, {self.tensor_name_in_ckpt: parts})
        return table

    def _table(self, trainable: bool, collections: Any) -> Any:
        return self.table(tf.get_variable, trainable, collections=collections)

    def _numbers(self, features: Features, table: Any) -> Any:
        return self.looked_up(table, features)

    def looked_up(self, table: Any, features: Features) -> Any:
        """The rows of the table for the features' categories, combined."""
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
        self._check_dense()
        return self.looked_up(self._table(trainable, collections), features)


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
        self._check_dense()
        found = tf.get_collection(self.shared_embedding_collection_name)
        if len(found) > 1:
            raise ValueError(
                f"Collection {self.shared_embedding_collection_name} can only contain one variable."
            )
        if not found:
            found = [self._table(trainable, collections)]
            tf.add_to_collection(self.shared_embedding_collection_name, found[0])
        return self.looked_up(found[0], features)


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
    kinds = {type(getattr(c, "categorical_column", c)) for c in ordered}
    if len(kinds) > 1:
        raise ValueError(
            "To use shared_embedding_column, all categorical_columns must have the same type, or "
            f"be weighted_categorical_column of the same type. Given: {ordered}"
        )
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
