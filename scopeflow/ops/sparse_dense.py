"""Between sparse and dense: conversions, products, element-wise arithmetic with a dense tensor."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import merged_dim
from ..core.sparse_tensor import SparseTensor, as_sparse
from ..core.static_value import dims_from
from ..core.types import INDEX, NUMBER, TypeSet
from .array import expand_dims, shape
from .compare import not_equal
from .constant import constant
from .filling import fill, zeros
from .gathering import gather_nd, where
from .math import cast
from .sparse_places import check_bounds, check_order, rank_is, sparse_dims

# Conversions.


def _to_dense_shape(
    sparse_indices: Tensor, output_shape: Tensor, sparse_values: Tensor, default_value: Tensor
) -> Dims:
    rank_is(default_value, 0)
    rank_is(output_shape, 1)
    return dims_from(output_shape)


@op("Tindices, host Tindices, T, T -> T", shape=_to_dense_shape, Tindices=INDEX)
def SparseToDense(
    sparse_indices, output_shape, sparse_values, default_value, *, validate_indices=True
):
    """A dense tensor with the values at the places given (a scalar, a vector, or one a row)."""
    rank = len(output_shape)
    indices = sparse_indices.long()
    indices = indices.reshape(-1, rank if indices.ndim == 2 else 1)
    if indices.shape[1] != rank:
        raise ValueError(
            f"output_shape has incorrect number of elements: {rank} should be: {indices.shape[1]}"
        )
    if sparse_values.ndim and tuple(sparse_values.shape) != (indices.shape[0],):
        raise ValueError(
            f"sparse_values has incorrect shape {dims_text(sparse_values.shape)}, should be [] or "
            f"[{indices.shape[0]}]"
        )
    check_bounds(indices, output_shape)
    if validate_indices:
        check_order(indices, output_shape)
    dense = default_value.expand(output_shape)
    if not indices.shape[0]:
        return dense.clone()
    values = sparse_values.expand(indices.shape[0])
    return dense.index_put(tuple(indices.unbind(1)), values)


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """A tensor of `output_shape` with `sparse_values` at `sparse_indices`, else `default_value`.

    The indices are a number, a vector, or a matrix with one place a row; the values a scalar or one
    for each. InvalidArgumentError when running for places out of bounds and, with
    `validate_indices`, for repeated ones or such that are not in order.
    """
    values = convert_to_tensor(sparse_values)
    default: Any = default_value
    if values.dtype.base_dtype is dtypes.string and isinstance(default, int):
        default = ""
    return SparseToDense(
        sparse_indices, output_shape, sparse_values, default, validate_indices, name=name
    )


def sparse_tensor_to_dense(
    sp_input: Any,
    default_value: Any = None,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """The dense tensor; `default_value` (0, or "") stands where there is no value.

    With `validate_indices` the places must be distinct and in row-major order.
    """
    sparse = as_sparse(sp_input)
    if default_value is None:
        default_value = zeros([], dtype=sparse.dtype)
    return SparseToDense(
        sparse.indices, sparse.dense_shape, sparse.values, default_value, validate_indices,
        name=name,
    )  # fmt: skip


def from_dense(tensor: Any, name: str | None = None) -> SparseTensor:
    """The elements of a tensor that are not 0 (not "") as a sparse tensor."""
    with name_scope(name, "dense_to_sparse"):
        tensor = convert_to_tensor(tensor)
        nothing = "" if tensor.dtype.base_dtype is dtypes.string else 0
        zero = constant(nothing, dtype=tensor.dtype.base_dtype)
        indices = where(not_equal(tensor, zero))
        return SparseTensor(
            indices, gather_nd(tensor, indices), shape(tensor, out_type=dtypes.int64)
        )


def sparse_to_indicator(sp_input: Any, vocab_size: Any, name: str | None = None) -> Tensor:
    """For each row of ids a row of `vocab_size` booleans, true at those ids."""
    from .sparse_join import sparse_merge

    sparse = as_sparse(sp_input)
    with name_scope(name, "SparseToIndicator", [sparse]) as scope:
        true = fill(expand_dims(shape(sparse.indices)[0], 0), True)
        marks = SparseTensor(sparse.indices, true, sparse.dense_shape)
        merged = sparse_merge(sparse, marks, vocab_size, name)
        return sparse_tensor_to_dense(merged, False, validate_indices=False, name=scope)


# Products.


def _product_shape(
    a_indices: Tensor,
    a_values: Tensor,
    a_shape: Tensor,
    b: Tensor,
    *,
    adjoint_a: bool,
    adjoint_b: bool,
) -> Dims:
    dims = sparse_dims(a_indices, a_values, a_shape) or (None, None)
    if len(dims) != 2:
        raise ShapeError(f"The sparse matrix must have rank 2, not {len(dims)}")
    rows, inner = reversed(dims) if adjoint_a else dims
    other, columns = reversed(rank_is(b, 2)) if adjoint_b else rank_is(b, 2)
    merged_dim(inner, other)
    return (rows, columns)


@op("Tindices, T, host int64, T -> T", shape=_product_shape, Tindices=INDEX, T=NUMBER)
def SparseTensorDenseMatMul(a_indices, a_values, a_shape, b, *, adjoint_a=False, adjoint_b=False):
    """A sparse matrix times a dense one, either transposed and conjugated if asked for."""
    rows, columns = a_indices.long().unbind(1)
    if adjoint_a:
        rows, columns, a_shape = columns, rows, a_shape[::-1]
        a_values = a_values.conj()
    if adjoint_b:
        b = b.mH
    if a_shape[1] != b.shape[0]:
        raise ValueError(
            f"Cannot multiply A and B because inner dimension does not match: {a_shape[1]} vs. "
            f"{b.shape[0]}.  Did you forget a transpose?  Dimensions of A: {list(a_shape)}).  "
            f"Dimensions of B: {list(b.shape)}"
        )
    check_bounds(torch.stack([rows, columns], 1), a_shape)
    if a_values.dtype in (torch.float32, torch.float64) and not a_values.requires_grad:
        matrix = torch.sparse_coo_tensor(
            torch.stack([rows, columns]), a_values, a_shape, check_invariants=False
        )
        return torch.sparse.mm(matrix, b)
    products = a_values[:, None] * b[columns]
    return b.new_zeros(a_shape[0], b.shape[1]).index_add(0, rows, products)


def sparse_tensor_dense_matmul(
    sp_a: Any, b: Any, adjoint_a: bool = False, adjoint_b: bool = False, name: str | None = None
) -> Tensor:
    """The sparse matrix `sp_a` times the dense matrix `b`.

    `adjoint_a` and `adjoint_b` take the transposed, for complex numbers conjugated, matrix.
    Gradients flow to the values and to `b`.
    """
    sparse = as_sparse(sp_a)
    with name_scope(name, "SparseTensorDenseMatMul", [sparse.indices, sparse.values, b]):
        b = convert_to_tensor(b, name="b")
        return SparseTensorDenseMatMul(
            sparse.indices, sparse.values, sparse.dense_shape, b, adjoint_a, adjoint_b
        )


def _dense_product_shape(a: Tensor, b: Tensor, *, transpose_a: bool, transpose_b: bool) -> Dims:
    rows, inner = reversed(rank_is(a, 2)) if transpose_a else rank_is(a, 2)
    other, columns = reversed(rank_is(b, 2)) if transpose_b else rank_is(b, 2)
    merged_dim(inner, other)
    return (rows, columns)


@op(
    "Ta, Tb -> float32",
    shape=_dense_product_shape,
    attrs={"a_is_sparse": False, "b_is_sparse": False},
    Ta=TypeSet(dtypes.float32, dtypes.bfloat16),
    Tb=TypeSet(dtypes.float32, dtypes.bfloat16),
)
def SparseMatMul(a, b, *, transpose_a=False, transpose_b=False):
    """The product of two dense matrices of which many elements are 0."""
    a, b = a.float(), b.float()
    return torch.matmul(a.mT if transpose_a else a, b.mT if transpose_b else b)


def sparse_matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of two dense matrices. That they are sparse is accepted as a hint, and unused."""
    return SparseMatMul(a, b, transpose_a, transpose_b, a_is_sparse, b_is_sparse, name=name)


