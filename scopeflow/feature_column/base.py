"""What feature columns share: names, the features that they are made of, looked up once."""

from __future__ import annotations

from typing import Any, NamedTuple, NoReturn

import scopeflow as tf


class Features:
    """The features of a batch, and what columns made of them."""

    def __init__(self, features: dict) -> None:
        self._features = features
        self._made: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        """A feature by name (of at least two dimensions), or what a column makes of features."""
        if key not in self._made:
            self._made[key] = self._raw(key) if isinstance(key, str) else key.transformed(self)
        return self._made[key]

    def _raw(self, key: str) -> Any:
        if key not in self._features:
            raise ValueError(f"Feature {key} is not in features dictionary.")
        tensor: Any = tf.convert_to_tensor_or_sparse_tensor(self._features[key])
        rank = tensor.get_shape().ndims
        if rank == 0:
            raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {tensor}")
        if rank == 1 and isinstance(tensor, tf.Tensor):
            return tf.expand_dims(tensor, -1)
        if rank == 1:
            return _with_a_column(tensor)
        return _of_rank_2_at_least(key, tensor) if rank is None else tensor

    def sparse(self, key: str, ignored: Any = None) -> Any:
        """A feature as a SparseTensor, without the values that stand for nothing: "" and -1."""
        tensor = self.get(key)
        if isinstance(tensor, tf.SparseTensor):
            return tensor
        if ignored is None:
            ignored = "" if tensor.dtype == tf.string else -1
        with tf.name_scope("to_sparse_input"):
            value = tf.cast(ignored, tensor.dtype) if ignored != "" else ""
            indices = tf.where(tf.not_equal(tensor, value), name="indices")
            values = tf.gather_nd(tensor, indices, name="values")
            values.set_shape([None])
            shape = tf.shape(tensor, out_type=tf.int64, name="dense_shape")
            return tf.SparseTensor(indices, values, shape)


def _with_a_column(sparse: Any) -> Any:
    return tf.sparse_reshape(sparse, tf.concat([sparse.dense_shape, [1]], 0))


def _of_rank_2_at_least(key: str, tensor: Any) -> Any:
    """A tensor of unknown rank: a column is added where there is one dimension only."""
    rank = tf.rank(tensor)
    message = f"Feature (key: {key}) cannot have rank 0."
    with tf.control_dependencies([tf.assert_positive(rank, message=message)]):
        is_vector = tf.equal(1, rank)
        if isinstance(tensor, tf.Tensor):
            return tf.cond(is_vector, lambda: tf.expand_dims(tensor, -1), lambda: tensor)
        parts = tf.cond(
            is_vector,
            lambda: _parts(_with_a_column(tensor)),
            lambda: _parts(tensor),
        )
        for part, shape in zip(parts, ([None, None], [None], [None]), strict=True):
            part.set_shape(shape)
        return tf.SparseTensor(*parts)


def _parts(sparse: Any) -> tuple:
    return sparse.indices, tf.identity(sparse.values), sparse.dense_shape


class FeatureColumn:
    """A column: a `name`, the features that it is parsed from, and what it makes of them."""

    __slots__ = ()

    @property
    def name(self) -> str:
        raise NotImplementedError(f"{type(self).__name__}.name")

    @property
    def scope_name(self) -> str:
        """Below which its variables stand."""
        return self._var_scope_name if _defines(self, "_var_scope_name") else self.name

    @property
    def parse_example_spec(self) -> dict:
        return self._parse_example_spec if _defines(self, "_parse_example_spec") else _no(self)

    def transformed(self, features: Features) -> Any:
        if _defines(self, "_transform_feature"):
            return self._transform_feature(features)
        return _no(self)

    # The names that TensorFlow's columns have for the same. Programs call them, and a program's
    # own class of columns defines these instead.

    @property
    def _var_scope_name(self) -> str:
        return self.scope_name

    @property
    def _parse_example_spec(self) -> dict:
        return self.parse_example_spec

    def _transform_feature(self, inputs: Features) -> Any:
        return self.transformed(inputs)


class DenseColumn(FeatureColumn):
    """A column that gives numbers, [batch] + `variable_shape`."""

    __slots__ = ()

    @property
    def variable_shape(self) -> Any:
        return self._variable_shape if _defines(self, "_variable_shape") else _no(self)

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        """The numbers. Variables are made in the current scope."""
        if _defines(self, "_get_dense_tensor"):
            return self._get_dense_tensor(
                features, weight_collections=collections, trainable=trainable
            )
        return features.get(self)

    @property
    def _variable_shape(self) -> Any:
        return self.variable_shape

    def _get_dense_tensor(
        self, inputs: Features, weight_collections: Any = None, trainable: bool | None = None
    ) -> Any:
        return self.dense(inputs, trainable is not False, all_collections(weight_collections))


class _IdWeightPair(NamedTuple):
    """Ids of categories as a SparseTensor, and their weights or None."""

    id_tensor: Any
    weight_tensor: Any


class CategoricalColumn(FeatureColumn):
    """A column that gives ids of `num_buckets` categories."""

    __slots__ = ()

    IdWeightPair = _IdWeightPair

    @property
    def num_buckets(self) -> int:
        return self._num_buckets if _defines(self, "_num_buckets") else _no(self)

    def ids(self, features: Features) -> tuple[Any, Any]:
        """(ids as a SparseTensor, their weights or None)."""
        if _defines(self, "_get_sparse_tensors"):
            ids, weights = self._get_sparse_tensors(features)
            return ids, weights
        return features.get(self), None

    @property
    def _num_buckets(self) -> int:
        return self.num_buckets

    def _get_sparse_tensors(
        self, inputs: Features, weight_collections: Any = None, trainable: bool | None = None
    ) -> _IdWeightPair:
        return _IdWeightPair(*self.ids(inputs))


_OURS = (FeatureColumn, DenseColumn, CategoricalColumn)


def _defines(column: Any, name: str) -> bool:
    """Whether the column's class has a definition of its own under TensorFlow's name."""
    defined = getattr(type(column), name)
    return all(defined is not vars(ours).get(name) for ours in _OURS)


def _no(column: Any) -> NoReturn:
    raise NotImplementedError(
        f"{type(column).__name__} does not define all that a feature column is: _transform_feature "
        "and _parse_example_spec, a dense one _variable_shape and _get_dense_tensor, a categorical "
        "one _num_buckets and _get_sparse_tensors."
    )


def all_collections(given: Any) -> list:
    """The collections of a variable: those given, and GLOBAL_VARIABLES."""
    found = list(given or [])
    if tf.GraphKeys.GLOBAL_VARIABLES not in found:
        found.append(tf.GraphKeys.GLOBAL_VARIABLES)
    return found


def check_key(key: Any) -> None:
    """ValueError unless it names a feature."""
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def check_dtype(dtype: Any, name: str, what: str = "") -> None:
    """ValueError unless its values can be ids: integers or strings."""
    if dtype != tf.string and not dtype.is_integer:
        raise ValueError(
            f"{what}dtype must be string or integer. dtype: {dtype}, column_name: {name}"
        )


def check_given(column: Any, given: Any) -> None:
    """ValueError for features that are neither strings nor integers, or not what the column is."""
    check_dtype(given.dtype, column.key)
    if column.dtype.is_integer != given.dtype.is_integer:
        raise ValueError(
            f"Column dtype and SparseTensors dtype must be compatible. key: {column.key}, column "
            f"dtype: {column.dtype}, tensor dtype: {given.dtype}"
        )
