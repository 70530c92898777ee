"""Arithmetic of sparse tensors: sums, reductions, softmax, extremes."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import axis_in
from ..core.sparse_tensor import SparseTensor, as_sparse, is_sparse_value
from ..core.static_value import static_value
from ..core.types import FLOAT, NUMBER, REAL
from .array import _one_of
from .constant import constant
from .ranges import range as range_
from .sparse_dense import SparseTensorDenseAdd
from .sparse_places import as_sizes, numbered, parts_of, places, rank_is, sparse_dims, sparse_of

# Two sparse tensors.


def _pair_dims(*parts: Tensor) -> Dims:
    first, second = sparse_dims(*parts[:3]), sparse_dims(*parts[3:6])
    return second if first is None else first


def _same_shape(a_shape, b_shape):
    if len(a_shape) != len(b_shape):
        raise ValueError(f"Ranks of input tensors must match, but saw ranks: {len(a_shape)} and "
                         f"{len(b_shape)}")  # fmt: skip
    if a_shape != b_shape:
        raise ValueError(f"Input shapes must match: got {list(a_shape)} and {list(b_shape)}")


def _united(a_indices, b_indices, shape):
    """The places of both, each once and in order; where a's and b's values stand among them."""
    numbers = torch.cat([numbered(a_indices, shape), numbered(b_indices, shape)])
    found, back = torch.unique(numbers, return_inverse=True)
    count = a_indices.shape[0]
    return places(found, shape), back[:count], back[count:]


@op(
    "int64, T, host int64, int64, T, host int64, Treal -> "
    "sum_indices: int64, sum_values: T, sum_shape: int64",
    shape=lambda *parts: parts_of(_pair_dims(*parts)),
    T=NUMBER,
    Treal=REAL,
)
def SparseAdd(a_indices, a_values, a_shape, b_indices, b_values, b_shape, thresh):
    """The sum; what is smaller than `thresh` gets no place in it."""
    _same_shape(a_shape, b_shape)
    where, a_at, b_at = _united(a_indices, b_indices, a_shape)
    sums = a_values.new_zeros(where.shape[0]).index_add(0, a_at, a_values)
    sums = sums.index_add(0, b_at, b_values)
    kept = torch.abs(sums.detach()) >= thresh
    return where[kept], sums[kept], as_sizes(a_shape, where)


def sparse_add(a: Any, b: Any, threshold: Any = None, thresh: Any = None) -> Any:
    """a + b, a sparse tensor if both are, a dense one if one is dense.

    Sums of sparse tensors smaller in size than `threshold` (0) get no place in the result; `thresh`
    is its deprecated name. TypeError where neither is sparse.
    """
    threshold = _one_of("threshold", threshold, "thresh", thresh)
    if not (is_sparse_value(a) or is_sparse_value(b)):
        raise TypeError("At least one input should be SparseTensor; do you mean to use tf.add()?")
    if not (is_sparse_value(a) and is_sparse_value(b)):
        if is_sparse_value(b):
            a, b = b, a
        sparse = as_sparse(a)
        return SparseTensorDenseAdd(*sparse._components, b)
    first, second = as_sparse(a), as_sparse(b)
    real = first.dtype.real_dtype.base_dtype
    limit = convert_to_tensor(0 if threshold is None else threshold, real, name="threshold")
    first.shape.assert_is_compatible_with(second.shape)
    known = first.shape.merge_with(second.shape)._dims
    return sparse_of(SparseAdd(*first._components, *second._components, limit), known)


def _extreme(chosen):
    def kernel(a_indices, a_values, a_shape, b_indices, b_values, b_shape):
        _same_shape(a_shape, b_shape)
        where, a_at, b_at = _united(a_indices, b_indices, a_shape)
        a = a_values.new_zeros(where.shape[0]).index_copy(0, a_at, a_values)
        b = b_values.new_zeros(where.shape[0]).index_copy(0, b_at, b_values)
        # Where both are equal the gradient is a's, as for dense tensors.
        return where, torch.where(a >= b if chosen == "max" else a <= b, a, b)

    return kernel


def _define_extreme(op_type: str, chosen: str) -> Any:
    return define(
        op_type,
        ["a_indices", "a_values", "a_shape", "b_indices", "b_values", "b_shape"],
        "int64, T, host int64, int64, T, host int64 -> output_indices: int64, output_values: T",
        _extreme(chosen),
        shape=lambda *parts: parts_of(_pair_dims(*parts))[:2],
        T=REAL,
        doc=f"The element-wise {chosen}imum; where one has no value it is 0.",
    )


SparseSparseMaximum = _define_extreme("SparseSparseMaximum", "max")
SparseSparseMinimum = _define_extreme("SparseSparseMinimum", "min")


def _of_pair(kind: Any, sp_a: Any, sp_b: Any, name: str | None) -> SparseTensor:
    first, second = as_sparse(sp_a), as_sparse(sp_b)
    with name_scope(name, kind.op_def.type, [first, second]) as scope:
        indices, values = kind(*first._components, *second._components, name=scope)
        return SparseTensor(indices, values, first.dense_shape)


def sparse_maximum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The larger of both element by element; where one has no value it is 0."""
    return _of_pair(SparseSparseMaximum, sp_a, sp_b, name)