# Element by element.


@op(
    "Tindices, T, host Tindices, T -> T",
    T=NUMBER,
    Tindices=INDEX,
    shape=lambda a_indices, a_values, a_shape, b: b._dims,
)
def SparseTensorDenseAdd(a_indices, a_values, a_shape, b):
    """A sparse tensor plus a dense one."""
    if a_shape != tuple(b.shape):
        raise ValueError(
            f"Shapes of the sparse and the dense tensor differ: {a_shape} vs. {tuple(b.shape)}"
        )
    return b.index_put(tuple(a_indices.long().unbind(1)), a_values, accumulate=True)


def _at_places(sp_indices, sp_shape, dense):
    """The elements of `dense`, broadcast to the sparse tensor's shape, at its places."""
    if dense.ndim > len(sp_shape) or any(
        have not in (1, wanted)
        for have, wanted in zip(reversed(dense.shape), reversed(sp_shape), strict=False)
    ):
        raise ValueError(
            "SparseDenseBinaryOpShared broadcasts dense to sparse only; got incompatible shapes: "
            f"[{','.join(map(str, sp_shape))}] vs. [{','.join(map(str, dense.shape))}]"
        )
    check_bounds(sp_indices, sp_shape)
    return dense.expand(sp_shape)[tuple(sp_indices.unbind(1))]


