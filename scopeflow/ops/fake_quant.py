"""Quantization simulated in floats: values rounded to what so many bits can tell apart."""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_at_least, rank_is, unchanged


def _nudged(low, high, num_bits, narrow_range):
    """The range moved so that 0 is one of the levels, and the distance of two levels."""
    if not 2 <= num_bits <= 16:
        raise ValueError(f"num_bits must be between 2 and 16, inclusive, got {num_bits}")
    first, last = (1 if narrow_range else 0), 2**num_bits - 1
    scale = (high - low) / (last - first)
    zero = torch.round(torch.clamp(first - low / scale, first, last))
    return (first - zero) * scale, (last - zero) * scale, scale


def _quantized(x, low, high, num_bits, narrow_range):
    if bool(((low > 0) | (high < 0) | (low > high)).any()):
        raise ValueError("fake quantization needs min <= 0 <= max")
    start, end, scale = _nudged(low.detach(), high.detach(), num_bits, narrow_range)
    inside = (x >= start) & (x <= end)
    known = torch.minimum(torch.maximum(x.detach(), start), end)
    levels = torch.floor((known - start) * (1 / scale) + 0.5) * scale + start
    levels = torch.where(low.detach() == high.detach(), torch.zeros_like(levels), levels)
    # The gradient goes to x inside the range, to the limit that was taken outside.
    if not (x.requires_grad or low.requires_grad or high.requires_grad):
        return levels
    carried = torch.where(inside, x, torch.where(x < start, low, high))
    return levels + (carried - carried.detach())


@op("float32 -> float32", shape=unchanged)
def FakeQuantWithMinMaxArgs(inputs, *, min=-6.0, max=6.0, num_bits=8, narrow_range=False):
    """`inputs` within [min, max] rounded to the nearest of 2^num_bits levels."""
    low, high = inputs.new_tensor(min), inputs.new_tensor(max)
    return _quantized(inputs, low, high, num_bits, narrow_range)


def _scalar_limits(inputs: Tensor, min: Tensor, max: Tensor, **_: Any) -> Dims:
    rank_is(min, 0)
    rank_is(max, 0)
    return inputs._dims


@op("float32, float32, float32 -> float32", shape=_scalar_limits)
def FakeQuantWithMinMaxVars(inputs, min, max, *, num_bits=8, narrow_range=False):
    """`inputs` within [min, max] rounded to the nearest of 2^num_bits levels."""
    return _quantized(inputs, min, max, num_bits, narrow_range)


def _channel_limits(inputs: Tensor, min: Tensor, max: Tensor, **_: Any) -> Dims:
    dims = rank_at_least(inputs, 1)
    if dims is not None:
        for limit in (min, max):
            merged_dim(dims[-1], rank_is(limit, 1)[0])  # type: ignore[index]
    return dims


@op("float32, float32, float32 -> float32", shape=_channel_limits)
def FakeQuantWithMinMaxVarsPerChannel(inputs, min, max, *, num_bits=8, narrow_range=False):
    """The same with a `min` and a `max` for each element of the last dimension."""
    return _quantized(inputs, min, max, num_bits, narrow_range)


def fake_quant_with_min_max_args(
    inputs: Any,
    min: float = -6,
    max: float = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """float32 `inputs` within [min, max], rounded to the nearest of 2^num_bits levels.

    0 is one of the levels. The gradient is 1 inside the range and 0 outside.
    """
    return FakeQuantWithMinMaxArgs(
        inputs, min=float(min), max=float(max), num_bits=num_bits, narrow_range=narrow_range,
        name=name,
    )  # fmt: skip


def fake_quant_with_min_max_vars(
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """`fake_quant_with_min_max_args` with scalar tensors as limits, which get gradients too."""
    return FakeQuantWithMinMaxVars(
        inputs, min, max, num_bits=num_bits, narrow_range=narrow_range, name=name
    )


def fake_quant_with_min_max_vars_per_channel(
    inputs: Any,
    min: Any,
    max: Any,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """`fake_quant_with_min_max_vars` with limits for each element of the last dimension."""
    return FakeQuantWithMinMaxVarsPerChannel(
        inputs, min, max, num_bits=num_bits, narrow_range=narrow_range, name=name
    )
