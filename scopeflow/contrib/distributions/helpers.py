"""Functions beside the distributions: sums of logarithms, moving averages, conjugate normals."""

from __future__ import annotations

import hashlib
from typing import Any

import scopeflow as tf

from .bijectors.scalar import softplus_inverse as _softplus_inverse


def softplus_inverse(x: Any, name: str | None = None) -> tf.Tensor:
    """The y with softplus(y) = x: log(exp(x) - 1), without overflow."""
    with tf.name_scope(name, "softplus_inverse", [x]):
        return _softplus_inverse(tf.convert_to_tensor(x, name="x"))


def reduce_weighted_logsumexp(
    logx: Any,
    w: Any = None,
    axis: Any = None,
    keep_dims: bool = False,
    return_sign: bool = False,
    name: str | None = None,
) -> Any:
    """log |sum w exp(logx)| over `axis`; with `return_sign`, (that, the sum's sign)."""
    with tf.name_scope(name, "reduce_weighted_logsumexp", [logx, w]):
        logx = tf.convert_to_tensor(logx, name="logx")
        if w is None:
            found = tf.reduce_logsumexp(logx, axis, keepdims=keep_dims)
            return (found, tf.ones_like(found)) if return_sign else found
        w = tf.convert_to_tensor(w, logx.dtype, name="w")
        log_abs = logx + tf.log(tf.abs(w))
        top = tf.reduce_max(log_abs, axis, keepdims=True)
        top = tf.stop_gradient(tf.where(tf.is_inf(top), tf.zeros_like(top), top))
        total = tf.reduce_sum(tf.sign(w) * tf.exp(log_abs - top), axis, keepdims=True)
        sign = tf.sign(total)
        found = top + tf.log(sign * total)
        if not keep_dims:
            found, sign = tf.squeeze(found, axis), tf.squeeze(sign, axis)
        return (found, sign) if return_sign else found


def normal_conjugates_known_scale_posterior(prior: Any, scale: Any, s: Any, n: Any) -> Any:
    """The Normal of the mean, after `n` values of known `scale` with the sum `s`.

    `prior` is the Normal before. Source: Murphy, Conjugate Bayesian analysis of the Gaussian
    distribution, section 2. TypeError if `prior` is no Normal, or `s` has another dtype.
    """
    n, precision = _conjugate(prior, scale, s, n)
    own = tf.reciprocal(tf.square(prior.scale))
    variance = tf.reciprocal(own + n * precision)
    loc = (prior.loc * own + s * precision) * variance
    return tf.distributions.Normal(loc=loc, scale=tf.sqrt(variance))


def normal_conjugates_known_scale_predictive(prior: Any, scale: Any, s: Any, n: Any) -> Any:
    """The Normal of the next value, see `normal_conjugates_known_scale_posterior`."""
    known = normal_conjugates_known_scale_posterior(prior, scale, s, n)
    variance = tf.square(known.scale) + tf.square(tf.convert_to_tensor(scale, prior.dtype))
    return tf.distributions.Normal(loc=known.loc, scale=tf.sqrt(variance))


def _conjugate(prior: Any, scale: Any, s: Any, n: Any) -> tuple[tf.Tensor, tf.Tensor]:
    if not isinstance(prior, tf.distributions.Normal):
        raise TypeError(f"Expected prior to be an instance of type Normal: {prior}")
    if s.dtype != prior.dtype:
        raise TypeError(
            f"Observation sum s.dtype does not match prior dtype: {s.dtype} vs. {prior.dtype}"
        )
    scale = tf.convert_to_tensor(scale, prior.dtype)
    return tf.cast(n, prior.dtype), tf.reciprocal(tf.square(scale))


def assign_moving_mean_variance(
    mean_var: Any, variance_var: Any, value: Any, decay: Any, name: str | None = None
) -> tuple[Any, Any]:
    """Both variables moved to `value` by 1 - decay: (new mean, new variance).

    mean += (1 - decay) (value - mean), and variance = decay (variance + (1 - decay)
    (value - old mean)²). Source: Finch, Incremental calculation of weighted mean and variance.
    """
    with tf.name_scope(name, "assign_moving_mean_variance", [value, decay]):
        kind = mean_var.dtype.base_dtype
        value = tf.convert_to_tensor(value, kind, name="value")
        decay = tf.convert_to_tensor(decay, kind, name="decay")
        apart = value - tf.identity(mean_var)
        with tf.control_dependencies([apart]):
            mean = mean_var.assign_add((1.0 - decay) * apart)
            change = (1.0 - decay) * (decay * tf.square(apart) - variance_var)
            variance = variance_var.assign_add(change)
        return mean, variance


def moving_mean_variance(
    value: Any, decay: Any, collections: Any = None, name: str | None = None
) -> tuple[Any, Any]:
    """`assign_moving_mean_variance` of variables that it makes, which start at 0."""
    if collections is None:
        collections = [tf.GraphKeys.GLOBAL_VARIABLES]
    with tf.variable_scope(name, "moving_mean_variance", [value, decay]):
        value = tf.convert_to_tensor(value, name="value")
        mean, variance = (
            tf.get_variable(
                what, shape=value.shape, dtype=value.dtype.base_dtype, trainable=False,
                initializer=tf.zeros_initializer(), collections=collections,
            )
            for what in ("moving_mean", "moving_variance")
        )  # fmt: skip
        return assign_moving_mean_variance(mean, variance, value, decay)


def assign_log_moving_mean_exp(
    log_mean_exp_var: Any, log_value: Any, decay: Any, name: str | None = None
) -> Any:
    """The variable as log(decay exp(variable) + (1 - decay) exp(log_value))."""
    with tf.name_scope(name, "assign_log_moving_mean_exp", [log_value, decay]):
        kind = log_mean_exp_var.dtype.base_dtype
        log_value = tf.convert_to_tensor(log_value, kind, name="log_value")
        decay = tf.convert_to_tensor(decay, kind, name="decay")
        parts = [tf.log(decay) + log_mean_exp_var, tf.log1p(-decay) + log_value]
        return log_mean_exp_var.assign(tf.reduce_logsumexp(tf.stack(parts), 0))


class SeedStream:
    """Seeds for the parts of a program, one a call: each a hash of seed, salt and how many before.

    Equal `seed` and `salt` give equal streams; None as seed gives None always.
    """

    def __init__(self, seed: Any, salt: str) -> None:
        self._seed = seed.original_seed if isinstance(seed, SeedStream) else seed
        self._salt, self._counter = salt, 0

    @property
    def original_seed(self) -> Any:
        """The seed that it was made with."""
        return self._seed

    @property
    def salt(self) -> str:
        """What tells it from streams of the same seed."""
        return self._salt

    def __call__(self) -> int | None:
        """The next seed."""
        self._counter += 1
        if self._seed is None:
            return None
        text = f"{self._seed}{self._counter}{self._salt}".encode()
        return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF
