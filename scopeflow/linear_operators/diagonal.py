"""Operators whose matrix is a diagonal one."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import LinearOperator, _adjoint


class _Diagonal(LinearOperator):
    """Whatever a diagonal operator does with its diagonal [..., n] or a number for all of it."""

    def _entries(self) -> Any:
        """The diagonal, or what broadcasts to it."""
        raise NotImplementedError

    def _diag_part(self) -> Any:
        return self._entries()

    def _to_dense(self) -> Any:
        return tf.linalg.diag(self._diag_part())

    def _column(self, adjoint: bool) -> Any:
        entries = self._entries()
        if adjoint and entries.dtype.is_complex:
            entries = tf.conj(entries)
        return tf.expand_dims(entries, -1)

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._column(adjoint) * (_adjoint(x) if adjoint_arg else x)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return (_adjoint(rhs) if adjoint_arg else rhs) / self._column(adjoint)

    def _determinant(self) -> Any:
        return tf.reduce_prod(self._diag_part(), axis=[-1])

    def _log_abs_determinant(self) -> Any:
        return tf.reduce_sum(tf.log(tf.abs(self._diag_part())), axis=[-1])

    def _add_to_tensor(self, x: Any) -> Any:
        return tf.linalg.set_diag(x, tf.linalg.diag_part(x) + self._diag_part())

    def _assert_non_singular(self) -> Any:
        size = tf.abs(self._entries())
        return tf.assert_less(
            tf.zeros([], size.dtype),
            size,
            message="Singular operator:  Diagonal contained zero values.",
        )

    def _assert_self_adjoint(self) -> Any:
        if not self.dtype.is_complex:
            return tf.no_op()
        imaginary = tf.imag(self._entries())
        return tf.assert_equal(
            imaginary,
            tf.zeros_like(imaginary),
            message="This diagonal operator contained non-zero imaginary values.",
        )

    def _assert_positive_definite(self) -> Any:
        real = tf.real(self._entries()) if self.dtype.is_complex else self._entries()
        return tf.assert_positive(
            real, message="Real part of diagonal was not all positive: not positive definite."
        )

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The operator of the diagonal's square roots."""
        with self._scope(name):
            return LinearOperatorDiag(tf.sqrt(self._diag_part()), is_non_singular=True)

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The operator of the diagonal's reciprocals."""
        self._needs_inverse("inverse")
        with self._scope(name):
            return LinearOperatorDiag(1.0 / self._diag_part(), is_non_singular=True)


class LinearOperatorDiag(_Diagonal):
    """The operator of diagonal matrices whose diagonals are `diag`."""

    def __init__(
        self,
        diag: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str = "LinearOperatorDiag",
    ) -> None:
        with tf.name_scope(name, values=[diag]):
            self._diag = tf.convert_to_tensor(diag, name="diag")
        if self._diag.shape.ndims == 0:
            raise ValueError(f"Argument diag must have at least 1 dimension.  Found: {self._diag}")
        if not self._diag.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real diagonal operator is always self adjoint.")
            is_self_adjoint = True
        if is_square is False:
            raise ValueError("Only square diagonal operators currently supported.")
        super().__init__(
            self._diag.dtype, [self._diag], is_non_singular, is_self_adjoint, is_positive_definite,
            True, name,
        )  # fmt: skip

    @property
    def diag(self) -> Any:
        """The diagonal."""
        return self._diag

    def _entries(self) -> Any:
        return self._diag

    def _shape(self) -> tf.TensorShape:
        return self._diag.shape.concatenate(self._diag.shape[-1:])

    def _shape_tensor(self) -> Any:
        shape = tf.shape(self._diag)
        return tf.concat([shape, shape[-1:]], 0)


