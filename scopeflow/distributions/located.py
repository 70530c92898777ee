"""Continuous distributions given by a location and a scale, for `tf.contrib.distributions`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf

from .continuous import _Located
from .distribution import FULLY_REPARAMETERIZED, given, nan_like


class _Standard(_Located):
    """A standard distribution moved by `loc` and stretched by `scale`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, type(self).__name__, [loc, scale]) as scope:
            dtype = self._place(loc, scale, validate_args)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._loc, self._scale], scope,
        )  # fmt: skip

    def _open_unit(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        """Uniform values above 0 and below 1, whose logarithms are finite."""
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        return tf.random_uniform(self._drawn_shape(n), tiny, 1.0, self.dtype, seed)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return self._quantile(self._open_unit(n, seed))


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
        return nan_like(self._whole(self._loc))

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
