"""Rows of tables by their numbers, the table in one piece or in several."""

from __future__ import annotations

from builtins import range as _builtin_range
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_n_to_tensor, convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import merged
from ..core.static_value import constant_value
from .array import identity, reshape, shape, size
from .compare import greater, less
from .constant import constant
from .filling import ones_like
from .gathering import gather, where
from .joining import concat, stack
from .math import cast, maximum, sqrt
from .ranges import range
from .reduce import reduce_sum

# Rows dealt out to several tensors, and put together again.


def _dealt_shape(data, partitions, *, num_partitions) -> list[Dims]:
    dims, places = data._dims, partitions._dims
    if dims is None or places is None:
        return [None] * num_partitions
    if len(places) > len(dims):
        raise ShapeError(f"Shape must be at least rank {len(places)} but is rank {len(dims)}")
    merged(dims[: len(places)], places)
    return [(None, *dims[len(places) :])] * num_partitions


@op("T, int32 -> num_partitions * T", shape=_dealt_shape)
def DynamicPartition(data, partitions, *, num_partitions):
    """data[i] for each number of a partition, in the order of i."""
    if data.shape[: partitions.dim()] != partitions.shape:
        raise ValueError(
            "data.shape must start with partitions.shape, got data.shape = "
            f"{dims_text(tuple(data.shape))}, "
            f"partitions.shape = {dims_text(tuple(partitions.shape))}"
        )
    places = partitions.reshape(-1)
    rows = data.reshape(places.shape[0], *data.shape[partitions.dim() :])
    wrong = (places < 0) | (places >= num_partitions)
    if wrong.any():
        first = int(wrong.nonzero()[0])
        at = ",".join(str(i) for i in np.unravel_index(first, tuple(partitions.shape)))
        found = f"partitions[{at}]" if at else "partitions"
        raise ValueError(f"{found} = {int(places[first])} is not in [0, {num_partitions})")
    return [rows[places == i] for i in _builtin_range(num_partitions)]


def _stitched_shape(indices, data) -> Dims:
    rest: Dims = None
    for places, rows in zip(indices, data, strict=True):
        if places._dims is not None and rows._dims is not None:
            merged(rows._dims[: len(places._dims)], places._dims)
            rest = merged(rest, rows._dims[len(places._dims) :])
    if rest is None:
        return None
    known = [constant_value(t) for t in indices]
    if any(value is None for value in known):
        return (None, *rest)
    return (max((int(v.max()) + 1 for v in known if v is not None and v.size), default=0), *rest)


def _stitched(indices, data):
    each = []
    for number, (places, rows) in enumerate(zip(indices, data, strict=True)):
        if rows.shape[: places.dim()] != places.shape:
            raise ValueError(
                f"data[{number}].shape = {dims_text(tuple(rows.shape))} does not start with "
                f"indices[{number}].shape = {dims_text(tuple(places.shape))}"
            )
        if values_known(places) and (places < 0).any():
            raise ValueError(f"indices[{number}] is out of range")
        each.append(rows.reshape(places.numel(), *rows.shape[places.dim() :]))
    rows = torch.cat(each)
    places = torch.cat([i.reshape(-1) for i in indices]).long()
    length = int(places.max()) + 1 if places.numel() else 0
    return rows.new_zeros((length, *rows.shape[1:])).index_copy(0, places, rows)


@op("N * int32, N * T -> T", shape=_stitched_shape)
def DynamicStitch(indices, data):
    """The rows of `data` put where `indices` say."""
    return _stitched(indices, data)


@op("N * int32, N * T -> T", shape=_stitched_shape)
def ParallelDynamicStitch(indices, data):
    """DynamicStitch where no index stands twice."""
    return _stitched(indices, data)


def dynamic_partition(
    data: Any, partitions: Any, num_partitions: int, name: str | None = None
) -> list[Tensor]:
    """`data` dealt out to `num_partitions` tensors: tensor p has data[i] where partitions[i] = p.

    `partitions` are int32 in the shape of the first dimensions of `data`; the order stays.
    InvalidArgumentError while running for a number out of range.
    """
    return DynamicPartition(data, partitions, num_partitions=num_partitions, name=name)


def dynamic_stitch(indices: Any, data: Any, name: str | None = None) -> Tensor:
    """One tensor with row indices[m][i] = data[m][i]; of double indices the last one wins.

    The result has as many rows as the largest index asks for; rows without an index are 0.
    """
    return DynamicStitch(indices, data, name=name)


