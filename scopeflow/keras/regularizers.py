"""`tf.keras.regularizers`: penalties on weights, as `regularizer=` of `get_variable` takes them."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from . import saved_objects as _saved

__all__ = ["L1L2", "Regularizer", "deserialize", "get", "l1", "l1_l2", "l2", "serialize"]


class Regularizer:
    """What all regularizers are: called with a variable, they return its penalty, a scalar."""

    def __call__(self, x: Any) -> Any:
        """The penalty: none."""
        return 0.0

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A regularizer with the arguments that `get_config` gave."""
        return cls(**config)


class L1L2(Regularizer):
    """`l1` times the sum of the absolute values, plus `l2` times the sum of the squares.

    Unlike `tf.nn.l2_loss`, the sum of the squares is not halved.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = float(np.float32(l1))  # Keras keeps them so
        self.l2 = float(np.float32(l2))

    def __call__(self, x: Any) -> Any:
        if not self.l1 and not self.l2:
            return tf.constant(0.0)
        penalty: Any = 0.0
        if self.l1:
            penalty += self.l1 * tf.reduce_sum(tf.abs(x))
        if self.l2:
            penalty += self.l2 * tf.reduce_sum(tf.square(x))
        return penalty

    def get_config(self) -> dict[str, float]:
        """The two factors."""
        return {"l1": self.l1, "l2": self.l2}


def l1(l: float = 0.01) -> L1L2:  # noqa: E741 (TensorFlow's name)
    """`l` times the sum of the absolute values."""
    return L1L2(l1=l)


def l2(l: float = 0.01) -> L1L2:  # noqa: E741
    """`l` times the sum of the squares."""
    return L1L2(l2=l)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """`l1` times the sum of the absolute values, plus `l2` times the sum of the squares."""
    return L1L2(l1=l1, l2=l2)


_KNOWN = {name: value for name, value in globals().items() if name in __all__}


def serialize(regularizer: Any) -> Any:
    """The regularizer as its class's name and its config.

    >>> serialize(l2(0.5))
    {'class_name': 'L1L2', 'config': {'l1': 0.0, 'l2': 0.5}}
    """
    return _saved.serialize(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The regularizer of a name or of what `serialize` gave.

    `custom_objects` are your own classes and functions by name. ValueError for an unknown name.
    """
    return _saved.deserialize(config, _KNOWN, custom_objects, "regularizer")


def get(identifier: Any) -> Any:
    """The regularizer that a name, a config or a callable means; None for None.

    >>> get("l2").get_config()["l1"]
    0.0
    """
    not_one = ("Could not interpret regularizer identifier:", identifier)
    return _saved.get(identifier, _KNOWN, "regularizer", not_one)
