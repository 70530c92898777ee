"""Sparse tensors: made, sorted, reshaped, joined, cut, filled."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.sparse_tensor import SparseTensor, as_sparse
from ..core.static_value import constant_value, dims_from, static_value
from ..core.tensor_shape import TensorShape
from .array import identity, placeholder, reshape, shape, size, transpose
from .checks import assert_less_equal
from .control_flow import with_dependencies
from .filling import ones, ones_like, zeros
from .gathering import gather
from .joining import concat, stack
from .math import cast, maximum, minimum
from .ranges import range as range_
from .reduce import reduce_max
from .sparse_places import as_sizes, numbered, places, rank_is

# Made.


def sparse_placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> SparseTensor:
    """A sparse tensor that is fed: a SparseTensorValue, or its three parts as a tuple.

    `shape` may leave dimensions out as None, or be None altogether.
    """

    def below(part: str) -> str | None:
        return None if name is None else f"{name}/{part}"

    rank_: int | None = None
    sizes: Any = shape
    if shape is None:
        sizes = placeholder(dtypes.int64, [None], name=below("shape"))
    elif isinstance(shape, Tensor):
        rank_ = shape.shape[0].value if shape._dims is not None else None
    else:
        dims = TensorShape(shape)._dims
        assert dims is not None
        rank_ = len(dims)
        if None in dims:
            sizes = placeholder(dtypes.int64, [rank_], name=below("shape"))
        else:
            sizes = convert_to_tensor(np.array(dims, np.int64), name=below("shape"))
    values = placeholder(dtype, [None], name=below("values"))
    indices = placeholder(dtypes.int64, [None, rank_], name=below("indices"))
    return SparseTensor(indices, values, sizes)


def sparse_eye(
    num_rows: Any, num_columns: Any = None, dtype: Any = dtypes.float32, name: str | None = None
) -> SparseTensor:
    """The identity matrix, `num_rows` by `num_columns` (as many as rows)."""
    with name_scope(name, "eye", [num_rows, num_columns]):
        rows = cast(convert_to_tensor(num_rows, name="num_rows"), dtypes.int64)
        columns = rows if num_columns is None else cast(num_columns, dtypes.int64)
        count = minimum(rows, columns)
        diagonal = range_(count, dtype=dtypes.int64)
        return SparseTensor(
            stack([diagonal, diagonal], axis=1),
            ones(reshape(count, [-1]), dtype=as_dtype(dtype)),
            stack([rows, columns]),
        )


# The same elements, elsewhere.


@op(
    "int64, T, host int64 -> output_indices: int64, output_values: T",
    shape=lambda input_indices, input_values, input_shape: [
        rank_is(input_indices, 2),
        rank_is(input_values, 1),
    ],
)
def SparseReorder(input_indices, input_values, input_shape):
    """The values in row-major order of their places."""
    if input_indices.shape != (len(input_values), len(input_shape)):
        raise ValueError(
            f"indices of shape {list(input_indices.shape)} for {len(input_values)} values and a "
            f"shape of {len(input_shape)} dimensions"
        )
    # By the places alone: TensorFlow does not look whether they are inside.
    order = torch.arange(input_indices.shape[0], device=input_indices.device)
    for axis in reversed(range(input_indices.shape[1])):
        order = order[torch.argsort(input_indices[order, axis], stable=True)]
    return input_indices[order], input_values[order]


def sparse_reorder(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The sparse tensor with its values in row-major order of their places."""
    sparse = as_sparse(sp_input)
    indices, values = SparseReorder(*sparse._components, name=name)
    known = sparse.shape._dims
    if known is not None and None not in known:
        return SparseTensor(indices, values, list(known))
    return SparseTensor(indices, values, identity(sparse.dense_shape))


def _reshape_shape(input_indices: Tensor, input_shape: Tensor, new_shape: Tensor) -> list[Dims]:
    new_rank = rank_is(new_shape, 1)[0]
    return [(rank_is(input_indices, 2)[0], new_rank), (new_rank,)]


@op(
    "int64, host int64, host int64 -> output_indices: int64, output_shape: int64",
    shape=_reshape_shape,
    differentiable=False,
)
def SparseReshape(input_indices, input_shape, new_shape):
    """The places as they are in another shape, of which one dimension may be -1."""
    size = int(np.prod(input_shape, dtype=np.int64))
    sizes = list(new_shape)
    if sizes.count(-1) > 1:
        raise ValueError("only one output dimension may be -1")
    if -1 in sizes:
        others = int(np.prod([s for s in sizes if s != -1], dtype=np.int64))
        if others <= 0:
            raise ValueError("reshape cannot infer the missing input size for an empty tensor")
        sizes[sizes.index(-1)] = size // others
    if int(np.prod(sizes, dtype=np.int64)) != size:
        raise ValueError(
            f"Input to reshape is a SparseTensor with {size} dense values, but the requested "
            f"shape has {int(np.prod(sizes, dtype=np.int64))}. input_shape={list(input_shape)} "
            f"output_shape={sizes}"
        )
    return places(numbered(input_indices, input_shape), sizes), as_sizes(sizes, input_indices)