# Lookup.


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: float | None = None,
) -> Tensor:
    """The rows `ids` of the table `params` -> ids.shape + params.shape[1:].

    `params` is a tensor or variable, or a list of these (or a partitioned variable) that make up
    the table: row i is then row i // n of part i % n ("mod"), or the parts hold one stretch of
    rows each, the first of them one more where they do not divide ("div"). Rows with a norm above
    `max_norm` are scaled down to it. `validate_indices` changes nothing: ids out of range are
    errors. Raises ValueError for no table or another strategy.
    """
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, list | tuple):
        params = list(params)
    elif hasattr(params, "_get_partitions") and hasattr(params, "__iter__"):
        params = list(params)  # a PartitionedVariable
    else:
        params = [params]
    if not params:
        raise ValueError("Need at least one param")
    with name_scope(name, "embedding_lookup", [*params, ids]) as scope:
        if not hasattr(params[0], "handle"):  # resource variables are gathered from unread
            params = convert_n_to_tensor(params, name="params")
        ids = convert_to_tensor(ids, name="ids")
        graph = get_default_graph()
        if len(params) == 1:
            with graph.colocate_with(params[0]):
                found = _clipped(gather(params[0], ids, name=scope), ids, max_norm)
            return identity(found)
        flat = reshape(ids, [-1])
        numbers = range(size(flat))
        part, row = _places(flat, params, partition_strategy)
        part = cast(part, dtypes.int32)
        count = len(params)
        rows = DynamicPartition(row, part, num_partitions=count)
        places = DynamicPartition(numbers, part, num_partitions=count)
        pieces = []
        for table, wanted in zip(params, rows, strict=True):
            with graph.colocate_with(table):
                pieces.append(gather(table, wanted))
        found = ParallelDynamicStitch(places, pieces, name=scope)
        known = [t.shape._dims for t in params]
        element = [dims[1:] for dims in known if dims is not None]
        if not element or any(None in dims for dims in element):
            raise NotImplementedError(
                "tf.nn.embedding_lookup in a list of tables needs their static shapes (but for "
                "the first dimension): give them shapes, or concatenate them"
            )
        dims: Dims = None
        for each in element:
            dims = merged(dims, each)
        assert dims is not None
        found = reshape(found, concat([shape(ids), list(dims)], 0))
        found.set_shape(ids.shape.concatenate(dims))
        return _clipped(found, ids, max_norm)


def _places(flat: Tensor, params: list[Tensor], strategy: str) -> tuple[Tensor, Tensor]:
    """For each id its part of the table and its row there."""
    count = len(params)
    if strategy == "mod":
        part = flat % count
        return part, flat // count
    if strategy != "div":
        raise ValueError(f"Unrecognized partition strategy: {strategy}")
    known = [t.shape._dims for t in params]
    lengths = [None if dims is None else dims[0] for dims in known]
    if None in lengths:
        sizes = []
        for table, length in zip(params, lengths, strict=True):
            with get_default_graph().colocate_with(table):
                sizes.append(shape(table)[0] if length is None else constant(length))
        rows = reduce_sum(cast(stack(sizes), flat.dtype.base_dtype))
    else:
        rows = constant(sum(lengths), flat.dtype.base_dtype)
    each = rows // count
    longer = rows % count
    part = maximum(flat // (each + 1), (flat - longer) // each)
    row = where(less(part, longer), flat % (each + 1), (flat - longer) % each)
    return part, row


def _clipped(found: Tensor, ids: Tensor, max_norm: Any) -> Tensor:
    """The rows scaled down to the norm `max_norm`, as tf.clip_by_norm does."""
    if max_norm is None:
        return found
    if ids._dims is None or found._dims is None:
        raise NotImplementedError(
            "tf.nn.embedding_lookup with max_norm needs ids and params of known rank: set their "
            "shapes, or use tf.clip_by_norm on the result"
        )
    axes = [*_builtin_range(len(ids._dims), len(found._dims))]
    with name_scope(None, "clip_by_norm", [found]) as scope:
        total = reduce_sum(found * found, axes, keepdims=True)
        positive = greater(total, 0)
        safe = where(positive, total, ones_like(total))
        norm = where(positive, sqrt(safe), total)
        return identity(found * max_norm / maximum(norm, max_norm), name=scope)
