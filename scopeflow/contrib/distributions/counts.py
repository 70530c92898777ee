"""Distributions of counts: Poisson, geometric, binomial and negative binomial."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from .base import ScalarDistribution, checked, given, positive, whole


def logits_and_probs(
    logits: Any, probs: Any, validate_args: bool, of_classes: bool = False
) -> tuple[tf.Tensor, tf.Tensor]:
    """Both, of the one that is given. ValueError for none or two."""
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        logits = tf.convert_to_tensor(logits, name="logits")
        if not logits.dtype.is_floating:
            raise TypeError("logits must having floating type.")
        return logits, (tf.nn.softmax if of_classes else tf.sigmoid)(logits, name="probs")
    probs = tf.convert_to_tensor(probs, name="probs")
    if not probs.dtype.is_floating:
        raise TypeError("probs must having floating type.")
    if validate_args:
        one = tf.ones([], probs.dtype)
        checks = [tf.assert_non_negative(probs)]
        if of_classes:
            checks.append(
                tf.assert_near(tf.reduce_sum(probs, -1), one, message="probs does not sum to 1.")
            )
        else:
            message = "probs has components greater than 1."
            checks.append(tf.assert_less_equal(probs, one, message=message))
        probs = checked(probs, checks)
    logs = tf.log(probs)
    return logs if of_classes else logs - tf.log1p(-probs), probs


class _Counts(ScalarDistribution):
    """A distribution of counts, given by parameters of the tensors `_tensors`."""

    _tensors: tuple[tf.Tensor, ...]
    _checked_methods = ("prob", "log_prob", "cdf", "log_cdf")

    def _start(self, parameters: dict, scope: str, *tensors: tf.Tensor) -> None:
        self._tensors = tensors
        super().__init__(
            tensors[-1].dtype.base_dtype, tf.distributions.NOT_REPARAMETERIZED,
            parameters["validate_args"], parameters["allow_nan_stats"], parameters, list(tensors),
            scope,
        )  # fmt: skip

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return self._tensors

    def _outcome_checks(self, value: tf.Tensor) -> list:
        return whole(value)

    def _counted(self, x: tf.Tensor) -> tf.Tensor:
        """`x`, as a number of events below which the probabilities are summed."""
        return x if self.validate_args else tf.floor(x)


class Poisson(_Counts):
    """The Poisson distribution: p(k) = rate^k exp(-rate) / k!, with `rate` or its logarithm.

    Without `validate_args`, `log_prob` and `cdf` are taken at real numbers, too.
    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 4.
    """

    _parameter_names = ("rate",)

    def __init__(
        self,
        rate: Any = None,
        log_rate: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Poisson",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[rate, log_rate]) as scope:
            if (rate is None) == (log_rate is None):
                raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
            if log_rate is None:
                rate = tf.convert_to_tensor(rate, name="rate")
                if not rate.dtype.is_floating:
                    raise TypeError(f"rate.dtype ({rate.dtype}) is a not a float-type.")
                self._rate = positive(validate_args, rate, "rate")
                self._log_rate = tf.log(self._rate, name="log_rate")
            else:
                self._log_rate = tf.convert_to_tensor(log_rate, name="log_rate")
                if not self._log_rate.dtype.is_floating:
                    raise TypeError(
                        f"log_rate.dtype ({self._log_rate.dtype}) is a not a float-type."
                    )
                self._rate = tf.exp(self._log_rate, name="rate")
        self._start(parameters, scope, self._rate)

    @property
    def rate(self) -> tf.Tensor:
        """The mean."""
        return self._rate

    @property
    def log_rate(self) -> tf.Tensor:
        """The logarithm of the mean."""
        return self._log_rate

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return self.log_rate * x - tf.lgamma(1.0 + x) - self.rate

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        found = tf.igammac(1.0 + tf.maximum(x, 0.0), self._rate + tf.zeros_like(x))
        return tf.where(x + tf.zeros_like(found) < 0.0, tf.zeros_like(found), found)

    def _mean(self) -> tf.Tensor:
        return tf.identity(self.rate)

    _variance = _mean

    def _mode(self) -> tf.Tensor:
        return tf.floor(self.rate)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return tf.random_poisson(self.rate, [n], dtype=self.dtype, seed=seed)


class Geometric(_Counts):
    """Failures before the first success: p(k) = (1 - probs)^k probs.

    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 5.
    """

    _parameter_names = ("logits",)

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Geometric",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, validate_args)
            self._probs = positive(validate_args, self._probs)
        self._start(parameters, scope, self._probs)

    @property
    def logits(self) -> tf.Tensor:
        """log(probs / (1 - probs))."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probability of a success."""
        return self._probs

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        """x log(1 - probs), which is 0 for x = 0 even where probs is 1."""
        x = self._counted(x)
        certain = tf.equal(x + tf.zeros_like(self.probs), 0.0)
        safe = tf.where(certain, tf.zeros_like(self.probs + x), self.probs + tf.zeros_like(x))
        return x * tf.log1p(-safe) + tf.log(self.probs)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        x = self._counted(x)
        found = -tf.math.expm1((1.0 + x) * tf.log1p(-self.probs))
        return tf.where(x + tf.zeros_like(found) < 0.0, tf.zeros_like(found), found)

    def _entropy(self) -> tf.Tensor:
        probs = self.probs
        if self.validate_args:
            text = "Entropy is undefined when logits = inf or probs = 1."
            probs = checked(probs, [tf.assert_less(probs, tf.ones([], probs.dtype), message=text)])
        return (-(1.0 - probs) * tf.log1p(-probs) - probs * tf.log(probs)) / probs

    def _mean(self) -> tf.Tensor:
        return tf.exp(-self.logits)

    def _variance(self) -> tf.Tensor:
        return self._mean() / self.probs

    def _mode(self) -> tf.Tensor:
        return tf.zeros(self.batch_shape_tensor(), self.dtype)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        drawn = tf.random_uniform(self._drawn_shape(n), tiny, 1.0, self.dtype, seed)
        return tf.floor(tf.log(drawn) / tf.log1p(-self.probs))


