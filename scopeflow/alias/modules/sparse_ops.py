"""tensorflow.python.ops.sparse_ops: names that the public interface has without `sparse_`."""

from __future__ import annotations

import scopeflow as tf
from scopeflow.ops import sparse_cross as sparse_cross_module
from scopeflow.ops import sparse_kept
from scopeflow.ops.serializing import deserialize_sparse as deserialize_sparse

sparse_cross = tf.sparse.cross
sparse_cross_hashed = tf.sparse.cross_hashed
sparse_eye = tf.sparse.eye
sparse_expand_dims = tf.sparse.expand_dims
_DEFAULT_HASH_KEY = sparse_cross_module._DEFAULT_KEY
_add_sparse_to_tensors_map = sparse_kept.add_sparse_to_tensors_map
_add_many_sparse_to_tensors_map = sparse_kept.add_many_sparse_to_tensors_map
_take_many_sparse_from_tensors_map = sparse_kept.take_many_sparse_from_tensors_map
