"""The multivariate normal distribution of independent elements."""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf

_LOG_2PI = math.log(2 * math.pi)


class MultivariateNormalDiag(tf.distributions.Distribution):
    """Vectors of independent normal elements: mean `loc`, standard deviations `scale_diag`.

    Each deviation is multiplied by `scale_identity_multiplier`; what is not given is 0 for `loc`
    and 1 for the deviations.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiag",
    ) -> None:
        parameters = {k: v for k, v in locals().items() if k not in ("self", "__class__")}
        if loc is None and scale_diag is None:
            raise ValueError("MultivariateNormalDiag needs loc or scale_diag to know its size.")
        with tf.name_scope(name, values=[loc, scale_diag, scale_identity_multiplier]) as scope:
            hint = {"preferred_dtype": tf.float32}
            if loc is not None:
                loc = tf.identity(tf.convert_to_tensor(loc, name="loc/input", **hint), "loc")
            if scale_diag is not None:
                scale = tf.convert_to_tensor(scale_diag, name="scale_diag", **hint)
            else:
                scale = tf.ones_like(loc)
            if scale_identity_multiplier is not None:
                factor = tf.convert_to_tensor(scale_identity_multiplier, scale.dtype)
                scale = scale * factor[..., None]
            if validate_args:
                with tf.control_dependencies([tf.assert_none_equal(scale, tf.zeros_like(scale))]):
                    scale = tf.identity(scale)
            self._loc = tf.zeros_like(scale) if loc is None else loc
            self._deviations = scale
            self._elements = tf.zeros_like(self._loc + scale)
        super().__init__(
            scale.dtype.base_dtype, tf.distributions.FULLY_REPARAMETERIZED, validate_args,
            allow_nan_stats, parameters, [self._loc, scale], scope,
        )  # fmt: skip

    @property
    def loc(self) -> tf.Tensor:
        """The mean."""
        return self._loc

    def _batch_shape(self) -> tf.TensorShape:
        return self._elements.shape[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return self._elements.shape[-1:]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self._elements)[:-1]

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self._elements)[-1:]

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        shape = tf.concat([[n], tf.shape(self._elements)], 0)
        return tf.random_normal(shape, dtype=self.dtype, seed=seed) * self._deviations + self._loc

    def _log_scale(self) -> tf.Tensor:
        return tf.reduce_sum(tf.log(tf.abs(self._deviations + self._elements)), -1)

    def _size(self) -> tf.Tensor:
        return tf.cast(self.event_shape_tensor()[0], self.dtype)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        z = (x - self._loc) / self._deviations
        return (
            -0.5 * (tf.reduce_sum(tf.square(z), -1) + self._size() * _LOG_2PI) - self._log_scale()
        )

    def _entropy(self) -> tf.Tensor:
        return 0.5 * self._size() * (1.0 + _LOG_2PI) + self._log_scale()

    def _mean(self) -> tf.Tensor:
        return self._loc + self._elements

    def _stddev(self) -> tf.Tensor:
        return tf.abs(self._deviations) + self._elements

    def _variance(self) -> tf.Tensor:
        return tf.square(self._deviations) + self._elements

    def _covariance(self) -> tf.Tensor:
        return tf.matrix_diag(self._variance())

    _mode = _mean


@tf.distributions.RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _kl(a: MultivariateNormalDiag, b: MultivariateNormalDiag, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_mvn", [a.loc, b.loc]):
        one, two = a._variance(), b._variance()
        terms = (one + tf.squared_difference(a._mean(), b._mean())) / two - 1.0
        return 0.5 * tf.reduce_sum(terms + tf.log(two) - tf.log(one), -1)
