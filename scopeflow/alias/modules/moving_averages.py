"""tensorflow.python.training.moving_averages: what stands beside assign_moving_average."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.train.moving_averages import ExponentialMovingAverage, assign_moving_average

__all__ = ["ExponentialMovingAverage", "assign_moving_average", "weighted_moving_average"]


def weighted_moving_average(
    value: Any, decay: Any, weight: Any, truediv: bool = True, collections: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """The average of values, each with its weight, that forgets with `decay`."""
    collections = collections or [tf.GraphKeys.GLOBAL_VARIABLES]
    value, weight = tf.convert_to_tensor(value), tf.convert_to_tensor(weight)
    with tf.variable_scope(name, "WeightedMovingAvg", [value, weight, decay]):
        options = {"trainable": False, "collections": collections}
        zeros = tf.zeros_initializer()
        product = tf.get_variable("value_x_weight", value.shape, value.dtype, zeros, **options)
        total = tf.get_variable("weight", weight.shape, weight.dtype, zeros, **options)
        top = assign_moving_average(product, value * weight, decay, zero_debias=False)
        bottom = assign_moving_average(total, weight, decay, zero_debias=False)
        return tf.truediv(top, bottom) if truediv else tf.div(top, bottom)
