"""`tf.contrib.resampler`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = ["resampler"]


def resampler(data: Any, warp: Any, name: str = "resampler") -> Any:
    """The pixels of images [batch, rows, columns, channels] at places `warp` [batch, …, 2].

    A place is (x, y) in pixels. Between pixels values are linear, outside of the images they are 0.
    Both arguments have gradients.
    """
    with tf.name_scope(name, "resampler", [data, warp]):
        data = tf.convert_to_tensor(data, name="data")
        warp = tf.convert_to_tensor(warp, name="warp")
        return tf.raw_ops.Resampler(data=data, warp=warp, name=name)
