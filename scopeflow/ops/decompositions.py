"""Matrices: inverses, determinants, solutions, decompositions. All work on batches."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch, values_known
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, merged_dim, rank_at_least
from ..core.types import TypeSet
from .linalg import _shorter, matrix_diag_part, matrix_transpose
from .math import log
from .products import real
from .reduce import reduce_sum

_MATRIX = TypeSet(
    dtypes.float64, dtypes.float32, dtypes.float16, dtypes.complex64, dtypes.complex128
)


def _square(input: Tensor) -> Dims:
    """The dims of square matrices."""
    dims = rank_at_least(input, 2)
    if dims is None:
        return None
    size = merged_dim(*dims[-2:])
    return (*dims[:-2], size, size)


def _one_number(input: Tensor) -> Dims:
    dims = _square(input)
    return None if dims is None else dims[:-2]


def _solution(matrix: Tensor, rhs: Tensor, **_: Any) -> Dims:
    dims, right = _square(matrix), rank_at_least(rhs, 2)
    if dims is None or right is None:
        return right
    batch = merged(dims[:-2], right[:-2])
    assert batch is not None
    return (*batch, merged_dim(dims[-1], right[-2]), right[-1])


def _wide(x):
    """At least float32: torch decomposes no float16 matrices."""
    return x.to(torch.float32) if x.dtype == torch.float16 else x


def _tried(message, function, *arguments):
    """`function` of the arguments; TensorFlow's message where torch finds no result."""
    try:
        return function(*arguments)
    except torch.linalg.LinAlgError as error:
        raise ValueError(f"{message}\n{error}") from None


def _check_solvable(matrix, rhs):
    if matrix.shape[:-2] != rhs.shape[:-2]:
        raise ValueError(f"Batch dimensions must agree: {list(matrix.shape)} vs. {list(rhs.shape)}")


@op("T -> T", shape=lambda input, **_: _square(input), T=_MATRIX)
def MatrixInverse(input, *, adjoint=False):
    """The inverses of square matrices; with `adjoint` those of their adjoints."""
    wide = _wide(input.mH if adjoint else input)
    return _tried("Input is not invertible.", torch.linalg.inv, wide).to(input.dtype)


@op("T -> T", shape=_one_number, T=_MATRIX)
def MatrixDeterminant(input):
    """The determinants of square matrices."""
    return torch.linalg.det(_wide(input)).to(input.dtype)


@op("T -> sign: T, log_abs_determinant: T", shape=lambda input: [_one_number(input)] * 2, T=_MATRIX)
def LogMatrixDeterminant(input):
    """The signs of determinants, and the logarithms of their absolute values."""
    sign, log_abs = torch.linalg.slogdet(_wide(input))
    return sign.to(input.dtype), log_abs.to(input.dtype)


@op("T -> T", shape=_square, T=_MATRIX)
def Cholesky(input):
    """Lower triangular L with L · Lᴴ = input, of which only the lower triangle is read."""
    message = "Cholesky decomposition was not successful. The input might not be valid."
    return _tried(message, torch.linalg.cholesky, _wide(input)).to(input.dtype)


def _eigen_shape(input: Tensor, *, compute_v: bool) -> list[Dims]:
    dims = _square(input)
    values = None if dims is None else dims[:-1]
    return [values, dims if compute_v else (0,)]


@op("T -> T, T", shape=_eigen_shape, T=_MATRIX)
def SelfAdjointEigV2(input, *, compute_v=True):
    """Eigenvalues in ascending order, and eigenvectors in columns, of self-adjoint matrices.

    Only the lower triangle is read.
    """
    wide = _wide(input)
    below = wide.tril(-1)
    whole = torch.diag_embed(wide.diagonal(dim1=-2, dim2=-1)) + below + below.mH
    if compute_v:
        values, vectors = torch.linalg.eigh(whole)
        return values.to(input.dtype), vectors.to(input.dtype)
    return torch.linalg.eigvalsh(whole).to(input.dtype), input.new_zeros((0,))


def _svd_shape(input: Tensor, *, compute_uv: bool, full_matrices: bool) -> list[Dims]:
    dims = rank_at_least(input, 2)
    if dims is None:
        return [None, None, None] if compute_uv else [None, (0,), (0,)]
    *batch, rows, columns = dims
    inner = _shorter(rows, columns)
    values = (*batch, inner)
    if not compute_uv:
        return [values, (0,), (0,)]
    return [
        values,
        (*batch, rows, rows if full_matrices else inner),
        (*batch, columns, columns if full_matrices else inner),
    ]


