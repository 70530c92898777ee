"""tensorflow.python.framework.tensor_util: values that are known without a run."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.core.static_value import computed_value as constant_value
from scopeflow.core.static_value import constant_value_as_shape

__all__ = [
    "MakeNdarray", "ShapeEquals", "constant_value", "constant_value_as_shape", "is_tensor",
]  # fmt: skip


MakeNdarray = tf.make_ndarray


def ShapeEquals(tensor_proto: Any, shape: Any) -> bool:
    """Whether the TensorProto's shape is that list of sizes, or of that message."""
    sizes = shape.dim if hasattr(shape, "dim") else shape
    wanted = [getattr(size, "size", size) for size in sizes]
    return [dim.size for dim in tensor_proto.tensor_shape.dim] == wanted


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor, a variable or made of tensors."""
    return isinstance(x, tf.Tensor | tf.Variable | tf.IndexedSlices | tf.SparseTensor)
