"""tensorflow.python.ops.init_ops: what it has beside `tf`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.scopes.initializers import _fans

identity_initializer = tf.initializers.identity
convolutional_delta_orthogonal = tf.contrib.framework.convolutional_delta_orthogonal
convolutional_orthogonal_1d = tf.contrib.framework.convolutional_orthogonal_1d
convolutional_orthogonal_2d = tf.contrib.framework.convolutional_orthogonal_2d
convolutional_orthogonal_3d = tf.contrib.framework.convolutional_orthogonal_3d


def _compute_fans(shape: Any) -> tuple:
    """How many numbers come in and go out, for weights of that shape."""
    return _fans([int(size) for size in shape])
