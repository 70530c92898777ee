"""Continuous distributions given by a location and a scale, for `tf.contrib.distributions`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf


class _Standard(tf.distributions.Distribution):
    """A standard distribution moved by `loc` and stretched by `scale`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ) -> None:
        parameters = {k: v for k, v in locals().items() if k not in ("self", "__class__")}
        with tf.name_scope(name, type(self).__name__, [loc, scale]) as scope:
            self._loc = tf.identity(tf.convert_to_tensor(loc, name="loc/input"), name="loc")
            scale = tf.convert_to_tensor(scale, name="scale/input")
            with tf.control_dependencies([tf.assert_positive(scale)] if validate_args else []):
                self._scale = tf.identity(scale, name="scale")
            tf.assert_same_float_dtype([self._loc, self._scale])
        super().__init__(
            self._loc.dtype.base_dtype, tf.distributions.FULLY_REPARAMETERIZED, validate_args,
            allow_nan_stats, parameters, [self._loc, self._scale], scope,
        )  # fmt: skip

    @property
    def loc(self) -> tf.Tensor:
        """The location."""
        return self._loc

    @property
    def scale(self) -> tf.Tensor:
        """The scale."""
        return self._scale

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        shape = tf.convert_to_tensor(sample_shape, tf.int32)
        return {"loc": shape, "scale": shape}

    def _batch_shape(self) -> tf.TensorShape:
        return tf.broadcast_static_shape(self._loc.shape, self._scale.shape)

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.broadcast_dynamic_shape(tf.shape(self._loc), tf.shape(self._scale))

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape([])

    def _z(self, value: tf.Tensor) -> tf.Tensor:
        return (value - self._loc) / self._scale

    def _whole(self, value: tf.Tensor) -> tf.Tensor:
        return value * tf.ones(self.batch_shape_tensor(), value.dtype)

    def _open_unit(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        """Uniform values above 0 and below 1, whose logarithms are finite."""
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        return tf.random_uniform(shape, tiny, 1.0, self.dtype, seed)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return self._call("quantile", self._open_unit(n, seed))


class Cauchy(_Standard):
    """The Cauchy distribution: density 1 / (pi scale (1 + z²)) for z = (x - loc) / scale.

    It has no mean and no variance: NaN, or an error where `allow_nan_stats` is False.
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 16.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Cauchy",
    ) -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.log1p(tf.square(self._z(x))) - (math.log(math.pi) + tf.log(self._scale))

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.atan(self._z(x)) / math.pi + 0.5

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.log1p(2.0 / math.pi * tf.atan(self._z(x))) - math.log(2.0)

    def _quantile(self, p: tf.Tensor) -> tf.Tensor:
        return self._loc + self._scale * tf.tan(math.pi * (p - 0.5))

    def _entropy(self) -> tf.Tensor:
        return math.log(4.0 * math.pi) + tf.log(self._whole(self._scale))

    def _undefined(self, what: str) -> tf.Tensor:
        if not self.allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return self._whole(self._loc) * np.nan

    def _mean(self) -> tf.Tensor:
        return self._undefined("mean")

    def _stddev(self) -> tf.Tensor:
        return self._undefined("stddev")

    def _mode(self) -> tf.Tensor:
        return self._whole(self._loc)


class Logistic(_Standard):
    """The logistic distribution: its cdf is sigmoid((x - loc) / scale).

    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 2, chapter 23.
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Logistic",
    ) -> None:
        super().__init__(loc, scale, validate_args, allow_nan_stats, name)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        z = self._z(x)
        return -z - 2.0 * tf.nn.softplus(-z) - tf.log(self._scale)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.sigmoid(self._z(x))

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.nn.softplus(-self._z(x))

    def _survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return tf.sigmoid(-self._z(x))

    def _log_survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.nn.softplus(self._z(x))

    def _quantile(self, p: tf.Tensor) -> tf.Tensor:
        return self._loc + self._scale * (tf.log(p) - tf.log1p(-p))

    def _entropy(self) -> tf.Tensor:
        return 2.0 + tf.log(self._whole(self._scale))

    def _mean(self) -> tf.Tensor:
        return self._whole(self._loc)

    def _stddev(self) -> tf.Tensor:
        return self._whole(self._scale) * math.pi / math.sqrt(3.0)

    _mode = _mean
