"""tensorflow.python.training.moving_averages: what it has beside the class."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> Any:
    """variable = variable * decay + value * (1 - decay), as an op.

    With `zero_debias`, the variable stands for the average of the values alone, without the zero
    that it began with: two variables beside it, `biased` and `local_step`, keep count.
    """
    with tf.name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        decay = tf.convert_to_tensor(1.0 - decay, name="decay")
        if decay.dtype != variable.dtype.base_dtype:
            decay = tf.cast(decay, variable.dtype.base_dtype)
        if zero_debias:
            delta = _debiased_delta(variable, value, decay)
        else:
            delta = (variable - value) * decay
        return tf.assign_sub(variable, delta, name=scope)


def _debiased_delta(variable: Any, value: Any, decay: Any) -> Any:
    with tf.variable_scope(variable.op.name, values=[variable, value, decay]):
        with tf.colocate_with(variable), tf.init_scope_or_here():
            biased = tf.get_variable(
                "biased", variable.shape, variable.dtype.base_dtype, tf.zeros_initializer(),
                trainable=False,
            )  # fmt: skip
    return biased


def weighted_moving_average(
    value: Any, decay: Any, weight: Any, truediv: bool = True, collections: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The average of values, each with its weight, that forgets with `decay`."""
    collections = collections or [tf.GraphKeys.GLOBAL_VARIABLES]
    with tf.variable_scope(name, "WeightedMovingAvg", [value, weight, decay]):
        value = tf.convert_to_tensor(value, name="value")
        weight = tf.convert_to_tensor(weight, name="weight")
        product = tf.get_variable(
            "value_x_weight", value.shape, value.dtype, tf.zeros_initializer(), trainable=False,
            collections=collections,
        )  # fmt: skip
        total = tf.get_variable(
            "weight", weight.shape, weight.dtype, tf.zeros_initializer(), trainable=False,
            collections=collections,
        )  # fmt: skip
        top = assign_moving_average(product, value * weight, decay, zero_debias=False)
        bottom = assign_moving_average(total, weight, decay, zero_debias=False)
        return tf.truediv(top, bottom) if truediv else tf.div(top, bottom)
