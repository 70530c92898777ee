"""tensorflow.python.ops.linalg: functions of matrices that the public interface lacks in 1.15."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

matrix_exponential = tf.linalg.expm


def _machine_epsilon(dtype: Any) -> float:
    return float(np.finfo(dtype.as_numpy_dtype).eps)


def matrix_rank(
    a: Any, tol: Any = None, validate_args: bool = False, name: str | None = None
) -> Any:
    """How many singular values of each matrix [..., m, n] exceed `tol`.

    `tol` broadcasts against the singular values [..., min(m, n)]; by default it is max(m, n) times
    the largest of them times the dtype's epsilon. ValueError for less than a matrix.
    """
    with tf.name_scope(name, "matrix_rank", [a, tol]):
        a = _matrices(a, validate_args)
        values = tf.linalg.svd(a, compute_uv=False)
        if tol is None:
            largest = tf.reduce_max(values, axis=-1, keepdims=True)
            tol = _machine_epsilon(a.dtype) * tf.cast(_longer_side(a), values.dtype) * largest
        else:
            tol = tf.convert_to_tensor(tol, values.dtype, name="tol")
        return tf.reduce_sum(tf.cast(values > tol, tf.int32), axis=-1)


def pinv(a: Any, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Any:
    """The pseudo-inverse [..., n, m] of each matrix [..., m, n] (Moore and Penrose).

    Singular values not above `rcond` times the largest one count as 0; by default it is 10 times
    max(m, n) times the dtype's epsilon.
    """
    with tf.name_scope(name, "pinv", [a, rcond]):
        a = _matrices(a, validate_args)
        values, left, right = tf.linalg.svd(a, full_matrices=False, compute_uv=True)
        if rcond is None:
            rcond = 10 * _machine_epsilon(a.dtype) * tf.cast(_longer_side(a), values.dtype)
        rcond = tf.convert_to_tensor(rcond, values.dtype, name="rcond")
        cutoff = rcond[..., tf.newaxis] * tf.reduce_max(values, axis=-1, keepdims=True)
        kept = values > cutoff * tf.ones_like(values)
        inverse = tf.where(kept, 1 / tf.where(kept, values, tf.ones_like(values)), 0 * values)
        found = tf.matmul(
            right, tf.cast(inverse, a.dtype)[..., tf.newaxis] * tf.linalg.adjoint(left)
        )
        if a.shape.ndims is not None:
            dims = a.shape.as_list()
            found.set_shape([*dims[:-2], dims[-1], dims[-2]])
        return found


def _longer_side(a: Any) -> Any:
    return tf.reduce_max(tf.shape(a)[-2:])


def _matrices(a: Any, validate_args: bool) -> Any:
    """`a` as a tensor of at least rank 2."""
    a = tf.convert_to_tensor(a, name="a")
    if not (a.dtype.is_floating or a.dtype.is_complex):
        raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {a.dtype.name}).")
    if a.shape.ndims is not None:
        if a.shape.ndims < 2:
            raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {a.shape.ndims}).")
    elif validate_args:
        with tf.control_dependencies(
            [tf.assert_rank_at_least(a, 2, message="Input `a` must have at least 2 dimensions.")]
        ):
            a = tf.identity(a)
    return a
