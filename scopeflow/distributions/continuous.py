"""Distributions of real numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf

from .distribution import (
    FULLY_REPARAMETERIZED,
    ScalarEvents,
    given,
    positive,
    same_type,
    twice_shapes,
)
from .kl import RegisterKL

_LOG_2PI = math.log(2 * math.pi)


def _tensor(value: Any, name: str) -> tf.Tensor:
    """Of the value's own dtype: a float64 array stays float64, as in TensorFlow."""
    return tf.convert_to_tensor(value, name=name)


class _Located(ScalarEvents):
    """Distributions with a location and a scale."""

    _loc: tf.Tensor
    _scale: tf.Tensor
    _param_shapes = twice_shapes("loc", "scale")

    @property
    def loc(self) -> tf.Tensor:
        """The location."""
        return self._loc

    @property
    def scale(self) -> tf.Tensor:
        """The scale."""
        return self._scale

    def _place(self, loc: Any, scale: Any, validate_args: bool) -> tf.DType:
        self._loc = tf.identity(_tensor(loc, "loc/input"), name="loc")
        self._scale = positive(validate_args, _tensor(scale, "scale/input"), "scale")
        return same_type(self._loc, self._scale)

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._loc, self._scale

    def _z(self, value: tf.Tensor) -> tf.Tensor:
        return (value - self._loc) / self._scale


class Normal(_Located):
    """The normal distribution of mean `loc` and standard deviation `scale`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Normal",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[loc, scale]) as scope:
            dtype = self._place(loc, scale, validate_args)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._loc, self._scale], scope,
        )  # fmt: skip

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = tf.random_normal(self._drawn_shape(n), dtype=self.dtype, seed=seed)
        return drawn * self._scale + self._loc

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return -0.5 * tf.square(self._z(x)) - (0.5 * _LOG_2PI + tf.log(self._scale))

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return _ndtr(self._z(x))

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return _log_ndtr(self._z(x))

    def _survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return _ndtr(-self._z(x))

    def _log_survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return _log_ndtr(-self._z(x))

    def _quantile(self, p: tf.Tensor) -> tf.Tensor:
        return tf.raw_ops.Ndtri(x=p) * self._scale + self._loc

    def _entropy(self) -> tf.Tensor:
        return 0.5 + 0.5 * _LOG_2PI + tf.log(self._whole(self._scale))

    def _mean(self) -> tf.Tensor:
        return self._whole(self._loc)

    def _stddev(self) -> tf.Tensor:
        return self._whole(self._scale)

    _mode = _mean


def _ndtr(z: tf.Tensor) -> tf.Tensor:
    return 0.5 * tf.erfc(z * -math.sqrt(0.5))


def _log_ndtr(z: tf.Tensor) -> tf.Tensor:
    """By the asymptotic series far to the left, where the probability itself is 0."""
    left = -8.0 if z.dtype == tf.float64 else -5.0
    far = tf.minimum(z, left)
    square = tf.square(far)
    series = -1.0 / square + 3.0 / tf.square(square) - 15.0 / (square * tf.square(square))
    beyond = -0.5 * square - tf.log(-far) - 0.5 * _LOG_2PI + tf.log1p(series)
    return tf.where(z < left, beyond, tf.log(_ndtr(tf.maximum(z, left))))


@RegisterKL(Normal, Normal)
def _kl_normal_normal(a: Normal, b: Normal, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_normal_normal", [a.loc, b.loc]):
        ratio = tf.square(a.scale) / tf.square(b.scale)
        distance = tf.squared_difference(a.loc, b.loc) / (2.0 * tf.square(b.scale))
        return distance + 0.5 * (ratio - 1.0 - tf.log(ratio))


class Laplace(_Located):
    """The Laplace distribution: exponential to both sides of `loc`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Laplace",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[loc, scale]) as scope:
            dtype = self._place(loc, scale, validate_args)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._loc, self._scale], scope,
        )  # fmt: skip

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        lowest = np.nextafter(self.dtype.as_numpy_dtype(-1), self.dtype.as_numpy_dtype(0))
        drawn = tf.random_uniform(self._drawn_shape(n), lowest, 1.0, self.dtype, seed)
        return self._loc - self._scale * tf.sign(drawn) * tf.log1p(-tf.abs(drawn))

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.abs(self._z(x)) - (math.log(2.0) + tf.log(self._scale))

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        z = self._z(x)
        return 0.5 + 0.5 * tf.sign(z) * (1.0 - tf.exp(-tf.abs(z)))

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return _log_half_exp(self._z(x))

    def _log_survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return _log_half_exp(-self._z(x))

    def _entropy(self) -> tf.Tensor:
        return math.log(2.0) + 1.0 + tf.log(self._whole(self._scale))

    def _mean(self) -> tf.Tensor:
        return self._whole(self._loc)

    def _stddev(self) -> tf.Tensor:
        return math.sqrt(2.0) * self._whole(self._scale)

    _mode = _mean


