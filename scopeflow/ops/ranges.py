"""Ranges, and elements in reverse order."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.static_value import static_value
from ..core.types import INDEX, REAL, TypeSet

_range = builtins.range
_POINTS = TypeSet(dtypes.bfloat16, dtypes.float32, dtypes.float64)

# Ranges, order.


def _range_shape(start: Tensor, limit: Tensor, delta: Tensor) -> Dims:
    values = []
    for tensor in (start, limit, delta):
        if tensor._dims not in ((), None):
            raise ShapeError(f"Shape must be rank 0 but is rank {len(tensor._dims or ())}")
        values.append(_number(tensor))
    if None in values:
        return (None,)
    if wrong := _wrong_range(*values):
        raise ShapeError(wrong)
    return (max(0, int(np.ceil((values[1] - values[0]) / values[2]))),)


def _number(tensor: Tensor) -> Any:
    """The number, where it is the same in every run; else None."""
    known = static_value(tensor)
    if known is not None:
        return known
    if tensor.op.type == "Const":
        return tensor.op.attrs["value"].item()
    if tensor.op.type == "Cast":  # as `range` makes one type of several
        number = _number(tensor.op.inputs[0])
        return None if number is None else tensor.dtype.as_numpy_dtype(number).item()
    return None


def _wrong_range(start: Any, limit: Any, delta: Any) -> str | None:
    """Why there is no such range, or None."""
    if delta == 0:
        return "Requires delta != 0"
    if delta > 0 and start > limit:
        return f"Requires start <= limit when delta > 0: {start}/{limit}"
    if delta < 0 and start < limit:
        return f"Requires start >= limit when delta < 0: {start}/{limit}"
    return None


def _host_range(start, limit, delta):
    if wrong := _wrong_range(start, limit, delta):
        raise ValueError(wrong)
    return tuple(_range(start, limit, delta))


@op(
    "Tidx, Tidx, Tidx -> Tidx",
    shape=_range_shape,
    host=_host_range,
    differentiable=False,
    Tidx=REAL,
)
def Range(start, limit, delta):
    """start, start + delta, … as long as it is below `limit` (above, for a negative delta)."""
    first, last, step = start.item(), limit.item(), delta.item()
    if wrong := _wrong_range(first, last, step):
        raise ValueError(wrong)
    if first == last:
        return start.new_empty((0,))
    return torch.arange(first, last, step, dtype=start.dtype, device=start.device)


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range"
) -> Tensor:
    """start, start + delta, … below `limit`; with one argument, 0 up to it."""
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        parts = {}
        for label, value in (("start", start), ("limit", limit), ("delta", delta)):
            parts[label] = convert_to_tensor(value, dtype=dtype, name=label)
        if dtype is None:
            order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
            wanted = max((t.dtype.base_dtype for t in parts.values()), key=order.index)
            from .math import cast

            parts = {label: cast(t, wanted) for label, t in parts.items()}
        return Range(parts["start"], parts["limit"], parts["delta"], name=scope)


def _lin_space_shape(start: Tensor, stop: Tensor, num: Tensor) -> Dims:
    count = static_value(num)
    if count is not None and count <= 0:
        raise ShapeError(f"Requires num > 0: {count}")
    return (count,)


@op("T, T, host Tidx -> T", shape=_lin_space_shape, differentiable=False, T=_POINTS, Tidx=INDEX)
def LinSpace(start, stop, num):
    """`num` values evenly spaced from start to stop, both included."""
    if num <= 0:
        raise ValueError(f"Requires num > 0: {num}")
    return torch.linspace(start.item(), stop.item(), num, dtype=start.dtype, device=start.device)


linspace = lin_space = LinSpace


def _reverse_shape(tensor: Tensor, axis: Tensor) -> Dims:
    axes = static_value(axis)
    rank_is(axis, 1)
    dims = tensor._dims
    if isinstance(axes, tuple) and dims is not None:
        for place in axes:
            if place is not None and not -len(dims) <= place < len(dims):
                raise ShapeError(
                    f"axis {place} is out of valid range [{-len(dims)}, {len(dims) - 1}]"
                )
        known = [place % len(dims) for place in axes if place is not None]
        for place in known:
            if known.count(place) > 1:
                raise ShapeError(f"axis {place} specified more than once.")
    return dims


def _host_reverse(tensor, axis):
    return tensor[::-1] if isinstance(tensor, tuple) and axis else tensor


@op("T, host Tidx -> T", shape=_reverse_shape, Tidx=INDEX, host=_host_reverse)
def ReverseV2(tensor, axis):
    """The elements in reverse order along the given dimensions."""
    axes = axis if isinstance(axis, tuple) else (axis,)
    for place in axes:
        if not -tensor.ndim <= place < tensor.ndim:
            raise ValueError(
                f"axis {place} is out of valid range [{-tensor.ndim}, {tensor.ndim - 1}]"
            )
    known = [place % tensor.ndim for place in axes]
    for place in known:
        if known.count(place) > 1:
            raise ValueError(f"axis {place} specified more than once.")
    signed = _SIGNED.get(str(tensor.dtype))
    if signed is None:
        return tensor.flip(known)
    return tensor.view(getattr(torch, signed)).flip(known).view(tensor.dtype)


_SIGNED = {f"torch.u{name}": name for name in ("int16", "int32", "int64")}
"""The dtypes that torch does not turn round -> those with elements of the same size."""


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """`tensor` reversed along each dimension in `axis`."""
    return ReverseV2(tensor, axis, name=name)


reverse_v2 = reverse