def _values_shape(sp_indices: Tensor, sp_values: Tensor, sp_shape: Tensor, dense: Tensor) -> Dims:
    return (merged_dim(rank_is(sp_indices, 2)[0], rank_is(sp_values, 1)[0]),)


@op("int64, T, host int64, T -> T", shape=_values_shape, T=NUMBER)
def SparseDenseCwiseMul(sp_indices, sp_values, sp_shape, dense):
    """The values times the dense elements at their places; `dense` broadcasts."""
    return sp_values * _at_places(sp_indices, sp_shape, dense)


@op("int64, T, host int64, T -> T", shape=_values_shape, T=NUMBER)
def SparseDenseCwiseDiv(sp_indices, sp_values, sp_shape, dense):
    """The values divided by the dense elements at their places; `dense` broadcasts."""
    dense = _at_places(sp_indices, sp_shape, dense)
    if sp_values.is_floating_point() or sp_values.is_complex():
        return sp_values / dense
    return torch.div(sp_values, dense, rounding_mode="trunc")


@op("int64, T, host int64, T -> T", shape=_values_shape, T=NUMBER)
def SparseDenseCwiseAdd(sp_indices, sp_values, sp_shape, dense):
    """The values plus the dense elements at their places; `dense` broadcasts."""
    return sp_values + _at_places(sp_indices, sp_shape, dense)


def _times(kind: Any, label: str) -> Any:
    def operate(sparse: SparseTensor, dense: Any, name: str | None = None) -> SparseTensor:
        with name_scope(name, label, [sparse, dense]) as scope:
            dense = convert_to_tensor(dense, dtype=sparse.dtype.base_dtype, name="y")
            values, other = sparse.values, dense
            if label == "truediv" and sparse.dtype.is_integer:
                wanted = dtypes.float32 if sparse.dtype.size <= 2 else dtypes.float64
                values, other = cast(values, wanted), cast(dense, wanted)
            found = kind(sparse.indices, values, sparse.dense_shape, other, name=scope)
            return SparseTensor(sparse.indices, found, sparse.dense_shape)

    return operate


times_dense = _times(SparseDenseCwiseMul, "mul")
SparseTensor._override_operator("__mul__", times_dense)
SparseTensor._override_operator("__truediv__", _times(SparseDenseCwiseDiv, "truediv"))
SparseTensor._override_operator("__div__", _times(SparseDenseCwiseDiv, "div"))
