"""tensorflow.python.framework.tensor_util: values that are known without a run."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.core.static_value import constant_value, constant_value_as_shape

__all__ = ["constant_value", "constant_value_as_shape", "is_tensor"]


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor, a variable or made of tensors."""
    return isinstance(x, tf.Tensor | tf.Variable | tf.IndexedSlices | tf.SparseTensor)
