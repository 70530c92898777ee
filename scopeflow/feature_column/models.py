"""Columns put together: input_layer, linear_model, make_parse_example_spec."""

from __future__ import annotations

from collections import Counter
from typing import Any

import scopeflow as tf

from .base import CategoricalColumn, DenseColumn, FeatureColumn, Features, all_collections


def normalized(feature_columns: Any) -> list:
    """The columns, sorted by name. ValueError for none, a dict, and two of one name."""
    if isinstance(feature_columns, FeatureColumn):
        feature_columns = [feature_columns]
    if isinstance(feature_columns, dict):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    columns = list(feature_columns)
    if not columns:
        raise ValueError("feature_columns must not be empty.")
    seen: dict[str, Any] = {}
    for column in columns:
        name = getattr(column, "name", None)
        if name in seen and isinstance(column, FeatureColumn):
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and {seen[name]}. This "
                "usually means that these columns refer to same base feature. Either one must be "
                "discarded or a duplicated but renamed item must be inserted in features dict."
            )
        seen[str(name)] = column
    return sorted(columns, key=lambda column: getattr(column, "name", ""))


def check_batch(tensors: list, columns: list) -> None:
    """ValueError for tensors of columns whose static batch sizes differ."""
    sizes: dict[int, Any] = {}
    for tensor, column in zip(tensors, columns, strict=True):
        size = tf.TensorShape(tensor.shape).as_list()[0]
        if size is not None:
            sizes.setdefault(size, column)
    if len(sizes) > 1:
        (one, first), (other, second) = list(sizes.items())[:2]
        raise ValueError(
            "Batch size (first dimension) of each feature must be same. It is "
            f"{one} in {first} and {other} in {second}."
        )


def input_layer(
    features: dict,
    feature_columns: Any,
    weight_collections: Any = None,
    trainable: bool = True,
    cols_to_vars: Any = None,
    cols_to_output_tensors: Any = None,
) -> Any:
    """The dense columns side by side, in the order of their names: [batch, numbers].

    `cols_to_vars` and `cols_to_output_tensors` are dicts that are filled by column.
    """
    columns = normalized(feature_columns)
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError(
                "Items of feature_columns must be a _DenseColumn. You can wrap a categorical column"
                f" with an embedding_column or indicator_column. Given: {column}"
            )
    collections = all_collections(weight_collections)
    transformed = Features(features)
    found = []
    with tf.variable_scope(None, default_name="input_layer", values=features.values()):
        for column in columns:
            with tf.variable_scope(None, default_name=column.scope_name):
                before = len(tf.global_variables())
                tensor = column.dense(transformed, trainable, collections)
                size = column.variable_shape.num_elements()
                output = tf.reshape(tensor, shape=(tf.shape(tensor)[0], size))
                found.append(output)
                if cols_to_vars is not None:
                    cols_to_vars[column] = tf.global_variables()[before:]
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
        check_batch(found, columns)
        return tf.concat(found, 1)


def linear_model(
    features: dict,
    feature_columns: Any,
    units: int = 1,
    sparse_combiner: str = "sum",
    weight_collections: Any = None,
    trainable: bool = True,
    cols_to_vars: Any = None,
) -> Any:
    """A linear function of the columns: [batch, units], with variables for each column's weights.

    `cols_to_vars`, a dict, gets the variables by column, and those of "bias".
    """
    columns = normalized(feature_columns)
    for column in columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f"Items of feature_columns must be a _FeatureColumn. Given: {column}")
        if not isinstance(column, DenseColumn | CategoricalColumn):
            raise ValueError(
                "Items of feature_columns must be either a _DenseColumn or _CategoricalColumn. "
                f"Given: {column}"
            )
    collections = all_collections(weight_collections)
    transformed = Features(features)
    given: dict[str, Any] = {"trainable": trainable, "collections": collections}
    with tf.variable_scope(None, default_name="linear_model") as scope:
        pass
    with (
        tf.variable_scope(scope, auxiliary_name_scope=False),
        tf.name_scope("linear_model"),
        tf.name_scope("linear_model"),
    ):
        sums = []
        used: Counter[str] = Counter()
        for column in columns:
            number = used[column.scope_name]  # columns of one table have the same name
            used[column.scope_name] += 1
            own_scope = f"{column.scope_name}_{number}" if number else column.scope_name
            with (
                tf.variable_scope(own_scope, auxiliary_name_scope=False),
                tf.name_scope(column.name),
            ):
                before = len(tf.global_variables())
                sums.append(_weighted(column, transformed, units, sparse_combiner, given))
                if cols_to_vars is not None:
                    cols_to_vars[column] = tf.global_variables()[before:]
        check_batch(sums, columns)
        total = tf.add_n(sums, name="weighted_sum_no_bias")
        bias = tf.get_variable(
            "bias_weights", shape=[units], initializer=tf.zeros_initializer(), **given
        )
        if cols_to_vars is not None:
            pieces = getattr(bias, "_get_variable_list", None)
            cols_to_vars["bias"] = [bias] if pieces is None else pieces()
        return tf.nn.bias_add(total, bias, name="weighted_sum")


def _weighted(column: Any, features: Features, units: int, combiner: str, given: dict) -> Any:
    def weights(rows: int) -> Any:
        return tf.get_variable(
            "weights", shape=[rows, units], initializer=tf.zeros_initializer(), **given
        )

    if isinstance(column, CategoricalColumn):
        ids, id_weights = column.ids(features)
        # Ids and weights of an example, whatever their shape, are one list.
        with tf.name_scope("weighted_sum"):
            shape = tf.shape(ids)[0]
            ids = tf.sparse_reshape(ids, [tf.cast(shape, tf.int64), -1])
            if id_weights is not None:  # one for each id, in their order
                id_weights = tf.SparseTensor(ids.indices, id_weights.values, ids.dense_shape)
        return tf.nn.safe_embedding_lookup_sparse(
            weights(column.num_buckets),
            ids,
            sparse_weights=id_weights,
            combiner=combiner,
            name="weighted_sum",
        )
    size = column.variable_shape.num_elements()
    made = weights(size)
    tensor = column.dense(features, given["trainable"], given["collections"])
    return tf.matmul(tf.reshape(tensor, (tf.shape(tensor)[0], size)), made, name="weighted_sum")


def make_parse_example_spec(feature_columns: Any) -> dict:
    """The features of tf.parse_example that the columns are made of."""
    spec: dict = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(
                f"All feature_columns must be _FeatureColumn instances. Given: {column}"
            )
        for key, value in column.parse_example_spec.items():
            if key in spec and value != spec[key]:
                raise ValueError(
                    f"feature_columns contain different parse_spec for key {key}. Given {value} "
                    f"and {spec[key]}"
                )
        spec.update(column.parse_example_spec)
    return spec
