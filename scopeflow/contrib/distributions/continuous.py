"""More distributions of real numbers, and variants with parameters made positive."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf

from . import bijectors
from .base import ScalarDistribution, checked, given, positive
from .transformed import TransformedDistribution

_FULLY = tf.distributions.FULLY_REPARAMETERIZED


class HalfNormal(ScalarDistribution):
    """|x| of normal x around 0 with standard deviation `scale`.

    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1, chapter 13.
    """

    _parameter_names = ("scale",)

    def __init__(
        self,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "HalfNormal",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[scale]) as scope:
            tensor = tf.convert_to_tensor(scale, name="scale/input")
            self._scale = positive(validate_args, tensor, "scale")
            tf.assert_same_float_dtype([self._scale])
        super().__init__(
            self._scale.dtype.base_dtype, _FULLY, validate_args, allow_nan_stats, parameters,
            [self._scale], scope,
        )  # fmt: skip

    @property
    def scale(self) -> tf.Tensor:
        """The standard deviation of the normal distribution that is folded."""
        return self._scale

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return (self._scale,)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = tf.random_normal(self._drawn_shape(n), dtype=self.dtype, seed=seed)
        return tf.abs(drawn * self.scale)

    def _prob(self, x: tf.Tensor) -> tf.Tensor:
        density = math.sqrt(2.0 / math.pi) / self.scale
        density = density * tf.exp(-0.5 * tf.square(x / self.scale))
        return density * tf.cast(x >= 0.0, self.dtype)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.erf(tf.nn.relu(x) / self.scale * math.sqrt(0.5))

    def _entropy(self) -> tf.Tensor:
        return 0.5 * tf.log(0.5 * math.pi * tf.square(self.scale)) + 0.5

    def _mean(self) -> tf.Tensor:
        return self.scale * math.sqrt(2.0) / math.sqrt(math.pi)

    def _variance(self) -> tf.Tensor:
        return tf.square(self.scale) * (1.0 - 2.0 / math.pi)

    def _quantile(self, p: tf.Tensor) -> tf.Tensor:
        return self.scale * tf.raw_ops.Ndtri(x=0.5 + 0.5 * p)

    def _mode(self) -> tf.Tensor:
        return tf.zeros(self.batch_shape_tensor(), self.dtype)


@tf.distributions.RegisterKL(HalfNormal, HalfNormal)
def _kl_half_normal(a: HalfNormal, b: HalfNormal, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_half_normal_half_normal", [a.scale, b.scale]):
        ratio = tf.square(a.scale / b.scale)
        return 0.5 * (ratio - 1.0 - tf.log(ratio))


class InverseGamma(ScalarDistribution):
    """1 / x of gamma distributed x: density ~ x^(-concentration - 1) exp(-rate / x).

    The mean is defined for concentrations above 1, the variance above 2.
    """

    _parameter_names = ("concentration", "rate")

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGamma",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration, rate]) as scope:
            shape = tf.convert_to_tensor(concentration, name="concentration/input")
            rate = tf.convert_to_tensor(rate, name="rate/input")
            self._concentration = positive(validate_args, shape, "concentration")
            self._rate = positive(validate_args, rate, "rate")
            tf.assert_same_float_dtype([self._concentration, self._rate])
        super().__init__(
            self._rate.dtype.base_dtype, _FULLY, validate_args, allow_nan_stats, parameters,
            [self._concentration, self._rate], scope,
        )  # fmt: skip

    @property
    def concentration(self) -> tf.Tensor:
        """The shape."""
        return self._concentration

    @property
    def rate(self) -> tf.Tensor:
        """The scale."""
        return self._rate

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._concentration, self._rate

    def _outcome_checks(self, value: tf.Tensor) -> list:
        return [tf.assert_positive(value)]

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return 1.0 / tf.random_gamma(
            [n], self._whole(self.concentration), self._whole(self.rate), self.dtype, seed
        )

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        norm = tf.lgamma(self.concentration) - self.concentration * tf.log(self.rate)
        return -(1.0 + self.concentration) * tf.log(x) - self.rate / x - norm

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        ratio = self.rate / x
        return tf.igammac(
            self.concentration + tf.zeros_like(ratio), ratio + 0.0 * self.concentration
        )

    def _entropy(self) -> tf.Tensor:
        a = self.concentration
        return a + tf.log(self.rate) + tf.lgamma(a) - (1.0 + a) * tf.digamma(a)

    def _mean(self) -> tf.Tensor:
        a = self._whole(self.concentration)
        text = "mean undefined when any concentration <= 1"
        return self._above(1.0, self.rate / (a - 1.0), text)

    def _variance(self) -> tf.Tensor:
        a = self._whole(self.concentration)
        value = tf.square(self.rate) / tf.square(a - 1.0) / (a - 2.0)
        return self._above(2.0, value, "variance undefined when any concentration <= 2")

    def _above(self, least: float, value: tf.Tensor, text: str) -> tf.Tensor:
        """`value`, NaN or an error where the concentration is not above `least`."""
        a = self.concentration
        if self.allow_nan_stats:
            return self._defined(self._whole(a) > least, value, text)
        return checked(value, [tf.assert_less(tf.constant(least, a.dtype), a, message=text)])

    def _mode(self) -> tf.Tensor:
        return self.rate / (1.0 + self.concentration)


class Kumaraswamy(TransformedDistribution):
    """Density concentration1 concentration0 x^(c1 - 1) (1 - x^c1)^(c0 - 1) on (0, 1).

    Source: Jones, Kumaraswamy's distribution, Statistical Methodology 6 (2009).
    """

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Kumaraswamy",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration1, concentration0]) as scope:
            one = tf.convert_to_tensor(concentration1, name="concentration1")
            zero = tf.convert_to_tensor(concentration0, name="concentration0")
            map_ = bijectors.Kumaraswamy(one, zero, validate_args)
            shape = map_.concentration1 + map_.concentration0
            uniform = tf.distributions.Uniform(
                tf.zeros_like(shape), tf.ones_like(shape), allow_nan_stats=allow_nan_stats
            )
        super().__init__(uniform, map_, validate_args=validate_args, name=scope)
        self._parameters = parameters

    @property
    def concentration1(self) -> tf.Tensor:
        """The exponent of x."""
        return self.bijector.concentration1

    @property
    def concentration0(self) -> tf.Tensor:
        """The exponent of 1 - x^concentration1."""
        return self.bijector.concentration0

    def _moment(self, n: int) -> tf.Tensor:
        """E x^n = c0 B(1 + n / c1, c0)."""
        one = 1.0 + n / self.concentration1
        logs = tf.lgamma(one) + tf.lgamma(self.concentration0)
        return self.concentration0 * tf.exp(logs - tf.lgamma(one + self.concentration0))

    def _entropy(self) -> tf.Tensor:
        """1 - 1 / c0 + (1 - 1 / c1) H(c0) - log c1 - log c0, H the harmonic number."""
        one, zero = self.concentration1, self.concentration0
        harmonic = tf.digamma(zero + 1.0) + np.euler_gamma
        return 1.0 - 1.0 / zero + (1.0 - 1.0 / one) * harmonic - tf.log(one) - tf.log(zero)

    def _mean(self) -> tf.Tensor:
        return self._moment(1)

    def _variance(self) -> tf.Tensor:
        return self._moment(2) - tf.square(self._moment(1))

    def _mode(self) -> tf.Tensor:
        one = self.concentration1 + tf.zeros_like(self.concentration0)
        zero = self.concentration0 + tf.zeros_like(one)
        mode = tf.exp((tf.log(one - 1.0) - tf.log(one * zero - 1.0)) / one)
        mode = self._defined(one > 1.0, mode, "Mode undefined for concentration1 <= 1.")
        return self._defined(zero > 1.0, mode, "Mode undefined for concentration0 <= 1.")


class Chi2(tf.distributions.Gamma):
    """The chi-squared distribution: gamma with concentration df / 2 and rate 1 / 2."""

    def __init__(
        self,
        df: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Chi2",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[df]) as scope:
            tensor = tf.convert_to_tensor(df, name="df")
            self._df = positive(validate_args, tensor, "df")
            half = tf.constant(0.5, self._df.dtype.base_dtype, name="rate")
        super().__init__(0.5 * self._df, half, validate_args, allow_nan_stats, scope)
        self._parameters = parameters

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        return {"df": tf.convert_to_tensor(sample_shape, tf.int32)}

    @property
    def df(self) -> tf.Tensor:
        """The degrees of freedom."""
        return self._df
