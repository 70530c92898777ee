"""Distributions with a single outcome, and those rounded to whole numbers."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import checked, given


class _Deterministic(tf.distributions.Distribution):
    """One outcome, `loc`; what differs from it by atol + rtol |loc| at most counts as equal."""

    _event_ndims = 0

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, type(self).__name__, [loc, atol, rtol]) as scope:
            loc = tf.convert_to_tensor(loc, name="loc")
            if self._event_ndims and validate_args:
                text = "Argument loc must be at least rank 1."
                if loc.shape.ndims is not None:
                    if loc.shape.ndims < 1:
                        raise ValueError(text)
                else:
                    loc = checked(loc, [tf.assert_rank_at_least(loc, 1, message=text)])
            self._loc = loc
            self._atol, self._rtol = (
                self._tolerance(value, what, validate_args)
                for value, what in ((atol, "atol"), (rtol, "rtol"))
            )
            self._slack = self._atol
            if rtol is not None:
                self._slack = self._atol + self._rtol * tf.abs(loc)
        super().__init__(
            loc.dtype.base_dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args,
            allow_nan_stats, parameters, [loc], scope,
        )  # fmt: skip

    def _tolerance(self, value: Any, what: str, validate_args: bool) -> tf.Tensor:
        if value is None:
            return tf.zeros([], self._loc.dtype, name=what)
        value = tf.convert_to_tensor(value, self._loc.dtype, name=what)
        text = f"Argument {what!r} must be non-negative"
        return checked(
            value, [tf.assert_non_negative(value, message=text)] if validate_args else []
        )

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        return {"loc": tf.convert_to_tensor(sample_shape, tf.int32)}

    @property
    def loc(self) -> tf.Tensor:
        """The outcome."""
        return self._loc

    @property
    def atol(self) -> tf.Tensor:
        """The absolute tolerance."""
        return self._atol

    @property
    def rtol(self) -> tf.Tensor:
        """The relative tolerance."""
        return self._rtol

    def _split(self, shape: Any, ndims: Any) -> tuple[Any, Any]:
        return shape[: ndims - self._event_ndims], shape[ndims - self._event_ndims :]

    def _batch_shape(self) -> tf.TensorShape:
        shape = self.loc.shape
        return shape if shape.ndims is None else self._split(shape, shape.ndims)[0]

    def _event_shape(self) -> tf.TensorShape:
        shape = self.loc.shape
        if shape.ndims is None:
            return tf.TensorShape([None] * self._event_ndims)
        return self._split(shape, shape.ndims)[1]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._split(tf.shape(self.loc), tf.rank(self.loc))[0]

    def _event_shape_tensor(self) -> tf.Tensor:
        return self._split(tf.shape(self.loc), tf.rank(self.loc))[1]

    def _entropy(self) -> tf.Tensor:
        return tf.zeros(self.batch_shape_tensor(), self.dtype)

    def _mean(self) -> tf.Tensor:
        return tf.identity(self.loc)

    _mode = _mean

    def _variance(self) -> tf.Tensor:
        return tf.zeros_like(self.loc)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return tf.tile(self.loc[None], tf.concat([[n], tf.ones_like(tf.shape(self.loc))], 0))


class Deterministic(_Deterministic):
    """The number `loc`, for certain. prob is 1 there and 0 elsewhere, within the tolerances."""

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Deterministic",
    ) -> None:
        super().__init__(loc, atol, rtol, validate_args, allow_nan_stats, name)

    def _prob(self, x: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.abs(x - self.loc) <= self._slack, self.dtype)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return tf.cast(x >= self.loc - self._slack, self.dtype)


class VectorDeterministic(_Deterministic):
    """The vector `loc`, for certain."""

    _event_ndims = 1

    def __init__(
        self,
        loc: Any,
        atol: Any = None,
        rtol: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorDeterministic",
    ) -> None:
        super().__init__(loc, atol, rtol, validate_args, allow_nan_stats, name)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        text = "x is not defined in the same space R**k as `self.loc`"
        sizes = tf.shape(value)[-1:], tf.shape(self.loc)[-1:]
        vector = tf.assert_rank_at_least(value, 1, message="x must be a vector")
        return [vector, tf.assert_equal(*sizes, message=text)]

    def _prob(self, x: tf.Tensor) -> tf.Tensor:
        return tf.cast(tf.reduce_all(tf.abs(x - self.loc) <= self._slack, -1), self.dtype)


class QuantizedDistribution(tf.distributions.Distribution):
    """ceil(X) of a scalar distribution, with `low` and `high` as the outermost values.

    P[Y = k] = P[k - 1 < X <= k] inside; all below is at `low`, all above at `high`.
    """

    def __init__(
        self,
        distribution: Any,
        low: Any = None,
        high: Any = None,
        validate_args: bool = False,
        name: str = "QuantizedDistribution",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[low, high]) as scope:
            self._distribution = distribution
            kind = distribution.dtype.base_dtype
            self._low = None if low is None else tf.convert_to_tensor(low, kind, name="low")
            self._high = None if high is None else tf.convert_to_tensor(high, kind, name="high")
            for tensor, what in ((self._low, "low"), (self._high, "high")):
                if tensor is not None and tensor.dtype != kind:
                    raise TypeError(f"{what} must have the dtype of the distribution, {kind}")
            checks = []
            if validate_args:
                if None not in (self._low, self._high):
                    text = "low must be strictly less than high."
                    checks.append(tf.assert_less(self._low, self._high, message=text))
                for tensor in (self._low, self._high):
                    if tensor is not None:
                        text = "low and high must be whole: one has non-integer components."
                        checks.append(tf.assert_equal(tensor, tf.floor(tensor), message=text))
                if self._low is not None:
                    self._low = checked(self._low, checks)
                if self._high is not None:
                    self._high = checked(self._high, checks)
        super().__init__(
            distribution.dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args,
            distribution.allow_nan_stats, parameters, distribution._graph_parents, scope,
        )  # fmt: skip

    @property
    def distribution(self) -> Any:
        """The distribution that is rounded."""
        return self._distribution

    @property
    def low(self) -> Any:
        """The lowest value, or None."""
        return self._low

    @property
    def high(self) -> Any:
        """The highest value, or None."""
        return self._high

    def _batch_shape(self) -> tf.TensorShape:
        return self.distribution.batch_shape

    def _event_shape(self) -> tf.TensorShape:
        return self.distribution.event_shape

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self.distribution.batch_shape_tensor()

    def _event_shape_tensor(self) -> tf.Tensor:
        return self.distribution.event_shape_tensor()

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        y = tf.ceil(self.distribution.sample(n, seed=seed))
        if self._low is not None:
            y = tf.maximum(y, self._low)
        return y if self._high is None else tf.minimum(y, self._high)

    def _outcome_checks(self, value: tf.Tensor) -> list:
        text = "value must be whole: it has non-integer components."
        return [tf.assert_equal(value, tf.floor(value), message=text)]

    def _bounded(self, found: tf.Tensor, y: tf.Tensor, below: float, above: float) -> tf.Tensor:
        """`found`, but `below` for y under `low`, and `above` from `high` on."""
        if self._low is not None:
            outside = y < self._low + tf.zeros_like(found)
            found = tf.where(outside, tf.fill(tf.shape(found), tf.cast(below, found.dtype)), found)
        if self._high is not None:
            outside = y >= self._high + tf.zeros_like(found)
            found = tf.where(outside, tf.fill(tf.shape(found), tf.cast(above, found.dtype)), found)
        return found

    def _cdf(self, y: tf.Tensor) -> tf.Tensor:
        y = tf.floor(y)
        return self._bounded(self.distribution.cdf(y), y, 0.0, 1.0)

    def _log_cdf(self, y: tf.Tensor) -> tf.Tensor:
        y = tf.floor(y)
        return self._bounded(self.distribution.log_cdf(y), y, -float("inf"), 0.0)

    def _survival_function(self, y: tf.Tensor) -> tf.Tensor:
        y = tf.ceil(y)
        return self._bounded(self.distribution.survival_function(y), y, 1.0, 0.0)

    def _log_survival_function(self, y: tf.Tensor) -> tf.Tensor:
        y = tf.ceil(y)
        found = self.distribution.log_survival_function(y)
        return self._bounded(found, y, 0.0, -float("inf"))

    def _prob(self, y: tf.Tensor) -> tf.Tensor:
        """The difference of the cdf, or of the survival function where that is smaller."""
        left = self.cdf(y) - self.cdf(y - 1.0)
        right = self.survival_function(y - 1.0) - self.survival_function(y)
        return tf.where(self.survival_function(y) < self.cdf(y), right, left)

    def _log_prob(self, y: tf.Tensor) -> tf.Tensor:
        """log(exp(a) - exp(b)) of the smaller tail's logarithms, a > b.

        NaN, as in TensorFlow, where `prob` is 0 outside of `low` and `high`."""
        above, above_before = self.log_survival_function(y), self.log_survival_function(y - 1.0)
        below, below_before = self.log_cdf(y), self.log_cdf(y - 1.0)
        right = above < below
        big = tf.where(right, above_before, below)
        small = tf.where(right, above, below_before)
        return big + tf.log1p(-tf.exp(small - big))
