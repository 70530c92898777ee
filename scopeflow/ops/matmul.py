"""Matrix products; the complex conjugate, which they need."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import broadcast_dims, merged_dim, rank_at_least, rank_is, unchanged
from ..core.types import COMPLEX, INEXACT, WIDE


def _matmul_shape(a, b, *, transpose_a, transpose_b) -> Dims:
    rows, inner = rank_is(a, 2)[:: -1 if transpose_a else 1]  # type: ignore[index]
    inner_b, columns = rank_is(b, 2)[:: -1 if transpose_b else 1]  # type: ignore[index]
    merged_dim(inner, inner_b)
    return (rows, columns)


@op("T, T -> T", shape=_matmul_shape, T=WIDE | COMPLEX)
def MatMul(a, b, *, transpose_a=False, transpose_b=False):
    """The product of two matrices, each optionally transposed first."""
    try:
        return torch.mm(a.t() if transpose_a else a, b.t() if transpose_b else b)
    except RuntimeError:
        first, second = (dims_text(tuple(m.shape)) for m in (a, b))
        if a.ndim == 2 == b.ndim and a.dtype == b.dtype:
            raise ValueError(f"Matrix size-incompatible: In[0]: {first}, In[1]: {second}") from None
        if a.ndim != 2 or b.ndim != 2:
            raise ValueError(
                f"In[{int(a.ndim == 2)}] is not a matrix: In[0]: {first}, In[1]: {second}"
            ) from None
        raise


def _batch_matmul_shape(x, y, *, adj_x, adj_y) -> Dims:
    a, b = rank_at_least(x, 2), rank_at_least(y, 2)
    if a is None or b is None:
        return None
    rows, inner = a[-2:][:: -1 if adj_x else 1]
    inner_b, columns = b[-2:][:: -1 if adj_y else 1]
    merged_dim(inner, inner_b)
    batch = broadcast_dims(a[:-2], b[:-2])
    assert batch is not None
    return (*batch, rows, columns)


@op("T, T -> T", shape=_batch_matmul_shape, T=WIDE | COMPLEX)
def BatchMatMulV2(x, y, *, adj_x=False, adj_y=False):
    """Products of matrices, each optionally adjoint; the dimensions before them broadcast."""
    return torch.matmul(x.mH if adj_x else x, y.mH if adj_y else y)


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The matrix product of `a` [..., n, k] and `b` [..., k, m] -> [..., n, m].

    The dimensions before the last two broadcast. `transpose_*` transposes the last two first,
    `adjoint_*` also conjugates. `*_is_sparse` are hints that change no number, for matrices alone;
    a bfloat16 and a float32 matrix give a float32 one.
    ValueError for shapes that do not fit.
    """
    with name_scope(name, "MatMul", [a, b]) as scope:
        if transpose_a and adjoint_a:
            raise ValueError("Only one of transpose_a and adjoint_a can be True.")
        if transpose_b and adjoint_b:
            raise ValueError("Only one of transpose_b and adjoint_b can be True.")
        a = convert_to_tensor(a, name="a")
        preferred = None if a.dtype.base_dtype is dtypes.bfloat16 else a.dtype.base_dtype
        b = convert_to_tensor(b, name="b", preferred_dtype=preferred)
        batched = any(t._dims is None or len(t._dims) > 2 for t in (a, b))
        if batched and not (a_is_sparse or b_is_sparse):
            a, adjoint_a = _conjugated(a, transpose_a, adjoint_a)
            b, adjoint_b = _conjugated(b, transpose_b, adjoint_b)
            return BatchMatMulV2(a, b, adjoint_a, adjoint_b, name=scope)
        if adjoint_a or adjoint_b:
            a = conj(a) if adjoint_a else a
            b = conj(b) if adjoint_b else b
        turned = transpose_a or adjoint_a, transpose_b or adjoint_b
        kinds = [t.dtype.base_dtype for t in (a, b)]
        narrow = {*kinds} <= {dtypes.float32, dtypes.bfloat16}
        if (a_is_sparse or b_is_sparse or kinds[0] is not kinds[1]) and narrow:
            from .math import cast
            from .sparse_dense import SparseMatMul

            both = kinds == [dtypes.bfloat16] * 2
            name = None if both else scope
            found = SparseMatMul(a, b, *turned, a_is_sparse, b_is_sparse, name=name)
            return cast(found, dtypes.bfloat16) if both else found
        return MatMul(a, b, *turned, name=scope)


def _conjugated(x: Tensor, transpose: bool, adjoint: bool) -> tuple[Tensor, bool]:
    """A batched product knows only the adjoint: a transpose is that of the conjugate."""
    return (conj(x) if transpose else x), transpose or adjoint


@op("T -> T", shape=unchanged, T=INEXACT)
def Conj(input):
    """The complex conjugate."""
    return torch.conj(input).resolve_conj()


def conj(x: Any, name: str | None = None) -> Tensor:
    """The complex conjugate; a real `x` is returned as it is."""
    x = convert_to_tensor(x, name="x")
    if x.dtype.is_complex:
        return Conj(x, name=name)
    if x.dtype.is_floating or x.dtype.is_integer:
        return x
    raise TypeError(f"Expected numeric or variant tensor, got dtype {x.dtype!r}")


def matvec(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    adjoint_a: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    name: str | None = None,
) -> Tensor:
    """The product of matrices `a` [..., n, k] and vectors `b` [..., k] -> [..., n].

    `transpose_a` transposes the matrices first, `adjoint_a` also conjugates; `*_is_sparse` are
    hints that change no result.
    """
    from .array import expand_dims, squeeze

    with name_scope(name, "MatVec", [a, b]):
        column = expand_dims(b, -1)
        product = matmul(
            a,
            column,
            transpose_a=transpose_a,
            adjoint_a=adjoint_a,
            a_is_sparse=a_is_sparse,
            b_is_sparse=b_is_sparse,
        )
        return squeeze(product, axis=-1)
