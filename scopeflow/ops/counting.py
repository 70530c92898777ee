"""Sets, counts, histograms, searches in sorted sequences."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import axis_of, merged, rank_is, unchanged
from ..core.static_value import static_value
from ..core.types import INDEX, REAL, TypeSet
from .array import rank, reshape, shape, squeeze
from .checks import assert_less, assert_non_negative
from .clip import clip_by_value
from .compare import equal, greater
from .constant import constant
from .control_flow import cond, with_dependencies
from .filling import ones_like, zeros
from .joining import stack
from .math import cast, floor, maximum, minimum, truediv
from .reduce import reduce_max, reduce_prod
from .segment import unsorted_segment_sum
from .sparse_dense import SparseTensorDenseAdd

_COUNTED = TypeSet(dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64)

# Sets.


def _unique(x):
    """The distinct elements in order of appearance, each element's place among them, counts."""
    values, places, counts = torch.unique(x, return_inverse=True, return_counts=True)
    count = values.shape[0]
    at = torch.arange(x.shape[0], device=x.device)
    first = torch.full((count,), x.shape[0], device=x.device).scatter_reduce_(0, places, at, "amin")
    order = torch.argsort(first)
    ranks = torch.empty_like(order).index_copy_(0, order, torch.arange(count, device=x.device))
    return values[order], ranks[places], counts[order]


@op(
    "T -> y: T, idx: out_idx, count: out_idx",
    differentiable=None,
    varies=True,
    out_idx=INDEX,
    shape=lambda x: [(None,), rank_is(x, 1), (None,)],
)
def UniqueWithCounts(x, *, out_idx=dtypes.int32):
    """The distinct elements in order of appearance, each element's place among them, counts."""
    y, idx, count = _unique(x)
    return y, idx.to(out_idx), count.to(out_idx)


unique_with_counts = UniqueWithCounts


def _unique_slices(x, axis):
    """As _unique, of the slices along an axis; axis is a list of at most one."""
    if len(axis) > 1:
        raise ValueError("axis tensor should be 0-D or 1-D and should have at most one element")
    if not axis:
        if x.ndim != 1:
            raise ValueError("unique expects a 1D vector.")
        return _unique(x)
    if not -x.ndim <= axis[0] < x.ndim:
        raise ValueError(f"axis has to be between [0, {x.ndim})")
    place = axis[0] % x.ndim
    if x.ndim == 1:
        return _unique(x)
    _, places, _ = torch.unique(x, return_inverse=True, return_counts=True, dim=place)
    numbers, ranks, counts = _unique(places)
    first = (places[None] == numbers[:, None]).int().argmax(1)
    return x.index_select(place, first), ranks, counts


def _unique_slices_shape(x: Tensor, axis: Tensor) -> list[Dims]:
    dims, known = x._dims, static_value(axis)
    if dims is None or known is None or None in known or len(known) > 1:
        return [None, (None,)]
    place = axis_of(x, known[0]) if known else 0
    return [(*dims[:place], None, *dims[place + 1 :]), (dims[place],)]


@op(
    "T, host Taxis -> y: T, idx: out_idx",
    differentiable=None,
    varies=True,
    Taxis=INDEX,
    out_idx=INDEX,
    shape=_unique_slices_shape,
)
def UniqueV2(x, axis, *, out_idx=dtypes.int32):
    """The distinct slices along an axis in order of appearance, each one's place among them."""
    y, idx, _ = _unique_slices(x, axis)
    return y, idx.to(out_idx)


@op(
    "T, host Taxis -> y: T, idx: out_idx, count: out_idx",
    differentiable=None,
    varies=True,
    Taxis=INDEX,
    out_idx=INDEX,
    shape=lambda x, axis: [*_unique_slices_shape(x, axis), (None,)],
)
def UniqueWithCountsV2(x, axis, *, out_idx=dtypes.int32):
    """As UniqueV2, and how often each distinct slice stands there."""
    y, idx, count = _unique_slices(x, axis)
    return y, idx.to(out_idx), count.to(out_idx)


