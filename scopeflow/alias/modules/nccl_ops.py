"""tensorflow.python.ops.nccl_ops: sums over towers. All of them are on one device here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def _all(tensors: Any, reduced: Callable) -> list:
    if not tensors:
        raise ValueError("Must pass >0 tensors to all reduce operations")
    value = reduced(list(tensors))
    return [tf.identity(value) for _ in tensors]


def _fold(function: Callable) -> Callable:
    def reduced(tensors: list) -> Any:
        value = tensors[0]
        for other in tensors[1:]:
            value = function(value, other)
        return value

    return reduced


def all_sum(tensors: Any) -> list:
    """The sum, once for each tensor."""
    return _all(tensors, tf.add_n)


def all_prod(tensors: Any) -> list:
    """The product, once for each tensor."""
    return _all(tensors, _fold(tf.multiply))


def all_min(tensors: Any) -> list:
    """The smallest, once for each tensor."""
    return _all(tensors, _fold(tf.minimum))


def all_max(tensors: Any) -> list:
    """The largest, once for each tensor."""
    return _all(tensors, _fold(tf.maximum))


def reduce_sum(tensors: Any) -> Any:
    """The sum."""
    return tf.add_n(list(tensors))


def broadcast(tensor: Any) -> Any:
    """The tensor: it is on the one device already."""
    return tf.identity(tensor)
