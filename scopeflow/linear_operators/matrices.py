"""Operators whose matrix is given: any matrix, and a lower triangular one."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import LinearOperator, _adjoint


class _OfMatrix(LinearOperator):
    """An operator with a tensor [..., rows, columns], called `what` in its errors and op names."""

    def __init__(self, matrix: Any, what: str, name: str, **hints: Any) -> None:
        with tf.name_scope(name, values=[matrix]):
            self._matrix = tf.convert_to_tensor(matrix, name=what)
        if self._matrix.shape.ndims is not None and self._matrix.shape.ndims < 2:
            raise ValueError(
                f"Argument {what} must have at least 2 dimensions.  Found: {self._matrix}"
            )
        super().__init__(self._matrix.dtype, [self._matrix], name=name, **hints)

    def _shape(self) -> tf.TensorShape:
        return self._matrix.shape

    def _shape_tensor(self) -> Any:
        return tf.shape(self._matrix)

    def _used(self) -> Any:
        return self._matrix

    def _to_dense(self) -> Any:
        return self._used()

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        matrix = self._used()
        if x.shape.ndims != matrix.shape.ndims:
            matrix, x = self._batched(matrix, x), self._batched(x, matrix)
        return tf.matmul(matrix, x, adjoint_a=adjoint, adjoint_b=adjoint_arg)


class LinearOperatorFullMatrix(_OfMatrix):
    """The operator of the matrices `matrix`."""

    def __init__(
        self,
        matrix: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorFullMatrix",
    ) -> None:
        super().__init__(
            matrix, "matrix", name, is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite,
            is_square=is_square,
        )  # fmt: skip


class LinearOperatorLowerTriangular(_OfMatrix):
    """The operator of the lower triangles of `tril`; what stands above the diagonal is not used."""

    def __init__(
        self,
        tril: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorLowerTriangular",
    ) -> None:
        if is_square is False:
            raise ValueError("Only square lower triangular operators supported at this time.")
        super().__init__(
            tril, "tril", name, is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite, is_square=True,
        )  # fmt: skip

    def _used(self) -> Any:
        return tf.linalg.band_part(self._matrix, -1, 0)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = _adjoint(rhs) if adjoint_arg else rhs
        matrix = self._batched(self._used(), rhs)
        return tf.linalg.triangular_solve(
            matrix, self._batched(rhs, matrix), lower=True, adjoint=adjoint
        )

    def _determinant(self) -> Any:
        return tf.reduce_prod(tf.linalg.diag_part(self._matrix), axis=[-1])

    def _log_abs_determinant(self) -> Any:
        return tf.reduce_sum(tf.log(tf.abs(tf.linalg.diag_part(self._matrix))), axis=[-1])

    def _assert_non_singular(self) -> Any:
        size = tf.abs(tf.linalg.diag_part(self._matrix))
        return tf.assert_less(
            tf.zeros([], size.dtype),
            size,
            message="Singular operator: Diagonal contained zero values.",
        )
