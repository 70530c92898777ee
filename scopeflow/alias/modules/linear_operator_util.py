"""tensorflow.python.ops.linalg.linear_operator_util: solving with batches that broadcast."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def assert_no_entries_with_modulus_zero(
    x: Any, message: str | None = None, name: str = "assert_no_entries_with_modulus_zero"
) -> Any:
    """An op that raises InvalidArgumentError where an element of `x` is 0."""
    with tf.name_scope(name, values=[x]):
        size = tf.abs(tf.convert_to_tensor(x, name="x"))
        return tf.assert_less(tf.zeros_like(size), size, message=message)


def assert_zero_imag_part(
    x: Any, message: str | None = None, name: str = "assert_zero_imag_part"
) -> Any:
    """An op that raises InvalidArgumentError where an element of `x` is not real."""
    with tf.name_scope(name, values=[x]):
        x = tf.convert_to_tensor(x, name="x")
        if not x.dtype.is_complex:
            return tf.no_op()
        part = tf.imag(x)
        return tf.assert_equal(tf.zeros_like(part), part, message=message)


def assert_compatible_matrix_dimensions(operator: Any, x: Any) -> Any:
    """An op that raises InvalidArgumentError unless `operator` can be applied to `x`."""
    return tf.assert_equal(
        tf.shape(x)[-2],
        operator.domain_dimension_tensor(),
        message="Dimensions are not compatible.  "
        "shape[-2] of argument to be the same as this operator",
    )


def broadcast_matrix_batch_dims(batch_matrices: Any, name: str | None = None) -> list:
    """The matrices [..., m, n] with their batch dimensions broadcast against each other.

    ValueError for less than two dimensions.
    """
    with tf.name_scope(name, "broadcast_matrix_batch_dims", values=batch_matrices):
        matrices = [tf.convert_to_tensor(matrix) for matrix in batch_matrices]
        for i, matrix in enumerate(matrices):
            rank = matrix.shape.ndims
            if rank is not None and rank < 2:
                raise ValueError(
                    f"batch_matrices[{i}] needs at least two dimensions, its shape is "
                    f"{matrix.shape}"
                )
        if len(matrices) < 2:
            return matrices
        if all(matrix.shape.is_fully_defined() for matrix in matrices):
            batch: Any = matrices[0].shape[:-2]
            for matrix in matrices[1:]:
                batch = tf.broadcast_static_shape(batch, matrix.shape[:-2])
            batch = batch.as_list()
            return [
                matrix
                if matrix.shape[:-2].as_list() == batch
                else tf.broadcast_to(matrix, [*batch, *matrix.shape[-2:].as_list()])
                for matrix in matrices
            ]
        batch = tf.shape(matrices[0])[:-2]
        for matrix in matrices[1:]:
            batch = tf.broadcast_dynamic_shape(batch, tf.shape(matrix)[:-2])
        found = [
            tf.broadcast_to(matrix, tf.concat([batch, tf.shape(matrix)[-2:]], 0))
            for matrix in matrices
        ]
        ranks = [matrix.shape.ndims for matrix in matrices]
        if None not in ranks:
            front = [None] * (max(rank or 0 for rank in ranks) - 2)
            for matrix, whole in zip(matrices, found):
                whole.set_shape([*front, *matrix.shape[-2:].as_list()])
        return found


def cholesky_solve_with_broadcast(chol: Any, rhs: Any, name: str | None = None) -> Any:
    """`tf.cholesky_solve` with batch dimensions that broadcast."""
    with tf.name_scope(name, "CholeskySolveWithBroadcast", [chol, rhs]):
        return tf.cholesky_solve(*broadcast_matrix_batch_dims([chol, rhs]))


def matrix_solve_with_broadcast(
    matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None
) -> Any:
    """`tf.matrix_solve` with batch dimensions that broadcast."""
    with tf.name_scope(name, "MatrixSolveWithBroadcast", [matrix, rhs]):
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return tf.matrix_solve(matrix, rhs, adjoint=adjoint)


def matrix_triangular_solve_with_broadcast(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """`tf.matrix_triangular_solve` with batch dimensions that broadcast."""
    with tf.name_scope(name, "MatrixTriangularSolve", [matrix, rhs]):
        matrix, rhs = broadcast_matrix_batch_dims([matrix, rhs])
        return tf.matrix_triangular_solve(matrix, rhs, lower=lower, adjoint=adjoint)


def use_operator_or_provided_hint_unless_contradicting(
    operator: Any, hint_attr_name: str, provided_hint_value: Any, message: str
) -> Any:
    """A hint of two places; ValueError with `message` where one says True, the other False."""
    own = getattr(operator, hint_attr_name)
    if own is None:
        return provided_hint_value
    if provided_hint_value is not None and bool(own) != bool(provided_hint_value):
        raise ValueError(message)
    return own
