"""`tf.keras.activations`: functions that layers apply to their outputs."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import saved_objects as _saved

__all__ = [
    "deserialize", "elu", "exponential", "get", "hard_sigmoid", "linear", "relu", "selu",
    "serialize", "sigmoid", "softmax", "softplus", "softsign", "tanh",
]  # fmt: skip


def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x), scaled to a sum of 1 along the axis. ValueError for a vector."""
    if x.shape.ndims is not None and x.shape.ndims < 2:
        raise ValueError(f"Cannot apply softmax to a tensor that is 1D. Received input: {x}")
    return tf.nn.softmax(x, axis=axis)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x, and below 0 `alpha` (exp(x) - 1)."""
    found = tf.nn.elu(x)
    return found if alpha == 1 else tf.where(x > 0, found, alpha * found)


def selu(x: Any) -> Any:
    """The scaled exponential linear unit."""
    return tf.nn.selu(x)


def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return tf.nn.softplus(x)


def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return tf.nn.softsign(x)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0) -> Any:
    """x, and below `threshold` `alpha` (x - threshold); at most `max_value`."""
    if not threshold and max_value == 6 and not alpha:
        return tf.nn.relu6(x)
    if not threshold and alpha and max_value is None:
        return tf.nn.leaky_relu(x, alpha=alpha)
    if threshold:
        kept = tf.cast(tf.greater(x, threshold), x.dtype.base_dtype)
        found = x * kept
        below = tf.nn.relu(threshold - x) if alpha else None
    else:
        below = tf.nn.relu(-x) if alpha else None
        found = tf.nn.relu(x)
    if max_value is not None:
        found = tf.clip_by_value(found, 0.0, max_value)
    return found if below is None else found - alpha * below


def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return tf.nn.tanh(x)


def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return tf.nn.sigmoid(x)


def exponential(x: Any) -> Any:
    """exp(x)."""
    return tf.exp(x)


def hard_sigmoid(x: Any) -> Any:
    """0.2 x + 0.5, cut at 0 and 1."""
    return tf.clip_by_value(x * 0.2 + 0.5, 0.0, 1.0)


def linear(x: Any) -> Any:
    """x."""
    return x


_KNOWN = {name: value for name, value in globals().items() if name in __all__}


def serialize(activation: Any) -> Any:
    """The activation's name."""
    return _saved.serialize(activation)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The activation of a name; `custom_objects` are your own functions by name."""
    return _saved.deserialize(name, _KNOWN, custom_objects, "activation function")


def get(identifier: Any) -> Any:
    """The activation that a name means, or the function itself; `linear` for None."""
    if identifier is None:
        return linear
    if callable(identifier):
        return identifier
    if isinstance(identifier, str | dict):
        return deserialize(identifier)
    raise TypeError(f"Could not interpret activation function identifier: {identifier!r}")
