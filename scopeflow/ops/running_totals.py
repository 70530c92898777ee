"""Running sums and products along an axis."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Tensor
from ..core.shape_rules import unchanged
from ..core.types import FLOAT, INDEX, NUMBER


def _check_scan(x, axis):
    if not isinstance(axis, int):
        raise ValueError(f"ScanOp: axis must be a scalar, not [{len(axis)}]")
    if not -x.ndim <= axis < x.ndim:
        raise ValueError(
            f"ScanOp: Expected scan axis in the range [{-x.ndim}, {x.ndim}), but got {axis}"
        )


def _running(function, x, axis, exclusive, reverse, start):
    """A running total; `exclusive` leaves out the element itself, `reverse` begins at the end."""
    _check_scan(x, axis)
    if reverse:
        x = x.flip(axis)
    if exclusive:
        sizes = list(x.shape)
        sizes[axis] = min(sizes[axis], 1)
        first = torch.full(sizes, start, dtype=x.dtype, device=x.device)
        x = torch.cat([first, x.narrow(axis, 0, max(x.shape[axis] - 1, 0))], axis)
    x = function(x, axis)
    return x.flip(axis) if reverse else x


@op("T, host Tidx -> T", shape=unchanged, T=NUMBER, Tidx=INDEX)
def Cumsum(x, axis, *, exclusive=False, reverse=False):
    """Running sums along an axis."""
    _check_scan(x, axis)
    if not exclusive and not reverse:
        return torch.cumsum(x, axis, dtype=x.dtype)
    return _running(lambda x, i: torch.cumsum(x, i, dtype=x.dtype), x, axis, exclusive, reverse, 0)


@op("T, host Tidx -> T", shape=unchanged, T=NUMBER, Tidx=INDEX)
def Cumprod(x, axis, *, exclusive=False, reverse=False):
    """Running products along an axis."""
    return _running(lambda x, i: torch.cumprod(x, i, dtype=x.dtype), x, axis, exclusive, reverse, 1)


@op("T, host Tidx -> T", shape=unchanged, T=FLOAT, Tidx=INDEX)
def CumulativeLogsumexp(x, axis, *, exclusive=False, reverse=False):
    """Running log(sum(exp(x))) along an axis."""
    lowest = torch.finfo(x.dtype).min
    return _running(torch.logcumsumexp, x, axis, exclusive, reverse, lowest)


def cumsum(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Running sums along `axis`: [a, b, c] -> [a, a+b, a+b+c].

    `exclusive`: [0, a, a+b]; `reverse`: [a+b+c, b+c, c]; both: [b+c, c, 0].
    """
    with name_scope(name, "Cumsum", [x]) as scope:
        return Cumsum(convert_to_tensor(x, name="x"), axis, exclusive, reverse, name=scope)


def cumprod(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Running products along `axis`; arguments as `tf.cumsum`."""
    with name_scope(name, "Cumprod", [x]) as scope:
        return Cumprod(convert_to_tensor(x, name="x"), axis, exclusive, reverse, name=scope)


def cumulative_logsumexp(
    x: Any, axis: Any = 0, exclusive: bool = False, reverse: bool = False, name: str | None = None
) -> Tensor:
    """Running log(sum(exp(x))) along `axis`; arguments as `tf.cumsum`."""
    with name_scope(name, "CumulativeLogsumexp", [x]) as scope:
        return CumulativeLogsumexp(
            convert_to_tensor(x, name="x"), axis, exclusive, reverse, name=scope
        )
