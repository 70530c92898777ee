"""Distributions of yes or no, of classes and of counts; the Dirichlet distribution."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    ScalarEvents,
    given,
    positive,
    twice_shapes,
    whole_and_not_negative,
)
from .kl import RegisterKL


def _logits_and_probs(
    logits: Any, probs: Any, validate_args: bool, of_classes: bool
) -> tuple[tf.Tensor, tf.Tensor]:
    """Both, from the one that is given."""
    if (logits is None) == (probs is None):
        raise ValueError("Must pass probs or logits, but not both.")
    if probs is None:
        logits = tf.convert_to_tensor(logits, name="logits", preferred_dtype=tf.float32)
        if not logits.dtype.is_floating:
            raise TypeError("logits must having floating type.")
        as_probs = tf.nn.softmax if of_classes else tf.nn.sigmoid
        return logits, as_probs(logits, name="probs")
    probs = tf.convert_to_tensor(probs, name="probs", preferred_dtype=tf.float32)
    if not probs.dtype.is_floating:
        raise TypeError("probs must having floating type.")
    if validate_args:
        one = tf.ones([], probs.dtype)
        checks = [tf.assert_non_negative(probs)]
        if of_classes:
            message = "probs does not sum to 1."
            checks.append(tf.assert_near(tf.reduce_sum(probs, -1), one, message=message))
        else:
            message = "probs has components greater than 1."
            checks.append(tf.assert_less_equal(probs, one, message=message))
        with tf.control_dependencies(checks):
            probs = tf.identity(probs)
    with tf.name_scope("logits"):
        logits = tf.log(probs)
        return (logits if of_classes else logits - tf.log1p(-1.0 * probs)), probs


class Bernoulli(ScalarEvents):
    """1 with the probability `probs` (or sigmoid(`logits`)), else 0."""

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = tf.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Bernoulli",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, False)
        super().__init__(
            tf.as_dtype(dtype), NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._logits, self._probs], scope,
        )  # fmt: skip

    _param_shapes = twice_shapes("logits")

    @property
    def logits(self) -> tf.Tensor:
        """log(probs / (1 - probs))."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probability of 1."""
        return self._probs

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        return (self._logits,)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = tf.random_uniform(self._drawn_shape(n), dtype=self._probs.dtype, seed=seed)
        return tf.cast(tf.less(drawn, self._probs), self.dtype)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        one = tf.ones([], value.dtype)
        message = "Elements must be non-negative."
        checks = [tf.assert_non_negative(value, message=message)]
        checks.append(tf.assert_less_equal(value, one, message="Elements cannot exceed 1."))
        return checks if value.dtype.is_integer else checks + whole_and_not_negative(value)[1:]

    def _log_prob(self, event: tf.Tensor) -> tf.Tensor:
        event = tf.cast(event, self._logits.dtype)
        zero = tf.zeros_like(event) + tf.zeros_like(self._logits)
        return -tf.nn.sigmoid_cross_entropy_with_logits(
            labels=event + zero, logits=self._logits + zero
        )

    def _entropy(self) -> tf.Tensor:
        rest = self._logits * (tf.sigmoid(self._logits) - 1.0)
        return -rest + tf.nn.softplus(-self._logits)

    def _mean(self) -> tf.Tensor:
        return tf.identity(self._probs)

    def _variance(self) -> tf.Tensor:
        return self._probs * (1.0 - self._probs)

    def _mode(self) -> tf.Tensor:
        return tf.cast(self._probs > 0.5, self.dtype)


