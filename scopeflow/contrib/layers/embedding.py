"""Rows of tables, taken by ids."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..framework import model_variable


def safe_embedding_lookup_sparse(
    embedding_weights: Any,
    sparse_ids: Any,
    sparse_weights: Any = None,
    combiner: str | None = None,
    default_id: int | None = None,
    name: str | None = None,
    partition_strategy: str = "div",
    max_norm: float | None = None,
) -> Any:
    """`tf.nn.safe_embedding_lookup_sparse`, by the combiner "mean" unless another is given."""
    if combiner is None:
        tf.logging.warn('The default value of combiner will change from "mean" to "sqrtn".')
        combiner = "mean"
    return tf.nn.safe_embedding_lookup_sparse(
        embedding_weights,
        sparse_ids,
        sparse_weights,
        combiner=combiner,
        default_id=default_id,
        name=name,
        partition_strategy=partition_strategy,
        max_norm=max_norm,
    )


def embed_sequence(
    ids: Any,
    vocab_size: int | None = None,
    embed_dim: int | None = None,
    unique: bool = False,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """The rows of a variable `embeddings` [vocab_size, embed_dim] for ids of any shape.

    `unique` takes each row once. With `reuse` the sizes may be left out.
    """
    if not (reuse or (vocab_size and embed_dim)):
        raise ValueError(
            f"Must specify vocab size and embedding dimension when notreusing. Got vocab_size="
            f"{vocab_size} and embed_dim={embed_dim}"
        )
    with tf.variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = [vocab_size, embed_dim]
        if (reuse and vocab_size is None) or embed_dim is None:
            shape = None  # type: ignore[assignment]
        embeddings = model_variable(
            "embeddings",
            shape=shape,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if unique:
            return embedding_lookup_unique(embeddings, ids)
        return tf.nn.embedding_lookup(embeddings, ids)


def embedding_lookup_unique(
    params: Any, ids: Any, partition_strategy: str = "mod", name: str | None = None
) -> Any:
    """`tf.nn.embedding_lookup`, taking each row once."""
    with tf.name_scope(name, "EmbeddingLookupUnique", [params, ids]):
        ids = tf.convert_to_tensor(ids)
        shape = tf.shape(ids)
        flat = tf.reshape(ids, tf.reduce_prod(shape, keepdims=True))
        found, index = tf.unique(flat)
        rows = tf.nn.embedding_lookup(params, found, partition_strategy)
        embedded = tf.gather(rows, index)
        outputs = tf.reshape(embedded, tf.concat([shape, tf.shape(rows)[1:]], 0))
        outputs.set_shape(ids.shape.concatenate(rows.shape[1:]))
        return outputs


def bow_encoder(
    ids: Any,
    vocab_size: int,
    embed_dim: int,
    sparse_lookup: bool = True,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    scope: Any = None,
    reuse: Any = None,
) -> Any:
    """The mean of the rows of the ids of each example.

    Ids 0 of a dense tensor are padding, with `sparse_lookup`; else all of them count.
    """
    with tf.variable_scope(scope, "bow_encoder", [ids], reuse=reuse):
        embeddings = model_variable(
            "embeddings",
            shape=[vocab_size, embed_dim],
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
        )
        if not sparse_lookup:
            if isinstance(ids, tf.SparseTensor):
                raise TypeError("ids are expected to be dense Tensor, got: " + str(ids))
            return tf.reduce_mean(tf.nn.embedding_lookup(embeddings, ids), axis=1)
        if isinstance(ids, tf.SparseTensor):
            ids = tf.sparse.to_dense(ids)
        ids = tf.convert_to_tensor(ids)
        counts = tf.not_equal(ids, 0)
        weights = tf.expand_dims(tf.cast(counts, tf.float32), -1)
        rows = tf.nn.embedding_lookup(embeddings, ids) * weights
        return tf.div_no_nan(tf.reduce_sum(rows, 1), tf.reduce_sum(weights, 1))
