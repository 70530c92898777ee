"""Learning rates that follow from the global step.

Each is a tensor, computed anew in each run. `learning_rate` is a scalar or a tensor, of whose
dtype the result is; `global_step` is an integer tensor or variable (ValueError for None).
"""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """learning_rate · decay_rate^(global_step / decay_steps).

    With `staircase` the exponent is rounded down: the rate falls once every `decay_steps`.
    """
    _required(global_step)
    with tf.name_scope(
        name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]
    ) as scope:
        rate, steps = _start(learning_rate, decay_steps)
        base = tf.cast(decay_rate, rate.dtype)
        passed = _passed(global_step, steps, staircase)
        return tf.multiply(rate, tf.pow(base, passed), name=scope)


def natural_exp_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """learning_rate · exp(-decay_rate · global_step / decay_steps).

    With `staircase` the quotient of the steps is rounded down.
    """
    _required(global_step)
    base = tf.exp(tf.negative(decay_rate))
    return exponential_decay(learning_rate, global_step, decay_steps, base, staircase, name)


def inverse_time_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """learning_rate / (1 + decay_rate · global_step / decay_steps).

    With `staircase` the quotient of the steps is rounded down.
    """
    _required(global_step)
    with tf.name_scope(name, "InverseTimeDecay", [learning_rate, global_step, decay_rate]) as scope:
        rate, steps = _start(learning_rate, decay_steps)
        factor = tf.cast(decay_rate, rate.dtype)
        passed = _passed(global_step, steps, staircase)
        one = tf.cast(tf.constant(1), rate.dtype)
        return tf.truediv(rate, tf.add(one, tf.multiply(factor, passed)), name=scope)


def polynomial_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    end_learning_rate: Any = 0.0001,
    power: Any = 1.0,
    cycle: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """(learning_rate - end) · (1 - step / decay_steps)^power + end, with end_learning_rate as end.

    step stops at `decay_steps`; with `cycle` the first multiple of `decay_steps` that is not below
    `global_step` stands for it, so that the rate rises again.
    """
    _required(global_step)
    with tf.name_scope(
        name,
        "PolynomialDecay",
        [learning_rate, global_step, decay_steps, end_learning_rate, power],
    ) as scope:
        rate = tf.convert_to_tensor(learning_rate, name="initial_learning_rate")
        dtype = rate.dtype.base_dtype
        end = tf.cast(end_learning_rate, dtype)
        exponent = tf.cast(power, dtype)
        step = tf.cast(global_step, dtype)
        steps = tf.cast(decay_steps, dtype)
        limit = steps if hasattr(decay_steps, "dtype") else decay_steps
        if cycle:
            times = tf.cond(tf.equal(step, 0), lambda: 1.0, lambda: tf.ceil(step / limit))
            steps = tf.multiply(steps, times)
        else:
            step = tf.minimum(step, limit)
        passed = tf.divide(step, steps)
        falling = tf.multiply(rate - end, tf.pow(1 - passed, exponent))
        return tf.add(falling, end, name=scope)


def piecewise_constant(
    x: Any, boundaries: list, values: list, name: str | None = None
) -> tf.Tensor:
    """values[0] while x <= boundaries[0], values[1] while x <= boundaries[1], …, else the last.

    `boundaries` ascend and have the dtype of `x` (int32 ones go with an int64 step); `values` are
    one more and all of one dtype. Raises ValueError otherwise.
    """
    if len(boundaries) != len(values) - 1 or not boundaries:
        raise ValueError(
            f"piecewise_constant needs a value more than boundaries: {len(boundaries)} boundaries "
            f"and {len(values)} values"
        )
    x = tf.convert_to_tensor(x)
    kind = x.dtype.base_dtype
    limits = [tf.convert_to_tensor(b) for b in boundaries]
    results = [tf.convert_to_tensor(v) for v in values]
    for i, limit in enumerate(limits):
        if limit.dtype.base_dtype == kind:
            continue
        if limit.dtype.base_dtype != tf.int32 or kind != tf.int64:
            raise ValueError(
                f"Boundaries ({limit.dtype.base_dtype!r}) must have the same dtype as x ({kind!r})."
            )
        limits[i] = tf.cast(limit, kind)
    for value in results:
        if value.dtype.base_dtype != results[0].dtype.base_dtype:
            raise ValueError(
                "Values must have elements all with the same dtype "
                f"({results[0].dtype.base_dtype!r} vs {value.dtype.base_dtype!r})."
            )
    with tf.name_scope(name, "PiecewiseConstant", [x, limits, results, name]):
        pairs = [(x <= limits[0], results[0]), (x > limits[-1], results[-1])]
        for low, high, value in zip(limits[:-1], limits[1:], results[1:-1], strict=True):
            pairs.append(((x > low) & (x <= high), value))
        with tf.name_scope("case"):
            return _first_true(pairs, results[0])


def _first_true(pairs: list, default: tf.Tensor) -> tf.Tensor:
    (condition, value), rest = pairs[0], pairs[1:]
    return tf.cond(
        condition, lambda: value, lambda: _first_true(rest, default) if rest else default
    )


def cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    alpha: float = 0.0,
    name: str | None = None,
) -> tf.Tensor:
    """learning_rate · ((1 - alpha) · (1 + cos(π · step / decay_steps)) / 2 + alpha).

    step stops at `decay_steps` (Loshchilov and Hutter 2016).
    """
    _required(global_step)
    with tf.name_scope(name, "CosineDecay", [learning_rate, global_step]):
        rate, steps = _start(learning_rate, decay_steps)
        step = tf.minimum(tf.cast(global_step, rate.dtype), steps)
        passed = step / steps
        cosine = 0.5 * (1.0 + _cosine(passed, rate))
        return tf.multiply(rate, (1 - alpha) * cosine + alpha)


def cosine_decay_restarts(
    learning_rate: Any,
    global_step: Any,
    first_decay_steps: Any,
    t_mul: Any = 2.0,
    m_mul: Any = 1.0,
    alpha: Any = 0.0,
    name: str | None = None,
) -> tf.Tensor:
    """`cosine_decay` that starts anew after `first_decay_steps`, then after t_mul times as many, ….

    Each start is from m_mul times the rate of the one before (SGDR, Loshchilov and Hutter 2016).
    """
    _required(global_step)
    with tf.name_scope(name, "SGDRDecay", [learning_rate, global_step]) as scope:
        rate, steps = _start(learning_rate, first_decay_steps)
        lowest = tf.cast(alpha, rate.dtype)
        longer = tf.cast(t_mul, rate.dtype)
        weaker = tf.cast(m_mul, rate.dtype)
        passed = tf.cast(global_step, rate.dtype) / steps

        def even() -> tuple:
            restart = tf.floor(passed)
            return restart, passed - restart

        def growing() -> tuple:
            product = passed * (1.0 - longer)
            restart = tf.floor(tf.log(1.0 - product) / tf.log(longer))
            begun = (1.0 - longer**restart) / (1.0 - longer)
            return restart, (passed - begun) / longer**restart

        restart, since = tf.cond(tf.equal(longer, 1.0), even, growing)
        height = 0.5 * weaker**restart
        cosine = height * (1.0 + _cosine(since, rate))
        return tf.multiply(rate, (1 - lowest) * cosine + lowest, name=scope)


def linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> tf.Tensor:
    """learning_rate · ((alpha + 1 - part) · (1 + cos(2π · num_periods · part)) / 2 + beta).

    part = step / decay_steps; step stops at `decay_steps` (Bello et al. 2017).
    """
    _required(global_step)
    with tf.name_scope(name, "LinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, steps = _start(learning_rate, decay_steps)
        periods, above, floor = (tf.cast(n, rate.dtype) for n in (num_periods, alpha, beta))
        step = tf.minimum(tf.cast(global_step, rate.dtype), steps)
        linear = (steps - step) / steps
        return _linear_cosine(rate, linear, step, steps, periods, above, floor, scope)


def noisy_linear_cosine_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    initial_variance: Any = 1.0,
    variance_decay: Any = 0.55,
    num_periods: Any = 0.5,
    alpha: Any = 0.0,
    beta: Any = 0.001,
    name: str | None = None,
) -> tf.Tensor:
    """`linear_cosine_decay` with normal noise on its linear part.

    The noise has the variance initial_variance / (1 + step)^variance_decay.
    """
    _required(global_step)
    with tf.name_scope(name, "NoisyLinearCosineDecay", [learning_rate, global_step]) as scope:
        rate, steps = _start(learning_rate, decay_steps)
        variance, fading, periods, above, floor = (
            tf.cast(n, rate.dtype)
            for n in (initial_variance, variance_decay, num_periods, alpha, beta)
        )
        step = tf.minimum(tf.cast(global_step, rate.dtype), steps)
        linear = (steps - step) / steps
        deviation = tf.sqrt(variance / tf.pow(1.0 + step, fading))
        noisy = linear + tf.random_normal(linear.shape, stddev=deviation, dtype=rate.dtype)
        return _linear_cosine(rate, noisy, step, steps, periods, above, floor, scope)


def _linear_cosine(
    rate: Any,
    linear: Any,
    step: Any,
    steps: Any,
    num_periods: Any,
    alpha: Any,
    beta: Any,
    scope: str,
) -> tf.Tensor:
    passed = step / steps
    cosine = 0.5 * (1.0 + _cosine(2.0 * num_periods * passed, rate))
    return tf.multiply(rate, (alpha + linear) * cosine + beta, name=scope)


def _cosine(half_turns: Any, rate: tf.Tensor) -> tf.Tensor:
    return tf.cos(tf.constant(math.pi, dtype=rate.dtype) * half_turns)


def _required(global_step: Any) -> None:
    if global_step is None:
        raise ValueError("global_step is required: the step that the learning rate depends on.")


def _start(learning_rate: Any, decay_steps: Any) -> tuple[tf.Tensor, tf.Tensor]:
    rate = tf.convert_to_tensor(learning_rate, name="initial_learning_rate")
    return rate, tf.cast(decay_steps, rate.dtype)


def _passed(global_step: Any, steps: tf.Tensor, staircase: bool) -> tf.Tensor:
    passed = tf.divide(tf.cast(global_step, steps.dtype), steps)
    return tf.floor(passed) if staircase else passed
