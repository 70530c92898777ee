"""One tensor in a larger shape."""

from __future__ import annotations

from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.static_value import dims_from
from ..core.types import INDEX


def _broadcast_to_shape(input: Tensor, shape: Tensor) -> Dims:
    wanted, dims = dims_from(shape), input._dims
    if wanted is None or dims is None:
        return wanted
    if len(dims) > len(wanted):
        raise ShapeError(f"Shape must be at most rank {len(wanted)} but is rank {len(dims)}")
    for have, want in zip(dims[::-1], wanted[::-1], strict=False):
        if None not in (have, want) and have not in (1, want):
            raise ShapeError(f"Dimensions must be equal, but are {have} and {want}")
    return wanted


@op("T, host Tidx -> T", shape=_broadcast_to_shape, view=True, Tidx=INDEX)
def BroadcastTo(input, shape):
    """`input` repeated along dimensions of size 1, numpy's rule."""
    return input.expand(shape)


broadcast_to = BroadcastTo
