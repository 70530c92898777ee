"""`tf.keras.constraints`: what weights are made to be after each training step."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import saved_objects as _saved

__all__ = [
    "Constraint", "MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm", "deserialize", "get", "max_norm",
    "min_max_norm", "non_neg", "serialize", "unit_norm",
]  # fmt: skip

_SMALL = 1e-7


class Constraint:
    """What all constraints are: called with weights, they return the weights as they may be."""

    def __call__(self, w: Any) -> Any:
        """The weights as they are."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}


def _norms(w: Any, axis: Any) -> Any:
    return tf.sqrt(tf.reduce_sum(tf.square(w), axis=axis, keepdims=True))


class MaxNorm(Constraint):
    """Norms along `axis` of at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value = max_value
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weights, shorter where they were too long."""
        norms = _norms(w, self.axis)
        return w * (tf.clip_by_value(norms, 0, self.max_value) / (_SMALL + norms))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"max_value": self.max_value, "axis": self.axis}


class NonNeg(Constraint):
    """No weights below 0."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def __call__(self, w: Any) -> Any:
        """The weights, 0 where they were below."""
        return w * tf.cast(tf.greater_equal(w, 0.0), w.dtype.base_dtype)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {}


class UnitNorm(Constraint):
    """Norms of 1 along `axis`."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weights, scaled."""
        return w / (_SMALL + _norms(w, self.axis))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Norms along `axis` between two values, or moved there by a share `rate` of the way."""

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0
    ) -> None:
        self.min_value = min_value
        self.max_value = max_value
        self.rate = rate
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The weights, scaled where their norm was outside."""
        norms = _norms(w, self.axis)
        wanted = tf.clip_by_value(norms, self.min_value, self.max_value)
        return w * ((self.rate * wanted + (1 - self.rate) * norms) / (_SMALL + norms))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "min_value": self.min_value, "max_value": self.max_value, "rate": self.rate,
            "axis": self.axis,
        }  # fmt: skip


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm

_KNOWN = {name: value for name, value in globals().items() if name in __all__}


def serialize(constraint: Any) -> Any:
    """The constraint as its class's name and its config."""
    return _saved.serialize(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The constraint of a name or of what `serialize` gave."""
    return _saved.deserialize(config, _KNOWN, custom_objects, "constraint")


def get(identifier: Any) -> Any:
    """The constraint that a name, a config or a callable means; None for None."""
    not_one = f"Could not interpret constraint identifier: {identifier}"
    return _saved.get(identifier, _KNOWN, "constraint", not_one)