class _OfTrials(_Counts):
    """Counts of successes, with a `total_count` and a probability."""

    _total: tf.Tensor
    _logits: tf.Tensor
    _probs: tf.Tensor

    def _take(self, parameters: dict, name: str, check_total: Any) -> None:
        logits, probs = parameters["logits"], parameters["probs"]
        total, validate = parameters["total_count"], parameters["validate_args"]
        with tf.name_scope(name, values=[total, logits, probs]) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, validate)
            total = tf.cast(tf.convert_to_tensor(total, self._probs.dtype), self._probs.dtype)
            self._total = checked(total, check_total(total) if validate else [], "total_count")
        self._start(parameters, scope, self._total, self._probs)

    @property
    def total_count(self) -> tf.Tensor:
        """The number of trials (binomial), or of failures to wait for (negative binomial)."""
        return self._total

    @property
    def logits(self) -> tf.Tensor:
        """log(probs / (1 - probs))."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probability of a success."""
        return self._probs


class Binomial(_OfTrials):
    """Successes among `total_count` trials: p(k) = C(n, k) probs^k (1 - probs)^(n - k).

    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 3. There is no
    `sample`, as in TensorFlow: draw `total_count` values of a `Bernoulli` and add them.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Binomial",
    ) -> None:
        self._take(given(locals()), name, whole)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        message = "total_count is not sufficient to hold all counts"
        above = tf.assert_less_equal(value, self.total_count, message=message)
        return [*whole(value), above]

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        n = self.total_count
        ways = tf.lgamma(1.0 + n) - tf.lgamma(1.0 + n - x) - tf.lgamma(1.0 + x)
        return ways + tf.math.xlogy(x, self.probs) + tf.math.xlogy(n - x, 1.0 - self.probs)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        """I(1 - probs; n - k, k + 1), the regularized incomplete beta function."""
        zeros = tf.zeros_like(x + self.total_count + self.probs)
        k, n = tf.floor(x) + zeros, self.total_count + zeros
        inside = (k >= 0.0) & (k < n)
        safe = tf.where(inside, k, zeros)
        failures = tf.where(inside, n - safe, zeros + 1.0)
        found = tf.betainc(failures, 1.0 + safe, 1.0 - self.probs + zeros)
        return tf.where(inside, found, tf.where(k < 0.0, zeros, zeros + 1.0))

    def _mean(self) -> tf.Tensor:
        return self.total_count * self.probs

    def _variance(self) -> tf.Tensor:
        return self._mean() * (1.0 - self.probs)

    def _mode(self) -> tf.Tensor:
        return tf.floor((1.0 + self.total_count) * self.probs)


class NegativeBinomial(_OfTrials):
    """Successes before the failure number `total_count`:
    p(k) = C(k + n - 1, k) probs^k (1 - probs)^n, for real n > 0.

    Source: Johnson, Kemp and Kotz, Univariate Discrete Distributions, chapter 5.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NegativeBinomial",
    ) -> None:
        self._take(given(locals()), name, lambda n: [tf.assert_positive(n)])

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        n = self.total_count
        failed = -n * tf.nn.softplus(self.logits)
        won = tf.where(
            tf.equal(x + tf.zeros_like(self.logits), 0.0),
            tf.zeros_like(x + self.logits), -x * tf.nn.softplus(-self.logits),
        )  # fmt: skip
        ways = tf.lgamma(n + x) - tf.lgamma(1.0 + x) - tf.lgamma(n)
        return ways + failed + won

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        x = self._counted(x)
        zeros = tf.zeros_like(x + self.total_count + self.probs)
        up = tf.maximum(x, 0.0)
        found = tf.betainc(
            self.total_count + zeros, 1.0 + up + zeros, tf.sigmoid(-self.logits) + zeros
        )
        return tf.where(x + zeros < 0.0, zeros, found)

    def _mean(self) -> tf.Tensor:
        return self.total_count * tf.exp(self.logits)

    def _variance(self) -> tf.Tensor:
        return self._mean() / tf.sigmoid(-self.logits)

    def _mode(self) -> tf.Tensor:
        mode = tf.exp(self.logits) * (self.total_count - 1.0)
        above = self.total_count + tf.zeros_like(mode) > 1.0
        return tf.where(above, tf.floor(mode), tf.zeros_like(mode))

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        """Poisson counts of a gamma distributed rate."""
        again = None if seed is None else seed + 1
        rate = tf.random_gamma(
            [n], self._whole(self.total_count), beta=tf.exp(-self._whole(self.logits)),
            dtype=self.dtype, seed=seed,
        )  # fmt: skip
        return tf.random_poisson(rate, [], dtype=self.dtype, seed=again)