def _difference_shape(x: Tensor, y: Tensor) -> list[Dims]:
    rank_is(x, 1), rank_is(y, 1)
    return [(None,), (None,)]


def _host_difference(x, y, **_):
    if None in x or None in y:
        return None, None
    kept = [i for i, value in enumerate(x) if value not in y]
    return tuple(x[i] for i in kept), tuple(kept)


@op(
    "T, T -> out: T, idx: out_idx",
    differentiable=None,
    varies=True,
    shape=_difference_shape,
    host=_host_difference,
    out_idx=INDEX,
)
def ListDiff(x, y, *, out_idx=dtypes.int32):
    """The elements of x that are not in y, in order and as often, and their places in x."""
    kept = ~torch.isin(x, y)
    return x[kept], torch.nonzero(kept)[:, 0].to(out_idx)


def setdiff1d(x: Any, y: Any, index_dtype: Any = dtypes.int32, name: str | None = None) -> Any:
    """The elements of vector `x` that are not in `y`, in order and as often: (out, idx).

    `idx`, of `index_dtype`, are their places in x.
    """
    return ListDiff(x, y, as_dtype(index_dtype), name=name)


# Counts.


@op(
    "int32, host int32, T -> T",
    differentiable=None,
    T=_COUNTED,
    shape=lambda arr, size, weights: (static_value(size),),
)
def Bincount(arr, size, weights):
    """How often each of 0, 1, …, size - 1 occurs, or the sum of the weights there."""
    flat = arr.reshape(-1)
    if flat.numel() and flat.min() < 0:
        raise ValueError("Input arr must be non-negative!")
    counts = torch.bincount(flat, weights.reshape(-1) if weights.numel() else None, size)
    return counts[:size].to(weights.dtype)


def bincount(
    arr: Any,
    weights: Any = None,
    minlength: Any = None,
    maxlength: Any = None,
    dtype: Any = dtypes.int32,
) -> Tensor:
    """How often each integer from 0 to the largest occurs in `arr` (int32, of any shape).

    With `weights` of the shape of `arr`, the sum of the weights instead of the number. The result
    has at least `minlength` and at most `maxlength` elements; `dtype` is that of counts without
    weights. InvalidArgumentError when running for a negative integer, where there are no weights.
    """
    with name_scope("bincount"):
        arr = convert_to_tensor(arr, dtypes.int32, name="arr")
        some = cast(greater(reduce_prod(shape(arr)), 0), dtypes.int32)
        largest: Any = reduce_max(arr)
        length: Any = some * (largest + 1)
        if minlength is not None:
            length = maximum(convert_to_tensor(minlength, dtypes.int32, name="minlength"), length)
        if maxlength is not None:
            length = minimum(convert_to_tensor(maxlength, dtypes.int32, name="maxlength"), length)
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            return unsorted_segment_sum(weights, arr, length)
        return Bincount(arr, length, constant([], dtype))


def _histogram_shape(values: Tensor, value_range: Tensor, nbins: Tensor) -> Dims:
    merged(rank_is(value_range, 1), (2,))
    count = static_value(nbins)
    if count is not None and count <= 0:
        raise ShapeError(f"Requires nbins > 0: {count}")
    return (count,)


@op("T, T, host int32 -> dtype", differentiable=None, shape=_histogram_shape, T=_COUNTED)
def HistogramFixedWidth(values, value_range, nbins, *, dtype=dtypes.int32):
    """How many values lie in each of nbins intervals of equal width; the outer ones are open."""
    low, high = value_range.tolist()
    if low >= high:
        raise ValueError(
            f"value_range should satisfy value_range[0] < value_range[1], but got '[{low}, {high}]'"
        )
    if nbins <= 0:
        raise ValueError(f"nbins should be a positive number, but got '{nbins}'")
    wide = values.reshape(-1).to(torch.float64)
    places = torch.floor((wide - low) / ((high - low) / nbins)).clamp(0, nbins - 1)
    return torch.bincount(places.long(), minlength=nbins).to(dtype)