def _log_half_exp(z: tf.Tensor) -> tf.Tensor:
    return tf.where(z < 0, z - math.log(2.0), tf.log1p(-0.5 * tf.exp(-tf.maximum(z, 0.0))))


class Uniform(ScalarEvents):
    """Values evenly distributed over [low, high)."""

    _param_shapes = twice_shapes("low", "high")

    def __init__(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[low, high]) as scope:
            low, high = _tensor(low, "low/input"), _tensor(high, "high/input")
            message = "uniform not defined when low >= high."
            checks = [tf.assert_less(low, high, message=message)] if validate_args else []
            with tf.control_dependencies(checks):
                self._low, self._high = tf.identity(low, "low"), tf.identity(high, "high")
            dtype = same_type(self._low, self._high)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._low, self._high], scope,
        )  # fmt: skip

    @property
    def low(self) -> tf.Tensor:
        """The lower limit."""
        return self._low

    @property
    def high(self) -> tf.Tensor:
        """The upper limit."""
        return self._high

    def range(self, name: str = "range") -> tf.Tensor:
        """high - low."""
        with self._scope(name):
            return self._high - self._low

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._low, self._high

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = tf.random_uniform(self._drawn_shape(n), dtype=self.dtype, seed=seed)
        return self._low + self.range() * drawn

    def _prob(self, x: tf.Tensor) -> tf.Tensor:
        density = 1.0 / self.range() + tf.zeros_like(x)
        x = x + tf.zeros_like(density)
        outside = tf.logical_or(x < self._low, x >= self._high)
        return tf.where(tf.is_nan(x), x, tf.where(outside, tf.zeros_like(x), density))

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.clip_by_value((x - self._low) / self.range(), 0.0, 1.0)

    def _entropy(self) -> tf.Tensor:
        return tf.log(self.range())

    def _mean(self) -> tf.Tensor:
        return (self._low + self._high) / 2.0

    def _variance(self) -> tf.Tensor:
        return tf.square(self.range()) / 12.0

    def _stddev(self) -> tf.Tensor:
        return self.range() / math.sqrt(12.0)


class Gamma(ScalarEvents):
    """The gamma distribution of shape `concentration` and rate (1 / scale) `rate`."""

    _param_shapes = twice_shapes("concentration", "rate")

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Gamma",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration, rate]) as scope:
            shape = _tensor(concentration, "concentration/input")
            self._concentration = positive(validate_args, shape, "concentration")
            self._rate = positive(validate_args, _tensor(rate, "rate/input"), "rate")
            dtype = same_type(self._concentration, self._rate)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._concentration, self._rate], scope,
        )  # fmt: skip

    @property
    def concentration(self) -> tf.Tensor:
        """The shape parameter."""
        return self._concentration

    @property
    def rate(self) -> tf.Tensor:
        """The rate."""
        return self._rate

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._concentration, self._rate

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return tf.random_gamma([n], self._concentration, self._rate, self.dtype, seed)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        shape, rate = self._concentration, self._rate
        return tf.math.xlogy(shape - 1.0, x) - rate * x - (tf.lgamma(shape) - shape * tf.log(rate))

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.igamma(self._concentration, self._rate * x)

    def _entropy(self) -> tf.Tensor:
        shape = self._concentration
        rest = tf.lgamma(shape) + (1.0 - shape) * tf.digamma(shape)
        return shape - tf.log(self._rate) + rest

    def _mean(self) -> tf.Tensor:
        return self._concentration / self._rate

    def _variance(self) -> tf.Tensor:
        return self._concentration / tf.square(self._rate)

    def _stddev(self) -> tf.Tensor:
        return tf.sqrt(self._concentration) / self._rate

    def _mode(self) -> tf.Tensor:
        mode = (self._concentration - 1.0) / self._rate
        known = self._whole(self._concentration) > 1.0
        return self._defined(known, mode, "mode not defined when any concentration <= 1")


