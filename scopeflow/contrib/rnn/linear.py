"""What the cells share: a kernel and a bias over joined inputs."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

LayerRNNCell: Any = tf.nn.rnn_cell.BasicRNNCell.__base__
"""The base class of cells that make their variables in `build`."""


def depth(tensor: Any, what: str = "inputs") -> int:
    """The last dimension, which must be known."""
    size = tensor.shape[-1].value
    if size is None:
        raise ValueError(f"Could not infer the depth of {what}: its shape is {tensor.shape}")
    return size


def linear(
    inputs: Any,
    size: int,
    bias: bool = True,
    kernel_initializer: Any = None,
    bias_initializer: Any = None,
) -> Any:
    """[inputs…] · kernel + bias; the variables are made in the current scope."""
    parts = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
    rows = sum(depth(part) for part in parts)
    dtype = parts[0].dtype
    kernel = tf.get_variable("kernel", [rows, size], dtype, kernel_initializer)
    joined = parts[0] if len(parts) == 1 else tf.concat(parts, 1)
    result = tf.matmul(joined, kernel)
    if not bias:
        return result
    if bias_initializer is None:
        bias_initializer = tf.zeros_initializer(dtype=dtype)
    return tf.nn.bias_add(result, tf.get_variable("bias", [size], dtype, bias_initializer))


class Normalized:
    """Layer normalization of parts of a cell, each with a gamma and a beta of its own."""

    def __init__(self, gain: float, shift: float) -> None:
        self.gain, self.shift = gain, shift

    def __call__(self, tensor: Any, scope: str, dtype: Any = tf.float32) -> Any:
        """The part, normalized; its variables are below `scope`."""
        shape = [depth(tensor)]
        with tf.variable_scope(scope):
            for name, value in (("gamma", self.gain), ("beta", self.shift)):
                tf.get_variable(name, shape, dtype, tf.constant_initializer(value))
        return tf.contrib.layers.layer_norm(tensor, reuse=True, scope=scope)
