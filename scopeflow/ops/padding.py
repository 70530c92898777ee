"""Padding."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import rank_is, total
from ..core.static_value import static_value
from ..core.types import INDEX

# Padding.


def _pad_shape(input: Tensor, paddings: Tensor, *rest: Any, **_: Any) -> Dims:
    length, two = rank_is(paddings, 2)  # type: ignore[misc]
    if two not in (2, None):
        raise ShapeError(f"Dimension must be 2 but is {two}")
    pairs = static_value(paddings)
    if input._dims is None:
        return None if length is None else (None,) * length
    if length is not None:
        rank_is(input, length)
    if pairs is None:
        return (None,) * len(input._dims)
    if any(amount is not None and amount < 0 for pair in pairs for amount in pair):
        raise ShapeError("Paddings must be non-negative")
    return tuple(total(d, *pair) for d, pair in zip(input._dims, pairs, strict=True))


def _checked(input, paddings):
    if not isinstance(paddings, tuple) or any(
        not isinstance(pair, tuple) or len(pair) != 2 for pair in paddings
    ):
        raise ValueError(
            f"paddings must be a matrix with 2 columns: {dims_text(np.shape(paddings))}"
        )
    if len(paddings) != input.ndim:
        raise ValueError(
            "The first dimension of paddings must be the rank of inputs"
            f"{dims_text(np.shape(paddings))} {dims_text(tuple(input.shape))}"
        )
    for before, after in paddings:
        if before < 0 or after < 0:
            raise ValueError(f"Paddings must be non-negative: {before} {after}")


def _padded(input, paddings, value=0):
    _checked(input, paddings)
    flat = [amount for pair in reversed(paddings) for amount in pair]
    if not any(flat):
        return input.clone()
    if isinstance(value, complex):  # torch pads complex numbers with real ones alone
        inside = F.pad(torch.ones_like(input, dtype=torch.bool), flat)
        return torch.where(inside, F.pad(input, flat), value)
    return F.pad(input, flat, value=value)


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
    _checked(input, paddings)
    for axis, (before, after) in enumerate(paddings):
        length = input.shape[axis]
        inner = 1 if mode == "REFLECT" else 0
        if max(before, after) > length - inner:
            limit, beyond = ("less", "not less") if inner else ("no greater", "greater")
            raise ValueError(
                f"paddings must be {limit} than the dimension size: {before}, {after} "
                f"{beyond} than {length}"
            )
        if before or after:
            head = input.narrow(axis, inner, before).flip(axis)
            tail = input.narrow(axis, length - inner - after, after).flip(axis)
            input = torch.cat([head, input, tail], axis)
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
