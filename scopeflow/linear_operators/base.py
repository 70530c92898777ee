"""What all linear operators have: names, hints, shapes, and each product by way of the matrix."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


class LinearOperator:
    """A batch of matrices [..., rows, columns] that need not stand in memory as such.

    A kind of operator says its shape in `_shape` and `_shape_tensor` and its product in `_matmul`;
    where it knows better than the methods here, which go by the dense matrix, it says that too.
    The hints (`is_square`, …) are the caller's promises, True, False or None for unknown.
    """

    def __init__(
        self,
        dtype: Any,
        graph_parents: Any = None,
        is_non_singular: bool | None = None,
        is_self_adjoint: bool | None = None,
        is_positive_definite: bool | None = None,
        is_square: bool | None = None,
        name: str | None = None,
    ) -> None:
        if is_positive_definite:
            if is_non_singular is False:
                raise ValueError("A positive definite operator is non-singular.")
            is_non_singular = True
        if is_non_singular or is_self_adjoint:
            if is_square is False:
                raise ValueError("A non-singular or self-adjoint operator is square.")
            is_square = True
        self._dtype = None if dtype is None else tf.as_dtype(dtype).base_dtype
        self._graph_parents = list(graph_parents or [])
        self._is_non_singular = is_non_singular
        self._is_self_adjoint = is_self_adjoint
        self._is_positive_definite = is_positive_definite
        self._is_square = is_square
        self._name = name or type(self).__name__

    @contextmanager
    def _scope(self, name: str, values: Any = ()) -> Iterator[None]:
        # The operator's scope is entered again where the caller stands, not made anew.
        outer = tf.get_default_graph().get_name_scope()
        scope = f"{outer}/{self._name}/" if outer else f"{self._name}/"
        with tf.name_scope(scope), tf.name_scope(name, values=[*self._graph_parents, *values]):
            yield

    # What a kind of operator says.

    def _shape(self) -> tf.TensorShape:
        raise NotImplementedError(f"{type(self).__name__}._shape")

    def _shape_tensor(self) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._shape_tensor")

    def _matmul(self, x: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._matmul")

    def _solve(self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False) -> Any:
        rhs = _adjoint(rhs) if adjoint_arg else rhs
        matrix = self._batched(self.to_dense(), rhs)
        return tf.linalg.solve(matrix, self._batched(rhs, matrix), adjoint=adjoint)

    def _to_dense(self) -> Any:
        eye = tf.eye(
            self.domain_dimension_tensor(),
            batch_shape=self.batch_shape_tensor(),
            dtype=self.dtype,
        )
        return self.matmul(eye)

    def _determinant(self) -> Any:
        return tf.linalg.det(self.to_dense())

    def _log_abs_determinant(self) -> Any:
        return tf.linalg.slogdet(self.to_dense())[1]

    def _diag_part(self) -> Any:
        return tf.linalg.diag_part(self.to_dense())

    def _add_to_tensor(self, x: Any) -> Any:
        return self.to_dense() + x

    def _assert_non_singular(self) -> Any:
        values = tf.linalg.svd(self.to_dense(), compute_uv=False)
        tiny = tf.reduce_max(values, -1) * tf.cast(1e-6, values.dtype)
        return tf.assert_less(
            tiny, tf.reduce_min(values, -1), message="Singular matrix up to precision epsilon."
        )

    def _assert_self_adjoint(self) -> Any:
        dense = self.to_dense()
        return tf.assert_equal(
            dense, _adjoint(dense), message="Matrix was not equal to its adjoint."
        )

    def _assert_positive_definite(self) -> Any:
        with tf.control_dependencies([self.assert_self_adjoint()]):
            return tf.linalg.cholesky(self.to_dense()).op

    @staticmethod
    def _batched(x: Any, other: Any) -> Any:
        """`x` with as many matrices as `other` has."""
        if x.shape.ndims is not None and x.shape[:-2].as_list() == other.shape[:-2].as_list():
            return x
        batch = tf.broadcast_dynamic_shape(tf.shape(x)[:-2], tf.shape(other)[:-2])
        static = tf.broadcast_static_shape(x.shape[:-2], other.shape[:-2])
        result = tf.broadcast_to(x, tf.concat([batch, tf.shape(x)[-2:]], 0))
        result.set_shape(static.concatenate(x.shape[-2:]))
        return result

    # What programs call.

    @property
    def dtype(self) -> Any:
        """The type of the matrix's elements."""
        return self._dtype

    @property
    def name(self) -> str:
        """The name that the operator's ops begin with."""
        return self._name

    @property
    def graph_parents(self) -> list[Any]:
        """The tensors that the operator is made of."""
        return self._graph_parents

    @property
    def is_non_singular(self) -> bool | None:
        """Whether the operator has an inverse, as far as that is known."""
        return self._is_non_singular

    @property
    def is_self_adjoint(self) -> bool | None:
        """Whether the operator is its own adjoint, as far as that is known."""
        return self._is_self_adjoint

    @property
    def is_positive_definite(self) -> bool | None:
        """Whether the operator is positive definite, as far as that is known."""
        return self._is_positive_definite

    @property
    def is_square(self) -> bool | None:
        """Whether there are as many rows as columns, as far as that is known."""
        if self.shape.ndims is not None:
            rows, columns = self.shape[-2:].as_list()
            if rows is not None and columns is not None:
                return bool(rows == columns)
        return self._is_square

    @property
    def shape(self) -> tf.TensorShape:
        """The static shape: batch, rows, columns."""
        return self._shape()

    @property
    def batch_shape(self) -> tf.TensorShape:
        """The static shape without rows and columns."""
        return self.shape[:-2]

    @property
    def tensor_rank(self) -> int | None:
        """The number of dimensions of the dense tensor."""
        rank: int | None = self.shape.ndims
        return rank

    @property
    def domain_dimension(self) -> Any:
        """The static number of columns."""
        return self.shape[-1]

    @property
    def range_dimension(self) -> Any:
        """The static number of rows."""
        return self.shape[-2]

    @property
    def H(self) -> LinearOperator:
        """The adjoint."""
        return self.adjoint()

    def shape_tensor(self, name: str = "shape_tensor") -> Any:
        """The shape when the graph is run."""
        with self._scope(name):
            if self.shape.is_fully_defined():
                return tf.constant(self.shape.as_list(), tf.int32, name="shape")
            return self._shape_tensor()

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Any:
        """The batch's shape when the graph is run."""
        with self._scope(name):
            if self.batch_shape.is_fully_defined():
                return tf.constant(self.batch_shape.as_list(), tf.int32, name="batch_shape")
            return self._shape_tensor()[:-2]

    def tensor_rank_tensor(self, name: str = "tensor_rank_tensor") -> Any:
        """The number of dimensions when the graph is run."""
        with self._scope(name):
            return tf.size(self._shape_tensor())

    def domain_dimension_tensor(self, name: str = "domain_dimension_tensor") -> Any:
        """The number of columns when the graph is run."""
        return self._dimension(-1, name)

    def range_dimension_tensor(self, name: str = "range_dimension_tensor") -> Any:
        """The number of rows when the graph is run."""
        return self._dimension(-2, name)

    def _dimension(self, axis: int, name: str) -> Any:
        with self._scope(name):
            known = self.shape[axis].value if self.shape.ndims is not None else None
            return self._shape_tensor()[axis] if known is None else tf.constant(known)

    def to_dense(self, name: str = "to_dense") -> Any:
        """The matrices as a tensor."""
        with self._scope(name):
            return self._to_dense()

    def matmul(
        self, x: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "matmul"
    ) -> Any:
        """The product with the matrices `x`, or with another operator's."""
        if isinstance(x, LinearOperator):
            with self._scope(name):
                x = x.to_dense()
        with self._scope(name, [x]):
            x = tf.convert_to_tensor(x, name="x", dtype=self.dtype)
            return self._matmul(x, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def __matmul__(self, other: Any) -> Any:
        return self.matmul(other)

    def matvec(self, x: Any, adjoint: bool = False, name: str = "matvec") -> Any:
        """The product with the vectors `x`."""
        with self._scope(name, [x]):
            x = tf.convert_to_tensor(x, name="x", dtype=self.dtype)
            return tf.squeeze(self.matmul(tf.expand_dims(x, -1), adjoint=adjoint), -1)

    def solve(
        self, rhs: Any, adjoint: bool = False, adjoint_arg: bool = False, name: str = "solve"
    ) -> Any:
        """The matrices that the operator maps to `rhs`."""
        self._needs_inverse("solve")
        with self._scope(name, [rhs]):
            rhs = tf.convert_to_tensor(rhs, name="rhs", dtype=self.dtype)
            return self._solve(rhs, adjoint=adjoint, adjoint_arg=adjoint_arg)

    def solvevec(self, rhs: Any, adjoint: bool = False, name: str = "solve") -> Any:
        """The vectors that the operator maps to `rhs`."""
        with self._scope(name, [rhs]):
            rhs = tf.convert_to_tensor(rhs, name="rhs", dtype=self.dtype)
            return tf.squeeze(self.solve(tf.expand_dims(rhs, -1), adjoint=adjoint), -1)

    def _needs_inverse(self, what: str) -> None:
        if self.is_non_singular is False:
            raise NotImplementedError(f"{what} of an operator that is_non_singular=False says of.")
        self._needs_square(what)

    def _needs_square(self, what: str) -> None:
        if self.is_square is False:
            raise NotImplementedError(f"{what} of an operator that is not square.")

    def determinant(self, name: str = "det") -> Any:
        """The determinant of each matrix."""
        self._needs_square("determinant")
        with self._scope(name):
            return self._determinant()

    def log_abs_determinant(self, name: str = "log_abs_det") -> Any:
        """The logarithm of the determinant's absolute value."""
        self._needs_square("log_abs_determinant")
        with self._scope(name):
            return self._log_abs_determinant()

    def diag_part(self, name: str = "diag_part") -> Any:
        """The diagonal of each matrix."""
        with self._scope(name):
            return self._diag_part()

    def trace(self, name: str = "trace") -> Any:
        """The sum of each diagonal."""
        with self._scope(name):
            return tf.reduce_sum(self.diag_part(), axis=-1)

    def add_to_tensor(self, x: Any, name: str = "add_to_tensor") -> Any:
        """The sum of the operator's matrices and `x`."""
        with self._scope(name, [x]):
            return self._add_to_tensor(tf.convert_to_tensor(x, name="x", dtype=self.dtype))

    def assert_non_singular(self, name: str = "assert_non_singular") -> Any:
        """An op that fails if a matrix has no inverse."""
        with self._scope(name):
            return self._assert_non_singular()

    def assert_self_adjoint(self, name: str = "assert_self_adjoint") -> Any:
        """An op that fails if a matrix is not its own adjoint."""
        with self._scope(name):
            return self._assert_self_adjoint()

    def assert_positive_definite(self, name: str = "assert_positive_definite") -> Any:
        """An op that fails if a matrix is not positive definite."""
        with self._scope(name):
            return self._assert_positive_definite()

    def adjoint(self, name: str = "adjoint") -> LinearOperator:
        """The operator of the transposed, conjugated matrices."""
        if self.is_self_adjoint:
            return self
        from .derived import LinearOperatorAdjoint

        with self._scope(name):
            return LinearOperatorAdjoint(self)

    def inverse(self, name: str = "inverse") -> LinearOperator:
        """The operator that undoes this one."""
        self._needs_inverse("inverse")
        from .derived import LinearOperatorInversion

        with self._scope(name):
            return LinearOperatorInversion(self)

    def cholesky(self, name: str = "cholesky") -> LinearOperator:
        """The lower triangular operator whose product with its adjoint is this one."""
        if not self.is_self_adjoint or not self.is_positive_definite:
            raise ValueError("cholesky needs is_self_adjoint=True and is_positive_definite=True.")
        from .matrices import LinearOperatorLowerTriangular

        with self._scope(name):
            factor = tf.linalg.cholesky(self.to_dense())
            return LinearOperatorLowerTriangular(factor, is_non_singular=True)


def _adjoint(x: Any) -> Any:
    return tf.linalg.adjoint(x) if x.dtype.is_complex else tf.linalg.transpose(x)
