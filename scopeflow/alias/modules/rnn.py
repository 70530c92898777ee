"""tensorflow.python.ops.rnn: what it has beside the names of `tf.nn`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import rnn_cell_impl

__all__ = ["_transpose_batch_time", "rnn_cell_impl"]


def _transpose_batch_time(x: Any) -> Any:
    """The first two dimensions exchanged; scalars and vectors as they are."""
    x = tf.convert_to_tensor(x)
    rank = x.shape.ndims
    if rank is not None and rank < 2:
        return x
    order = (
        [1, 0, *range(2, rank)]
        if rank is not None
        else tf.concat(([1, 0], tf.range(2, tf.rank(x))), 0)
    )
    return tf.transpose(x, order)
