"""tensorflow.python.ops.image_ops: both versions' names beside `tf.image`."""

from __future__ import annotations

import scopeflow as tf

ResizeMethodV1 = tf.image.ResizeMethod


class ResizeMethod:
    """TensorFlow 2's names of the ways to resize."""

    BILINEAR = "bilinear"
    NEAREST_NEIGHBOR = "nearest"
    BICUBIC = "bicubic"
    AREA = "area"
    LANCZOS3 = "lanczos3"
    LANCZOS5 = "lanczos5"
    GAUSSIAN = "gaussian"
    MITCHELLCUBIC = "mitchellcubic"
