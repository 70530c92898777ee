"""`tf.TensorSpec` and its kin: shape, dtype and name of a tensor that is to come."""

from __future__ import annotations

from typing import Any

from . import dtypes
from .convert import convert_to_tensor
from .dtypes import as_dtype
from .operation import Tensor
from .sparse_tensor import SparseTensor
from .tensor_shape import TensorShape


class TypeSpec:
    """The kind of a value: what is the base of `tf.TensorSpec`."""

    @property
    def value_type(self) -> type:
        """The class of the values."""
        raise NotImplementedError(f"{type(self).__name__}.value_type")

    def _serialize(self) -> tuple:
        raise NotImplementedError(f"{type(self).__name__}._serialize")

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether a value (or another spec) is of this kind."""
        return type(self) is type(spec_or_value) and self == spec_or_value

    def most_specific_compatible_type(self, other: Any) -> TypeSpec:
        """The narrowest spec that covers both. ValueError where there is none."""
        if self != other:
            raise ValueError(f"No TypeSpec is compatible with both {self} and {other}")
        return self

    def __eq__(self, other: Any) -> bool:
        return type(other) is type(self) and self._serialize() == other._serialize()

    def __ne__(self, other: Any) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), self._serialize()))


class TensorSpec(TypeSpec):
    """Shape, dtype and (it may be None) name of a tensor."""

    def __init__(self, shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> None:
        self._shape = TensorShape(shape)
        self._dtype = as_dtype(dtype)
        self._name = name

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> TensorSpec:
        """A spec like `spec`, under `name` (its own name where that is None)."""
        return cls(spec.shape, spec.dtype, name or spec.name)

    @classmethod
    def from_tensor(cls, tensor: Any, name: str | None = None) -> TensorSpec:
        """The spec of `tensor`; its name is that of the tensor's op unless `name` is given."""
        if not isinstance(tensor, Tensor):
            raise ValueError(f"`tensor` should be a tf.Tensor, got {tensor!r}")
        return cls(tensor.shape, tensor.dtype, name or tensor.op.name)

    @property
    def shape(self) -> TensorShape:
        """The shape."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype."""
        return self._dtype

    @property
    def name(self) -> str | None:
        """The name, or None."""
        return self._name

    @property
    def value_type(self) -> type:
        """`tf.Tensor`."""
        return Tensor

    def is_compatible_with(self, spec_or_tensor: Any) -> bool:
        """Whether dtype and shape of a tensor, a spec or a value fit this one."""
        if not isinstance(spec_or_tensor, TensorSpec | Tensor):
            try:
                spec_or_tensor = convert_to_tensor(spec_or_tensor)
            except (TypeError, ValueError):
                return False
        return self._dtype.is_compatible_with(
            spec_or_tensor.dtype
        ) and self._shape.is_compatible_with(spec_or_tensor.shape)

    def most_specific_compatible_type(self, other: Any) -> TensorSpec:
        """A spec with None where the two shapes differ. ValueError where dtypes or names differ."""
        same = type(other) is TensorSpec and (self._dtype, self._name) == (
            other._dtype,
            other._name,
        )
        if not same:
            raise ValueError(f"Types are not compatible: {self} vs {other}")
        return TensorSpec(
            self._shape.most_specific_compatible_shape(other.shape), self._dtype, self._name
        )

    def _serialize(self) -> tuple:
        dims = None if self._shape.ndims is None else tuple(self._shape.as_list())
        return dims, self._dtype, self._name

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self._shape}, dtype={self._dtype!r}, name={self._name!r})"

    def __reduce__(self) -> tuple:
        dims = None if self._shape.ndims is None else self._shape.as_list()
        return TensorSpec, (dims, self._dtype, self._name)


class SparseTensorSpec(TypeSpec):
    """Dense shape and dtype of a sparse tensor."""

    def __init__(self, shape: Any = None, dtype: Any = dtypes.float32) -> None:
        self._shape = TensorShape(shape)
        self._dtype = as_dtype(dtype)

    @classmethod
    def from_value(cls, value: Any) -> SparseTensorSpec:
        """The spec of a sparse tensor."""
        return cls(value.shape, value.dtype)

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    @property
    def dtype(self) -> dtypes.DType:
        """The values' dtype."""
        return self._dtype

    @property
    def value_type(self) -> type:
        """`tf.SparseTensor`."""
        return SparseTensor

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether dtype and shape of a sparse tensor or a spec of one fit this one."""
        return (
            isinstance(spec_or_value, SparseTensorSpec | SparseTensor)
            and self._dtype.is_compatible_with(spec_or_value.dtype)
            and self._shape.is_compatible_with(spec_or_value.shape)
        )

    def most_specific_compatible_type(self, other: Any) -> SparseTensorSpec:
        """A spec with None where the two shapes differ. ValueError where the dtypes differ."""
        if type(other) is not SparseTensorSpec or self._dtype is not other._dtype:
            raise ValueError(f"Types are not compatible: {self} vs {other}")
        shape = self._shape.most_specific_compatible_shape(other.shape)
        return SparseTensorSpec(shape, self._dtype)

    def _serialize(self) -> tuple:
        return None if self._shape.ndims is None else tuple(self._shape.as_list()), self._dtype

    def __repr__(self) -> str:
        return f"SparseTensorSpec({self._shape!r}, {self._dtype!r})"

    def __reduce__(self) -> tuple:
        return SparseTensorSpec, self._serialize()
