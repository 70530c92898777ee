"""Embeddings of lists of ids, added up for each example."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.sparse_tensor import SparseTensor
from .array import reshape, shape
from .compare import greater, greater_equal, logical_and
from .embedding import embedding_lookup
from .filling import zeros_like
from .gathering import boolean_mask, gather, where
from .joining import concat, tile
from .math import cast, div, pow, sqrt
from .reduce import reduce_prod
from .segment import segment_sum, sparse_segment_mean, sparse_segment_sqrt_n, sparse_segment_sum
from .unique import unique


def embedding_lookup_sparse(
    params: Any,
    sp_ids: Any,
    sp_weights: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    combiner: str | None = None,
    max_norm: float | None = None,
) -> Tensor:
    """The rows of the table `params` that each example's ids name, added up.

    `sp_ids` is a SparseTensor [batch, any] of ids, `sp_weights` None or another one, with a weight
    for each. `combiner` is "sum", "mean" (divided by the sum of the weights) or "sqrtn" (by the
    root of the sum of their squares). Examples without ids behind the last one with any are left
    out: see `safe_embedding_lookup_sparse`. `params` and `max_norm` as in `embedding_lookup`.
    """
    if combiner is None:
        combiner = "mean"
    if combiner not in ("mean", "sqrtn", "sum"):
        raise ValueError("combiner must be one of 'mean', 'sqrtn' or 'sum'")
    if not isinstance(sp_ids, SparseTensor):
        raise TypeError("sp_ids must be SparseTensor")
    if sp_weights is not None and not isinstance(sp_weights, SparseTensor):
        raise TypeError("sp_weights must be either None or SparseTensor")
    tables = list(params) if isinstance(params, list | tuple) else [params]
    with name_scope(name, "embedding_lookup_sparse", [*tables, sp_ids]) as scope:
        rows = cast(sp_ids.indices[:, 0], dtypes.int32)
        ids, places = unique(sp_ids.values)
        found = embedding_lookup(params, ids, partition_strategy, max_norm=max_norm)
        if found.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16):
            found = cast(found, dtypes.float32)  # as TensorFlow adds up
        if sp_weights is None:
            summed = {
                "sum": sparse_segment_sum,
                "mean": sparse_segment_mean,
                "sqrtn": sparse_segment_sqrt_n,
            }[combiner]
            return summed(found, places, rows, name=scope)
        weights = cast(sp_weights.values, found.dtype)
        found = gather(found, places)
        depth = len(found.shape) - 1 if found.shape.ndims is not None else 1
        column = reshape(weights, concat([shape(weights), [1] * depth], 0))
        total = found * column
        if combiner == "sum":
            return segment_sum(total, rows, name=scope)
        if combiner == "mean":
            return div(segment_sum(total, rows), segment_sum(column, rows), name=scope)
        squares = segment_sum(pow(column, 2), rows)
        return div(segment_sum(total, rows), sqrt(squares), name=scope)


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str = "mean",
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Tensor:
    """`embedding_lookup_sparse` with a row for every example, whatever its ids.

    Negative ids, and those whose weight is not positive (but for `combiner` "sum"), do not count.
    ValueError where weights and embeddings differ in dtype.
    An example without any id has the embedding of `default_id`, or zeros. The ids may have more
    than two dimensions: all but the last are the example's.
    """
    if embedding_weights is None:
        raise ValueError("Missing embedding_weights")
    from .sparse_join import sparse_fill_empty_rows

    tables = (
        list(embedding_weights)
        if isinstance(embedding_weights, list | tuple)
        else [embedding_weights]
    )
    for table in tables if sparse_weights is not None else ():
        have, wanted = getattr(table, "dtype", None), sparse_weights.dtype
        if isinstance(have, dtypes.DType) and have.base_dtype is not wanted:
            raise ValueError(
                f"Tensor conversion requested dtype {wanted.name} for Tensor with dtype "
                f"{have.base_dtype.name}: {table}"
            )
    with name_scope(name, "embedding_lookup", [*tables, sparse_ids, sparse_weights]):
        original = sparse_ids.dense_shape
        known = sparse_ids.shape
        outer = original[:-1]
        flat_shape = concat([reduce_prod(outer)[None], original[-1:]], 0)
        sparse_ids = _as_rows(sparse_ids, flat_shape)
        if sparse_weights is not None:
            sparse_weights = SparseTensor(sparse_ids.indices, sparse_weights.values, flat_shape)
        sparse_ids, sparse_weights = _valid(sparse_ids, sparse_weights, combiner)
        sparse_ids, empty = sparse_fill_empty_rows(sparse_ids, default_id or 0)
        if sparse_weights is not None:
            sparse_weights, _ = sparse_fill_empty_rows(sparse_weights, 1.0)
        found = embedding_lookup_sparse(
            embedding_weights, sparse_ids, sparse_weights, partition_strategy, None, combiner,
            max_norm,
        )  # fmt: skip
        if default_id is None:
            depth = shape(found)[1]
            mask = tile(reshape(empty, [-1, 1]), [1, depth])
            found = where(mask, zeros_like(found), found)
        sizes = concat([cast(outer, dtypes.int32), shape(found)[1:]], 0)
        result = reshape(found, sizes)
        if known.ndims is not None:
            result.set_shape(known[: known.ndims - 1].concatenate(found.shape[1:]))
        return result


def _as_rows(ids: SparseTensor, flat_shape: Tensor) -> SparseTensor:
    from .sparse_shape import sparse_reshape

    return sparse_reshape(ids, flat_shape)


def _valid(ids: SparseTensor, weights: SparseTensor | None, combiner: str) -> tuple[Any, Any]:
    good = greater_equal(ids.values, 0)
    if weights is not None and combiner != "sum":
        good = logical_and(good, greater(weights.values, 0))
    indices = boolean_mask(ids.indices, good)
    kept = SparseTensor(indices, boolean_mask(ids.values, good), ids.dense_shape)
    if weights is not None:
        values = boolean_mask(weights.values, good)
        weights = SparseTensor(indices, values, weights.dense_shape)
    return kept, weights
