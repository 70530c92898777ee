"""Float operations of an op, by its static shapes: the counts that TensorFlow 1.15 gives.

A multiplication and an addition are two. Op types that TensorFlow does not count (Relu, AddV2, Exp,
…) are not counted here either, so that figures compare.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

_PER_ELEMENT = {
    **dict.fromkeys(
        (
            "Add", "AssignAdd", "AssignSub", "Equal", "Greater", "GreaterEqual", "Less",
            "LessEqual", "Log", "Maximum", "Minimum", "Mul", "Neg", "NotEqual", "Pow", "RealDiv",
            "Reciprocal", "Square", "Sub",
        ),
        1,
    ),
    "Rsqrt": 2,
    "SquaredDifference": 2,
    "Softmax": 5,
}  # fmt: skip


class Unknown(Exception):
    """A static shape that is needed is not known."""


def _dims(tensor: Any) -> list[int]:
    if not tensor.shape.is_fully_defined():
        raise Unknown
    return tensor.shape.as_list()


def _size(tensor: Any) -> int:
    return math.prod(_dims(tensor))


def _convolution(op: Any) -> int:
    *window, depth, _ = _dims(op.inputs[1])
    return 2 * _size(op.outputs[0]) * math.prod(window) * depth


def _depthwise(op: Any) -> int:
    return 2 * _size(op.outputs[0]) * math.prod(_dims(op.inputs[1])[:2])


def _transposed(op: Any) -> int:
    height, width, depth, _ = _dims(op.inputs[1])
    return 2 * _size(op.inputs[2]) * height * width * depth


def _matmul(op: Any) -> int:
    rows, columns = _dims(op.inputs[0])
    depth = rows if op.get_attr("transpose_a") else columns
    return 2 * depth * _size(op.outputs[0])


def _pool(op: Any) -> int:
    return math.prod(op.get_attr("ksize")) * _size(op.outputs[0])


_BY_TYPE: dict[str, Callable[[Any], int]] = {
    "AddN": lambda op: (len(op.inputs) - 1) * _size(op.outputs[0]),
    "ArgMax": lambda op: _size(op.inputs[0]) - _size(op.outputs[0]),
    "ArgMin": lambda op: _size(op.inputs[0]) - _size(op.outputs[0]),
    "AvgPool": _pool,
    "BiasAdd": lambda op: _size(op.inputs[0]),
    "Conv2D": _convolution,
    "Conv2DBackpropInput": _transposed,
    "Conv3D": _convolution,
    "DepthwiseConv2dNative": _depthwise,
    "Dilation2D": lambda op: 2 * _size(op.outputs[0]) * math.prod(_dims(op.inputs[1])[:2]),
    "L2Loss": lambda op: 3 * _size(op.inputs[0]) - 1,
    "MatMul": _matmul,
    "MaxPool": _pool,
    "Mean": lambda op: _size(op.inputs[0]),
    "Sum": lambda op: _size(op.inputs[0]) - _size(op.outputs[0]),
}


def float_operations(op: Any) -> int:
    """How many float operations the op takes. Unknown where its shapes do not tell."""
    if op.type in _PER_ELEMENT:
        return _PER_ELEMENT[op.type] * _size(op.outputs[0])
    counted = _BY_TYPE.get(op.type)
    return 0 if counted is None else counted(op)
