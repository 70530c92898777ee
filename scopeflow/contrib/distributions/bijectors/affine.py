"""y = scale x + shift for vectors x and matrices `scale`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..scales import diag_operator, low_rank_operator, tril_operator
from .bijector import Bijector


class AffineLinearOperator(Bijector):
    """y = scale x + shift, with `scale` a `tf.linalg.LinearOperator`; what is None is left out."""

    def __init__(
        self,
        shift: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        name: str = "affine_linear_operator",
    ) -> None:
        parents: list = []
        with tf.name_scope(name, values=[shift]):
            if shift is not None:
                shift = tf.convert_to_tensor(shift, name="shift")
                parents.append(shift)
            if scale is not None:
                if shift is not None and shift.dtype.base_dtype != scale.dtype.base_dtype:
                    raise TypeError(
                        f"shift.dtype({shift.dtype}) is incompatible with "
                        f"scale.dtype({scale.dtype})."
                    )
                if not isinstance(scale, tf.linalg.LinearOperator):
                    raise TypeError("scale is not an instance of tf.LinearOperator")
                if validate_args and not scale.is_non_singular:
                    raise ValueError("Scale matrix must be non-singular.")
                parents += scale.graph_parents
        self._shift, self._scale = shift, scale
        dtype = next((part.dtype.base_dtype for part in (shift, scale) if part is not None), None)
        super().__init__(parents, True, validate_args, dtype, forward_min_event_ndims=1, name=name)

    @property
    def shift(self) -> Any:
        """What is added, or None."""
        return self._shift

    @property
    def scale(self) -> Any:
        """The operator, or None."""
        return self._scale

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        y = x
        if self.scale is not None:
            with tf.control_dependencies(self._sound()):
                y = self.scale.matvec(x)
        return tf.identity(y) if self.shift is None else y + self.shift

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        x = y if self.shift is None else y - self.shift
        if self.scale is None:
            return tf.identity(x)
        with tf.control_dependencies(self._sound()):
            return self.scale.solvevec(x)

    def _sound(self) -> list:
        return [self.scale.assert_non_singular()] if self.validate_args else []

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        if self.scale is None:
            return tf.zeros([], x.dtype.base_dtype)
        with tf.control_dependencies(self._sound()):
            return self.scale.log_abs_determinant()


class Affine(AffineLinearOperator):
    """y = scale x + shift of vectors, with

    scale = scale_identity_multiplier I + diag(scale_diag) + scale_tril
            + scale_perturb_factor diag(scale_perturb_diag) scale_perturb_factor^T

    Of `scale_tril` the lower triangle counts. Without any of them, `scale` is the identity.
    """

    def __init__(
        self,
        shift: Any = None,
        scale_identity_multiplier: Any = None,
        scale_diag: Any = None,
        scale_tril: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        name: str = "affine",
    ) -> None:
        if scale_perturb_diag is not None and scale_perturb_factor is None:
            raise ValueError(
                "When scale_perturb_diag is specified, scale_perturb_factor must be specified."
            )
        with tf.name_scope(name):
            matrix = scale_tril is not None
            if matrix:
                scale = tril_operator(
                    None, scale_tril, scale_diag, scale_identity_multiplier, validate_args
                )
            elif scale_diag is not None or scale_perturb_factor is not None:
                scale = diag_operator(
                    None if scale_perturb_factor is None else _rows(scale_perturb_factor),
                    scale_diag, scale_identity_multiplier, validate_args,
                )  # fmt: skip
            else:
                scale = None
            if scale_perturb_factor is not None:
                scale = low_rank_operator(scale, scale_perturb_factor, scale_perturb_diag)
        self._multiplier = None
        if scale is None and scale_identity_multiplier is not None:
            self._multiplier = tf.convert_to_tensor(scale_identity_multiplier)
        super().__init__(shift, scale, validate_args, name)
        if self._multiplier is not None and self._dtype is None:
            self._dtype = self._multiplier.dtype.base_dtype

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return super()._forward(x if self._multiplier is None else x * self._multiplier[..., None])

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        x = super()._inverse(y)
        return x if self._multiplier is None else x / self._multiplier[..., None]

    @property
    def is_constant_jacobian(self) -> bool:
        """Of a multiple of the identity the log-det depends on the number of elements."""
        return True

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        if self._multiplier is None:
            return super()._forward_log_det_jacobian(x)
        return tf.log(tf.abs(self._multiplier)) * tf.cast(tf.shape(x)[-1], x.dtype)


def _rows(factor: Any) -> tf.Tensor:
    """Zeros of the length of the columns of `factor`."""
    return tf.zeros_like(tf.convert_to_tensor(factor)[..., 0])
