"""Classes as one-hot vectors, and their relaxations with temperatures."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from . import bijectors
from .base import checked, given
from .counts import logits_and_probs
from .located import Logistic
from .transformed import TransformedDistribution


class _OfClasses(tf.distributions.Distribution):
    """Vectors with an element a class."""

    _logits: tf.Tensor
    _probs: tf.Tensor

    @property
    def logits(self) -> tf.Tensor:
        """Logarithms of the probabilities, up to a constant."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probabilities of the classes."""
        return self._probs

    @property
    def event_size(self) -> tf.Tensor:
        """The number of classes."""
        return tf.shape(self.logits)[-1]

    def _batch_shape(self) -> tf.TensorShape:
        return self.logits.shape[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return self.logits.shape.with_rank_at_least(1)[-1:]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self.logits)[:-1]

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.shape(self.logits)[-1:]

    def _drawn_shape(self, n: tf.Tensor) -> tf.Tensor:
        return tf.concat([[n], tf.shape(self.logits)], 0)


class OneHotCategorical(_OfClasses):
    """A class as a vector with 1 at its place and 0 elsewhere."""

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = tf.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "OneHotCategorical",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[logits, probs]) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, validate_args, True)
        super().__init__(
            dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args, allow_nan_stats, parameters,
            [self._logits, self._probs], scope,
        )  # fmt: skip

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        return {"logits": tf.convert_to_tensor(sample_shape, tf.int32)}

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        size = self.event_size
        drawn = tf.multinomial(tf.reshape(self.logits, [-1, size]), n, seed=seed)
        vectors = tf.one_hot(tf.transpose(drawn), size, dtype=self.dtype)
        return tf.reshape(vectors, self._drawn_shape(n))

    def _outcome_checks(self, value: tf.Tensor) -> list:
        one = tf.ones([], value.dtype)
        top, total = tf.reduce_max(value, -1), tf.reduce_sum(value, -1)
        return [
            tf.assert_non_negative(value),
            tf.assert_equal(top, one, message="Input must be one-hot."),
            tf.assert_equal(total, one, message="Input must be one-hot."),
        ]

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        x = tf.cast(x, self.logits.dtype)
        logs = tf.nn.log_softmax(self.logits)
        both = tf.equal(x, 0.0) & tf.equal(x + tf.zeros_like(logs), 0.0)
        kept = tf.where(both, tf.zeros_like(x + logs), x * logs)
        return tf.reduce_sum(kept, -1)

    def _entropy(self) -> tf.Tensor:
        logs = tf.nn.log_softmax(self.logits)
        return -tf.reduce_sum(tf.math.multiply_no_nan(logs, self.probs), -1)

    def _mode(self) -> tf.Tensor:
        mode = tf.one_hot(tf.argmax(self.logits, -1), self.event_size, dtype=self.dtype)
        mode.set_shape(self.logits.shape)
        return mode

    def _mean(self) -> tf.Tensor:
        return tf.nn.softmax(self.logits)

    def _variance(self) -> tf.Tensor:
        return self._mean() * (1.0 - self._mean())

    def _covariance(self) -> tf.Tensor:
        p = self._mean()
        outer = tf.matmul(p[..., None], p[..., None, :])
        return tf.matrix_set_diag(-outer, self._variance())


@tf.distributions.RegisterKL(OneHotCategorical, OneHotCategorical)
def _kl_one_hot(a: Any, b: Any, name: str | None = None) -> tf.Tensor:
    with tf.name_scope(name, "kl_categorical_categorical", [a.logits, b.logits]):
        change = tf.nn.log_softmax(a.logits) - tf.nn.log_softmax(b.logits)
        return tf.reduce_sum(tf.nn.softmax(a.logits) * change, -1)


