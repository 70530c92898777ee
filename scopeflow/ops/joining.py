"""Joining and splitting tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.old_arguments import old_arguments
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import axis_in, merged, merged_dim, product, rank_at_least, rank_is, total
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX
from .array import identity

# Joining and splitting.


def _concat_shape(values: list[Tensor], axis: Tensor) -> Dims:
    rank_is(axis, 0)
    position = static_value(axis)
    rank_: int | None = next((len(v._dims) for v in values if v._dims is not None), None)
    if rank_ is None:
        return None
    if rank_ == 0:
        raise ShapeError("Can't concatenate scalars (use tf.stack instead)")
    if position is None:
        return (None,) * rank_
    for value in values:
        rank_at_least(value, position + 1 if position >= 0 else -position)
    position = position % rank_
    dims: Dims = None
    along: list[int | None] = []
    for value in values:
        have = value._dims
        if have is None:
            along.append(None)
            continue
        along.append(have[position] if len(have) == rank_ else None)
        dims = merged(dims, (*have[:position], None, *have[position + 1 :]))
    assert dims is not None
    return (*dims[:position], total(*along), *dims[position + 1 :])


def _host_concat(values, axis):
    return sum(values, ())


@op("N * T, host Tidx -> T", shape=_concat_shape, host=_host_concat, Tidx=INDEX)
def ConcatV2(values, axis):
    """Tensors joined along dimension `axis`."""
    try:
        return torch.cat(values, axis)
    except (IndexError, RuntimeError, TypeError):
        _explain_concat(values, axis)
        raise


def _explain_concat(values, axis):
    """Raise what is wrong with the inputs of a concatenation in TensorFlow's words."""
    first = list(values[0].shape)
    rank_ = len(first)
    if not isinstance(axis, int):
        raise ValueError(
            f"axis tensor should be a scalar integer, but got shape {dims_text((len(axis),))}"
        )
    if not -rank_ <= axis < rank_:
        raise ValueError(
            "ConcatOp : Expected concatenating dimensions in the range "
            f"[{-rank_}, {rank_}), but got {axis}"
        )
    for i, value in enumerate(values):
        have = list(value.shape)
        pair = f"shape[0] = {dims_text(tuple(first))} vs. shape[{i}] = {dims_text(tuple(have))}"
        if len(have) != rank_:
            raise ValueError(f"ConcatOp : Ranks of all input tensors should match: {pair}")
        if any(a != b for d, (a, b) in enumerate(zip(first, have)) if d != axis % rank_):
            raise ValueError(f"ConcatOp : Dimensions of inputs should match: {pair}")


@old_arguments(concat_dim="axis")
def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """A list of tensors joined along dimension `axis`; all other dimensions must agree.

    Before TensorFlow 1.0 the axis came first, and was called concat_dim: `tf.concat(1, [a, b])` is
    understood too.
    """
    if isinstance(axis, list | tuple) and axis and isinstance(values, int | np.integer):
        values, axis = axis, values
    if not isinstance(values, list | tuple):
        values = [values]
    if len(values) == 1:
        with name_scope(name):
            axis_ = convert_to_tensor(axis, dtype=dtypes.int32, name="concat_dim")
            if axis_._dims not in ((), None):
                raise ValueError(
                    f"Shape {axis_.shape} must have rank 0: the axis of tf.concat is a scalar."
                )
            return identity(values[0], name=name)
    return ConcatV2(list(values), axis, name=name)


def _pack_shape(values: list[Tensor], *, axis: int) -> Dims:
    dims: Dims = None
    for value in values:
        dims = merged(dims, value._dims)
    if dims is None:
        return None
    if not -len(dims) - 1 <= axis <= len(dims):
        raise ShapeError(f"axis = {axis} not in [{-len(dims) - 1}, {len(dims) + 1})")
    position = axis + len(dims) + 1 if axis < 0 else axis
    return (*dims[:position], len(values), *dims[position:])


def _host_pack(values, *, axis):
    vectors = values and all(isinstance(value, tuple) for value in values)
    return tuple(zip(*values, strict=True)) if vectors and axis in (1, -1) else tuple(values)