def sparse_minimum(sp_a: Any, sp_b: Any, name: str | None = None) -> SparseTensor:
    """The smaller of both element by element; where one has no value it is 0."""
    return _of_pair(SparseSparseMinimum, sp_a, sp_b, name)


# Reductions.


def _reduced_dims(
    input_indices: Tensor,
    input_values: Tensor,
    input_shape: Tensor,
    reduction_axes: Tensor,
    *,
    keep_dims: bool,
) -> Dims:
    dims = sparse_dims(input_indices, input_values, input_shape)
    axes = static_value(reduction_axes)
    if dims is None or axes is None:
        return None
    axes = axes if isinstance(axes, tuple) else (axes,)
    if not all(a is not None and -len(dims) <= a < len(dims) for a in axes):
        return None  # an error when running, as in TensorFlow
    reduced = {axis_in(a, len(dims)) for a in axes} if axes else set(range(len(dims)))
    if keep_dims:
        return tuple(1 if i in reduced else d for i, d in enumerate(dims))
    return tuple(d for i, d in enumerate(dims) if i not in reduced)


def _groups(indices, shape, axes, keep_dims):
    """For each value the number of its result; the results' shape, and the one that is given."""
    rank = len(shape)
    axes = axes if isinstance(axes, tuple) else (axes,)
    for axis in axes:
        if not -rank <= axis < rank:
            raise ValueError(
                f"Invalid reduction dimension {axis}, for input with {rank} dimensions."
            )
    gone = {axis % rank for axis in axes} if axes else set(range(rank))
    left = [i for i in range(rank) if i not in gone]
    sizes = [shape[i] for i in left]
    given = [1 if i in gone else d for i, d in enumerate(shape)] if keep_dims else sizes
    return numbered(indices[:, left], sizes), sizes, given


def _reduce(values, groups, count, kind):
    if kind == "sum":
        return values.new_zeros(count).index_add(0, groups, values)
    return values.new_zeros(count).scatter_reduce(0, groups, values, "amax", include_self=False)


def _dense_kernel(kind):
    def kernel(input_indices, input_values, input_shape, reduction_axes, *, keep_dims=False):
        groups, sizes, given = _groups(input_indices, input_shape, reduction_axes, keep_dims)
        count = 1
        for size in sizes:
            count *= size
        return _reduce(input_values, groups, count, kind).reshape(given)

    return kernel


def _sparse_kernel(kind):
    def kernel(input_indices, input_values, input_shape, reduction_axes, *, keep_dims=False):
        groups, _, given = _groups(input_indices, input_shape, reduction_axes, keep_dims)
        numbers, back = torch.unique(groups, return_inverse=True)
        found = _reduce(input_values, back, numbers.shape[0], kind)
        return places(numbers, given), found, as_sizes(given, input_indices)

    return kernel


