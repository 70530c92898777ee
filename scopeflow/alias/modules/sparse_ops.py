"""tensorflow.python.ops.sparse_ops: names that the public interface has without `sparse_`."""

from __future__ import annotations

import scopeflow as tf

sparse_cross = tf.sparse.cross
sparse_cross_hashed = tf.sparse.cross_hashed
sparse_eye = tf.sparse.eye
sparse_expand_dims = tf.sparse.expand_dims