class ExpRelaxedOneHotCategorical(_OfClasses):
    """The logarithms of `RelaxedOneHotCategorical`'s vectors, where they do not underflow.

    With temperature t, k classes and lambda = logits - t x:
    log p(x) = log (k - 1)! + (k - 1) log t + sum lambda - k logsumexp(lambda).
    Source: Maddison, Mnih and Teh, The Concrete Distribution (2016), appendix C.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExpRelaxedOneHotCategorical",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[temperature, logits, probs]) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, validate_args, True)
            kind = self._logits.dtype.base_dtype
            temperature = tf.convert_to_tensor(temperature, kind, name="temperature")
            checks = [tf.assert_positive(temperature)] if validate_args else []
            self._temperature = checked(temperature, checks)
            if temperature.shape.ndims is not None:
                self._column = self._temperature[..., None]
            else:
                self._column = tf.expand_dims(self._temperature, -1)
        super().__init__(
            dtype or kind, tf.distributions.FULLY_REPARAMETERIZED, validate_args, allow_nan_stats,
            parameters, [self._logits, self._probs, self._temperature], scope,
        )  # fmt: skip

    @property
    def temperature(self) -> tf.Tensor:
        """How far the vectors are from one-hot ones: close to them for low temperatures."""
        return self._temperature

    def _batch_shape(self) -> tf.TensorShape:
        return tf.broadcast_static_shape(self.logits.shape[:-1], self.temperature.shape)

    def _batch_shape_tensor(self) -> tf.Tensor:
        own = tf.shape(self.logits)[:-1]
        return tf.broadcast_dynamic_shape(own, tf.shape(self.temperature))

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        tiny = np.finfo(self.dtype.as_numpy_dtype).tiny
        logits = self.logits + tf.zeros_like(self._column)
        shape = tf.concat([[n], tf.shape(logits)], 0)
        drawn = tf.random_uniform(shape, tiny, 1.0, self.dtype, seed)
        gumbel = -tf.log(-tf.log(drawn))
        return tf.nn.log_softmax((gumbel + logits) / self._column)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        k = tf.cast(self.event_size, x.dtype)
        logits = tf.nn.log_softmax(self.logits) - x * self._column
        norm = tf.lgamma(k) + (k - 1.0) * tf.log(self.temperature)
        return norm + tf.reduce_sum(logits, -1) - k * tf.reduce_logsumexp(logits, -1)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        total = tf.reduce_logsumexp(value, -1)
        text = "exp(x) does not sum to 1"
        return [tf.assert_near(total, tf.zeros_like(total), message=text)]


class _ExpOfVectors(bijectors.Exp):
    """exp of vectors whose exponentials sum to 1: `Exp` with vectors as the least events."""

    def __init__(self) -> None:
        super().__init__()
        self._forward_min_event_ndims = self._inverse_min_event_ndims = 1

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(super()._forward_log_det_jacobian(x), -1)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(super()._inverse_log_det_jacobian(y), -1)


class RelaxedOneHotCategorical(TransformedDistribution):
    """The softmax of (logits + Gumbel noise) / temperature, differentiable by both.

    Source: Maddison, Mnih and Teh, The Concrete Distribution (2016).
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedOneHotCategorical",
    ) -> None:
        parameters = given(locals())
        inner = ExpRelaxedOneHotCategorical(
            temperature, logits, probs, dtype, validate_args, allow_nan_stats
        )
        super().__init__(inner, _ExpOfVectors(), validate_args=validate_args, name=name)
        self._parameters = parameters


class RelaxedBernoulli(TransformedDistribution):
    """The sigmoid of (logits + logistic noise) / temperature: yes or no, differentiable.

    Source: Maddison, Mnih and Teh, The Concrete Distribution (2016), appendix B.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedBernoulli",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[temperature, logits, probs]) as scope:
            self._logits, self._probs = logits_and_probs(logits, probs, validate_args)
            temperature = tf.convert_to_tensor(temperature, self._logits.dtype.base_dtype)
            checks = [tf.assert_positive(temperature)] if validate_args else []
            self._temperature = checked(temperature, checks, "temperature")
            inner = Logistic(
                self._logits / self._temperature, tf.reciprocal(self._temperature),
                validate_args=validate_args, allow_nan_stats=allow_nan_stats,
            )  # fmt: skip
        map_ = bijectors.Sigmoid(validate_args=validate_args)
        super().__init__(inner, map_, validate_args=validate_args, name=scope)
        self._parameters = parameters

    @property
    def temperature(self) -> tf.Tensor:
        """How far the values are from 0 and 1."""
        return self._temperature

    @property
    def logits(self) -> tf.Tensor:
        """log(probs / (1 - probs))."""
        return self._logits

    @property
    def probs(self) -> tf.Tensor:
        """The probability of values above 0.5."""
        return self._probs