@op("N * T -> T", shape=_pack_shape, host=_host_pack)
def Pack(values, *, axis=0):
    """Tensors of one shape stacked along a new dimension `axis`."""
    return torch.stack(values, axis)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors of one shape as one tensor with a new dimension `axis`."""
    if axis == 0:
        try:
            packed = convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass
        else:
            if not isinstance(values, Tensor):
                return packed
    return Pack(list(values), axis, name=name)


def _unpack_shape(value: Tensor, *, num: int, axis: int) -> list[Dims]:
    if value._dims is None:
        return [None] * num
    position = axis_in(axis, len(value._dims))
    merged_dim(value._dims[position], num)
    return [value._dims[:position] + value._dims[position + 1 :]] * num


@op("T -> num * T", shape=_unpack_shape, view=True, host=lambda value, *, num, axis: value)
def Unpack(value, *, num, axis=0):
    """The slices along dimension `axis`, as a list."""
    return value.unbind(axis)


def unstack(
    value: Any, num: int | None = None, axis: int = 0, name: str = "unstack"
) -> list[Tensor]:
    """The slices of `value` along `axis`; `num` gives their number where it is not known."""
    value = convert_to_tensor(value)
    if num is None:
        if value._dims is None:
            raise ValueError("Cannot infer num from shape <unknown>")
        if not -len(value._dims) <= axis < len(value._dims):
            raise ValueError(f"axis = {axis} not in [{-len(value._dims)}, {len(value._dims)})")
        num = value._dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {value.shape}")
    return Unpack(value, num, axis, name=name)


def _split_shape(split_dim: Tensor, value: Tensor, *, num_split: int) -> list[Dims]:
    if value._dims is None:
        return [None] * num_split
    axis = static_value(split_dim)
    if axis is None:
        return [(None,) * len(value._dims)] * num_split
    axis = axis_in(axis, len(value._dims))
    length = value._dims[axis]
    if length is not None and length % num_split:
        raise ShapeError(
            f"Dimension size must be evenly divisible by {num_split} but is {length}; "
            "Number of ways to split should evenly divide the split dimension"
        )
    each = None if length is None else length // num_split
    return [(*value._dims[:axis], each, *value._dims[axis + 1 :])] * num_split


def _check_split_dim(value, split_dim):
    if not isinstance(split_dim, int):
        raise ValueError("split_dim tensor must have exactly one element")
    if not -value.ndim <= split_dim < value.ndim:
        raise ValueError(
            f"-input rank(-{value.ndim}) <= split_dim < input rank ({value.ndim}), "
            f"but got {split_dim}"
        )


@op("host int32, T -> num_split * T", shape=_split_shape, view=True)
def Split(split_dim, value, *, num_split):
    """`num_split` equal parts along dimension `split_dim`."""
    _check_split_dim(value, split_dim)
    length = value.shape[split_dim]
    if length % num_split:
        raise ValueError(
            f"Number of ways to split should evenly divide the split dimension, but got "
            f"split_dim {split_dim} (size = {length}) and num_split {num_split}"
        )
    return value.split([length // num_split] * num_split, split_dim)


def _split_v_shape(
    value: Tensor, size_splits: Tensor, split_dim: Tensor, *, num_split: int
) -> list[Dims]:
    if value._dims is None:
        return [None] * num_split
    axis = static_value(split_dim)
    if axis is None:
        return [(None,) * len(value._dims)] * num_split
    axis = axis_in(axis, len(value._dims))
    sizes = static_value(size_splits) or (None,) * num_split
    length = value._dims[axis]
    if len(sizes) != num_split:
        raise ShapeError(f"Length of size_splits should be equal to num_outputs, {num_split}")
    for size in sizes:
        if size is not None and size < -1:
            raise ShapeError(f"Dimension {size} must be >= 0")
    if sizes.count(-1) > 1:
        raise ShapeError("size_splits can only have one -1")
    if -1 in sizes:
        rest = total(*(s for s in sizes if s != -1))
        left = None if length is None or rest is None else length - rest
        if left is not None and left < 0:
            raise ShapeError(f"can't split axis of size {length} into pieces of size {rest}")
        sizes = tuple(left if s == -1 else s for s in sizes)
    if length is not None and total(*sizes) not in (None, length):
        raise ShapeError(
            f"can't split axis of size {length} into pieces of size {dims_text(sizes)}"
        )
    return [(*value._dims[:axis], s, *value._dims[axis + 1 :]) for s in sizes]


@op("T, host Tlen, host int32 -> num_split * T", shape=_split_v_shape, view=True, Tlen=INDEX)
def SplitV(value, size_splits, split_dim, *, num_split):
    """Parts of the given sizes along dimension `split_dim`; one size may be -1: the rest."""
    if isinstance(split_dim, tuple) and len(split_dim) == 1:
        split_dim = split_dim[0]
    _check_split_dim(value, split_dim)
    if size_splits.count(-1) > 1:
        raise ValueError("There can only be one -1 in the input.")
    if len(size_splits) != num_split:
        raise ValueError(f"size_splits has {len(size_splits)} elements for {num_split} outputs")
    for place, size in enumerate(size_splits):
        if size < -1:
            raise ValueError(f"Split size at index {place} must be >= 0. Got: {size}")
    length, used = value.shape[split_dim], sum(s for s in size_splits if s != -1)
    if used != length and (-1 not in size_splits or used > length):
        raise ValueError(
            "Determined shape must either match input shape along split_dim exactly if fully "
            "specified, or be less than the size of the input along split_dim if not fully "
            f"specified.  Got: {used}, the size is {length}"
        )
    size_splits = [length - used if s == -1 else s for s in size_splits]
    return value.split(list(size_splits), split_dim)


@old_arguments(split_dim="axis", num_split="num_or_size_splits")
def split(
    value: Any,
    num_or_size_splits: Any,
    axis: Any = 0,
    num: int | None = None,
    name: str = "split",
) -> list[Tensor]:
    """Parts of `value` along `axis`: so many equal ones, or with the sizes given.

    `num` is the number of parts where the sizes are a tensor of unknown length. Before TensorFlow
    1.0 it was (split_dim, num_split, value): `tf.split(1, 2, x)` is understood too.
    """
    if isinstance(value, int | np.integer) and isinstance(num_or_size_splits, int | np.integer):
        if isinstance(axis, Tensor) or np.ndim(axis):
            value, axis = axis, value  # a number cannot be split
    sizes = convert_to_tensor(num_or_size_splits)
    if sizes._dims == () and sizes.dtype.is_integer:
        count = constant_value(sizes)
        if count is None:
            raise ValueError("tf.split needs the number of parts as a Python int.")
        return Split(axis, value, int(count), name=name)
    if num is None:
        if sizes._dims is None or len(sizes._dims) != 1 or sizes._dims[0] is None:
            raise ValueError(f"Cannot infer num from shape {sizes.shape}")
        num = sizes._dims[0]
    return SplitV(value, sizes, axis, num, name=name)


def _tile_shape(input: Tensor, multiples: Tensor) -> Dims:
    (length,) = rank_is(multiples, 1)  # type: ignore[misc]
    if input._dims is None:
        return None if length is None else (None,) * length
    if length is not None:
        rank_is(input, length)
    times = static_value(multiples)
    if times is None:
        return (None,) * len(input._dims)
    return tuple(product(pair) for pair in zip(input._dims, times, strict=True))


@op(
    "T, host Tmultiples -> T",
    shape=_tile_shape,
    Tmultiples=INDEX,
    host=lambda input, multiples: input * multiples[0],
)
def Tile(input, multiples):
    """`input` repeated multiples[i] times along dimension i."""
    if not isinstance(multiples, tuple) or any(isinstance(times, tuple) for times in multiples):
        raise ValueError(
            f"Expected multiples to be 1-D, but got shape {dims_text(np.shape(multiples))}"
        )
    if len(multiples) != input.ndim:
        raise ValueError(
            "Expected multiples argument to be a vector of length "
            f"{input.ndim} but got length {len(multiples)}"
        )
    for axis, times in enumerate(multiples):
        if times < 0:
            raise ValueError(f"Expected multiples[{axis}] >= 0, but got {times}")
    return input.tile(multiples)


tile = Tile