@RegisterKL(Gamma, Gamma)
def _kl_gamma_gamma(a: Gamma, b: Gamma, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_gamma_gamma", [a.rate, b.rate]):
        shapes = (a.concentration - b.concentration) * tf.digamma(a.concentration)
        gammas = tf.lgamma(b.concentration) - tf.lgamma(a.concentration)
        rates = b.concentration * tf.log(a.rate) - b.concentration * tf.log(b.rate)
        return shapes + gammas + rates + a.concentration * (b.rate / a.rate - 1.0)


class Exponential(Gamma):
    """The exponential distribution: waiting times at the rate `rate`."""

    _param_shapes = twice_shapes("rate")

    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Exponential",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[rate]) as scope:
            rate = _tensor(rate, "rate")
            one = tf.ones([], rate.dtype)
        super().__init__(one, rate, validate_args, allow_nan_stats, scope)
        self._parameters = parameters

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        smallest = np.finfo(self.dtype.as_numpy_dtype).tiny
        drawn = tf.random_uniform(self._drawn_shape(n), smallest, 1.0, self.dtype, seed)
        return -tf.log(drawn) / self._rate


class StudentT(ScalarEvents):
    """Student's t-distribution with `df` degrees of freedom, at `loc`, stretched by `scale`."""

    _param_shapes = twice_shapes("df", "loc", "scale")

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentT",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[df, loc, scale]) as scope:
            self._df = positive(validate_args, _tensor(df, "df/input"), "df")
            self._loc = tf.identity(_tensor(loc, "loc/input"), name="loc")
            self._scale = tf.identity(_tensor(scale, "scale/input"), name="scale")
            dtype = same_type(self._df, self._loc, self._scale)
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._df, self._loc, self._scale], scope,
        )  # fmt: skip

    @property
    def df(self) -> tf.Tensor:
        """The degrees of freedom."""
        return self._df

    @property
    def loc(self) -> tf.Tensor:
        """The location."""
        return self._loc

    @property
    def scale(self) -> tf.Tensor:
        """The scale."""
        return self._scale

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._df, self._loc, self._scale

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        normal = tf.random_normal(self._drawn_shape(n), dtype=self.dtype, seed=seed)
        half = 0.5 * self._whole(self._df)
        again = None if seed is None else seed + 1
        gamma = tf.random_gamma([n], half, 0.5, self.dtype, again)
        return self._loc + self._scale * normal * tf.rsqrt(gamma / self._df)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        y = (x - self._loc) / self._scale
        half = 0.5 * self._df
        norm = tf.log(tf.abs(self._scale)) + 0.5 * tf.log(self._df) + 0.5 * math.log(math.pi)
        norm = norm + tf.lgamma(half) - tf.lgamma(half + 0.5)
        return -(half + 0.5) * tf.log1p(tf.square(y) / self._df) - norm

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        y = (x - self._loc) / tf.abs(self._scale)
        t = self._df / (self._df + tf.square(y))
        tail = 0.5 * tf.betainc(0.5 * self._df + tf.zeros_like(t), 0.5 + tf.zeros_like(t), t)
        return tf.where(y < 0.0, tail, 1.0 - tail)

    def _entropy(self) -> tf.Tensor:
        half = 0.5 * self._whole(self._df)
        beta = tf.lgamma(half) + math.lgamma(0.5) - tf.lgamma(half + 0.5)
        change = (half + 0.5) * (tf.digamma(half + 0.5) - tf.digamma(half))
        return tf.log(tf.abs(self._scale)) + 0.5 * tf.log(2.0 * half) + beta + change

    def _mean(self) -> tf.Tensor:
        known = self._whole(self._df) > 1.0
        return self._defined(known, self._whole(self._loc), "mean not defined for df <= 1")

    def _variance(self) -> tf.Tensor:
        df = self._whole(self._df)
        safe = tf.where(df > 2.0, df - 2.0, tf.ones_like(df))
        finite = tf.square(self._scale) * df / safe
        infinite = tf.fill(tf.shape(df), np.array(np.inf, self.dtype.as_numpy_dtype))
        value = tf.where(df > 2.0, finite, infinite)
        return self._defined(df > 1.0, value, "variance not defined for df <= 1")

    def _mode(self) -> tf.Tensor:
        return self._whole(self._loc)


