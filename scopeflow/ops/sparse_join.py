"""Sparse tensors: joined, cut, filled, made of ids and values."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.lazy_torch import torch, values_known
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, total
from ..core.sparse_tensor import SparseTensor, as_sparse
from ..core.static_value import constant_value, dims_from
from .array import _one_of, expand_dims, identity, reshape
from .counting import setdiff1d
from .gathering import gather, where
from .joining import concat, stack
from .math import cast
from .reduce import reduce_max
from .sparse_places import as_sizes, numbered, parts_of, rank_is, sparse_dims, sparse_of
from .sparse_shape import sparse_reorder

# Joined and cut.


def _concat_shape(
    indices: list[Tensor], values: list[Tensor], shapes: list[Tensor], *, concat_dim: int
) -> list[Dims]:
    rank_: Dims = (None,)
    for place, size in zip(indices, shapes, strict=True):
        rank_ = merged(rank_, rank_is(place, 2)[1:])
        rank_ = merged(rank_, rank_is(size, 1))
    assert rank_ is not None
    count = total(*(rank_is(place, 2)[0] for place in indices))
    return [(count, rank_[0]), (count,), rank_]


@op(
    "N * int64, N * T, host N * int64 -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    shape=_concat_shape,
    differentiable=False,
)
def SparseConcat(indices, values, shapes, *, concat_dim):
    """Sparse tensors joined along a dimension, in row-major order."""
    axis = concat_dim % len(shapes[0])
    first = shapes[0]
    moved, along = [], 0
    for i, (place, size) in enumerate(zip(indices, shapes, strict=True)):
        if len(size) != len(first):
            raise ValueError(
                f"Ranks of all input tensors must match: expected {len(first)} but got "
                f"{len(size)} at position {i}"
            )
        for d, (have, wanted) in enumerate(zip(size, first, strict=True)):
            if d != axis and have != wanted:
                raise ValueError(
                    f"Input shapes must match: expected {wanted} for dimension {d} but got {have} "
                    f"at position {i}"
                )
        place = place.clone()
        place[:, axis] += along
        moved.append(place)
        along += size[axis]
    shape_ = (*first[:axis], along, *first[axis + 1 :])
    found = torch.cat(moved)
    order = torch.argsort(numbered(found, shape_), stable=True)
    return found[order], torch.cat(values)[order], as_sizes(shape_, found)


def sparse_concat(
    axis: Any,
    sp_inputs: Any,
    name: str | None = None,
    expand_nonconcat_dim: bool = False,
    concat_dim: Any = None,
    expand_nonconcat_dims: Any = None,
) -> SparseTensor:
    """Sparse tensors joined along dimension `axis`.

    The other dimensions must agree; with `expand_nonconcat_dim` the largest counts.
    `concat_dim` and `expand_nonconcat_dims` are deprecated names of arguments.
    """
    axis = _one_of("axis", axis, "concat_dim", concat_dim)
    if expand_nonconcat_dims is not None:
        expand_nonconcat_dim = expand_nonconcat_dims
    if not isinstance(sp_inputs, list | tuple):
        raise TypeError("Sparse inputs must be a list")
    inputs = [as_sparse(item) for item in sp_inputs]
    if len(inputs) == 1:
        return inputs[0]
    place = constant_value(axis)
    if place is None:
        raise NotImplementedError("tf.sparse.concat: give axis as a Python int")
    at = int(place)
    shapes: list = [item.dense_shape for item in inputs]
    known: Dims = None
    if expand_nonconcat_dim:
        largest: Any = reduce_max(stack(shapes), 0)
        count = inputs[0].dense_shape.shape[0].value
        if count is None:
            raise NotImplementedError("tf.sparse.concat: the rank must be known to expand")
        where_ = at % count
        shapes = [
            concat([largest[:where_], s[where_ : where_ + 1], largest[where_ + 1 :]], 0)
            for s in shapes
        ]
    else:
        known = _joined_dims([item.shape._dims for item in inputs], at)
    found = SparseConcat(
        [s.indices for s in inputs], [s.values for s in inputs], shapes, at, name=name
    )
    return sparse_of(found, known, "Const")


def _joined_dims(all_dims: list[Dims], axis: int) -> Dims:
    if any(dims is None for dims in all_dims):
        return None
    first = all_dims[0]
    assert first is not None
    at = axis % len(first)
    along = total(*(dims[at] for dims in all_dims))  # type: ignore[index]
    return (*first[:at], along, *first[at + 1 :])


def _split_shape(
    split_dim: Tensor, indices: Tensor, values: Tensor, shape: Tensor, *, num_split: int
) -> list[Dims]:
    rank_ = rank_is(indices, 2)[1]
    if rank_ is None:
        rank_ = rank_is(shape, 1)[0]
    each: list[Dims] = [(None, rank_), (None,), (rank_,)]
    return [dims for dims in each for _ in range(num_split)]


@op(
    "host int64, int64, T, host int64 -> num_split * int64, num_split * T, num_split * int64",
    shape=_split_shape,
)
def SparseSplit(split_dim, indices, values, shape, *, num_split):
    """`num_split` parts along a dimension; the first ones are longer by one where it is uneven."""
    if not isinstance(split_dim, int):
        raise ValueError(f"axis should be a scalar, got shape {list(np.shape(split_dim))}")
    axis = split_dim % len(shape)
    if not 1 <= num_split <= shape[axis]:
        raise ValueError(
            "Input num_split should be between 1 and the splitting dimension size "
            f"({shape[axis]}), got {num_split}"
        )
    each, longer = divmod(shape[axis], num_split)
    columns: tuple[list, list, list] = ([], [], [])
    begin = 0
    for i in range(num_split):
        length = each + (i < longer)
        start = [0] * len(shape)
        start[axis] = begin
        sizes = (*shape[:axis], length, *shape[axis + 1 :])
        for column, part in zip(columns, _cut(indices, values, start, sizes), strict=True):
            column.append(part)
        begin += length
    return [part for column in columns for part in column]


def _cut(indices, values, start, sizes):
    """The part of a sparse tensor inside a box, in places of its own."""
    begin = as_sizes(start, indices)
    moved = indices - begin
    inside = ((moved >= 0) & (moved < as_sizes(sizes, indices))).all(1)
    return moved[inside], values[inside], as_sizes(sizes, indices)


class KeywordRequired:
    """The default of an argument that stands for "name the arguments"."""

    def __repr__(self) -> str:
        return "KeywordRequired()"


_NAMED = KeywordRequired()


def sparse_split(
    keyword_required: Any = _NAMED,
    sp_input: Any = None,
    num_split: int | None = None,
    axis: Any = None,
    name: str | None = None,
    split_dim: Any = None,
) -> list[SparseTensor]:
    """`num_split` parts along `axis`; arguments are given by name. `split_dim` is its old name.

    Where the size cannot be divided evenly the first parts are longer by one.
    """
    if not isinstance(keyword_required, KeywordRequired):
        raise ValueError("Keyword arguments are required for this function.")
    for label, value in (("sp_input", sp_input), ("num_split", num_split)):
        if value is None:
            raise ValueError(f"{label} is required")
    axis = _one_of("axis", axis, "split_dim", split_dim)
    if axis is None:
        raise ValueError("axis is required")
    sparse = as_sparse(sp_input)
    assert num_split is not None
    parts = SparseSplit(
        axis, sparse.indices, sparse.values, sparse.dense_shape, num_split, name=name
    )
    return [SparseTensor(*part) for part in zip(*parts, strict=True)]


@op(
    "int64, T, host int64, host int64, host int64 -> "
    "output_indices: int64, output_values: T, output_shape: int64",
    shape=lambda indices, values, shape, start, size: parts_of(sparse_dims(indices, values, shape)),
)
def SparseSlice(indices, values, shape, start, size):
    """The part of `size` that begins at `start`, as far as there is one."""
    sizes = [max(min(s, d - b), 0) for b, s, d in zip(start, size, shape, strict=True)]
    return _cut(indices, values, start, sizes)


def sparse_slice(sp_input: Any, start: Any, size: Any, name: str | None = None) -> SparseTensor:
    """The part of `size` that begins at `start`; what lies beyond the end does not count."""
    sparse = as_sparse(sp_input)
    start = convert_to_tensor(start, dtypes.int64)
    size = convert_to_tensor(size, dtypes.int64)
    with name_scope(name, "SparseSlice", [sparse]) as scope:
        return SparseTensor(*SparseSlice(*sparse._components, start, size, name=scope))


def sparse_retain(sp_input: Any, to_retain: Any) -> SparseTensor:
    """The sparse tensor with those of its values alone for which `to_retain` [n] is true."""
    sparse = as_sparse(sp_input)
    kept = convert_to_tensor(to_retain)
    count = kept.shape.with_rank(1)[0]
    sparse.values.shape[0].merge_with(count)
    rows = reshape(where(kept), [-1])
    return SparseTensor(
        gather(sparse.indices, rows), gather(sparse.values, rows), identity(sparse.dense_shape)
    )


def sparse_mask(a: IndexedSlices, mask_indices: Any, name: str | None = None) -> IndexedSlices:
    """The slices without those whose index is in `mask_indices`."""
    with name_scope(name, "sparse_mask", [a, mask_indices]) as scope:
        kept, positions = setdiff1d(a.indices, mask_indices)
        return IndexedSlices(gather(a.values, positions, name=scope), kept, a.dense_shape)


# Filled, and made of ids and values.


def _fill_shape(
    indices: Tensor, values: Tensor, dense_shape: Tensor, default_value: Tensor
) -> list[Dims]:
    dims = sparse_dims(indices, values, dense_shape)
    rank_is(default_value, 0)
    rows = None if dims is None else dims[0]
    rank_ = None if dims is None else len(dims)
    return [(None, rank_), (None,), (rows,), (rank_is(indices, 2)[0],)]


@op(
    "int64, T, host int64, T -> output_indices: int64, output_values: T, "
    "empty_row_indicator: bool, reverse_index_map: int64",
    shape=_fill_shape,
)
def SparseFillEmptyRows(indices, values, dense_shape, default_value):
    """A value at the beginning of each row without one; which rows those are; where values went."""
    rows = indices[:, 0]
    count = dense_shape[0]
    if rows.numel() and values_known(rows) and (int(rows.min()) < 0 or int(rows.max()) >= count):
        wrong = int(((rows < 0) | (rows >= count)).nonzero()[0])
        raise ValueError(f"indices({wrong}, 0) is invalid: {int(rows[wrong])} >= {count}")
    present = torch.zeros(count, dtype=torch.bool, device=rows.device)
    present[rows] = True
    missing = (~present).nonzero()[:, 0]
    extra = indices.new_zeros(len(missing), indices.shape[1])
    extra[:, 0] = missing
    all_rows = torch.cat([rows, missing])
    order = torch.argsort(all_rows, stable=True)
    back = torch.empty_like(order)
    back[order] = torch.arange(len(order), device=order.device)
    found = torch.cat([values, default_value.expand(len(missing))])
    return torch.cat([indices, extra])[order], found[order], ~present, back[: len(rows)]


def sparse_fill_empty_rows(
    sp_input: Any, default_value: Any, name: str | None = None
) -> tuple[SparseTensor, Tensor]:
    """(The matrix with `default_value` at [row, 0] of each empty row, which rows those are)."""
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseFillEmptyRows", [sparse]):
        default = convert_to_tensor(default_value, dtype=sparse.dtype.base_dtype)
        indices, values, empty, _ = SparseFillEmptyRows(*sparse._components, default)
        return SparseTensor(indices, values, sparse.dense_shape), empty


def sparse_merge(
    sp_ids: Any,
    sp_values: Any,
    vocab_size: Any,
    name: str | None = None,
    already_sorted: bool = False,
) -> SparseTensor:
    """The values with their ids as the last dimension, of size `vocab_size`, instead of places.

    `sp_ids` and `vocab_size` may be lists: each gives a dimension. The result is sorted, unless
    it is `already_sorted`.
    """
    if not isinstance(sp_ids, list):
        sp_ids, vocab_size = [sp_ids], [vocab_size]
    elif not isinstance(vocab_size, list):
        raise TypeError(
            f"vocab_size has to be a list of Tensors or Python ints. Found {vocab_size}"
        )
    if len(sp_ids) != len(vocab_size):
        raise ValueError("sp_ids and vocab_size have to have equal lengths.")
    with name_scope(name, "SparseMerge", [*sp_ids, sp_values]):
        ids = [as_sparse(item) for item in sp_ids]
        values = as_sparse(sp_values)
        columns = []
        for item in ids:
            if item.dtype not in (dtypes.int32, dtypes.int64):
                raise TypeError(f"sp_ids must be int32 or int64, not {item.dtype.name}")
            columns.append(expand_dims(cast(item.values, dtypes.int64), axis=1))
        sizes = [cast(item, dtypes.int64) for item in vocab_size]
        indices = concat([ids[0].indices[:, :-1], *columns], axis=1)
        whole = concat([ids[0].dense_shape[:-1], stack(sizes)], axis=0)
        known = dims_from(whole)
        found = sparse_of((indices, values.values, whole), known)
        return found if already_sorted else sparse_reorder(found)
