"""tensorflow.python.ops.weights_broadcast_ops: weights of losses and metrics."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.losses import weighting


def assert_broadcastable(weights: Any, values: Any) -> tf.Operation:
    """An op that fails unless `weights` can be weights of `values` (ValueError where known now)."""
    return weighting.assert_broadcastable(weights, values)


def broadcast_weights(weights: Any, values: Any) -> tf.Tensor:
    """The weights in the shape of `values`."""
    values = tf.convert_to_tensor(values, name="values")
    weights = tf.convert_to_tensor(weights, values.dtype.base_dtype, name="weights")
    return weighting.broadcast_weights(weights, values)
