"""Sorting, rolling, and places as index tuples."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, rank_at_least, rank_is
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX, REAL
from .array import rank, shape, transpose
from .compare import equal
from .filling import zeros_like
from .gathering import where
from .math import negative
from .nn import top_k
from .ranges import range


def sort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None
) -> Tensor:
    """`values` sorted along `axis`, "ASCENDING" or "DESCENDING"."""
    with name_scope(name, "sort"):
        return _sorted(values, axis, direction, places=False)


def argsort(
    values: Any,
    axis: Any = -1,
    direction: str = "ASCENDING",
    stable: bool = False,
    name: str | None = None,
) -> Tensor:
    """int32 places that put `values` in order along `axis`.

    Equal elements keep their order, whether `stable` is asked for or not.
    """
    del stable
    with name_scope(name, "argsort"):
        return _sorted(values, axis, direction, places=True)


def _sorted(values: Any, axis: Any, direction: str, places: bool) -> Tensor:
    if direction not in ("ASCENDING", "DESCENDING"):
        raise ValueError(f"{direction} should be one of ASCENDING, DESCENDING")
    known = constant_value(convert_to_tensor(axis, name="axis"))
    if known is None or np.ndim(known):
        raise ValueError("axis must be a constant scalar")
    axis = int(known)
    values = convert_to_tensor(values, name="values")
    rising = direction == "ASCENDING"
    if rising:  # the largest of -x are the smallest of x
        dtype = values.dtype.base_dtype
        if dtype.is_unsigned:
            raise TypeError(
                f"tf.sort and tf.argsort negate the values to sort them ASCENDING, and "
                f"{dtype.name} has no negative numbers: cast them to int32 or int64, "
                "or sort DESCENDING and reverse the result."
            )
        values = negative(values)
    count = shape(values)[axis]
    number = rank(values)
    dims = values._dims
    if axis == -1 or (dims is not None and axis + 1 == len(dims)):
        found = top_k(values, count)[1 if places else 0]
    else:
        if dims is not None:
            order: Any = np.arange(len(dims))
            order[axis], order[-1] = order[-1], order[axis]
            order = convert_to_tensor(order, name="transposition")
        else:
            place: Any = axis if axis >= 0 else number + axis
            places_ = range(number)  # all in order, but for `axis` and the last
            swapped = where(equal(places_, number - 1), zeros_like(places_) + place, places_)
            order = where(equal(places_, place), zeros_like(places_) + (number - 1), swapped)
        found = transpose(top_k(transpose(values, order), count)[1 if places else 0], order)
    return negative(found) if rising and not places else found


def _nth_shape(input: Tensor, n: Tensor, **_: Any) -> Dims:
    dims = rank_at_least(input, 1)
    if n._dims:
        raise ShapeError(f"Dimension must be a scalar but has rank {len(n._dims)}")
    place = static_value(n)
    if place is not None and place < 0:
        raise ShapeError(f"Dimension must be non-negative but is {place}")
    if dims is None:
        return None
    if place is not None and dims[-1] is not None and dims[-1] <= place:
        raise ShapeError(f"Input must have last dimension > n = {place} but is {dims[-1]}")
    return dims[:-1]


@op("T, host int32 -> T", shape=_nth_shape, T=REAL)
def NthElement(input, n, *, reverse=False):
    """The value that sorting the last dimension (falling, with `reverse`) would put at place `n`.

    The gradient is shared by all elements of that value.
    """
    if not input.ndim:
        raise ValueError("Input must be >= 1-D, got shape []")
    if n < 0:
        raise ValueError(f"Need n >= 0, got {n}")
    size = input.shape[-1]
    if size <= n:
        raise ValueError("Input must have at least n+1 columns")
    found = torch.kthvalue(input.detach(), size - n if reverse else n + 1)[0]
    if not input.requires_grad:
        return found
    same = (input == found.unsqueeze(-1)).to(input.dtype)
    return (input * same).sum(-1) / same.sum(-1)


def nth_element(input: Any, n: Any, reverse: bool = False, name: str | None = None) -> Tensor:
    """Of each vector along the last dimension the n-th smallest (or largest) value, from 0 on.

    ValueError for a scalar, and where `n` is negative or not less than the vectors' length.
    """
    return NthElement(input, n, reverse, name=name)


def _roll_shape(input: Tensor, shift: Tensor, axis: Tensor) -> Dims:
    rank_at_least(input, 1)
    for places in (shift, axis):
        if len(places._dims or ()) > 1:
            raise ShapeError(f"Shape must be at most rank 1 but is rank {len(places._dims or ())}")
    if shift._dims is not None and axis._dims is not None and len(shift._dims) != len(axis._dims):
        raise ShapeError(
            f"Shapes must be equal rank, but are {len(shift._dims)} and {len(axis._dims)}"
        )
    merged(shift._dims, axis._dims)
    return input._dims


@op("T, host Tshift, host Taxis -> T", shape=_roll_shape, Tshift=INDEX, Taxis=INDEX)
def Roll(input, shift, axis):
    """Elements moved `shift` places towards larger indices along `axis`, around the end."""
    if not input.ndim:
        raise ValueError("input must be 1-D or higher")
    shifts = shift if isinstance(shift, tuple) else (shift,)
    axes = axis if isinstance(axis, tuple) else (axis,)
    for name, places in (("shift", shifts), ("axis", axes)):
        if any(isinstance(place, tuple) for place in places):
            shape = ",".join(map(str, np.shape(places)))
            raise ValueError(f"{name} must be a scalar or a 1-D vector. Found: [{shape}]")
    if len(shifts) != len(axes):
        raise ValueError("shift and axis must have the same size")
    for place in axes:
        if not -input.ndim <= place < input.ndim:
            raise ValueError(f"axis {place} is out of range")
    return torch.roll(input, shifts, axes)


def roll(input: Any, shift: Any, axis: Any, name: str | None = None) -> Tensor:
    """`input` with its elements moved `shift` places along `axis`; what leaves comes in in front.

    Both may be lists: several shifts, also of one axis.

    >>> import scopeflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.roll([0, 1, 2, 3], shift=1, axis=0)).tolist()
    [3, 0, 1, 2]
    """
    return Roll(input, shift, axis, name=name)


def _unravel_shape(indices: Tensor, dims: Tensor) -> Dims:
    (count,) = rank_is(dims, 1)  # type: ignore[misc]
    places = indices._dims
    if places is None:
        return None
    return (count,) if places == () else (count, *places)


@op("Tidx, Tidx -> Tidx", shape=_unravel_shape, differentiable=False, Tidx=INDEX)
def UnravelIndex(indices, dims):
    """For flat indices into a tensor of shape `dims` one row of places for each dimension."""
    if bool((dims == 0).any()):
        raise ValueError("Input dims cannot contain a dim of zero")
    steps = torch.cat([dims.new_ones(1), dims.flip(0).cumprod(0)[:-1]]).flip(0)
    shape_ = (-1, *[1] * indices.ndim)
    found = torch.div(indices.unsqueeze(0), steps.reshape(shape_), rounding_mode="floor")
    return torch.remainder(found, dims.reshape(shape_)).to(indices.dtype)


unravel_index = UnravelIndex
