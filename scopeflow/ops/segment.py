"""Sums, products, means and extremes over segments: rows with the same number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.convert import convert_to_tensor, register_tensor_conversion_function
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError, define
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, merged_dim, rank_at_least, rank_is
from ..core.static_value import static_value
from ..core.types import FLOAT, INDEX, NUMBER, REAL, TypeSet

# The kernels share one function, which reduces rows by their segment numbers. `kind` is sum, prod,
# amax, amin, mean or sqrt_n (the sum divided by the root of the number of rows).

_NOTHING = {"prod": 1, "sum": 0, "mean": 0, "sqrt_n": 0}
_LIMITS = {"amax": "min", "amin": "max"}


def _reduced(kind, rows, ids, count, empty=None):
    """Row i of the result: `kind` of the rows whose id is i, `empty` where there are none."""
    shape = (count, *rows.shape[1:])
    if kind in ("sum", "mean", "sqrt_n"):
        total = rows.new_zeros(shape).index_add_(0, ids, rows)
        if kind == "sum":
            return total
        number = torch.bincount(ids, minlength=count).clamp(min=1)
        number = number.reshape(-1, *(1,) * (rows.ndim - 1))
        if not rows.is_floating_point() and not rows.is_complex():
            return torch.div(total, number, rounding_mode="trunc").to(rows.dtype)
        number = number.to(rows.dtype)
        return total / (torch.sqrt(number) if kind == "sqrt_n" else number)
    start = torch.full(
        shape, _NOTHING[kind] if empty is None else empty, dtype=rows.dtype, device=rows.device
    )
    places = ids.long().reshape(-1, *(1,) * (rows.ndim - 1)).expand(rows.shape)
    return start.scatter_reduce(0, places, rows, kind, include_self=False)


# Sorted segments: the numbers ascend, the last one tells how many segments there are.


def _check_sorted(ids, rows, limit=None):
    if ids.shape[0] != rows:
        raise ValueError("segment_ids should be the same size as dimension 0 of input.")
    if not values_known(ids) or not rows:
        return
    if ids[-1] < 0 and limit is None:
        raise ValueError("segment ids must be >= 0")
    if limit is not None and ids[-1] >= limit:
        raise ValueError("segment ids must be < num_segments")
    count = int(ids[-1]) + 1 if limit is None else limit
    beyond = ids >= count
    if bool(beyond.any()):
        raise ValueError(
            f"Segment id {int(ids[beyond][0])} out of range [0, {count}), possibly because "
            "'segment_ids' input is not sorted."
        )
    if bool((ids[1:] < ids[:-1]).any()):
        raise ValueError("segment ids are not increasing")
    if ids[0] < 0:
        raise ValueError(
            f"Segment id {int(ids[0])} out of range [0, {limit or int(ids[-1]) + 1}), possibly "
            "because 'segment_ids' input is not sorted."
        )


def _sorted_shape(data: Tensor, segment_ids: Tensor) -> Dims:
    rank_is(segment_ids, 1)
    dims = rank_at_least(data, 1)
    return None if dims is None else (None, *dims[1:])


def _sorted(op_type: str, kind: str, what: str, types: TypeSet) -> Callable[..., Tensor]:
    def kernel(data, segment_ids):
        _check_sorted(segment_ids, data.shape[0])
        count = int(segment_ids[-1]) + 1 if data.shape[0] else 0
        return _reduced(kind, data, segment_ids, count, 1 if kind == "prod" else 0)

    return define(
        op_type,
        ["data", "segment_ids"],
        "T, Tindices -> T",
        kernel,
        shape=_sorted_shape,
        doc=f"Row i of the result is {what} of the rows of `data` whose segment id is i.\n\n"
        "The ids [rows] ascend from 0; a segment without rows gives "
        f"{1 if kind == 'prod' else 0}.",
        T=types,
        Tindices=INDEX,
    )


segment_sum = _sorted("SegmentSum", "sum", "the sum", NUMBER)
segment_mean = _sorted("SegmentMean", "mean", "the mean", NUMBER)
segment_prod = _sorted("SegmentProd", "prod", "the product", NUMBER)
segment_min = _sorted("SegmentMin", "amin", "the minimum", REAL)
segment_max = _sorted("SegmentMax", "amax", "the maximum", REAL)


# Unsorted segments: any order, of any shape that begins the shape of `data`; negative ids drop.


def _unsorted_shape(data: Tensor, segment_ids: Tensor, num_segments: Tensor) -> Dims:
    if data._dims is None or segment_ids._dims is None:
        return None
    depth = len(segment_ids._dims)
    if len(data._dims) < depth:
        raise ShapeError(f"Shape must be at least rank {depth} but is rank {len(data._dims)}")
    merged(data._dims[:depth], segment_ids._dims)
    count = static_value(num_segments)
    if count is not None and count < 0:
        raise ShapeError(f"Dimension size must be non-negative but is {count}")
    return (count, *data._dims[depth:])


def _unsorted_rows(data, segment_ids, num_segments):
    """Rows, their ids, and how many rows the result gets: on a GPU one more, for dropped rows."""
    if data.shape[: segment_ids.ndim] != segment_ids.shape:
        raise ValueError(
            f"data.shape = {list(data.shape)} does not start with segment_ids.shape = "
            f"{list(segment_ids.shape)}"
        )
    if num_segments < 0:
        raise ValueError(f"Input num_segments == {num_segments} must not be negative.")
    ids = segment_ids.reshape(-1)
    rows = data.reshape(ids.shape[0], *data.shape[segment_ids.ndim :])
    if not values_known(ids):
        dropped = (ids < 0) | (ids >= num_segments)
        return rows, torch.where(dropped, num_segments, ids), num_segments + 1
    if ids.numel():
        low, high = torch.aminmax(ids)
        if high >= num_segments:
            place = (segment_ids >= num_segments).nonzero()[0].tolist()
            wrong = int(segment_ids[tuple(place)])
            place = ",".join(map(str, place))
            raise IndexError(f"segment_ids[{place}] = {wrong} is out of range [0, {num_segments})")
        if low < 0:
            kept = ids >= 0
            ids, rows = ids[kept], rows[kept]
    return rows, ids, num_segments


def _unsorted(op_type: str, kind: str, what: str, empty: str, types: TypeSet) -> Callable:
    def kernel(data, segment_ids, num_segments):
        rows, ids, count = _unsorted_rows(data, segment_ids, num_segments)
        fill = None
        if kind in _LIMITS:
            limits = torch.finfo if rows.is_floating_point() else torch.iinfo
            fill = getattr(limits(rows.dtype), _LIMITS[kind])
        found = _reduced(kind, rows, ids, count, fill)
        return found if count == num_segments else found[:num_segments]

    return define(
        op_type,
        ["data", "segment_ids", "num_segments"],
        "T, Tindices, host Tnumsegments -> T",
        kernel,
        shape=_unsorted_shape,
        doc=f"Row i of the result is {what} of the rows of `data` whose segment id is i.\n\n"
        f"A segment without rows gives {empty}. Rows with a negative id are dropped.",
        T=types,
        Tindices=INDEX,
        Tnumsegments=INDEX,
    )


unsorted_segment_sum = _unsorted("UnsortedSegmentSum", "sum", "the sum", "0", NUMBER)
unsorted_segment_prod = _unsorted("UnsortedSegmentProd", "prod", "the product", "1", NUMBER)
unsorted_segment_max = _unsorted(
    "UnsortedSegmentMax", "amax", "the maximum", "the dtype's smallest number", REAL
)
unsorted_segment_min = _unsorted(
    "UnsortedSegmentMin", "amin", "the minimum", "the dtype's largest number", REAL
)


def _counts(data: Tensor, segment_ids: Tensor, num_segments: Any) -> Tensor:
    """The number of rows of each segment, at least 1, in a shape that divides the sums."""
    from .array import reshape, shape
    from .filling import ones, ones_like
    from .joining import concat
    from .math import maximum

    each = ones(shape(segment_ids), data.dtype.base_dtype)
    number = unsorted_segment_sum(each, segment_ids, num_segments)
    if data._dims is not None and segment_ids._dims is not None:
        rest = len(data._dims) - len(segment_ids._dims)
        whole: Any = [num_segments, *[1] * rest]
    else:
        known: Any = shape(data)
        count: Any = shape(segment_ids)
        from .array import size

        whole = concat([[num_segments], ones_like(known[size(count) :])], 0)
    return maximum(reshape(number, whole), 1)


def unsorted_segment_mean(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """Row i of the result is the mean of the rows of `data` whose segment id is i.

    0 for a segment without rows; rows with a negative id are dropped.
    """
    with name_scope(name, "UnsortedSegmentMean"):
        data = convert_to_tensor(data)
        segment_ids = convert_to_tensor(segment_ids)
        number = _counts(data, segment_ids, num_segments)
        total: Any = unsorted_segment_sum(data, segment_ids, num_segments)
        return total / number


def unsorted_segment_sqrt_n(
    data: Any, segment_ids: Any, num_segments: Any, name: str | None = None
) -> Tensor:
    """Row i of the result: the sum of the rows of `data` whose segment id is i, divided by the root
    of their number.

    0 for a segment without rows; rows with a negative id are dropped.
    """
    from .math import sqrt

    with name_scope(name, "UnsortedSegmentSqrtN"):
        data = convert_to_tensor(data)
        segment_ids = convert_to_tensor(segment_ids)
        number = _counts(data, segment_ids, num_segments)
        total: Any = unsorted_segment_sum(data, segment_ids, num_segments)
        return total / sqrt(number)


# Sparse segments: the rows are gathered first.


def _gathered_shape(
    data: Tensor, indices: Tensor, segment_ids: Tensor, num_segments: Tensor | None = None
) -> Dims:
    merged_dim(rank_is(indices, 1)[0], rank_is(segment_ids, 1)[0])  # type: ignore[index]
    dims = rank_at_least(data, 1)
    count = None
    if num_segments is not None:
        rank_is(num_segments, 0)
        count = static_value(num_segments)
        if count is not None and count < 0:
            raise ShapeError("Cannot specify a negative value for num_segments")
    return None if dims is None else (count, *dims[1:])


def _sparse(op_type: str, kind: str, what: str, types: TypeSet) -> Callable[..., Tensor]:
    def kernel(data, indices, segment_ids, num_segments=None):
        _check_sorted(segment_ids, indices.shape[0], num_segments)
        if values_known(indices) and indices.numel():
            wrong = (indices < 0) | (indices >= data.shape[0])
            if wrong.any():
                number = int(wrong.nonzero()[0])
                raise IndexError(
                    f"Bad: indices[{number}] == {int(indices[number])} out of range "
                    f"[0, {data.shape[0]})"
                )
        last = int(segment_ids[-1]) + 1 if segment_ids.numel() else 0
        count = last if num_segments is None else num_segments
        return _reduced(kind, data.index_select(0, indices), segment_ids, count)

    doc = (
        f"Row i of the result is {what} of the rows data[indices[j]] whose segment_ids[j] is i.\n\n"
        "The ids ascend from 0; a segment without rows gives 0."
    )
    names = ["data", "indices", "segment_ids"]
    plain = define(
        op_type,
        names,
        "T, Tidx, int32 -> T",
        lambda a, b, c: kernel(a, b, c),
        shape=_gathered_shape,
        doc=doc,
        T=types,
        Tidx=INDEX,
    )
    counted = define(
        f"{op_type}WithNumSegments",
        [*names, "num_segments"],
        "T, Tidx, int32, host Tnumsegments -> T",
        kernel,
        shape=_gathered_shape,
        doc=doc,
        T=types,
        Tidx=INDEX,
        Tnumsegments=INDEX,
    )

    def sparse_segment(
        data: Any,
        indices: Any,
        segment_ids: Any,
        name: str | None = None,
        num_segments: Any = None,
    ) -> Tensor:
        if num_segments is None:
            return plain(data, indices, segment_ids, name=name)
        return counted(data, indices, segment_ids, num_segments, name=name)

    sparse_segment.__doc__ = f"{doc} With `num_segments` the result has so many rows."
    return sparse_segment


sparse_segment_sum = _sparse("SparseSegmentSum", "sum", "the sum", REAL)
sparse_segment_mean = _sparse("SparseSegmentMean", "mean", "the mean", FLOAT)
sparse_segment_sqrt_n = _sparse(
    "SparseSegmentSqrtN", "sqrt_n", "the sum, divided by the root of their number,", FLOAT
)


# IndexedSlices as a dense tensor.


def _to_dense(
    value: IndexedSlices, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    """The dense tensor; rows that appear more than once are summed."""
    if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype):
        raise ValueError(
            f"Tensor conversion requested dtype {as_dtype(dtype).name} for IndexedSlices with "
            f"dtype {value.dtype.name}"
        )
    if value.dense_shape is None:
        raise ValueError(
            "Tensor conversion requested for IndexedSlices without dense_shape: "
            f"{value}\nGive it a dense_shape, or use its .values and .indices."
        )
    rows = convert_to_tensor(value.dense_shape)[0]
    return unsorted_segment_sum(value.values, value.indices, rows, name=name)


register_tensor_conversion_function(IndexedSlices, _to_dense)
