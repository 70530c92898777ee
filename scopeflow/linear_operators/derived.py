"""The adjoint and the inverse of an operator."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import LinearOperator, _adjoint


class _Derived(LinearOperator):
    """An operator made of another one; what is not said is known from that one."""

    def __init__(self, operator: LinearOperator, hints: tuple[Any, ...], name: str) -> None:
        self._operator = operator
        names = ("is_non_singular", "is_self_adjoint", "is_positive_definite", "is_square")
        known = {
            key: getattr(operator, key) if hint is None else hint
            for key, hint in zip(names, hints, strict=True)
        }
        super().__init__(operator.dtype, operator.graph_parents, name=name, **known)

    @property
    def operator(self) -> LinearOperator:
        """The operator that this one is made of."""
        return self._operator

    def _shape(self) -> tf.TensorShape:
        shape = self._operator.shape
        return shape if shape.ndims is None else shape[:-2].concatenate([shape[-1], shape[-2]])

    def _shape_tensor(self) -> Any:
        shape = self._operator.shape_tensor()
        return tf.concat([shape[:-2], shape[-1:], shape[-2:-1]], 0)


class LinearOperatorAdjoint(_Derived):
    """The operator of the transposed, conjugated matrices of `operator`."""

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        hints = (is_non_singular, is_self_adjoint, is_positive_definite, is_square)
        super().__init__(operator, hints, name or f"{operator.name}_adjoint")

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The operator that this one is the adjoint of."""
        return self._operator

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(x, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(rhs, adjoint=not adjoint, adjoint_arg=adjoint_arg)

    def _to_dense(self) -> Any:
        return _adjoint(self._operator.to_dense())

    def _determinant(self) -> Any:
        value = self._operator.determinant()
        return tf.conj(value) if value.dtype.is_complex else value

    def _log_abs_determinant(self) -> Any:
        return self._operator.log_abs_determinant()


class LinearOperatorInversion(_Derived):
    """The operator that undoes `operator`, which must be square and have an inverse."""

    def __init__(
        self,
        operator: LinearOperator,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        if is_non_singular is False or operator.is_non_singular is False:
            raise ValueError("An operator and its inverse are both non-singular.")
        if is_square is False or operator.is_square is False:
            raise ValueError("An operator and its inverse are both square.")
        hints = (True, is_self_adjoint, is_positive_definite, True)
        super().__init__(operator, hints, name or f"{operator.name}_inv")

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The operator that this one is the inverse of."""
        return self._operator

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.solve(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        return self._operator.matmul(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def _determinant(self) -> Any:
        return 1.0 / self._operator.determinant()

    def _log_abs_determinant(self) -> Any:
        return -self._operator.log_abs_determinant()