class _Scaled(_Diagonal):
    """A number for each matrix, times the identity of `num_rows` rows."""

    def __init__(self, num_rows: Any, multiplier: Any, batch: Any, name: str, **hints: Any) -> None:
        if hints.pop("is_square") is False:
            raise ValueError("Only square identity operators are supported.")
        with tf.name_scope(name):
            self._num_rows = tf.convert_to_tensor(num_rows, name="num_rows")
        rows = tf.get_static_value(self._num_rows)
        if rows is not None and rows < 0:
            raise ValueError(f"num_rows is {rows}; it must not be negative.")
        self._static_rows = None if rows is None else int(rows)
        self._multiplier, self._batch = multiplier, batch
        super().__init__(multiplier.dtype, is_square=True, name=name, **hints)

    def _batch_static(self) -> tf.TensorShape:
        if self._batch is None:
            return self._multiplier.shape
        return tf.TensorShape(tf.get_static_value(self._batch))

    def _shape(self) -> tf.TensorShape:
        return self._batch_static().concatenate([self._static_rows] * 2)

    def _shape_tensor(self) -> Any:
        batch = tf.shape(self._multiplier) if self._batch is None else self._batch
        return tf.concat([batch, [self._num_rows, self._num_rows]], 0)

    def _entries(self) -> Any:
        return tf.expand_dims(self._multiplier, -1)

    def _diag_part(self) -> Any:
        shape = self._shape_tensor()[:-1]
        result = tf.expand_dims(self._multiplier, -1) * tf.ones(shape, self.dtype)
        result.set_shape(self.shape[:-1])
        return result

    def add_to_tensor(self, mat: Any, name: str = "add_to_tensor") -> Any:
        """The sum of the operator's matrices and `mat`."""
        return super().add_to_tensor(mat, name)


class LinearOperatorIdentity(_Scaled):
    """The identity of `num_rows` rows, or a batch of them."""

    def __init__(
        self,
        num_rows: Any,
        batch_shape: Any = None,
        dtype: Any = None,
        is_non_singular: bool | None = True,
        is_self_adjoint: bool | None = True,
        is_positive_definite: bool | None = True,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorIdentity",
    ) -> None:
        _all_true(is_non_singular, is_self_adjoint, is_positive_definite)
        _no_assertions(assert_proper_shapes, name)
        with tf.name_scope(name):
            batch = [] if batch_shape is None else batch_shape
            batch = tf.convert_to_tensor(batch, tf.int32, name="batch_shape_arg")
            one = tf.ones([], dtype or tf.float32)
        super().__init__(
            num_rows, one, batch, name,
            is_non_singular=is_non_singular, is_self_adjoint=is_self_adjoint,
            is_positive_definite=is_positive_definite, is_square=is_square,
        )  # fmt: skip

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        x = _adjoint(x) if adjoint_arg else x
        if self._batch_static().as_list() == []:
            return x
        return x + tf.zeros(tf.concat([self._batch, [1, 1]], 0), self.dtype)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._matmul(rhs, adjoint, adjoint_arg)


class LinearOperatorScaledIdentity(_Scaled):
    """The identity of `num_rows` rows times `multiplier`, one number for each matrix."""

    def __init__(
        self,
        num_rows: Any,
        multiplier: Any,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = True,
        assert_proper_shapes: bool = False,
        name: str = "LinearOperatorScaledIdentity",
    ) -> None:
        _no_assertions(assert_proper_shapes, name)
        with tf.name_scope(name, values=[multiplier]):
            multiplier = tf.convert_to_tensor(multiplier, name="multiplier")
        if not multiplier.dtype.is_complex:
            if is_self_adjoint is False:
                raise ValueError("A real diagonal operator is always self adjoint.")
            is_self_adjoint = True
        super().__init__(
            num_rows, multiplier, None, name, is_non_singular=is_non_singular,
            is_self_adjoint=is_self_adjoint, is_positive_definite=is_positive_definite,
            is_square=is_square,
        )  # fmt: skip

    @property
    def multiplier(self) -> Any:
        """The number that stands on the diagonal."""
        return self._multiplier


def _all_true(*hints: bool | None) -> None:
    if not all(hints):
        raise ValueError("An identity operator is always non-singular, self-adjoint and positive.")


def _no_assertions(assert_proper_shapes: bool, name: str) -> None:
    if assert_proper_shapes:
        raise NotImplementedError(
            f"{name}(assert_proper_shapes=True): shapes are always checked where the operator is "
            "applied; leave the argument away"
        )
