"""Conversions beside `tf.cast`: `tf.to_*`, casts that saturate, bits read as another type."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least
from .math import cast, maximum, minimum


def to_float(x: Any, name: str = "ToFloat") -> Tensor:
    """`x` as float32. The old name of `tf.cast(x, tf.float32)`, as the functions below are."""
    return cast(x, dtypes.float32, name)


def to_double(x: Any, name: str = "ToDouble") -> Tensor:
    """`x` as float64."""
    return cast(x, dtypes.float64, name)


def to_int32(x: Any, name: str = "ToInt32") -> Tensor:
    """`x` as int32; floats lose their fraction."""
    return cast(x, dtypes.int32, name)


def to_int64(x: Any, name: str = "ToInt64") -> Tensor:
    """`x` as int64; floats lose their fraction."""
    return cast(x, dtypes.int64, name)


def to_bfloat16(x: Any, name: str = "ToBFloat16") -> Tensor:
    """`x` as bfloat16."""
    return cast(x, dtypes.bfloat16, name)


def to_complex64(x: Any, name: str = "ToComplex64") -> Tensor:
    """`x` as complex64."""
    return cast(x, dtypes.complex64, name)


def to_complex128(x: Any, name: str = "ToComplex128") -> Tensor:
    """`x` as complex128."""
    return cast(x, dtypes.complex128, name)


def saturate_cast(value: Any, dtype: Any, name: str | None = None) -> Tensor:
    """`value` as `dtype`; what does not fit becomes the smallest or largest that does."""
    with name_scope(name, "saturate_cast", [value]) as scope:
        value = convert_to_tensor(value, name="value")
        wanted = as_dtype(dtype).base_dtype
        have = value.dtype.base_dtype
        if have.min < wanted.min:
            value = maximum(value, convert_to_tensor(wanted.min, dtype=have, name="min"))
        if have.max > wanted.max:
            value = minimum(value, convert_to_tensor(wanted.max, dtype=have, name="max"))
        return cast(value, wanted, name=scope)


def _bitcast_shape(input: Tensor, *, type: DType) -> Dims:
    have, wanted = input.dtype.base_dtype.size, type.size
    dims = input._dims
    if have >= wanted:
        more = have // wanted
        return dims if dims is None or more == 1 else (*dims, more)
    count = wanted // have
    rank_at_least(input, 1)
    if dims is None:
        return None
    if dims[-1] not in (None, count):
        raise ShapeError(f"Cannot bitcast due to shape. {dims[-1]} does not match {count}")
    return dims[:-1]


@op("T -> type", shape=_bitcast_shape, view=True, differentiable=None)
def Bitcast(input, *, type, op):
    """The bits of `input` read as `type`."""
    have, wanted = input.element_size(), torch.empty((), dtype=type).element_size()
    if have < wanted and (not input.ndim or input.shape[-1] != wanted // have):
        raise ValueError(
            f"Cannot bitcast from {op.inputs[0].dtype.base_dtype.name} to "
            f"{op.outputs[0].dtype.name}: shape {list(input.shape)}"
        )
    if have == wanted:
        return input.view(type)
    if have > wanted:
        return input.contiguous().unsqueeze(-1).view(type)
    return input.contiguous().view(type).squeeze(-1)


def bitcast(input: Any, type: Any, name: str | None = None) -> Tensor:
    """The bits of `input` read as dtype `type`, which may be of another size.

    Towards a smaller type a dimension is added at the end; towards a larger one the last dimension
    (which must have the sizes' ratio) goes.

    >>> import scopeflow as tf
    >>> tf.bitcast(tf.constant([1.0, 2.0]), tf.uint8).shape.as_list()
    [2, 4]
    """
    return Bitcast(input, as_dtype(type).base_dtype, name=name)
