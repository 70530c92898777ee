"""Matrices: diagonals, identity, QR."""

from __future__ import annotations

import operator
from collections import namedtuple
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import merged, merged_dim, rank_at_least, rank_is
from ..core.types import COMPLEX, WIDE, TypeSet
from .array import transpose
from .filling import ones, zeros
from .joining import concat
from .math import Minimum

_QR = TypeSet(dtypes.float64, dtypes.float32, dtypes.float16, dtypes.complex64, dtypes.complex128)

# Diagonals. `Diag` and `DiagPart` halve and double the rank; the others work on the last two
# dimensions.


def _diag_shape(diagonal: Tensor) -> Dims:
    dims = rank_at_least(diagonal, 1)
    return None if dims is None else dims * 2


@op("T -> T", shape=_diag_shape, T=WIDE | COMPLEX)
def Diag(diagonal):
    """output[i, …, i, …] = diagonal[i, …], zeros elsewhere."""
    return torch.diag_embed(diagonal.reshape(-1)).reshape(diagonal.shape * 2)


def _diag_part_shape(input: Tensor) -> Dims:
    if input._dims is None:
        return None
    half, odd = divmod(len(input._dims), 2)
    if odd or not half:
        raise ShapeError(
            f"Input must have even and non-zero rank, input rank is {len(input._dims)}"
        )
    dims = input._dims
    return tuple(merged_dim(x, y) for x, y in zip(dims[:half], dims[half:], strict=True))


