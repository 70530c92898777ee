"""tensorflow.python.framework.sparse_tensor: what it has beside the class."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def is_sparse(x: Any) -> bool:
    """Whether it is a tf.SparseTensor or the value of one."""
    return isinstance(x, tf.SparseTensor | tf.SparseTensorValue)


def convert_to_tensor_or_sparse_tensor(
    value: Any, dtype: Any = None, name: str | None = None
) -> Any:
    """tf.convert_to_tensor_or_sparse_tensor."""
    return tf.convert_to_tensor_or_sparse_tensor(value, dtype, name)
