"""Elements that are repeated."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from .array import expand_dims, reshape, shape
from .filling import fill
from .gathering import boolean_mask, gather
from .joining import tile
from .ranges import range as positions
from .rearrange import sequence_mask
from .reduce import reduce_max

__all__ = ["repeat"]


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Each element along an axis as often as `repeats` says.

    Args:
      input: A tensor.
      repeats: How often: integers, one for each position of the axis, or one for all.
      axis: The axis; None flattens the input first.
      name: Of the ops.

    Raises:
      TypeError: If `repeats` are no integers.
      ValueError: If there is no such axis, or it has another length than `repeats`.

    >>> Session().run(repeat([[1, 2], [3, 4]], [1, 3], axis=0)).tolist()
    [[1, 2], [3, 4], [3, 4], [3, 4]]
    """
    with name_scope(name, "Repeat", [input, repeats]):
        input = convert_to_tensor(input, name="input")
        repeats = convert_to_tensor(repeats, name="repeats")
        if not repeats.dtype.is_integer:
            raise TypeError(f"repeats must be an integer tensor; dtype={repeats.dtype!r}")
        repeats.shape.with_rank_at_most(1)
        if axis is None:
            input, axis = reshape(input, [-1]), 0
        rank = input.shape.ndims
        if rank is not None and not -rank <= axis < rank:
            raise ValueError(f"axis={axis} out of bounds: expected {-rank}<=axis<{rank}")
        if rank is not None:
            axis %= rank
            if repeats.shape.ndims == 1:
                input.shape[axis : axis + 1].assert_is_compatible_with(repeats.shape)
        length = shape(input)[axis]
        if repeats.shape.ndims == 0:
            repeats = fill([length], repeats)
        # Where each element of the result comes from: a row of places for each position, cut to
        # the number of its repetitions.
        most = reduce_max(repeats)
        places = tile(expand_dims(positions(length), 1), [1, most])
        chosen = boolean_mask(places, sequence_mask(repeats, most))
        return gather(input, chosen, axis=axis)