@op("T -> T", shape=_diag_part_shape, view=True, T=WIDE | COMPLEX)
def DiagPart(input):
    """output[i, …] = input[i, …, i, …]."""
    dims = input.shape[: input.ndim // 2]
    if dims != input.shape[input.ndim // 2 :]:
        raise ValueError(f"Invalid shape {list(input.shape)}: its halves differ")
    count = dims.numel()
    return input.reshape(count, count).diagonal().reshape(dims)


def _matrix_diag_shape(diagonal: Tensor) -> Dims:
    dims = rank_at_least(diagonal, 1)
    return None if dims is None else (*dims, dims[-1])


@op("T -> T", shape=_matrix_diag_shape)
def MatrixDiag(diagonal):
    """Square matrices with the given diagonals, zeros elsewhere."""
    _at_least("diagonal", diagonal, 1)
    return torch.diag_embed(diagonal)


def _at_least(what, tensor, rank):
    if tensor.ndim < rank:
        shape = dims_text(tuple(tensor.shape))
        raise ValueError(f"{what} must be at least {rank}-dim, received shape: {shape}")


def _matrix_diag_part_shape(input: Tensor) -> Dims:
    dims = rank_at_least(input, 2)
    return None if dims is None else (*dims[:-2], _shorter(*dims[-2:]))


def _shorter(rows: int | None, columns: int | None) -> int | None:
    return None if rows is None or columns is None else min(rows, columns)


@op("T -> T", shape=_matrix_diag_part_shape, view=True)
def MatrixDiagPart(input):
    """The diagonals of matrices."""
    _at_least("input", input, 2)
    return input.diagonal(dim1=-2, dim2=-1)


def _matrix_set_diag_shape(input: Tensor, diagonal: Tensor) -> Dims:
    dims, given = rank_at_least(input, 2), rank_at_least(diagonal, 1)
    if dims is None:
        return None if given is None else (*given[:-1], None, None)
    given = rank_is(diagonal, len(dims) - 1)
    assert given is not None
    merged_dim(_shorter(*dims[-2:]), given[-1])
    batch = merged(dims[:-2], given[:-1])
    assert batch is not None
    return (*batch, *dims[-2:])


@op("T, T -> T", shape=_matrix_set_diag_shape)
def MatrixSetDiag(input, diagonal):
    """Matrices with their diagonals replaced."""
    _at_least("input", input, 2)
    _at_least("diagonal", diagonal, 1)
    return torch.diagonal_scatter(input, diagonal, dim1=-2, dim2=-1)


diag, diag_part = Diag, DiagPart


def _only_main_diagonal(function: str, **given: Any) -> None:
    for argument, (value, default) in given.items():
        if value is not default and value != default:
            raise ValueError(
                f"{function} works on the main diagonal alone, without padding, as in TensorFlow "
                f"1.15: leave {argument} at {default} (got {value!r})."
            )


def matrix_diag(
    diagonal: Any,
    name: str | None = "diag",
    k: Any = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
) -> Tensor:
    """Square matrices [..., n, n] with the diagonals [..., n], zeros elsewhere.

    TensorFlow 1.15 ignores the arguments from `k` on; here other values than the defaults are a
    ValueError.
    """
    _only_main_diagonal(
        "tf.matrix_diag",
        k=(k, 0),
        num_rows=(num_rows, -1),
        num_cols=(num_cols, -1),
        padding_value=(padding_value, 0),
    )
    return MatrixDiag(diagonal, name=name)


def matrix_diag_part(
    input: Any, name: str | None = "diag_part", k: Any = 0, padding_value: Any = 0
) -> Tensor:
    """The diagonals of the matrices `input` [..., m, n], as [..., min(m, n)].

    TensorFlow 1.15 ignores the arguments from `k` on; here other values than the defaults are a
    ValueError.
    """
    _only_main_diagonal("tf.matrix_diag_part", k=(k, 0), padding_value=(padding_value, 0))
    return MatrixDiagPart(input, name=name)


def matrix_set_diag(input: Any, diagonal: Any, name: str | None = "set_diag", k: Any = 0) -> Tensor:
    """The matrices `input` [..., m, n] with `diagonal` [..., min(m, n)] on their diagonals.

    TensorFlow 1.15 ignores `k`; here another value than 0 is a ValueError.
    """
    _only_main_diagonal("tf.matrix_set_diag", k=(k, 0))
    return MatrixSetDiag(input, diagonal, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """The identity matrix, [num_rows, num_columns] (square where only num_rows is given).

    `batch_shape` gives leading dimensions, along which it is repeated.

    >>> import scopeflow as tf
    >>> tf.eye(2, batch_shape=[5]).shape
    TensorShape([Dimension(5), Dimension(2), Dimension(2)])
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        square = num_columns is None
        batch = [] if batch_shape is None else batch_shape
        size = [num_rows, num_rows if square else num_columns]
        if any(isinstance(n, Tensor) for n in size):
            diagonal: Any = [Minimum(*size)]
        else:
            size = [_count(n) for n in size]
            square = size[0] == size[1]
            diagonal = [min(size)]
        if isinstance(batch, Tensor) or isinstance(diagonal[0], Tensor):
            batch = convert_to_tensor(batch, dtypes.int32, name="shape")
            diagonal = concat((batch, diagonal), 0)
            whole: Any = None if square else concat((batch, size), 0)
        else:
            diagonal = [*batch, *diagonal]
            whole = [*batch, *size]
        filled = ones(diagonal, dtype)
        return matrix_diag(filled) if square else matrix_set_diag(zeros(whole, dtype), filled)


def _count(value: Any) -> int:
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError("num_rows and num_columns must be positive integer values.") from None


def matrix_transpose(
    a: Any, name: str | None = "matrix_transpose", conjugate: bool = False
) -> Tensor:
    """`a` [..., m, n] with the last two dimensions exchanged (and conjugated)."""
    with name_scope(name, values=[a]):
        a = convert_to_tensor(a, name="a")
        if a._dims is None:
            from .array import rank
            from .ranges import range as range_

            count: Any = rank(a)
            order: Any = concat((range_(0, count - 2, name="Range"), [count - 1, count - 2]), 0)
        elif len(a._dims) < 2:
            raise ValueError(
                f"Argument 'a' should be a (batch) matrix, with rank >= 2.  Found: {a.shape}"
            )
        else:
            last = len(a._dims) - 1
            order = [*range(last - 1), last, last - 1]
        return transpose(a, order, conjugate=conjugate)


def _qr_shape(input: Tensor, *, full_matrices: bool) -> list[Dims]:
    dims = rank_at_least(input, 2)
    if dims is None:
        return [None, None]
    *batch, rows, columns = dims
    inner = rows if full_matrices else _shorter(rows, columns)
    return [(*batch, rows, inner), (*batch, inner, columns)]


@op("T -> T, T", shape=_qr_shape, T=_QR)
def Qr(input, *, full_matrices=False):
    """Unitary q and upper triangular r with q · r = input, for each matrix."""
    wide = input.to(torch.float32) if input.dtype == torch.float16 else input
    q, r = torch.linalg.qr(wide, "complete" if full_matrices else "reduced")
    return q.to(input.dtype), r.to(input.dtype)


_Factors = namedtuple("Qr", ("q", "r"))  # type: ignore[name-match]


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> Any:
    """The QR decomposition of the matrices `input` [..., m, n]: a unitary q, a triangular r.

    With p = min(m, n), q is [..., m, p] and r [..., p, n]; with `full_matrices` p is m. The result
    is a named tuple (q, r).
    """
    return _Factors(*Qr(input, full_matrices=full_matrices, name=name))
