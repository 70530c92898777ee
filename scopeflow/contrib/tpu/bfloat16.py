"""Variables that are kept in float32 and used in bfloat16."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import scopeflow as tf


def _getter(getter: Any, name: str, shape: Any = None, dtype: Any = None, **kwargs: Any) -> Any:
    wanted = tf.as_dtype(dtype) if dtype is not None else tf.float32
    if wanted.base_dtype != tf.bfloat16:
        return getter(name, shape, dtype, **kwargs)
    return tf.cast(getter(name, shape, tf.float32, **kwargs), tf.bfloat16)


@contextlib.contextmanager
def bfloat16_scope() -> Iterator[Any]:
    """A variable scope whose bfloat16 variables are float32 variables that are cast."""
    with tf.variable_scope("", custom_getter=_getter) as scope:
        yield scope