def _define_reduction(kind: str, sparse: bool, types: Any, doc: str) -> Any:
    outputs = "output_indices: int64, output_values: T, output_shape: int64" if sparse else "T"

    def shape(*parts: Tensor, keep_dims: bool) -> Any:
        dims = _reduced_dims(*parts, keep_dims=keep_dims)
        return parts_of(dims) if sparse else dims

    return define(
        f"SparseReduce{kind.capitalize()}{'Sparse' if sparse else ''}",
        ["input_indices", "input_values", "input_shape", "reduction_axes"],
        f"int64, T, host int64, host int32 -> {outputs}",
        (_sparse_kernel if sparse else _dense_kernel)(kind),
        attrs={"keep_dims": False},
        shape=shape,
        T=types,
        differentiable=True if kind == "sum" and not sparse else None,
        doc=doc,
    )


SparseReduceSum = _define_reduction("sum", False, NUMBER, "Sums over axes, as a dense tensor.")
SparseReduceMax = _define_reduction("max", False, REAL, "Maxima over axes, as a dense tensor.")
SparseReduceSumSparse = _define_reduction("sum", True, NUMBER, "Sums over axes, still sparse.")
SparseReduceMaxSparse = _define_reduction("max", True, REAL, "Maxima over axes, still sparse.")


def _reduction(kind: Any, sparse: bool, what: str) -> Any:
    def reduction(
        sp_input: Any,
        axis: Any = None,
        keepdims: bool | None = None,
        reduction_axes: Any = None,
        keep_dims: bool | None = None,
    ) -> Any:
        given = as_sparse(sp_input)
        keep = _one_of("keepdims", keepdims, "keep_dims", keep_dims)
        axes = _one_of("axis", axis, "reduction_axes", reduction_axes)
        if axes is None:
            rank = given.dense_shape.shape[0].value
            if rank is None:
                axes = range_(0, _size(given))
            else:
                axes = constant(list(range(rank)), dtype="int32")
        found = kind(*given._components, axes, bool(keep))
        return SparseTensor(*found) if sparse else found

    reduction.__doc__ = (
        f"The {what} over `axis` (a number or a list; all axes where None), as a "
        f"{'sparse' if sparse else 'dense'} tensor.\n\n"
        "Elements without a value do not count; where there are none at all the result is "
        f"{'left out' if sparse else '0'}. `reduction_axes` and `keep_dims` are deprecated names "
        "of `axis` and `keepdims`."
    )
    return reduction


def _size(sparse: SparseTensor) -> Tensor:
    from .array import size

    return size(sparse.dense_shape)


sparse_reduce_sum = _reduction(SparseReduceSum, False, "sum")
sparse_reduce_max = _reduction(SparseReduceMax, False, "maximum")
sparse_reduce_sum_sparse = _reduction(SparseReduceSumSparse, True, "sum")
sparse_reduce_max_sparse = _reduction(SparseReduceMaxSparse, True, "maximum")


# Softmax.


@op(
    "int64, T, host int64 -> T",
    shape=lambda sp_indices, sp_values, sp_shape: rank_is(sp_values, 1),
    T=FLOAT,
)
def SparseSoftmax(sp_indices, sp_values, sp_shape):
    """The softmax over the values of each row of the last dimension; no value: no part in it."""
    if len(sp_shape) < 2:
        raise ValueError(f"Input should have rank >= 2, but got {len(sp_shape)}")
    rows = numbered(sp_indices[:, :-1], sp_shape[:-1])
    numbers, back = torch.unique(rows, return_inverse=True)
    nothing = sp_values.new_zeros(numbers.shape[0])
    largest = nothing.scatter_reduce(0, back, sp_values.detach(), "amax", include_self=False)
    raised = torch.exp(sp_values - largest[back])
    return raised / nothing.index_add(0, back, raised)[back]


def sparse_softmax(sp_input: Any, name: str | None = None) -> SparseTensor:
    """The softmax over the last dimension, among the values that there are (rank at least 2)."""
    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseSoftmax", [sparse.indices, sparse.values]):
        found = SparseSoftmax(*sparse._components)
        return SparseTensor(sparse.indices, found, sparse.dense_shape)