@RegisterKL(Bernoulli, Bernoulli)
def _kl_bernoulli_bernoulli(a: Bernoulli, b: Bernoulli, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_bernoulli_bernoulli", [a.logits, b.logits]):
        zero = tf.nn.softplus(-b.logits) - tf.nn.softplus(-a.logits)
        one = tf.nn.softplus(b.logits) - tf.nn.softplus(a.logits)
        return tf.sigmoid(a.logits) * zero + tf.sigmoid(-a.logits) * one


class Categorical(Distribution):
    """Class k with the probability probs[..., k] (or softmax(logits)[..., k])."""

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = tf.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Categorical",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, True)
            known = self._logits.shape
            size = None if known.ndims is None else known[-1].value
            self._event_size = (
                tf.shape(self._logits)[-1]
                if size is None
                else tf.constant(size, tf.int32, name="event_size")
            )
        super().__init__(
            tf.as_dtype(dtype), NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._logits, self._probs], scope,
        )  # fmt: skip

    @property
    def event_size(self) -> tf.Tensor:
        """The number of classes, as a tensor."""
        return self._event_size

    @property
    def logits(self) -> tf.Tensor:
        """Logarithms of the probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probabilities."""
        return self._probs

    def _batch_shape(self) -> tf.TensorShape:
        return self._logits.shape[:-1]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self._logits)[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape([])

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        rows = tf.reshape(self._logits, [-1, self._event_size])
        integer = tf.int64 if self.dtype.size > 4 else tf.int32
        drawn = tf.multinomial(rows, n, seed, output_dtype=integer)
        shape = tf.concat([[n], self.batch_shape_tensor()], 0)
        return tf.cast(tf.reshape(tf.transpose(drawn), shape), self.dtype)

    def _spread(self, k: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Classes and logits for the same batch."""
        logits = self._logits
        batch = logits.shape[:-1]
        if k.shape.is_fully_defined() and batch.is_fully_defined() and k.shape == batch:
            return k, logits
        ones = tf.ones_like(k, logits.dtype)
        zeros = tf.expand_dims(ones, -1) * tf.zeros_like(logits)
        return k + tf.cast(tf.zeros_like(zeros[..., 0]), k.dtype), logits + zeros

    def _log_prob(self, k: tf.Tensor) -> tf.Tensor:
        if not k.dtype.is_integer:
            k = tf.cast(k, tf.int32)
        k, logits = self._spread(k)
        return -tf.nn.sparse_softmax_cross_entropy_with_logits(labels=k, logits=logits)

    def _cdf(self, k: tf.Tensor) -> tf.Tensor:
        k, logits = self._spread(tf.cast(k, tf.int32))
        before = tf.sequence_mask(k, self._event_size, dtype=logits.dtype)
        return tf.reduce_sum(tf.nn.softmax(logits) * before, -1)

    def _entropy(self) -> tf.Tensor:
        logs = tf.nn.log_softmax(self._logits)
        return -tf.reduce_sum(tf.exp(logs) * logs, -1)

    def _mode(self) -> tf.Tensor:
        return tf.cast(tf.argmax(self._logits, -1), self.dtype)


@RegisterKL(Categorical, Categorical)
def _kl_categorical_categorical(
    a: Categorical, b: Categorical, name: str | None = None
) -> tf.Tensor:
    with tf.name_scope(name, "kl_categorical_categorical", [a.logits, b.logits]):
        change = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
        return tf.reduce_sum(tf.nn.softmax(a.logits) * change, -1)


class _Vectors(Distribution):
    """Distributions of vectors; the batch is the shape of `_total()`."""

    _concentration: tf.Tensor
    _total_count: tf.Tensor

    def _per_element(self) -> tf.Tensor:
        return self._concentration

    def _batch_shape(self) -> tf.TensorShape:
        return self._per_element().shape[:-1]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self._per_element())[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return self._per_element().shape[-1:]

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self._per_element())[-1:]


def _log_beta(concentration: tf.Tensor) -> tf.Tensor:
    total = tf.lgamma(tf.reduce_sum(concentration, -1))
    return tf.reduce_sum(tf.lgamma(concentration), -1) - total


def _spread_matrix(mean: tf.Tensor, scale: Any) -> tf.Tensor:
    """scale · (diag(mean) - mean meanᵀ)."""
    outer = tf.matmul(mean[..., None], mean[..., None, :])
    return (tf.matrix_diag(mean) - outer) * scale


class Dirichlet(_Vectors):
    """The Dirichlet distribution: vectors of positive numbers with the sum 1."""

    def __init__(
        self,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Dirichlet",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration]) as scope:
            given_ = tf.convert_to_tensor(
                concentration, name="concentration", preferred_dtype=tf.float32
            )
            self._concentration = positive(validate_args, given_)
            self._sum = tf.reduce_sum(self._concentration, -1)
        super().__init__(
            self._concentration.dtype.base_dtype, FULLY_REPARAMETERIZED, validate_args,
            allow_nan_stats, parameters, [self._concentration], scope,
        )  # fmt: skip

    @property
    def concentration(self) -> tf.Tensor:
        """How much weight each element has."""
        return self._concentration

    @property
    def total_concentration(self) -> tf.Tensor:
        """The sum of the concentrations."""
        return self._sum

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = tf.random_gamma([n], self._concentration, dtype=self.dtype, seed=seed)
        return drawn / tf.reduce_sum(drawn, -1, keepdims=True)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        one = tf.ones([], value.dtype)
        message = "sample last-dimension must sum to `1`"
        return [
            tf.assert_positive(value, message="samples must be positive"),
            tf.assert_near(one, tf.reduce_sum(value, -1), message=message),
        ]

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        powers = tf.reduce_sum(tf.math.xlogy(self._concentration - 1.0, x), -1)
        return powers - _log_beta(self._concentration)

    def _entropy(self) -> tf.Tensor:
        size = tf.cast(self.event_shape_tensor()[0], self.dtype)
        single = tf.reduce_sum((self._concentration - 1.0) * tf.digamma(self._concentration), -1)
        return _log_beta(self._concentration) + (self._sum - size) * tf.digamma(self._sum) - single

    def _mean(self) -> tf.Tensor:
        return self._concentration / self._sum[..., None]

    def _variance(self) -> tf.Tensor:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + self._sum[..., None])

    def _covariance(self) -> tf.Tensor:
        return _spread_matrix(self._mean(), 1.0 / (1.0 + self._sum[..., None, None]))

    def _mode(self) -> tf.Tensor:
        size = tf.cast(self.event_shape_tensor()[0], self.dtype)
        mode = (self._concentration - 1.0) / (self._sum[..., None] - size)
        known = tf.reduce_all(self._concentration > 1.0, -1, keepdims=True)
        known = tf.logical_and(known, tf.ones_like(mode, tf.bool))
        return self._defined(known, mode, "Mode undefined when any concentration <= 1")


@RegisterKL(Dirichlet, Dirichlet)
def _kl_dirichlet_dirichlet(a: Dirichlet, b: Dirichlet, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_dirichlet_dirichlet", [a.concentration, b.concentration]):
        expected = tf.digamma(a.concentration) - tf.digamma(a.total_concentration)[..., None]
        change = tf.reduce_sum((a.concentration - b.concentration) * expected, -1)
        return change - _log_beta(a.concentration) + _log_beta(b.concentration)


def _count_checks(counts: tf.Tensor, total: tf.Tensor) -> list:
    message = "counts must sum to `self.total_count`"
    checks = whole_and_not_negative(counts)
    return [*checks, tf.assert_equal(total, tf.reduce_sum(counts, -1), message=message)]


def _log_ways(total: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
    """The logarithm of the number of orders with these counts."""
    return tf.lgamma(total + 1.0) - tf.reduce_sum(tf.lgamma(counts + 1.0), -1)


def _drawn_counts(logits: tf.Tensor, total: tf.Tensor, n: Any, seed: Any) -> tf.Tensor:
    """[n, rows, classes] counts of `total` [rows] draws each, of logits [rows, classes]."""
    size = tf.shape(logits)[-1]
    most = tf.cast(tf.reduce_max(total), tf.int32)
    drawn = tf.multinomial(logits, n * most, seed, output_dtype=tf.int32)
    drawn = tf.reshape(drawn, [-1, n, most])
    counted = tf.sequence_mask(tf.cast(total, tf.int32), most, dtype=logits.dtype)
    hot = tf.one_hot(drawn, size, dtype=logits.dtype)
    return tf.transpose(tf.reduce_sum(hot * counted[:, None, :, None], 2), [1, 0, 2])


class Multinomial(_Vectors):
    """How often each class comes in `total_count` draws."""

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Multinomial",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[total_count, logits, probs]) as scope:
            self._total_count = tf.convert_to_tensor(
                total_count, name="total_count", preferred_dtype=tf.float32
            )
            if validate_args:
                with tf.control_dependencies([tf.assert_non_negative(self._total_count)]):
                    self._total_count = tf.identity(self._total_count)
            self._logits, self._probs = _logits_and_probs(logits, probs, validate_args, True)
            self._mean_value = self._total_count[..., None] * self._probs
        super().__init__(
            self._probs.dtype.base_dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
            parameters, [self._total_count, self._logits, self._probs], scope,
        )  # fmt: skip

    def _per_element(self) -> tf.Tensor:
        return self._mean_value

    @property
    def total_count(self) -> tf.Tensor:
        """The number of draws."""
        return self._total_count

    @property
    def logits(self) -> tf.Tensor:
        """Logarithms of the probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probabilities of the classes."""
        return self._probs

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        whole = tf.zeros_like(self._mean_value)
        size = tf.shape(whole)[-1]
        logits = tf.reshape(self._logits + whole, [-1, size])
        total = tf.reshape(self._total_count[..., None] + whole, [-1, size])[:, 0]
        counts = _drawn_counts(logits, total, n, seed)
        return tf.reshape(counts, tf.concat([[n], tf.shape(whole)], 0))

    def _outcome_checks(self, value: tf.Tensor) -> list:
        return _count_checks(value, self._total_count)

    def _log_prob(self, counts: tf.Tensor) -> tf.Tensor:
        likely = tf.reduce_sum(counts * tf.nn.log_softmax(self._logits), -1)
        return likely + _log_ways(self._total_count, counts)

    def _mean(self) -> tf.Tensor:
        return tf.identity(self._mean_value)

    def _covariance(self) -> tf.Tensor:
        probs = self._probs * tf.ones_like(self._total_count)[..., None]
        return _spread_matrix(probs, self._total_count[..., None, None])

    def _variance(self) -> tf.Tensor:
        probs = self._probs * tf.ones_like(self._total_count)[..., None]
        return self._mean_value * (1.0 - probs)


class DirichletMultinomial(_Vectors):
    """`Multinomial` whose probabilities are drawn from `Dirichlet` each time."""

    def __init__(
        self,
        total_count: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "DirichletMultinomial",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[total_count, concentration]) as scope:
            self._total_count = tf.convert_to_tensor(
                total_count, name="total_count", preferred_dtype=tf.float32
            )
            given_ = tf.convert_to_tensor(
                concentration, name="concentration", preferred_dtype=tf.float32
            )
            self._concentration = positive(validate_args, given_)
            self._sum = tf.reduce_sum(self._concentration, -1)
        super().__init__(
            self._concentration.dtype.base_dtype, NOT_REPARAMETERIZED, validate_args,
            allow_nan_stats, parameters, [self._total_count, self._concentration], scope,
        )  # fmt: skip

    @property
    def total_count(self) -> tf.Tensor:
        """The number of draws."""
        return self._total_count

    @property
    def concentration(self) -> tf.Tensor:
        """How much weight each class has."""
        return self._concentration

    @property
    def total_concentration(self) -> tf.Tensor:
        """The sum of the concentrations."""
        return self._sum

    def _per_element(self) -> tf.Tensor:
        return self._concentration * tf.ones_like(self._total_count)[..., None]

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        whole = self._per_element()
        size = tf.shape(whole)[-1]
        again = None if seed is None else seed + 1
        gammas = tf.random_gamma([n], whole, dtype=self.dtype, seed=seed)
        total = tf.reshape((self._total_count[..., None] + tf.zeros_like(gammas))[..., 0], [-1])
        counts = _drawn_counts(tf.log(tf.reshape(gammas, [-1, size])), total, 1, again)
        return tf.reshape(counts, tf.concat([[n], tf.shape(whole)], 0))

    def _outcome_checks(self, value: tf.Tensor) -> list:
        return _count_checks(value, self._total_count)

    def _log_prob(self, counts: tf.Tensor) -> tf.Tensor:
        change = _log_beta(self._concentration + counts) - _log_beta(self._concentration)
        return change + _log_ways(self._total_count, counts)

    def _mean(self) -> tf.Tensor:
        return self._total_count[..., None] * self._concentration / self._sum[..., None]

    def _scale(self) -> tf.Tensor:
        return (self._sum + self._total_count) / (1.0 + self._sum) * self._total_count

    def _probs_mean(self) -> tf.Tensor:
        return self._per_element() / self._sum[..., None]

    def _variance(self) -> tf.Tensor:
        mean = self._probs_mean()
        return mean * (1.0 - mean) * self._scale()[..., None]

    def _covariance(self) -> tf.Tensor:
        return _spread_matrix(self._probs_mean(), self._scale()[..., None, None])
