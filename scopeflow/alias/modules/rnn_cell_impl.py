"""tensorflow.python.ops.rnn_cell_impl: what cells of programs take from there."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

_WEIGHTS_VARIABLE_NAME = "kernel"
_BIAS_VARIABLE_NAME = "bias"


def _concat(prefix: Any, suffix: Any, static: bool = False) -> Any:
    """A shape from two shapes or sizes: of ints if `static`, else a tensor."""
    parts: list = []
    for part in (prefix, suffix):
        if isinstance(part, tf.Tensor):
            parts.append(tf.expand_dims(part, 0) if part.shape.ndims == 0 else part)
        else:
            sizes = tf.TensorShape(part).as_list() if part is not None else None
            if not static and (sizes is None or None in sizes):
                raise ValueError(f"{part} must not be partially unknown here")
            parts.append(sizes)
    if static:
        return [*parts[0], *parts[1]]
    return tf.concat([tf.cast(p, tf.int32) for p in parts], 0)


def _zero_state_tensors(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros for each size in a structure, one row for each of the batch."""

    def zeros(size: Any) -> Any:
        made = tf.zeros(_concat(batch_size, size), dtype)
        if not isinstance(batch_size, tf.Tensor):
            made.set_shape(_concat(batch_size, size, static=True))
        return made

    return tf.nest.map_structure(zeros, state_size)


def _like_rnncell(cell: Any) -> bool:
    """Whether it has what a cell has (TensorFlow before 1.6)."""
    parts = ("output_size", "state_size", "zero_state")
    return all(hasattr(cell, part) for part in parts) and callable(cell)


class _Linear:
    """args·W + b, the args side by side; the variables are made with the object."""

    def __init__(
        self, args: Any, output_size: int, build_bias: bool, bias_initializer: Any = None,
        kernel_initializer: Any = None,
    ) -> None:  # fmt: skip
        self._build_bias = build_bias
        values = list(args) if tf.nest.is_nested(args) else [args]
        self._is_sequence = tf.nest.is_nested(args)
        shapes = [value.shape for value in values]
        for shape in shapes:
            if shape.ndims != 2 or shape[1].value is None:
                raise ValueError(f"linear expects two dimensions, the last one known: {shapes}")
        dtype = values[0].dtype
        width = sum(shape[1].value for shape in shapes)
        with tf.variable_scope(tf.get_variable_scope()) as scope:
            self._weights = tf.get_variable(
                _WEIGHTS_VARIABLE_NAME, [width, output_size], dtype, kernel_initializer
            )
            if build_bias:
                with tf.variable_scope(scope) as inner:
                    inner.set_partitioner(None)
                    self._biases = tf.get_variable(
                        _BIAS_VARIABLE_NAME, [output_size], dtype,
                        bias_initializer or tf.constant_initializer(0.0, dtype=dtype),
                    )  # fmt: skip

    def __call__(self, args: Any) -> Any:
        """The result for these inputs."""
        values = list(args) if self._is_sequence else [args]
        joined = values[0] if len(values) == 1 else tf.concat(values, 1)
        result = tf.matmul(joined, self._weights)
        return tf.nn.bias_add(result, self._biases) if self._build_bias else result


def _linear(
    args: Any, output_size: int, bias: bool, bias_initializer: Any = None,
    kernel_initializer: Any = None,
) -> Any:  # fmt: skip
    """args·W + b, with the variables `kernel` and `bias` of the current scope."""
    if args is None or (tf.nest.is_nested(args) and not args):
        raise ValueError("`args` must be specified")
    return _Linear(args, output_size, bias, bias_initializer, kernel_initializer)(args)
