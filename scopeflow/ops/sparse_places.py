"""What the kernels of sparse tensors share: places as numbers, checks, static shapes.

In the ops' type strings a sparse tensor is `int64, T, host int64`: indices, values, dense shape
(the kernel gets a tuple of ints for it).
"""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.dtypes import int64
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is as _rank_is
from ..core.sparse_tensor import SparseTensor
from ..core.static_value import dims_from


def rank_is(tensor: Tensor, rank: int) -> tuple[int | None, ...]:
    """The dims of a tensor that must have this rank; never unknown."""
    dims = _rank_is(tensor, rank)
    assert dims is not None
    return dims


def numbered(indices, shape):
    """Each place as its number in row-major order."""
    number = torch.zeros(indices.shape[0], dtype=torch.int64, device=indices.device)
    for axis, length in enumerate(shape):
        number = number * length + indices[:, axis]
    return number


def places(numbers, shape):
    """The opposite of `numbered`."""
    columns = []
    for length in reversed(shape):
        columns.append(numbers % length if length else numbers)
        numbers = torch.div(numbers, max(length, 1), rounding_mode="floor")
    columns.reverse()
    if columns:
        return torch.stack(columns, 1)
    return torch.zeros(numbers.shape[0], 0, dtype=torch.int64, device=numbers.device)


def as_sizes(shape, like):
    """A shape as the tensor that an op returns."""
    return torch.tensor(shape, dtype=torch.int64, device=like.device)


def check_bounds(indices, shape):
    """InvalidArgumentError for a place outside; TensorFlow's GPU kernels do not look."""
    if not values_known(indices) or not indices.numel():
        return
    sizes = as_sizes(shape, indices)
    outside = ((indices < 0) | (indices >= sizes)).any(1)
    if outside.any():
        row = int(outside.nonzero()[0])
        raise ValueError(
            f"indices[{row}] = {_listed(indices[row].tolist())} is out of bounds: need 0 <= index "
            f"< {_listed(shape)}"
        )


def check_order(indices, shape):
    """InvalidArgumentError unless the places are distinct and in row-major order."""
    if not values_known(indices) or indices.shape[0] < 2:
        return
    number = numbered(indices, shape)
    wrong = number[1:] <= number[:-1]
    if wrong.any():
        row = int(wrong.nonzero()[0]) + 1
        place = f"indices[{row}] = {_listed(indices[row].tolist())}"
        if number[row] == number[row - 1]:
            raise ValueError(f"{place} is repeated")
        raise ValueError(
            f"{place} is out of order. Many sparse ops require sorted indices.\n"
            "    Use `tf.sparse.reorder` to create a correctly ordered copy."
        )


def _listed(numbers: Any) -> str:
    return f"[{','.join(map(str, numbers))}]"


def sparse_dims(indices: Tensor, values: Tensor, shape: Tensor) -> Dims:
    """What is known of the dense shape of a sparse input, whose parts must fit."""
    rank = rank_is(indices, 2)
    rank_is(values, 1)
    length = rank_is(shape, 1)[0]
    dims = dims_from(shape)
    known = rank[1] if length is None else length
    if rank is not None and None not in (rank[1], length) and rank[1] != length:
        raise ShapeError(f"Number of dimensions must match: {rank[1]} and {length}")
    return dims if dims is not None or known is None else (None,) * known


def parts_of(dims: Dims, count: int | None = None) -> list[Dims]:
    """The static shapes of a sparse output (indices, values, dense shape) of that shape."""
    rank = None if dims is None else len(dims)
    return [(count, rank), (count,), (rank,)]


def sparse_of(parts: Any, dims: Dims, name: str | None = None) -> SparseTensor:
    """A sparse tensor of an op's three outputs; a known shape is a constant, as in TensorFlow.

    The constant is called `name`, by default as the SparseTensor calls it.
    """
    indices, values, shape = parts
    if dims is not None and None not in dims:
        shape = list(dims)
        if name is not None:
            shape = convert_to_tensor(shape, int64, name=name)
    return SparseTensor(indices, values, shape)
