"""Tensors written to at places given by index tuples; batch-wise gathers; inverse permutations."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import merged, rank_at_least, rank_is
from ..core.static_value import dims_from
from ..core.types import BOOL, INDEX, NUMBER
from .array import reshape, shape
from .filling import ones_like, zeros_like
from .gathering import gather, gather_nd
from .joining import concat
from .math import cast
from .ranges import range
from .reduce import reduce_prod

# indices [..., depth] name places in the first `depth` dimensions of a tensor; updates [..., rest]
# hold the slices for them. Kernels work on rows: the tensor as [places, rest], one flat index each.


def _check_updates(indices: Tensor, updates: Tensor, whole: Dims, what: str = "output") -> Dims:
    """The dims of the tensor that is written to, after a look at whether the updates fit."""
    places, given = rank_at_least(indices, 1), rank_at_least(updates, 1)
    if places is None or given is None:
        return whole
    outer = len(places) - 1
    known = (whole or (), places, given)
    if 0 in known[0] and not any(None in dims or 0 in dims for dims in known[1:]):
        raise ShapeError("Indices and updates specified for empty output shape")
    if len(given) < outer:
        raise ShapeError(f"Shape must be at least rank {outer} but is rank {len(given)}")
    try:
        merged(places[:-1], given[:outer])
    except ShapeError as error:
        raise ShapeError(
            f"The outer {outer} dimensions of indices.shape={dims_text(places)} must match the "
            f"outer {outer} dimensions of updates.shape={dims_text(given)}: {error}"
        ) from None
    depth = places[-1]
    if whole is None or depth is None:
        return whole
    rest = len(whole) - depth
    try:
        if rest < 0:
            raise ShapeError(f"indices have {depth} columns")
        merged(whole[depth:], given[outer:])
    except ShapeError as error:
        raise ShapeError(
            f"The inner {rest} dimensions of {what}.shape={dims_text(whole)} must match the inner "
            f"{len(given) - outer} dimensions of updates.shape={dims_text(given)}: {error}"
        ) from None
    return whole


def _places(indices, updates, dims):
    """How many places there are, the flat index of each update, the updates as rows."""
    depth = indices.shape[-1]
    if depth > len(dims):
        raise ValueError(f"indices have {depth} columns for a shape of rank {len(dims)}")
    outer, inner = tuple(indices.shape[:-1]), tuple(dims[depth:])
    if tuple(updates.shape) != outer + inner:
        raise ValueError(
            f"Must have updates.shape = indices.shape[:-1] + shape[{depth}:]: indices "
            f"{dims_text(indices.shape)}, shape {dims_text(dims)}, "
            f"updates {dims_text(updates.shape)}"
        )
    sizes = dims[:depth]
    if 0 in dims and indices.numel() and updates.numel():
        raise ValueError(
            "Indices and updates specified for empty output.  indices shape: "
            f"{dims_text(indices.shape)}"
        )
    flat = indices.reshape(math.prod(outer), depth)
    _check_places(flat, sizes)
    strides = [math.prod(sizes[i + 1 :]) for i in builtins.range(depth)]
    if depth == 1:
        places = flat[:, 0]
    else:
        places = (flat * torch.tensor(strides, dtype=flat.dtype, device=flat.device)).sum(1)
    return math.prod(sizes), places, updates.reshape(math.prod(outer), *inner)


def _check_places(flat, sizes):
    """TensorFlow's CPU refuses every index outside the tensor; its GPU kernels do not look."""
    if not values_known(flat) or not flat.numel():
        return
    limits = torch.tensor(sizes, dtype=flat.dtype)
    wrong = ((flat < 0) | (flat >= limits)).any(1)
    if wrong.any():
        number = int(wrong.nonzero()[0])
        raise IndexError(
            f"indices[{number}] = {flat[number].tolist()} does not index into shape {list(sizes)}"
        )


def _text_places(indices, dims):
    """The places of an array of strings, as a numpy index."""
    _check_places(indices.reshape(-1, indices.shape[-1]), dims[: indices.shape[-1]])
    return tuple(indices.cpu().numpy().reshape(-1, indices.shape[-1]).T)


@op(
    "Tindices, T, host Tindices -> T",
    shape=lambda indices, updates, shape: _check_updates(indices, updates, dims_from(shape)),
    Tindices=INDEX,
)
def ScatterNd(indices, updates, shape):
    """Zeros with the updates added at the places that `indices` names."""
    if isinstance(updates, np.ndarray):
        texts = np.full(shape, b"", object)
        rows = updates.reshape(-1, *shape[indices.shape[-1] :])
        np.add.at(texts, _text_places(indices, shape), rows)
        return texts
    count, places, rows = _places(indices, updates, shape)
    if rows.dtype == torch.bool:
        found = torch.zeros(count, *rows.shape[1:], dtype=torch.int8, device=rows.device)
        return found.index_add_(0, places, rows.to(torch.int8)).to(torch.bool).reshape(shape)
    found = torch.zeros(count, *rows.shape[1:], dtype=rows.dtype, device=rows.device)
    return found.index_add_(0, places, rows).reshape(shape)


def _tensor_shape(tensor: Tensor, indices: Tensor, updates: Tensor) -> Dims:
    return _check_updates(indices, updates, tensor._dims)


