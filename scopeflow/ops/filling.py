"""Tensors of one value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is, unchanged
from ..core.static_value import dims_from, static_value
from ..core.tensor_shape import as_shape
from ..core.types import INDEX
from .array import reshape, shape
from .constant import constant

# Tensors of one value.


def _fill_shape(dims: Tensor, value: Tensor) -> Dims:
    rank_is(dims, 1)
    rank_is(value, 0)
    known = static_value(dims)
    if known is not None and any(length is not None and length < 0 for length in known):
        raise ShapeError("Fill dimensions must be >= 0")
    return dims_from(dims)


@op(
    "host index_type, T -> T",
    shape=_fill_shape,
    index_type=INDEX,
    host=lambda dims, value: _filled_on_host(dims, value),
)
def Fill(dims, value):
    """A tensor of shape `dims` that holds `value` everywhere."""
    if not isinstance(value, torch.Tensor):
        return np.full(dims, value, object)
    if not isinstance(dims, tuple) or any(isinstance(length, tuple) for length in dims):
        text = ",".join(map(str, np.shape(dims)))
        raise ValueError(f"dims must be a vector, got shape [{text}]")
    if any(length < 0 for length in dims):
        raise ValueError(f"Dimension {min(dims)} must be >= 0")
    return value.expand(dims).clone(memory_format=torch.contiguous_format)


fill = Fill


def _filled_on_host(dims: tuple, value: Any) -> Any:
    if not dims:
        return value
    return None if len(dims) > 1 or dims[0] is None else (value,) * dims[0]


@op("T -> T", shape=unchanged, differentiable=False)
def ZerosLike(x):
    """Zeros (empty strings, False) in the input's shape and dtype."""
    return torch.zeros_like(x) if isinstance(x, torch.Tensor) else np.full(x.shape, b"", object)


@op("T -> T", shape=unchanged, differentiable=False)
def OnesLike(x):
    """Ones in the input's shape and dtype."""
    return torch.ones_like(x)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of zeros (False, empty strings)."""
    wanted = as_dtype(dtype).base_dtype
    nothing = False if wanted.is_bool else "" if wanted is dtypes.string else 0
    return _filled(shape, wanted, nothing, name, "zeros")


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of ones (True)."""
    wanted = as_dtype(dtype).base_dtype
    return _filled(shape, wanted, True if wanted.is_bool else 1, name, "ones")


_SMALL = 1000  # up to here TensorFlow makes a constant, beyond it a Fill op


def _filled(shape: Any, dtype: DType, value: Any, name: str | None, default: str) -> Tensor:
    with name_scope(name, default, [shape]) as scope:
        if not isinstance(shape, Tensor):
            known = _known_dims(shape)
            if known is not None and math.prod(known) < _SMALL:
                return constant(value, dtype, list(known), name=scope)
            shape = (
                convert_to_tensor(shape, dtypes.int32)
                if known is None
                else constant(list(known), _index_type(known), name="shape_as_tensor")
            )
        elif shape._dims != (None,) and not shape._dims:
            shape = reshape(shape, [-1])
        return Fill(shape, constant(value, dtype), name=scope)


def _index_type(dims: tuple[int, ...]) -> DType:
    """int32, or int64 where a dimension needs it."""
    return dtypes.int64 if max(dims) > dtypes.int32.max else dtypes.int32


def _known_dims(shape: Any) -> tuple[int, ...] | None:
    """Dims given as ints; None where some of them are tensors."""
    try:
        dims = as_shape(shape)._dims
    except (TypeError, ValueError):
        return None
    if dims is None or None in dims:
        return None
    return dims  # type: ignore[return-value]


def zeros_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Zeros in the shape of `tensor`, in its dtype or `dtype`."""
    return _alike(tensor, dtype, name, "zeros_like", optimize)


def ones_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Ones in the shape of `tensor`, in its dtype or `dtype`."""
    return _alike(tensor, dtype, name, "ones_like", optimize)


def _alike(tensor: Any, dtype: Any, name: str | None, default: str, optimize: bool) -> Tensor:
    make, same = (zeros, ZerosLike) if default == "zeros_like" else (ones, None)
    with name_scope(name, default, [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.dtype.base_dtype if dtype is None else as_dtype(dtype).base_dtype
        known = tensor._dims is not None and None not in tensor._dims
        if same is not None and known and optimize:
            return zeros(tensor._dims, wanted, name=scope)
        if same is not None and wanted is tensor.dtype.base_dtype:
            return ZerosLike(tensor, name=scope)
        found = make(shape(tensor), wanted, name=scope)
        found.set_shape(tensor.shape)
        return found
