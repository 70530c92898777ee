"""tensorflow.python.ops.inplace_ops: rows of a tensor replaced. The result is another tensor."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def _rows(x: Any, i: Any, v: Any) -> tuple[Any, Any, Any]:
    x, i = tf.convert_to_tensor(x), tf.convert_to_tensor(i)
    v = tf.convert_to_tensor(v, x.dtype)
    if i.shape.ndims == 0:
        i, v = tf.reshape(i, [1]), tf.expand_dims(v, 0)
    return x, tf.expand_dims(i, 1), v


def alias_inplace_update(x: Any, i: Any, v: Any) -> Any:
    """x with x[i] = v; all of x if `i` is None."""
    return tf.convert_to_tensor(v) if i is None else tf.tensor_scatter_update(*_rows(x, i, v))


def alias_inplace_add(x: Any, i: Any, v: Any) -> Any:
    """x with x[i] += v; all of x if `i` is None."""
    return x + v if i is None else tf.tensor_scatter_add(*_rows(x, i, v))


def alias_inplace_sub(x: Any, i: Any, v: Any) -> Any:
    """x with x[i] -= v; all of x if `i` is None."""
    return x - v if i is None else tf.tensor_scatter_sub(*_rows(x, i, v))


inplace_update, inplace_add, inplace_sub = (
    alias_inplace_update, alias_inplace_add, alias_inplace_sub,
)  # fmt: skip


def empty(shape: Any, dtype: Any, init: bool = False) -> Any:
    """Zeros, whether `init` asks for them or not."""
    return tf.zeros(shape, dtype)


def empty_like(x: Any, init: bool | None = None) -> Any:
    """Zeros like x."""
    return tf.zeros_like(x)
