"""Least squares, functions of matrices, LU, tridiagonal systems."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import merged, merged_dim, rank_at_least
from ..core.types import COMPLEX, INDEX, TypeSet
from .array import shape
from .compare import greater_equal
from .control_flow import cond
from .decompositions import cholesky, cholesky_solve
from .linalg import eye, matrix_diag_part
from .math import cast, matmul
from .padding import pad

_FLOAT = TypeSet(dtypes.float64, dtypes.float32)
_MATRIX = _FLOAT | COMPLEX


def _square(input: Tensor) -> Dims:
    dims = rank_at_least(input, 2)
    if dims is None:
        return None
    side = merged_dim(dims[-1], dims[-2])
    return (*dims[:-2], side, side)


def _root(input):
    """By eigenvalues."""
    values, vectors = torch.linalg.eig(input)
    found = vectors @ torch.diag_embed(values.sqrt()) @ torch.linalg.inv(vectors)
    if input.is_complex():
        return found
    none = ((values.imag == 0) & (values.real < 0)).any(-1)
    return torch.where(none[..., None, None], float("nan"), found.real)


def _logarithm(input):
    values, vectors = torch.linalg.eig(input)
    return vectors @ torch.diag_embed(values.log()) @ torch.linalg.inv(vectors)


matrix_square_root = define(
    "MatrixSquareRoot",
    ["input"],
    "T -> T",
    _root,
    shape=_square,
    T=_MATRIX,
    doc="The matrix (of each, in a batch) whose product with itself is `input`.\n\n"
    "A real matrix with a negative eigenvalue has no real one: NaN.",
)
logm = define(
    "MatrixLogarithm",
    ["input"],
    "T -> T",
    _logarithm,
    shape=_square,
    T=COMPLEX,
    doc="The principal logarithm of each complex matrix whose eigenvectors are independent.",
)
_matrix_exponential = define(
    "MatrixExponential",
    ["input"],
    "T -> T",
    "torch.linalg.matrix_exp",
    shape=_square,
    T=_MATRIX,
    doc="e to the power of each matrix.",
)


def expm(input: Any, name: str | None = None) -> Tensor:
    """e to the power of each matrix: sum of input^n / n!."""
    with name_scope(name, "matrix_exponential", [input]) as scope:
        return _matrix_exponential(convert_to_tensor(input, name="input"), name=scope)


def _lu_shape(input: Tensor, *, output_idx_type: Any) -> list[Dims]:
    dims = _square(input)
    return [dims, None if dims is None else dims[:-1]]


@op(
    "T -> lu: T, p: output_idx_type",
    shape=_lu_shape,
    T=_MATRIX,
    output_idx_type=INDEX,
)
def Lu(input, *, output_idx_type=dtypes.int32):
    """Both factors in one matrix (the lower one's diagonal is 1) and the order of the rows."""
    if bool((torch.linalg.det(input.detach()) == 0).any()):
        raise ValueError("Input is not invertible.")
    factors, pivots = torch.linalg.lu_factor(input)
    rows = torch.lu_unpack(factors, pivots, unpack_data=False)[0].real
    order = rows.argmax(-2) if rows.shape[-1] else rows.new_zeros(rows.shape[:-1])
    return factors, order.to(output_idx_type)


def lu(input: Any, output_idx_type: Any = dtypes.int32, name: str | None = None) -> Any:
    """A namedtuple of `lu`, the triangular factors of each matrix, and `p`.

    Row p[i] of the matrix is row i of lower · upper.
    """
    return Lu(input, output_idx_type=output_idx_type, name=name)


# Least squares.


def _least_shape(matrix: Tensor, rhs: Tensor, l2_regularizer: Tensor, **_: Any) -> Dims:
    left, right = rank_at_least(matrix, 2), rank_at_least(rhs, 2)
    if left is None or right is None:
        return None
    merged_dim(left[-2], right[-2])
    return (*(merged(left[:-2], right[:-2]) or ()), left[-1], right[-1])


@op("T, T, double -> T", shape=_least_shape, T=_MATRIX)
def MatrixSolveLs(matrix, rhs, l2_regularizer, *, fast=True):
    """The least-squares solution by singular values; the regularizer must be 0."""
    return torch.linalg.pinv(matrix) @ rhs


def matrix_solve_ls(
    matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """The x that makes |matrix · x - rhs|² + l2_regularizer · |x|² smallest, for each matrix.

    Without a regularizer and with fewer rows than columns it is the smallest solution. `fast` goes
    by the normal equations; otherwise singular values are taken, and `l2_regularizer` is ignored,
    as TensorFlow does it.
    """
    with name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        matrix = convert_to_tensor(matrix, name="matrix")
        if not fast:
            return MatrixSolveLs(matrix, rhs, 0.0, fast=False)
        rhs = convert_to_tensor(rhs, matrix.dtype.base_dtype, name="rhs")
        dims = matrix._dims
        if dims is not None and None not in dims[-2:]:
            way = _over if dims[-2] >= dims[-1] else _under
            return way(matrix, rhs, l2_regularizer)
        sizes = shape(matrix)
        return cond(
            greater_equal(sizes[-2], sizes[-1]),
            lambda: _over(matrix, rhs, l2_regularizer),
            lambda: _under(matrix, rhs, l2_regularizer),
        )


def _over(matrix: Tensor, rhs: Tensor, l2_regularizer: float) -> Tensor:
    """The normal equations of at least as many rows as columns."""
    normal = _regularized(matmul(matrix, matrix, adjoint_a=True), l2_regularizer)
    return cholesky_solve(cholesky(normal), matmul(matrix, rhs, adjoint_a=True))


def _under(matrix: Tensor, rhs: Tensor, l2_regularizer: float) -> Tensor:
    """The normal equations of fewer rows than columns."""
    normal = _regularized(matmul(matrix, matrix, adjoint_b=True), l2_regularizer)
    return matmul(matrix, cholesky_solve(cholesky(normal), rhs), adjoint_a=True)


def _regularized(normal: Tensor, l2_regularizer: float) -> Tensor:
    if not l2_regularizer:
        return normal
    sizes = shape(normal)
    one = eye(sizes[-1], batch_shape=sizes[:-2], dtype=normal.dtype.base_dtype)
    return normal + cast(l2_regularizer, normal.dtype.base_dtype) * one


# Tridiagonal systems: the diagonals are the rows of `diagonals` [..., 3, n], the upper one first;
# the last element of the upper and the first of the lower one do not count.


def _product_shape(superdiag: Tensor, maindiag: Tensor, subdiag: Tensor, rhs: Tensor) -> Dims:
    return rhs._dims


@op("T, T, T, T -> T", shape=_product_shape, T=_MATRIX)
def TridiagonalMatMul(superdiag, maindiag, subdiag, rhs):
    """A tridiagonal matrix times `rhs`."""
    upper, main, lower = (x.squeeze(-2).unsqueeze(-1) for x in (superdiag, maindiag, subdiag))
    found = main * rhs
    zero = torch.zeros_like(rhs[..., :1, :])
    above = torch.cat([upper[..., :-1, :] * rhs[..., 1:, :], zero], -2)
    below = torch.cat([zero, lower[..., 1:, :] * rhs[..., :-1, :]], -2)
    return found + above + below


@op("T, T -> T", shape=lambda diagonals, rhs, **_: rhs._dims, T=_MATRIX)
def TridiagonalSolve(diagonals, rhs, *, partial_pivoting=True):
    """The x with matrix · x = rhs."""
    upper, main, lower = diagonals.unbind(-2)
    matrix = (
        torch.diag_embed(main)
        + torch.diag_embed(upper[..., :-1], 1)
        + torch.diag_embed(lower[..., 1:], -1)
    )
    return torch.linalg.solve(matrix, rhs)


def _diagonals(diagonals: Any, diagonals_format: str) -> list[Tensor]:
    """The upper, main and lower diagonal, each [..., n]."""
    if diagonals_format == "compact":
        diagonals = convert_to_tensor(diagonals, name="diagonals")
        dims = diagonals._dims
        if dims is not None and (len(dims) < 2 or dims[-2] not in (3, None)):
            raise ValueError(f"Expected 3 diagonals got {dims[-2] if len(dims) > 1 else dims}")
        return [diagonals[..., i, :] for i in range(3)]
    if diagonals_format == "sequence":
        if not isinstance(diagonals, list | tuple) or len(diagonals) != 3:
            raise ValueError("Expected diagonals to be a sequence of length 3.")
        upper, main, lower = (convert_to_tensor(d) for d in diagonals)
        return [_filled(upper, main, [0, 1]), main, _filled(lower, main, [1, 0])]
    if diagonals_format != "matrix":
        raise ValueError(
            f"Unrecognized diagonals_format: {diagonals_format}. It is 'compact', 'sequence' or "
            "'matrix'."
        )
    matrix = convert_to_tensor(diagonals, name="diagonals")
    if matrix._dims is None:
        raise ValueError("a matrix of diagonals needs a known rank")
    if len(matrix._dims) < 2 or (None not in (dims := matrix._dims[-2:]) and dims[0] != dims[1]):
        raise ValueError(f"Expected the last two dimensions to be the same, got {matrix.shape}")
    none = [[0, 0]] * (len(matrix._dims) - 2)
    upper = pad(matrix_diag_part(matrix[..., :-1, 1:]), [*none, [0, 1]])
    lower = pad(matrix_diag_part(matrix[..., 1:, :-1]), [*none, [1, 0]])
    return [upper, matrix_diag_part(matrix), lower]


def _filled(diagonal: Tensor, main: Tensor, margin: list[int]) -> Tensor:
    """A diagonal beside the main one, as long as this one: the element that does not count is 0."""
    if diagonal._dims is None or main._dims is None or diagonal._dims[-1:] == main._dims[-1:]:
        return diagonal
    return pad(diagonal, [*([[0, 0]] * (len(diagonal._dims) - 1)), margin])


def tridiagonal_matmul(
    diagonals: Any, rhs: Any, diagonals_format: str = "compact", name: str | None = None
) -> Tensor:
    """A tridiagonal matrix times `rhs` [..., n, columns].

    The matrix is given "compact" (its diagonals are three rows, the upper first), as a "sequence"
    of the three diagonals, or as the whole "matrix".
    """
    from .array import expand_dims

    upper, main, lower = (expand_dims(d, -2) for d in _diagonals(diagonals, diagonals_format))
    return TridiagonalMatMul(upper, main, lower, rhs, name=name)


def _check_system(rows: tuple, rhs: tuple, transposed: bool) -> None:
    """ValueError where diagonals [..., 3, n] and a right-hand side do not fit."""
    rank = len(rows)
    if len(rhs) not in (rank - 1, rank):
        raise ValueError(f"Expected the rank of rhs to be {rank - 1} or {rank}, got {len(rhs)}")
    length = rhs[-1 if transposed or len(rhs) < rank else -2]
    for left, right in zip((*rows[:-2], rows[-1]), (*rhs[: rank - 2], length), strict=True):
        if left != right and None not in (left, right):
            raise ValueError(
                f"diagonals of shape {dims_text(rows)} and rhs of shape {dims_text(rhs)} are not "
                "of one system: batch dimensions and length must be equal."
            )


def tridiagonal_solve(
    diagonals: Any,
    rhs: Any,
    diagonals_format: str = "compact",
    transpose_rhs: bool = False,
    conjugate_rhs: bool = False,
    name: str | None = None,
    partial_pivoting: bool = True,
) -> Tensor:
    """The x with matrix · x = rhs; `rhs` is [..., n] or [..., n, columns].

    The matrix is given as for `tridiagonal_matmul`; in a sequence the upper and the lower diagonal
    may also be one element shorter than the main one. With `transpose_rhs` both `rhs` and the
    solution are [..., columns, n]; `conjugate_rhs` takes the complex conjugate of `rhs`. The
    solution is always found with pivoting, whatever `partial_pivoting` says.
    """
    from .array import expand_dims, squeeze
    from .joining import stack
    from .linalg import matrix_transpose
    from .math import conj

    rows = stack(_diagonals(diagonals, diagonals_format), axis=-2)
    rhs = convert_to_tensor(rhs, rows.dtype.base_dtype, name="rhs")
    if rows._dims is None or rhs._dims is None:
        raise ValueError("tridiagonal_solve needs diagonals and rhs of known rank")
    vector = len(rhs._dims) == len(rows._dims) - 1
    _check_system(rows._dims, rhs._dims, transpose_rhs and not vector)
    if conjugate_rhs:
        rhs = conj(rhs)
    if vector:
        rhs = expand_dims(rhs, -1)
    elif transpose_rhs:
        rhs = matrix_transpose(rhs)
    found = TridiagonalSolve(rows, rhs, partial_pivoting=partial_pivoting, name=name)
    if vector:
        return squeeze(found, [-1])
    return matrix_transpose(found) if transpose_rhs else found
