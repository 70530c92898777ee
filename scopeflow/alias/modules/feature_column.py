"""tensorflow.python.feature_column.feature_column and .feature_column_v2: the classes."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.feature_column.base import CategoricalColumn, DenseColumn, FeatureColumn, Features
from scopeflow.feature_column.categories import (
    CrossedColumn,
    HashedCategoricalColumn,
    IdentityCategoricalColumn,
    VocabularyFileCategoricalColumn,
    VocabularyListCategoricalColumn,
    WeightedCategoricalColumn,
)
from scopeflow.feature_column.embeddings import EmbeddingColumn, IndicatorColumn
from scopeflow.feature_column.models import normalized
from scopeflow.feature_column.numbers import BucketizedColumn, NumericColumn
from scopeflow.feature_column.sequences import SequenceCategoricalColumn

_bucketized_column = tf.feature_column.bucketized_column
_categorical_column_with_hash_bucket = tf.feature_column.categorical_column_with_hash_bucket
_categorical_column_with_identity = tf.feature_column.categorical_column_with_identity
_categorical_column_with_vocabulary_file = tf.feature_column.categorical_column_with_vocabulary_file
_categorical_column_with_vocabulary_list = tf.feature_column.categorical_column_with_vocabulary_list
_crossed_column = tf.feature_column.crossed_column
_embedding_column = tf.feature_column.embedding_column
_indicator_column = tf.feature_column.indicator_column
_numeric_column = tf.feature_column.numeric_column
_weighted_categorical_column = tf.feature_column.weighted_categorical_column
make_parse_example_spec_v2 = tf.feature_column.make_parse_example_spec

_CategoricalColumn = CategoricalColumn
_DenseColumn = DenseColumn
_FeatureColumn = FeatureColumn
_LazyBuilder = Features

__all__ = [
    "BucketizedColumn", "CategoricalColumn", "CrossedColumn", "DenseColumn", "EmbeddingColumn",
    "FeatureColumn", "HashedCategoricalColumn", "IdentityCategoricalColumn", "IndicatorColumn",
    "InputLayer", "NumericColumn", "SequenceCategoricalColumn", "VocabularyFileCategoricalColumn",
    "VocabularyListCategoricalColumn", "WeightedCategoricalColumn", "make_parse_example_spec_v2",
]  # fmt: skip


def _transform_features(features: dict, feature_columns: Any) -> dict:
    """What each column makes of the features."""
    columns = normalized(feature_columns)
    with tf.name_scope(None, "transform_features", list(features.values())):
        made = Features(features)
        return {column: made.get(column) for column in columns}


class _Shared:
    """A function of features and columns whose variables are made once and then shared."""

    def __init__(self, function: Any, name: str, feature_columns: Any, **arguments: Any) -> None:
        columns = normalized(feature_columns)
        self._template = tf.make_template(
            name, function, feature_columns=columns, create_scope_now_=True, **arguments
        )

    def __call__(self, features: dict) -> Any:
        return self._template(features)

    @property
    def variables(self) -> list:
        """Its variables."""
        return self._template.variables

    @property
    def trainable_variables(self) -> list:
        """Those that are trained."""
        return self._template.trainable_variables

    @property
    def name(self) -> str:
        """The name of its scope."""
        return self._template.name


class InputLayer(_Shared):
    """`tf.feature_column.input_layer` that can be called more than once."""

    def __init__(
        self, feature_columns: Any, weight_collections: Any = None, trainable: bool = True,
        cols_to_vars: Any = None, name: str = "feature_column_input_layer",
    ) -> None:  # fmt: skip
        super().__init__(
            tf.feature_column.input_layer, name, feature_columns, trainable=trainable,
            weight_collections=weight_collections, cols_to_vars=cols_to_vars,
        )  # fmt: skip


class _LinearModel(_Shared):
    """`tf.feature_column.linear_model` that can be called more than once."""

    def __init__(
        self, feature_columns: Any, units: int = 1, sparse_combiner: str = "sum",
        weight_collections: Any = None, trainable: bool = True, name: str = "linear_model",
    ) -> None:  # fmt: skip
        self._cols_to_vars: dict[Any, Any] = {}
        super().__init__(
            tf.feature_column.linear_model, name, feature_columns, units=units,
            sparse_combiner=sparse_combiner, weight_collections=weight_collections,
            trainable=trainable, cols_to_vars=self._cols_to_vars,
        )  # fmt: skip

    def cols_to_vars(self) -> dict:
        """The variables of each column, and of "bias"."""
        return self._cols_to_vars