def _completed(vectors):
    """Orthonormal columns with a gradient of the last one, which torch leaves out.

    It is what a fixed vector has outside of the others' span, at length 1. (Of several such columns
    nothing tells which is which: they have no gradient.)
    """
    known, last = vectors[..., :-1], vectors[..., -1:].detach()
    outside = last - known @ (known.mH @ last)
    return torch.cat([known, outside / torch.linalg.vector_norm(outside, dim=-2, keepdim=True)], -1)


@op("T -> s: T, u: T, v: T", shape=_svd_shape, T=_MATRIX)
def Svd(input, *, compute_uv=True, full_matrices=False):
    """Singular values in descending order, left and right singular vectors in columns."""
    wide = _wide(input)
    if not compute_uv:
        nothing = input.new_zeros((0,))
        return torch.linalg.svdvals(wide).to(input.dtype), nothing, nothing
    u, s, vh = torch.linalg.svd(wide, full_matrices)
    if full_matrices and wide.requires_grad:
        more = wide.shape[-2] - wide.shape[-1]
        if more == 1:
            u = _completed(u)
        elif more == -1:
            vh = _completed(vh.mH).mH
    return s.to(input.dtype), u.to(input.dtype), vh.mH.to(input.dtype)


@op("T, T -> T", shape=_solution, T=_MATRIX)
def MatrixSolve(matrix, rhs, *, adjoint=False):
    """X with matrix · X = rhs (with `adjoint`: matrixᴴ · X = rhs)."""
    _check_solvable(matrix, rhs)
    wide = _wide(matrix.mH if adjoint else matrix)
    found = _tried("Input matrix is not invertible.", torch.linalg.solve, wide, _wide(rhs))
    return found.to(rhs.dtype)


@op("T, T -> T", shape=_solution, T=_MATRIX)
def MatrixTriangularSolve(matrix, rhs, *, lower=True, adjoint=False):
    """X with matrix · X = rhs, where one triangle of the matrix is read, the other taken as 0."""
    _check_solvable(matrix, rhs)
    wide = _wide(matrix)
    if values_known(wide) and bool((wide.diagonal(dim1=-2, dim2=-1) == 0).any()):
        raise ValueError("Input matrix is not invertible.")
    if adjoint:
        wide, lower = wide.mH, not lower
    return torch.linalg.solve_triangular(wide, _wide(rhs), upper=not lower).to(rhs.dtype)


matrix_inverse, matrix_determinant, cholesky = MatrixInverse, MatrixDeterminant, Cholesky
slogdet = LogMatrixDeterminant


def matrix_solve(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Tensor:
    """X with matrix · X = rhs, for square matrices [..., m, m] and rhs [..., m, k].

    With `adjoint` the matrices are taken as their adjoints.
    """
    return MatrixSolve(matrix, rhs, adjoint, name=name)


def matrix_triangular_solve(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """X with matrix · X = rhs, for triangular matrices [..., m, m] and rhs [..., m, k]."""
    return MatrixTriangularSolve(matrix, rhs, lower, adjoint, name=name)


def cholesky_solve(chol: Any, rhs: Any, name: str | None = None) -> Tensor:
    """X with A · X = rhs, given `chol`, the Cholesky decomposition of A."""
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        half = matrix_triangular_solve(chol, rhs, adjoint=False)
        return matrix_triangular_solve(chol, half, adjoint=True)


def svd(
    tensor: Any, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None
) -> Any:
    """The singular value decomposition of matrices [..., m, n]: (s, u, v).

    With p = min(m, n), s is [..., p] in descending order, u [..., m, p] and v [..., n, p], so that
    tensor = u · diag(s) · vᴴ; with `full_matrices` u is square, and v. Only s without `compute_uv`.
    """
    s, u, v = Svd(tensor, compute_uv, full_matrices, name=name)
    s = real(s)
    return (s, u, v) if compute_uv else s


def self_adjoint_eig(tensor: Any, name: str | None = None) -> Any:
    """The eigenvalues [..., n] and eigenvectors [..., n, n] of self-adjoint matrices.

    The eigenvalues ascend, the eigenvectors are the columns. Only the lower triangle is read.
    """
    return SelfAdjointEigV2(tensor, True, name=name)


def self_adjoint_eigvals(tensor: Any, name: str | None = None) -> Tensor:
    """The eigenvalues [..., n] of self-adjoint matrices, in ascending order."""
    return SelfAdjointEigV2(tensor, False, name=name)[0]


def adjoint(matrix: Any, name: str | None = None) -> Tensor:
    """The transposed complex conjugate of the last two dimensions."""
    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


def logdet(matrix: Any, name: str | None = None) -> Tensor:
    """The logarithm of the determinant of self-adjoint positive definite matrices."""
    with name_scope(name, "logdet", [matrix]):
        diagonal = real(matrix_diag_part(Cholesky(matrix)))
        total: Any = reduce_sum(log(diagonal), [-1])
        return 2.0 * total
