"""Losses of sequences, and small helpers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def sequence_loss(
    logits: Any,
    targets: Any,
    weights: Any,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    sum_over_timesteps: bool = False,
    sum_over_batch: bool = False,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """Weighted cross entropies of sequences: [batch, time, classes] logits, [batch, time] targets.

    Averages over the steps and the batch divide by the sum of the weights; sums divide by the
    number of weights that are not 0. Where one of both is averaged and the other summed, the sum
    has no effect. Without any the result is [batch, time].
    `softmax_loss_function(labels=, logits=)` computes the losses of the rows. ValueError for wrong
    ranks, or an average and a sum over the same.
    """
    for what, value, rank in (
        ("Logits must be a [batch_size x sequence_length x logits]", logits, 3),
        ("Targets must be a [batch_size x sequence_length]", targets, 2),
        ("Weights must be a [batch_size x sequence_length]", weights, 2),
    ):
        if len(value.get_shape()) != rank:
            raise ValueError(f"{what} tensor")
    for what, average, total in (
        ("timesteps", average_across_timesteps, sum_over_timesteps),
        ("batch", average_across_batch, sum_over_batch),
    ):
        if average and total:
            raise ValueError(
                f"average_across_{what} and sum_over_{what} cannot be set to True at same time."
            )
    with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
        classes = tf.shape(logits)[2]
        flat = tf.reshape(logits, [-1, classes])
        labels = tf.reshape(targets, [-1])
        if softmax_loss_function is None:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=flat)
        else:
            losses = softmax_loss_function(labels=labels, logits=flat)
        losses *= tf.reshape(weights, [-1])
        if average_across_timesteps and average_across_batch:
            return tf.div(tf.reduce_sum(losses), tf.reduce_sum(weights) + 1e-12)
        if sum_over_timesteps and sum_over_batch:
            count = tf.cast(tf.count_nonzero(weights), losses.dtype)
            return tf.div_no_nan(tf.reduce_sum(losses), count)
        losses = tf.reshape(losses, tf.shape(logits)[:2])
        if average_across_timesteps or average_across_batch:
            axis = [1] if average_across_timesteps else [0]
            return tf.div(
                tf.reduce_sum(losses, axis=axis), tf.reduce_sum(weights, axis=axis) + 1e-12
            )
        if sum_over_timesteps or sum_over_batch:
            axis = [1] if sum_over_timesteps else [0]
            count = tf.cast(tf.count_nonzero(weights, axis=axis), losses.dtype)
            return tf.div_no_nan(tf.reduce_sum(losses, axis=axis), count)
        return losses


def hardmax(logits: Any, name: str | None = None) -> Any:
    """1 at the largest of each row, else 0."""
    with tf.name_scope(name, "Hardmax", [logits]):
        logits = tf.convert_to_tensor(logits, name="logits")
        depth = logits.shape[-1].value or tf.shape(logits)[-1]
        return tf.one_hot(tf.argmax(logits, -1), depth, dtype=logits.dtype)


def tile_batch(t: Any, multiplier: int, name: str | None = None) -> Any:
    """Each row of (nested) tensors `multiplier` times: a, b becomes a, a, b, b."""
    with tf.name_scope(name, "tile_batch", [*tf.nest.flatten(t), multiplier]):
        return tf.nest.map_structure(lambda part: _tiled(part, multiplier), t)


def _tiled(t: Any, multiplier: Any) -> Any:
    t = tf.convert_to_tensor(t, name="t")
    if t.shape.ndims is None:
        raise ValueError("t must have statically known rank")
    shape = tf.shape(t)
    repeats = [1] * (t.shape.ndims + 1)
    repeats[1] = multiplier
    tiled = tf.tile(tf.expand_dims(t, 1), repeats)
    tiled = tf.reshape(tiled, tf.concat([[shape[0] * multiplier], shape[1:]], 0))
    static = t.shape[0].value
    rows = None if static is None or not isinstance(multiplier, int) else static * multiplier
    tiled.set_shape([rows, *t.shape.as_list()[1:]])
    return tiled
