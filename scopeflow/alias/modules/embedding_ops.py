"""tensorflow.python.ops.embedding_ops: TensorFlow 2's order of arguments."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def safe_embedding_lookup_sparse_v2(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str = "mean",
    default_id: int | None = None,
    max_norm: float | None = None,
    name: str | None = None,
) -> tf.Tensor:
    """`tf.nn.safe_embedding_lookup_sparse` with the partition strategy "div"."""
    return tf.nn.safe_embedding_lookup_sparse(
        embedding_weights,
        sparse_ids,
        sparse_weights,
        combiner,
        default_id,
        name=name,
        partition_strategy="div",
        max_norm=max_norm,
    )
