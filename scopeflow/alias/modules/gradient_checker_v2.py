"""tensorflow.python.ops.gradient_checker_v2: gradients of a function against differences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import scopeflow as tf


def compute_gradient(
    f: Callable[..., Any], x: Sequence[Any], delta: float | None = None
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The Jacobians of `f` at the arguments `x`: from tf.gradients, from differences.

    Each has a row for each item of f(*x) and a column for each item of the argument. Runs in the
    default session.
    """
    if not isinstance(x, list | tuple):
        raise ValueError("`x` must be a list.")
    session = tf.get_default_session()
    if session is None:
        raise ValueError("compute_gradient needs a default session: `with tf.Session():`")
    values = [
        np.asarray(session.run(v) if isinstance(v, tf.Tensor | tf.Variable) else v) for v in x
    ]
    values = [
        value if isinstance(v, np.ndarray | tf.Tensor | tf.Variable) else _as_tensor_would(v)
        for v, value in zip(x, values)
    ]
    places = [tf.placeholder(value.dtype, value.shape) for value in values]
    y = f(*places)
    feeds = dict(zip(places, values))
    y_shape = np.shape(session.run(y, feeds))
    found = [
        tf.test.compute_gradient(
            place,
            value.shape,
            y,
            y_shape,
            value,
            2.0**-10 if delta is None else delta,
            extra_feed_dict={p: v for p, v in feeds.items() if p is not place},
        )
        for place, value in zip(places, values)
    ]
    return [pair[0].T for pair in found], [pair[1].T for pair in found]


def _as_tensor_would(value: Any) -> np.ndarray:
    """Python's numbers in the dtype that a tensor made of them has."""
    with tf.Graph().as_default():
        dtype = tf.convert_to_tensor(value).dtype
    return np.asarray(value, dtype.as_numpy_dtype)


def _to_numpy(a: Any) -> Any:
    """The value of a tensor or a variable in the default session; others as they are."""
    if isinstance(a, tf.Tensor | tf.Variable):
        return tf.get_default_session().run(a)
    if isinstance(a, tf.IndexedSlices):
        return tf.get_default_session().run(tf.convert_to_tensor(a))
    return a


def max_error(grad1: Sequence[np.ndarray], grad2: Sequence[np.ndarray]) -> float:
    """The largest distance between two lists of Jacobians."""
    pairs = zip(grad1, grad2, strict=True)
    return max((float(np.max(np.abs(a - b), initial=0.0)) for a, b in pairs), default=0.0)
