"""Bijectors of triangular matrices."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf

from ..triangular import fill_triangular, fill_triangular_inverse
from .bijector import Bijector
from .composed import Chain, TransformDiagonal
from .scalar import AffineScalar, Softplus


class FillTriangular(Bijector):
    """Vectors [n (n + 1) / 2] to triangular matrices [n, n], see `fill_triangular`."""

    def __init__(
        self, upper: bool = False, validate_args: bool = False, name: str = "fill_triangular"
    ) -> None:
        self._upper = upper
        super().__init__(None, True, validate_args, None, 1, 2, name)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return fill_triangular(x, upper=self._upper)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return fill_triangular_inverse(y, upper=self._upper)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.zeros_like(x[..., 0])

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return tf.zeros_like(y[..., 0, 0])

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> tf.TensorShape:
        if input_shape.ndims is None:
            return input_shape
        length = input_shape[-1].value
        if length is None:
            return input_shape[:-1].concatenate([None, None])
        n = (math.isqrt(8 * length + 1) - 1) // 2
        if n * (n + 1) // 2 != length:
            raise ValueError("Vector length is not a triangular number.")
        return input_shape[:-1].concatenate([n, n])

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> tf.TensorShape:
        if output_shape.ndims is None:
            return output_shape
        first, second = output_shape[-2].value, output_shape[-1].value
        if first is None or second is None:
            return output_shape[:-2].concatenate([None])
        if first != second:
            raise ValueError(f"Matrix must be square. (saw [{first}, {second}])")
        return output_shape[:-2].concatenate([first * (first + 1) // 2])

    def _forward_event_shape_tensor(self, input_shape: tf.Tensor) -> tf.Tensor:
        length = tf.cast(input_shape[-1], tf.float64)
        n = tf.cast(tf.floor((tf.sqrt(8.0 * length + 1.0) - 1.0) / 2.0), tf.int32)
        if self.validate_args:
            message = "Vector length is not a triangular number."
            check = tf.assert_equal(n * (n + 1) // 2, input_shape[-1], message=message)
            with tf.control_dependencies([check]):
                n = tf.identity(n)
        return tf.concat([input_shape[:-1], [n, n]], 0)

    def _inverse_event_shape_tensor(self, output_shape: tf.Tensor) -> tf.Tensor:
        n = output_shape[-1]
        if self.validate_args:
            message = "Matrix must be square."
            check = tf.assert_equal(output_shape[-2], n, message=message)
            with tf.control_dependencies([check]):
                n = tf.identity(n)
        return tf.concat([output_shape[:-2], [n * (n + 1) // 2]], 0)


class CholeskyOuterProduct(Bijector):
    """Y = X X^T of lower triangular X with a positive diagonal; the inverse is Cholesky's factor.

    log |det| = n log 2 + sum_i (n - i) log X[i, i], i from 0. Source: Muirhead, Aspects of
    Multivariate Statistical Theory, theorem 2.1.9.
    """

    def __init__(self, validate_args: bool = False, name: str = "cholesky_outer_product") -> None:
        super().__init__(None, False, validate_args, forward_min_event_ndims=2, name=name)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        if self.validate_args:
            square = tf.assert_equal(tf.shape(x)[-2], tf.shape(x)[-1])
            lower = tf.assert_equal(x, tf.matrix_band_part(x, -1, 0))
            diagonal = tf.assert_positive(tf.matrix_diag_part(x))
            with tf.control_dependencies([square, lower, diagonal]):
                x = tf.identity(x)
        return tf.matmul(x, x, transpose_b=True)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.cholesky(y)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        diagonal = tf.matrix_diag_part(x)
        if self.validate_args:
            with tf.control_dependencies([tf.assert_positive(diagonal)]):
                diagonal = tf.identity(diagonal)
        n = tf.cast(tf.shape(x)[-1], x.dtype)
        exponents = tf.range(tf.shape(x)[-1], 0, -1)
        logs = tf.reduce_sum(tf.cast(exponents, x.dtype) * tf.log(diagonal), -1)
        return n * np.log(2.0).astype(x.dtype.as_numpy_dtype) + logs


class MatrixInverseTriL(Bijector):
    """The inverse of a lower triangular matrix, which is its own inverse map.

    log |det| = -2 n sum_i log |X[i, i]|, as TensorFlow has it: that of the inverse of a full
    matrix (Magnus and Neudecker, Matrix Differential Calculus). Of the triangle's elements alone
    the factor would be n + 1.
    """

    def __init__(self, validate_args: bool = False, name: str = "matrix_inverse_tril") -> None:
        super().__init__(None, False, validate_args, forward_min_event_ndims=2, name=name)

    def _sound(self, x: tf.Tensor) -> tf.Tensor:
        shape = x.shape
        if shape.ndims is not None and shape.ndims < 2:
            raise ValueError("Input argument `x` must have rank at least 2.")
        if shape.ndims is not None and not shape[-2].is_compatible_with(shape[-1]):
            raise ValueError("Matrix must be square.")
        if not self.validate_args:
            return x
        zero = tf.zeros([], x.dtype)
        checks = [
            tf.assert_equal(x, tf.matrix_band_part(x, -1, 0),
                            message="Input must be lower triangular."),
            tf.assert_none_equal(tf.matrix_diag_part(x), zero,
                                 message="Input must have no zero entries on the diagonal."),
        ]  # fmt: skip
        with tf.control_dependencies(checks):
            return tf.identity(x)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        x = self._sound(x)
        shape = tf.shape(x)
        one = tf.eye(shape[-1], batch_shape=shape[:-2], dtype=x.dtype)
        found = tf.matrix_triangular_solve(x, one)
        found.set_shape(x.shape)
        return found

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return self._forward(y)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        x = self._sound(x)
        logs = tf.reduce_sum(tf.log(tf.abs(tf.matrix_diag_part(x))), -1)
        return -2.0 * tf.cast(tf.shape(x)[-1], x.dtype) * logs

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return self._forward_log_det_jacobian(y)


class ScaleTriL(Chain):
    """Vectors to triangular matrices with a positive diagonal: `FillTriangular`, then
    `diag_bijector` (`Softplus` if None) and the addition of `diag_shift` on the diagonal."""

    def __init__(
        self,
        diag_bijector: Bijector | None = None,
        diag_shift: Any = 1e-5,
        validate_args: bool = False,
        name: str = "scale_tril",
    ) -> None:
        diagonal = diag_bijector or Softplus(validate_args=validate_args)
        if diag_shift is not None:
            diagonal = Chain([AffineScalar(shift=diag_shift), diagonal])
        parts = [TransformDiagonal(diagonal), FillTriangular()]
        super().__init__(parts, validate_args, name)
