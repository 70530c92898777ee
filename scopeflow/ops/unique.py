"""Distinct elements."""

from __future__ import annotations

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is


def _unique_shape(x: Tensor) -> list[Dims]:
    return [(None,), rank_is(x, 1)]


@op("T -> y: T, idx: out_idx", shape=_unique_shape, differentiable=None)
def Unique(x, *, out_idx=dtypes.int32):
    """The distinct elements in the order of their first appearance, and for each x its place."""
    if x.ndim != 1:
        raise ValueError("unique expects a 1D vector.")
    values, places = torch.unique(x, return_inverse=True)
    count = values.shape[0]
    at = torch.arange(x.shape[0], device=x.device)
    first = torch.full((count,), x.shape[0], device=x.device).scatter_reduce_(0, places, at, "amin")
    order = torch.argsort(first)
    rank = torch.empty_like(order)
    rank[order] = torch.arange(count, device=x.device)
    return values[order], rank[places].to(out_idx)


unique = Unique
