"""tensorflow.python.ops.ctc_ops: the loss of dense labels, and labels as a SparseTensor."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.ops.ctc import collapse_repeated

__all__ = ["collapse_repeated", "ctc_loss_dense", "dense_labels_to_sparse"]


def ctc_loss_dense(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int = 0,
    name: str | None = None,
) -> Any:
    """`tf.nn.ctc_loss_v2` of dense labels."""
    return tf.nn.ctc_loss_v2(
        labels, logits, label_length, logit_length, logits_time_major, unique, blank_index, name
    )


def dense_labels_to_sparse(dense: Any, length: Any) -> tf.SparseTensor:
    """Row i's first `length[i]` labels, as a SparseTensor; its width is the longest row's."""
    dense, length = tf.convert_to_tensor(dense), tf.convert_to_tensor(length)
    indices = tf.where(tf.sequence_mask(length, tf.shape(dense)[1]))
    values = tf.gather_nd(dense, indices)
    size = tf.stack(
        [tf.shape(dense, out_type=tf.int64)[0], tf.cast(tf.reduce_max(length), tf.int64)]
    )
    return tf.SparseTensor(indices, values, size)