def histogram_fixed_width(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """How many values lie in each of `nbins` intervals of equal width over `value_range` [2].

    What lies outside counts in the first and the last. InvalidArgumentError when running where the
    range is empty.
    """
    with name_scope(name, "histogram_fixed_width", [values, value_range, nbins]) as scope:
        return HistogramFixedWidth(values, value_range, nbins, as_dtype(dtype), name=scope)


def histogram_fixed_width_bins(
    values: Any,
    value_range: Any,
    nbins: Any = 100,
    dtype: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """For each value the number of its interval, of `nbins` of equal width over `value_range` [2].

    What lies outside belongs to the first or the last. The result is int32, as in TensorFlow 1.15:
    another `dtype` is a NotImplementedError.
    """
    if as_dtype(dtype) is not dtypes.int32:
        raise NotImplementedError(
            f"tf.histogram_fixed_width_bins(dtype={as_dtype(dtype)!r}): TensorFlow 1.15 gives "
            "int32 whatever is asked for. Leave dtype out and use tf.cast on the result."
        )
    with name_scope(name, "histogram_fixed_width_bins", [values, value_range, nbins]):
        values = convert_to_tensor(values, name="values")
        whole = shape(values)
        flat: Any = reshape(values, [-1])
        ends: Any = convert_to_tensor(value_range, name="value_range")
        number = convert_to_tensor(nbins, dtypes.int32, name="nbins")
        count: Any = cast(number, flat.dtype.base_dtype)
        scaled: Any = truediv(flat - ends[0], ends[1] - ends[0], name="scaled_values")
        places = floor(count * scaled, name="indices")
        return reshape(cast(clip_by_value(places, 0, count - 1), dtypes.int32), whole)


# Confusion matrices.


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, expected_rank_diff: int = 0, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(labels, predictions), one of them without its last dimension where it has one too many.

    The ranks shall differ by `expected_rank_diff` (predictions' minus labels'); a last dimension of
    size 1 that makes it one more or one less goes.
    """
    with name_scope(name, "remove_squeezable_dimensions", [labels, predictions]):
        labels = convert_to_tensor(labels)
        predictions = convert_to_tensor(predictions)
        have, wanted = predictions._dims, labels._dims
        if have is not None and wanted is not None:
            extra = len(have) - len(wanted) - expected_rank_diff
            if extra == 1 and have[-1] in (1, None):
                predictions = squeeze(predictions, [-1])
            elif extra == -1 and wanted[-1] in (1, None):
                labels = squeeze(labels, [-1])
            return labels, predictions
        difference: Any = rank(predictions) - rank(labels)
        if have is None or (have and have[-1] in (1, None)):
            whole = predictions
            predictions = cond(
                equal(expected_rank_diff + 1, difference),
                lambda: squeeze(whole, [-1]),
                lambda: whole,
            )
        if wanted is None or (wanted and wanted[-1] in (1, None)):
            all_labels = labels
            labels = cond(
                equal(expected_rank_diff - 1, difference),
                lambda: squeeze(all_labels, [-1]),
                lambda: all_labels,
            )
        return labels, predictions


def confusion_matrix(
    labels: Any,
    predictions: Any,
    num_classes: Any = None,
    dtype: Any = dtypes.int32,
    name: str | None = None,
    weights: Any = None,
) -> Tensor:
    """The matrix [num_classes, num_classes] that counts predictions (column) for labels (row).

    Both are vectors of class numbers; `num_classes` is the largest number plus 1 where not given.
    With `weights` their sum is taken instead of the number. InvalidArgumentError when running for
    numbers that are negative, or not below num_classes.
    """
    wanted = as_dtype(dtype)
    given = [t for t in (predictions, labels, num_classes, weights) if t is not None]
    with name_scope(name, "confusion_matrix", given):
        labels, predictions = remove_squeezable_dimensions(
            convert_to_tensor(labels, name="labels"),
            convert_to_tensor(predictions, name="predictions"),
        )
        predictions, labels = cast(predictions, dtypes.int64), cast(labels, dtypes.int64)
        labels = with_dependencies(
            [assert_non_negative(labels, message="`labels` contains negative values")], labels
        )
        predictions = with_dependencies(
            [assert_non_negative(predictions, message="`predictions` contains negative values")],
            predictions,
        )
        if num_classes is None:
            largest: Any = maximum(reduce_max(predictions), reduce_max(labels))
            num_classes = largest + 1
        else:
            limit = cast(num_classes, dtypes.int64)
            labels = with_dependencies(
                [assert_less(labels, limit, message="`labels` out of bound")], labels
            )
            predictions = with_dependencies(
                [assert_less(predictions, limit, message="`predictions` out of bound")],
                predictions,
            )
        if weights is not None:
            weights = convert_to_tensor(weights, name="weights")
            predictions.shape.assert_is_compatible_with(weights.shape)
            weights = cast(weights, wanted)
        sizes = stack([num_classes, num_classes])
        places = stack([labels, predictions], axis=1)
        values = ones_like(predictions, wanted) if weights is None else weights
        sparse_sizes = cast(sizes, dtypes.int64)
        nothing = zeros(cast(sizes, dtypes.int32), wanted)
        return SparseTensorDenseAdd(places, values, sparse_sizes, nothing)


# Searches.


def _bound_shape(sorted_inputs: Tensor, values: Tensor) -> Dims:
    rank_is(sorted_inputs, 2)
    return rank_is(values, 2)


def _places(sorted_inputs, values, out_type, right):
    if sorted_inputs.shape[0] != values.shape[0]:
        raise ValueError("Leading dim_size of both tensors must match.")
    return torch.searchsorted(sorted_inputs.contiguous(), values.contiguous(), right=right).to(
        out_type
    )


@op("T, T -> out_type", differentiable=False, shape=_bound_shape, T=REAL, out_type=INDEX)
def LowerBound(sorted_inputs, values, *, out_type=dtypes.int32):
    """For each value the first place in its sorted row where it could be inserted."""
    return _places(sorted_inputs, values, out_type, right=False)


@op("T, T -> out_type", differentiable=False, shape=_bound_shape, T=REAL, out_type=INDEX)
def UpperBound(sorted_inputs, values, *, out_type=dtypes.int32):
    """For each value the last place in its sorted row where it could be inserted."""
    return _places(sorted_inputs, values, out_type, right=True)


@op("T -> int32", differentiable=None, shape=unchanged, T=_COUNTED)
def Bucketize(input, *, boundaries):
    """For each element how many of the ascending boundaries are not greater than it."""
    if sorted(boundaries) != list(boundaries):
        raise ValueError("Expected sorted boundaries")
    limits = torch.tensor(boundaries, dtype=torch.float32, device=input.device)
    return torch.bucketize(input, limits.to(torch.float64), right=True).to(torch.int32)


def searchsorted(
    sorted_sequence: Any,
    values: Any,
    side: str = "left",
    out_type: Any = dtypes.int32,
    name: str | None = None,
) -> Tensor:
    """Where each of `values` [..., m] would be inserted in its ascending row [..., n].

    Among equal elements before them all ("left") or behind them ("right"). The result, of
    `out_type`, has the shape of `values`. ValueError for another `side`.
    """
    row_length, length = (shape(x)[-1] for x in (sorted_sequence, values))
    rows = reshape(sorted_sequence, [-1, row_length])
    looked_for = reshape(values, [-1, length])
    if side not in ("left", "right"):
        raise ValueError(f"side must be either 'right' or 'left'.  Saw: {side}.")
    bound = UpperBound if side == "right" else LowerBound
    return reshape(bound(rows, looked_for, as_dtype(out_type), name=name), shape(values))
