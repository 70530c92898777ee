"""What layers' arguments mean: sizes for each dimension, formats, values known when building."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def sizes(value: Any, count: int, name: str) -> tuple[int, ...]:
    """One int for each of `count` dimensions, from an int or a sequence of ints."""
    if isinstance(value, int):
        return (value,) * count
    try:
        items = tuple(value)
        numbers = tuple(int(item) for item in items)
    except (TypeError, ValueError):
        items, numbers = (), ()
    if len(numbers) != count:
        raise ValueError(
            f"The `{name}` argument must be a tuple of {count} integers. Received: {value}"
        )
    return numbers


def data_format(value: str | None) -> str:
    """`channels_last` or `channels_first`; the backend's for None."""
    if value is None:
        from .. import backend

        return backend.image_data_format()
    chosen = value.lower()
    if chosen not in ("channels_first", "channels_last"):
        raise ValueError(
            'The `data_format` argument must be one of "channels_first", "channels_last". '
            f"Received: {value}"
        )
    return chosen


def padding(value: Any, causal: bool = False) -> str:
    """`valid`, `same` or (where it is allowed) `causal`, in small letters."""
    chosen = value.lower() if isinstance(value, str) else value
    if chosen not in ("valid", "same", "causal") or (chosen == "causal" and not causal):
        kinds = '"valid", "same" (or "causal", only for `Conv1D).' if causal else '"valid", "same".'
        raise ValueError(f"The `padding` argument must be one of {kinds} Received: {value}")
    return chosen


def short_format(value: str, rank: int) -> str:
    """TensorFlow's name of a format, for a rank with batch and channels: `NHWC`, `NCW`, …"""
    space = {3: "W", 4: "HW", 5: "DHW"}[rank]
    return f"N{space}C" if value == "channels_last" else f"NC{space}"


def known(value: Any) -> bool | None:
    """A condition's truth, if it is known while the graph is built."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value in (0, 1):
            return bool(value)
        raise TypeError(f"pred must be a Tensor, a Python bool, or 1 or 0. Found instead: {value}")
    if isinstance(value, tf.Variable):
        return None
    found = tf.get_static_value(value)
    return None if found is None else bool(found)


def choose(condition: Any, true_fn: Callable, false_fn: Callable) -> Any:
    """`tf.cond`, or one of the functions where the condition is known while building."""
    truth = known(condition)
    if truth is None:
        if condition.dtype.base_dtype != tf.bool:
            condition = tf.cast(condition, tf.bool)
        return tf.cond(condition, true_fn, false_fn)
    return true_fn() if truth else false_fn()