@op("T, Tindices, T -> T", shape=_tensor_shape, Tindices=INDEX)
def TensorScatterUpdate(tensor, indices, updates):
    """The tensor with the updates at the places that `indices` names; of several the last one."""
    if isinstance(tensor, np.ndarray):
        texts = tensor.copy()
        texts[_text_places(indices, texts.shape)] = updates.reshape(
            -1, *texts.shape[indices.shape[-1] :]
        )
        return texts
    count, places, rows = _places(indices, updates, tensor.shape)
    found = tensor.reshape(count, *rows.shape[1:]).index_copy(0, places.long(), rows)
    return found.reshape(tensor.shape)


@op("T, Tindices, T -> T", shape=_tensor_shape, T=NUMBER, Tindices=INDEX)
def TensorScatterAdd(tensor, indices, updates):
    """The tensor with the updates added at the places that `indices` names."""
    count, places, rows = _places(indices, updates, tensor.shape)
    found = tensor.reshape(count, *rows.shape[1:]).index_add(0, places, rows)
    return found.reshape(tensor.shape)


@op("T, Tindices, T -> T", shape=_tensor_shape, T=NUMBER, Tindices=INDEX)
def TensorScatterSub(tensor, indices, updates):
    """The tensor with the updates subtracted at the places that `indices` names."""
    count, places, rows = _places(indices, updates, tensor.shape)
    found = tensor.reshape(count, *rows.shape[1:]).index_add(0, places, rows, alpha=-1)
    return found.reshape(tensor.shape)


@op("T, Tindices, T -> T", shape=_tensor_shape, T=NUMBER | BOOL, Tindices=INDEX)
def ScatterNdNonAliasingAdd(input, indices, updates):
    """As TensorScatterAdd; booleans are added by `or`."""
    count, places, rows = _places(indices, updates, input.shape)
    if input.dtype == torch.bool:
        bits = input.to(torch.int8).reshape(count, *rows.shape[1:])
        return bits.index_add(0, places, rows.to(torch.int8)).to(torch.bool).reshape(input.shape)
    found = input.reshape(count, *rows.shape[1:]).index_add(0, places, rows)
    return found.reshape(input.shape)


tensor_scatter_update, tensor_scatter_add = TensorScatterUpdate, TensorScatterAdd
tensor_scatter_sub = TensorScatterSub


def scatter_nd(indices: Any, updates: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor of `shape`, zeros but for `updates` [..., rest] at the places in `indices`.

    Each row of `indices` [..., depth] names a place in the first `depth` dimensions of `shape`.
    What several rows write to one place adds up.

    >>> import scopeflow as tf
    >>> with tf.Session() as session:
    ...     session.run(scatter_nd([[1], [3], [1]], [5, 6, 7], [4]))
    array([ 0, 12,  0,  6], dtype=int32)
    """
    return ScatterNd(indices, updates, shape, name=name)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """For `indices` [batch, ..., n] and `params` [batch, ..., m, rest]: each batch's own gather.

    result[b, ..., i] = params[b, ..., indices[b, ..., i]]. ValueError where the rank of `indices`
    is not known.
    """
    with name_scope(name, "BatchGather", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        if indices._dims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        axis = len(indices._dims) - 1
        return gather(params, indices, axis=axis, batch_dims=axis)


def batch_gather_nd(params: Any, indices: Any, batch_dims: int, name: str | None = None) -> Tensor:
    """`tf.gather_nd` with a batch: flattened, its positions are the first column of the indices."""
    with name_scope(name, "BatchGatherND", [params, indices]):
        indices = convert_to_tensor(indices, name="indices")
        params = convert_to_tensor(params, name="params")
        if batch_dims < 0:
            raise ValueError("tf.gather_nd does not allow negative batch_dims.")
        for label, tensor in (("indices", indices), ("params", params)):
            if tensor._dims is not None and batch_dims >= len(tensor._dims):
                raise ValueError(
                    f"batch_dims = {batch_dims} must be less than rank({label}) = "
                    f"{len(tensor._dims)}"
                )
        sizes: Any = shape(params)
        rest: Any = shape(indices)
        batch, rest = rest[:batch_dims], rest[batch_dims:]
        count = reduce_prod(batch)
        flat = reshape(params, concat([[count], sizes[batch_dims:]], 0))
        columns: Any = reshape(indices, concat([[count], rest], 0))
        numbers: Any = reshape(range(count), concat([[count], ones_like(rest)], 0))
        first = cast(numbers, indices.dtype.base_dtype) + zeros_like(columns[..., :1])
        found = gather_nd(flat, concat([first, columns], -1))
        return reshape(found, concat([batch, shape(found)[1:]], 0))


def _inverse(x):
    """Of a permutation of host integers; None where an element is unknown."""
    if None in x:
        return None
    if sorted(x) != [*builtins.range(len(x))]:
        raise IndexError(f"{x} is no permutation of 0 to {len(x) - 1}")
    return tuple(x.index(i) for i in builtins.range(len(x)))


@op("T -> T", shape=lambda x: rank_is(x, 1), host=_inverse, T=INDEX, differentiable=False)
def InvertPermutation(x):
    """The y with y[x[i]] = i; x has each of 0, 1, …, n - 1 once."""
    count = x.shape[0]
    if values_known(x) and count:
        low, high = torch.aminmax(x)
        if low < 0 or high >= count:
            raise ValueError(f"{int(low if low < 0 else high)} is not between 0 and {count}")
        repeated = torch.bincount(x) > 1
        if repeated.any():
            raise ValueError(f"{int(repeated.nonzero()[0])} is duplicated in the input.")
    order = torch.arange(count, dtype=x.dtype, device=x.device)
    return torch.empty_like(order).index_copy_(0, x.long(), order)


invert_permutation = InvertPermutation
