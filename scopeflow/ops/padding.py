"""Padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.lazy_torch import F, torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, total
from ..core.static_value import static_value
from ..core.types import INDEX

# Padding.


def _pad_shape(input: Tensor, paddings: Tensor, *rest: Any, **_: Any) -> Dims:
    pairs = static_value(paddings)
    if input._dims is None:
        length = None if paddings._dims is None else paddings._dims[0]
        return None if length is None else (None,) * length
    if pairs is None:
        return (None,) * len(input._dims)
    merged_dim(len(input._dims), len(pairs))
    return tuple(total(d, *pair) for d, pair in zip(input._dims, pairs, strict=True))


def _padded(input, paddings, mode="constant", value=0):
    flat = [amount for pair in reversed(paddings) for amount in pair]
    return F.pad(input, flat, mode, value) if any(flat) else input.clone()


@op("T, host Tpaddings -> T", shape=_pad_shape, Tpaddings=INDEX)
def Pad(input, paddings):
    """Zeros around `input`: paddings[i] = (before, after) for dimension i."""
    return _padded(input, paddings)


@op("T, host Tpaddings, T -> T", shape=_pad_shape, Tpaddings=INDEX)
def PadV2(input, paddings, constant_values):
    """`constant_values` around `input`."""
    return _padded(input, paddings, value=constant_values.item())


@op("T, host Tpaddings -> T", shape=_pad_shape, view=True, Tpaddings=INDEX)
def MirrorPad(input, paddings, *, mode):
    """The mirror image around `input`: without the border itself (REFLECT) or with (SYMMETRIC)."""
    for axis, (before, after) in enumerate(paddings):
        length = input.shape[axis]
        inner = 1 if mode == "REFLECT" else 0
        if max(before, after) > length - inner:
            raise ValueError(
                f"paddings must be no greater than the dimension size: {before}, {after} "
                f"greater than {length - inner}"
            )
        positions = np.pad(np.arange(length), (before, after), "reflect" if inner else "symmetric")
        if before or after:
            index = torch.from_numpy(positions).to(input.device)
            input = input.index_select(axis, index)
    return input


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """`tensor` with paddings[i] = (before, after) elements added to dimension i.

    `mode` is CONSTANT (`constant_values`), REFLECT or SYMMETRIC, in any case.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if isinstance(constant_values, Tensor) or constant_values != 0:
            return PadV2(tensor, paddings, constant_values, name=name)
        return Pad(tensor, paddings, name=name)
    if mode in ("REFLECT", "SYMMETRIC"):
        return MirrorPad(tensor, paddings, mode, name=name)
    raise ValueError(f"Unknown padding mode: {mode}")
