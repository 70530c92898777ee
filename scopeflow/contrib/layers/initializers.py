"""Initializers that scale with the number of a unit's inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scopeflow as tf

# How much larger the variance of the distribution has to be, for what is left of it when it is cut
# at two standard deviations to have about the variance that is asked for.
_VARIANCE_OF_WHOLE = 1.3


def xavier_initializer(
    uniform: bool = True, seed: int | None = None, dtype: Any = tf.float32
) -> Callable:
    """Values with mean 0 and variance 2 / (inputs + outputs): Xavier Glorot's.

    Evenly distributed, or (with `uniform` False) of a truncated normal distribution. TypeError for
    a dtype that is not floating-point.
    """
    return variance_scaling_initializer(1.0, "FAN_AVG", uniform, seed, dtype)


xavier_initializer_conv2d = xavier_initializer


def variance_scaling_initializer(
    factor: float = 2.0,
    mode: str = "FAN_IN",
    uniform: bool = False,
    seed: int | None = None,
    dtype: Any = tf.float32,
) -> Callable:
    """Values with mean 0 and variance `factor` / n, n counted from the shape.

    `mode` says what n is: the number of inputs of a unit ("FAN_IN"), of its outputs ("FAN_OUT") or
    their mean ("FAN_AVG"). The values are of a truncated normal distribution, or (with `uniform`)
    evenly distributed. TypeError for a dtype that is not floating-point.
    """
    _check_floating(dtype)
    if mode not in ("FAN_IN", "FAN_OUT", "FAN_AVG"):
        raise TypeError("Unknown mode %s [FAN_IN, FAN_OUT, FAN_AVG]", mode)
    own = dtype

    def _initializer(shape: Any, dtype: Any = own, partition_info: Any = None) -> Any:
        _check_floating(dtype)
        # Of a part of a partitioned variable TensorFlow, too, counts the part, not the whole.
        inputs, outputs = _fans([float(size) for size in shape])
        count = {"FAN_IN": inputs, "FAN_OUT": outputs, "FAN_AVG": (inputs + outputs) / 2.0}[mode]
        if uniform:
            limit = math.sqrt(3.0 * factor / count)
            return tf.random_uniform(shape, -limit, limit, dtype, seed=seed)
        stddev = math.sqrt(_VARIANCE_OF_WHOLE * factor / count)
        return tf.truncated_normal(shape, 0.0, stddev, dtype, seed=seed)

    return _initializer


def _check_floating(dtype: Any) -> None:
    if not tf.as_dtype(dtype).is_floating:
        raise TypeError("Cannot create initializer for non-floating point type.")


def _fans(sizes: list[float]) -> tuple[float, float]:
    """How many inputs and outputs a unit has, of weights with this shape.

    >>> _fans([3, 3, 16, 32])
    (144.0, 288.0)
    """
    if not sizes:
        return 1.0, 1.0
    window = math.prod(sizes[:-2], start=1.0)
    return window * sizes[-2 if len(sizes) > 1 else -1], window * sizes[-1]