class Beta(ScalarEvents):
    """The beta distribution on (0, 1): density ~ x^(concentration1 - 1) (1 - x)^(c.0 - 1)."""

    _param_shapes = twice_shapes("concentration1", "concentration0")

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Beta",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration1, concentration0]) as scope:
            self._one = positive(validate_args, _tensor(concentration1, "concentration1"))
            self._zero = positive(validate_args, _tensor(concentration0, "concentration0"))
            dtype = same_type(self._one, self._zero)
            self._total = self._one + self._zero
        super().__init__(
            dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._one, self._zero], scope,
        )  # fmt: skip

    @property
    def concentration1(self) -> tf.Tensor:
        """How much weight there is near 1."""
        return self._one

    @property
    def concentration0(self) -> tf.Tensor:
        """How much weight there is near 0."""
        return self._zero

    @property
    def total_concentration(self) -> tf.Tensor:
        """The sum of both."""
        return self._total

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return (self._total,)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        again = None if seed is None else seed + 1
        one = tf.random_gamma([n], self._whole(self._one), dtype=self.dtype, seed=seed)
        zero = tf.random_gamma([n], self._whole(self._zero), dtype=self.dtype, seed=again)
        return one / (one + zero)

    def _log_norm(self) -> tf.Tensor:
        return tf.lgamma(self._one) + tf.lgamma(self._zero) - tf.lgamma(self._total)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        one = tf.ones([], value.dtype)
        return [
            tf.assert_positive(value, message="sample must be positive"),
            tf.assert_less(value, one, message="sample must be less than `1`."),
        ]

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        below = (self._zero - 1.0) * tf.log1p(-x)
        return tf.math.xlogy(self._one - 1.0, x) + below - self._log_norm()

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        whole = tf.zeros_like(x) + tf.zeros_like(self._total)
        return tf.betainc(self._one + whole, self._zero + whole, x + whole)

    def _entropy(self) -> tf.Tensor:
        one = (self._one - 1.0) * tf.digamma(self._one)
        zero = (self._zero - 1.0) * tf.digamma(self._zero)
        return self._log_norm() - one - zero + (self._total - 2.0) * tf.digamma(self._total)

    def _mean(self) -> tf.Tensor:
        return self._one / self._total

    def _variance(self) -> tf.Tensor:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self._total)

    def _mode(self) -> tf.Tensor:
        mode = (self._one - 1.0) / (self._total - 2.0)
        known = tf.logical_and(self._whole(self._one) > 1.0, self._whole(self._zero) > 1.0)
        return self._defined(known, mode, "Mode undefined for concentration1 or 0 <= 1.")


@RegisterKL(Beta, Beta)
def _kl_beta_beta(a: Beta, b: Beta, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_beta_beta", [a.total_concentration, b.total_concentration]):
        change = b._log_norm() - a._log_norm()
        for own, other, sign in (
            (a.concentration1, b.concentration1, -1.0),
            (a.concentration0, b.concentration0, -1.0),
            (a.total_concentration, b.total_concentration, 1.0),
        ):
            change = change + sign * tf.digamma(own) * (other - own)
        return change
