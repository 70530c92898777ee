"""Layers of columns: DenseFeatures and SequenceFeatures."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import DenseColumn, FeatureColumn, Features
from .embeddings import EmbeddingColumn, SharedEmbeddingColumn
from .models import check_batch, normalized
from .sequences import SequenceColumn


class _FeatureLayer(tf.keras.layers.Layer):
    """Columns of a dict of features, side by side. Tables of embeddings are its weights."""

    _kind: type = FeatureColumn

    def __init__(
        self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._feature_columns = normalized(feature_columns)
        for column in self._feature_columns:
            if not isinstance(column, FeatureColumn) or isinstance(column, SharedEmbeddingColumn):
                raise ValueError(
                    "Items of feature_columns must be a FeatureColumn. Given (type "
                    f"{type(column)}): {column}."
                )
            if not isinstance(column, self._kind):
                raise ValueError(
                    f"Items of feature_columns must be a {self._kind.__name__}. You can wrap a "
                    "categorical column with an embedding_column or indicator_column. Given: "
                    f"{column}"
                )
        self._tables: dict[str, Any] = {}

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        if not isinstance(inputs, dict):
            raise ValueError(f"We expected a dictionary here. Instead we got: {inputs}")
        converted = {
            key: tf.convert_to_tensor_or_sparse_tensor(value) for key, value in inputs.items()
        }
        return super().__call__(converted, *args, **kwargs)

    def build(self, _: Any) -> None:
        """Nothing: tables are made where they are used first."""
        self.built = True

    def _table(self, column: Any) -> Any:
        """The table of an embedding, made when it is needed first; None for other columns."""
        if not isinstance(column, EmbeddingColumn):
            return None
        if column.name not in self._tables:
            self._tables[column.name] = column.table(self.add_weight)
        return self._tables[column.name]

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """NotImplementedError: columns are not written as plain values."""
        raise NotImplementedError(
            f"{cls.__name__}.from_config: feature columns are not written as plain values. Make "
            "the columns and the layer anew by the program."
        )

    def get_config(self) -> dict[str, Any]:
        """NotImplementedError: columns are not written as plain values."""
        raise NotImplementedError(
            f"{type(self).__name__}.get_config: feature columns are not written as plain values. "
            "Make the columns and the layer anew by the program."
        )


class DenseFeatures(_FeatureLayer):
    """The dense columns side by side, in the order of their names: [batch, numbers].

    ValueError for columns that are not dense, two of one name, or features that are no dict.

    >>> price = tf.feature_column.numeric_column("price")
    >>> layer = tf.keras.layers.DenseFeatures([price])
    >>> layer({"price": tf.constant([[1.0], [2.0]])}).shape
    TensorShape([Dimension(2), Dimension(1)])
    """

    _kind = DenseColumn

    def call(  # type: ignore[override]
        self, features: dict, cols_to_output_tensors: dict | None = None
    ) -> Any:
        """The numbers; those of each column also as values of the dict, if there is one."""
        transformed = Features(features)
        found = []
        for column in self._feature_columns:
            with tf.name_scope(column.name):
                if isinstance(column, EmbeddingColumn):
                    column._check_dense()
                    tensor = column.looked_up(self._table(column), transformed)
                else:
                    tensor = column.dense(transformed, True, None)
                size = column.variable_shape.num_elements()
                found.append(tf.reshape(tensor, (tf.shape(tensor)[0], size)))
            if cols_to_output_tensors is not None:
                cols_to_output_tensors[column] = found[-1]
        check_batch(found, self._feature_columns)
        return tf.concat(found, -1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(batch, the numbers of all columns), where the input is (batch, …)."""
        size = sum(column.variable_shape.num_elements() for column in self._feature_columns)
        return (*tuple(input_shape)[:1], size)


class SequenceFeatures(_FeatureLayer):
    """Columns of sequences side by side: [batch, steps, numbers], and the sequences' lengths.

    The columns are `sequence_numeric_column`s, and embeddings and indicators of
    `sequence_categorical_column_with_…`. When it runs, tf.errors.InvalidArgumentError for columns
    whose sequences have different lengths. ValueError as for DenseFeatures.
    """

    _kind = SequenceColumn

    def call(self, features: dict) -> Any:  # type: ignore[override]
        """(the numbers, how many steps each example has)."""
        transformed = Features(features)
        found, lengths = [], []
        for column in self._feature_columns:
            with tf.name_scope(column.name):
                tensor, length = column.sequence(transformed, self._table(column))
                size = column.variable_shape.num_elements()
                shape = tf.concat([tf.shape(tensor)[:2], [size]], 0)
                found.append(tf.reshape(tensor, shape))
                lengths.append(length)
        with tf.name_scope("assert_all_equal"):
            checks = [tf.assert_equal(lengths[0], other) for other in lengths[1:]]
            with tf.control_dependencies(checks):
                length = tf.identity(lengths[0])
        return tf.concat(found, -1), length

    def compute_output_shape(self, input_shape: Any) -> Any:
        """(batch, steps, the numbers of all columns), where the input is (batch, steps)."""
        size = sum(column.variable_shape.num_elements() for column in self._feature_columns)
        return (*tuple(input_shape)[:2], size)
