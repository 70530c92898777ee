"""Static shape rules that many ops share. They take symbolic tensors and return dims.

Dims are a tuple of ints and Nones (unknown), or None for unknown rank.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from .op import ShapeError
from .operation import Dims, Tensor, dims_text
from .static_value import static_value


def unchanged(first: Tensor, *others: Any) -> Dims:
    """The first input's shape."""
    return first._dims


def all_alike(*tensors: Tensor) -> Dims:
    """Inputs of one shape: what is known of it from all of them."""
    dims: Dims = None
    for tensor in tensors:
        dims = merged(dims, tensor._dims)
    return dims


def merged(a: Dims, b: Dims) -> Dims:
    """What is known when both describe the same shape."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise ShapeError(f"Shapes must be equal rank, but are {len(a)} and {len(b)}")
    for axis, (x, y) in enumerate(zip(a, b, strict=True)):
        if x != y and x is not None and y is not None:
            raise ShapeError(
                f"Dimension {axis} in both shapes must be equal, but are {x} and {y}. "
                f"Shapes are {dims_text(a)} and {dims_text(b)}."
            )
    return tuple(y if x is None else x for x, y in zip(a, b, strict=True))


def merged_dim(a: int | None, b: int | None) -> int | None:
    """What is known when both are the size of the same dimension."""
    if a is None or b is None or a == b:
        return b if a is None else a
    raise ShapeError(f"Dimensions must be equal, but are {a} and {b}")


def broadcast(*tensors: Tensor) -> Dims:
    """Numpy's broadcasting."""
    dims: Dims = ()
    for tensor in tensors:
        dims = broadcast_dims(dims, tensor._dims)
    return dims


def broadcast_dims(a: Dims, b: Dims) -> Dims:
    """Numpy's broadcasting of two shapes."""
    if a == b or b == ():
        return a
    if a == ():
        return b
    if a is None or b is None:
        return None
    if len(a) < len(b):
        a = (1,) * (len(b) - len(a)) + a
    elif len(b) < len(a):
        b = (1,) * (len(a) - len(b)) + b
    found: list[int | None] = []
    for x, y in zip(a, b, strict=True):
        if x == y or y == 1:
            found.append(x)
        elif x == 1:
            found.append(y)
        elif x is None or y is None:
            found.append(y if x is None else x)
        else:
            raise ShapeError(f"Dimensions must be equal, but are {x} and {y}")
    return tuple(found)


def rank_is(tensor: Tensor, rank: int) -> Dims:
    """The tensor's dims, which must have `rank` elements (all None where the rank is unknown)."""
    if tensor._dims is None:
        return (None,) * rank
    if len(tensor._dims) != rank:
        raise ShapeError(f"Shape must be rank {rank} but is rank {len(tensor._dims)}")
    return tensor._dims


def rank_at_least(tensor: Tensor, rank: int) -> Dims:
    """The tensor's dims, None for unknown rank."""
    if tensor._dims is not None and len(tensor._dims) < rank:
        raise ShapeError(f"Shape must be at least rank {rank} but is rank {len(tensor._dims)}")
    return tensor._dims


def axis_in(axis: int, rank: int) -> int:
    """A possibly negative axis as a position."""
    if not -rank <= axis < rank:
        raise ShapeError(f"Dimension {axis} must be in the range [{-rank}, {rank})")
    return axis % rank


def axis_of(tensor: Tensor, axis: int) -> int:
    """A possibly negative axis of a tensor of known rank as a position."""
    rank_at_least(tensor, axis + 1 if axis >= 0 else -axis)
    return axis % len(tensor._dims or ())


def reduced(input: Tensor, reduction_indices: Tensor, *, keep_dims: bool = False) -> Dims:
    """A reduction over axes."""
    dims = input._dims
    axes = static_value(reduction_indices)
    if dims is None:
        return None
    if axes is None or (isinstance(axes, tuple) and None in axes):
        if keep_dims:
            return (None,) * len(dims)
        return None
    axes = axes if isinstance(axes, tuple) else (axes,)
    for axis in axes:
        if not -len(dims) <= axis < len(dims):
            raise ShapeError(
                f"Invalid reduction dimension {axis} for input with {len(dims)} dimensions."
            )
    positions = {axis % len(dims) for axis in axes}
    if keep_dims:
        return tuple(1 if i in positions else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in positions)


def total(*numbers: int | None) -> int | None:
    """The sum, None where a number is unknown."""
    return None if None in numbers else sum(numbers)  # type: ignore[arg-type]


def product(numbers: Iterable[int | None]) -> int | None:
    """The product, None where it depends on an unknown number."""
    numbers = list(numbers)
    if 0 in numbers:
        return 0
    return None if None in numbers else math.prod(numbers)  # type: ignore[arg-type]
