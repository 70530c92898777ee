"""What feature columns share: names, the features that they are made of, looked up once."""

from __future__ import annotations

from typing import Any

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
            shape = tf.concat([tensor.dense_shape, [1]], 0)
            return tf.sparse_reshape(tensor, shape)
        return tensor

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
            shape = tf.shape(tensor, out_type=tf.int64, name="dense_shape")
            return tf.SparseTensor(indices, values, shape)


class FeatureColumn:
    """A column: a `name`, the features that it is parsed from, and what it makes of them."""

    __slots__ = ()

    @property
    def name(self) -> str:
        raise NotImplementedError(f"{type(self).__name__}.name")

    @property
    def scope_name(self) -> str:
        """Below which its variables stand."""
        return self.name

    @property
    def parse_example_spec(self) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.parse_example_spec")

    def transformed(self, features: Features) -> Any:
        raise NotImplementedError(f"{type(self).__name__}.transformed")


class DenseColumn(FeatureColumn):
    """A column that gives numbers, [batch] + `variable_shape`."""

    __slots__ = ()

    @property
    def variable_shape(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}.variable_shape")

    def dense(self, features: Features, trainable: bool, collections: Any) -> Any:
        """The numbers. Variables are made in the current scope."""
        return features.get(self)


class CategoricalColumn(FeatureColumn):
    """A column that gives ids of `num_buckets` categories."""

    __slots__ = ()

    @property
    def num_buckets(self) -> int:
        raise NotImplementedError(f"{type(self).__name__}.num_buckets")

    def ids(self, features: Features) -> tuple[Any, Any]:
        """(ids as a SparseTensor, their weights or None)."""
        return features.get(self), None


def check_key(key: Any) -> None:
    """ValueError unless it names a feature."""
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")


def check_dtype(dtype: Any, name: str) -> None:
    """ValueError unless its values can be ids: integers or strings."""
    if dtype != tf.string and not dtype.is_integer:
        raise ValueError(f"dtype must be string or integer. dtype: {dtype}, column_name: {name}")