def sparse_reshape(sp_input: Any, shape: Any, name: str | None = None) -> SparseTensor:
    """The sparse tensor's elements in another shape, of which one dimension may be -1."""
    sparse = as_sparse(sp_input)
    wanted = cast(shape, dtypes.int64)
    with name_scope(name, "SparseReshape", [sparse]) as scope:
        have, new = sparse.shape._dims, static_value(wanted)
        known = None
        if new is not None:
            known = _checked_reshape(have, new)
        places_, sizes = SparseReshape(sparse.indices, sparse.dense_shape, wanted, name=scope)
        if known is not None and None not in known:
            sizes = convert_to_tensor(np.array(known, np.int64), name="Const")
        return SparseTensor(places_, identity(sparse.values), sizes)


def _checked_reshape(have: Dims, new: tuple) -> Dims:
    """The new static shape. ValueError where the number of elements cannot be the same."""
    found = [None if d == -1 else d for d in new]
    if have is None or None in have:
        return tuple(found)
    size = math.prod(have)  # type: ignore[arg-type]
    others = int(np.prod([d for d in found if d is not None], dtype=np.int64))
    if None not in found:
        fits = others == size
    else:
        fits = others != 0 and size % others == 0
        if fits and found.count(None) == 1:
            found[found.index(None)] = size // others
    if not fits:
        raise ValueError(
            f"Cannot reshape a tensor with {size} elements to shape {found} ({others} elements)."
        )
    return tuple(found)


def sparse_transpose(sp_input: Any, perm: Any = None, name: str | None = None) -> SparseTensor:
    """The sparse tensor with its dimensions in the order `perm` (reversed where None)."""
    with name_scope(name, "SparseTranspose", [sp_input]):
        sparse = as_sparse(sp_input)
        if perm is None:
            count: Any = size(sparse.dense_shape, name="Rank")
            perm = (count - 1) - range_(0, count, 1)
        indices = transpose(gather(transpose(sparse.indices, [1, 0]), perm), [1, 0])
        known, order = sparse.shape._dims, static_value(convert_to_tensor(perm))
        if known is not None and None not in known and order is not None and None not in order:
            sizes: Any = [known[i] for i in order]
        else:
            sizes = gather(sparse.dense_shape, perm)
        return sparse_reorder(SparseTensor(indices, sparse.values, sizes))


def sparse_expand_dims(sp_input: Any, axis: Any = None, name: str | None = None) -> SparseTensor:
    """A dimension of size 1 inserted at `axis` (at the end where None)."""
    sparse = as_sparse(sp_input)
    rank_ = sparse.indices.shape[1].value
    if rank_ is None:
        raise NotImplementedError(
            "tf.sparse.expand_dims of a sparse tensor of unknown rank: give its indices a static "
            "shape (sp.indices.set_shape([None, rank]))"
        )
    position = -1 if axis is None else constant_value(axis)
    if position is None:
        raise NotImplementedError("tf.sparse.expand_dims: give axis as a Python int")
    position = int(position)
    if not -rank_ - 1 <= position <= rank_:
        raise ValueError(f"axis {position} not in the interval [{-rank_ - 1}, {rank_}].")
    at = position + rank_ + 1 if position < 0 else position
    with name_scope(name, "expand_dims", [sparse]):
        column = zeros([shape(sparse.indices)[0], 1], dtypes.int64)
        indices = concat([sparse.indices[:, :at], column, sparse.indices[:, at:]], axis=1)
        sizes = concat([sparse.dense_shape[:at], [1], sparse.dense_shape[at:]], axis=0)
        return SparseTensor(indices, sparse.values, sizes)


def sparse_reset_shape(sp_input: Any, new_shape: Any = None) -> SparseTensor:
    """The sparse tensor with a larger `new_shape`, or with the smallest one that holds all values.

    ValueError (InvalidArgumentError when running) for a new shape that is smaller somewhere.
    """
    sparse = as_sparse(sp_input)
    indices, values, sizes = (identity(part) for part in sparse._components)
    if new_shape is None:
        low: Any = reduce_max(indices, 0)
        bounding: Any = maximum(convert_to_tensor(0, dtypes.int64), low + ones_like(sizes))
        return SparseTensor(indices, values, bounding)
    wanted = cast(convert_to_tensor(new_shape), dtypes.int64)
    wanted.shape.with_rank(1)
    sizes.shape[0].assert_is_compatible_with(wanted.shape[0])
    have, known = sparse.shape._dims, dims_from(wanted)
    if have is not None and known is not None and None not in (*have, *known):
        if any(new < old for new, old in zip(known, have, strict=True)):  # type: ignore[operator]
            raise ValueError(
                "Requested new_shape should have dimension sizes >= sp_input.shape.  Found "
                f"new_shape ({list(known)}), sp_input.shape ({list(have)})."
            )
        return SparseTensor(indices, values, list(known))
    wanted = with_dependencies([assert_less_equal(sizes, wanted)], wanted)
    return SparseTensor(indices, values, wanted)
