"""SparseTensor: the places of a tensor that have values, and the values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from . import dtypes
from .composite import CompositeTensor
from .context import get_default_session
from .convert import convert_to_tensor
from .graph import name_scope
from .operation import Operation, Tensor
from .static_value import constant_value_as_shape
from .tensor_shape import TensorShape


class SparseTensorValue(NamedTuple):
    """The arrays of a sparse tensor: what a session returns for one, and what it is fed."""

    indices: np.ndarray
    values: np.ndarray
    dense_shape: np.ndarray


class SparseTensor(CompositeTensor):
    """A tensor of which few elements have values: element `indices[i]` is `values[i]`.

    `indices` [n, rank] int64, in row-major order where an op asks for it (`tf.sparse.reorder`),
    `values` [n], `dense_shape` [rank] int64. ValueError where these shapes do not fit.

    >>> import scopeflow as tf
    >>> tf.SparseTensor([[0, 1], [2, 0]], [7.0, 8.0], [3, 4]).shape
    TensorShape([Dimension(3), Dimension(4)])
    """

    _value_type = SparseTensorValue

    def __init__(self, indices: Any, values: Any, dense_shape: Any) -> None:
        with name_scope(None, "SparseTensor", [indices, values, dense_shape]):
            self._indices = convert_to_tensor(indices, dtypes.int64, name="indices")
            self._values = convert_to_tensor(values, name="values")
            self._dense_shape = convert_to_tensor(dense_shape, dtypes.int64, name="dense_shape")
        places = self._indices.shape.with_rank(2)
        count = self._values.shape.with_rank(1)
        sizes = self._dense_shape.shape.with_rank(1)
        places[0].assert_is_compatible_with(count[0])
        places[1].assert_is_compatible_with(sizes[0])

    @classmethod
    def from_value(cls, sparse_tensor_value: Any) -> SparseTensor:
        """A constant sparse tensor of a SparseTensorValue (or of another SparseTensor)."""
        if not is_sparse_value(sparse_tensor_value):
            raise TypeError(f"Neither a SparseTensor nor SparseTensorValue: {sparse_tensor_value}.")
        found = sparse_tensor_value
        return cls(found.indices, found.values, found.dense_shape)

    @property
    def _components(self) -> list[Tensor]:
        return [self._indices, self._values, self._dense_shape]

    @property
    def indices(self) -> Tensor:
        """Where the values stand, one place a row."""
        return self._indices

    @property
    def values(self) -> Tensor:
        """The values."""
        return self._values

    @property
    def dense_shape(self) -> Tensor:
        """The shape of the whole, as a tensor."""
        return self._dense_shape

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole, as far as it is known."""
        return constant_value_as_shape(self._dense_shape)

    def get_shape(self) -> TensorShape:
        """The shape of the whole, as far as it is known."""
        return self.shape

    def consumers(self) -> list[Operation]:
        """The ops that use the values (or the places, or the shape)."""
        return list(dict.fromkeys(op for part in self._components for op in part.consumers()))

    def eval(self, feed_dict: Any = None, session: Any = None) -> SparseTensorValue:
        """The value, from `session` or the default session."""
        session = session or get_default_session()
        if session is None:
            raise ValueError(
                "Cannot evaluate a sparse tensor using `eval()`: No default session is registered. "
                "Use `with sess.as_default()` or pass an explicit session to `eval(session=sess)`"
            )
        return session.run(self, feed_dict)

    def __str__(self) -> str:
        return (
            f"SparseTensor(indices={self._indices}, values={self._values}, "
            f"dense_shape={self._dense_shape})"
        )

    @classmethod
    def _override_operator(cls, operator: str, function: Callable) -> None:
        setattr(cls, operator, function)


def is_sparse_value(value: Any) -> bool:
    """Whether it is a sparse tensor or the value of one."""
    return isinstance(value, SparseTensor | SparseTensorValue)


def as_sparse(value: Any, label: str = "input") -> SparseTensor:
    """`value` as a SparseTensor (its value becomes a constant); TypeError for anything else."""
    if isinstance(value, SparseTensor):
        return value
    if isinstance(value, SparseTensorValue):
        return SparseTensor.from_value(value)
    raise TypeError(
        f"{label.capitalize()} must be a SparseTensor, not {value!r}."
        "\nA dense tensor becomes one by tf.sparse.from_dense(tensor)."
    )


def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | SparseTensor:
    """A SparseTensor for one (or for its value), else a tensor. RuntimeError for another dtype."""
    if is_sparse_value(value):
        sparse = as_sparse(value)
        if dtype is not None and not dtypes.as_dtype(dtype).is_compatible_with(sparse.dtype):
            raise RuntimeError(
                f"Sparse dtype: requested = {dtypes.as_dtype(dtype).name}, "
                f"actual = {sparse.dtype.name}"
            )
        return sparse
    return convert_to_tensor(value, dtype=dtype, name=name)
