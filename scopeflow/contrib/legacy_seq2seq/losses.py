"""Losses of lists of steps, and models for several lengths."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def sequence_loss_by_example(
    logits: list,
    targets: list,
    weights: list,
    average_across_timesteps: bool = True,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """The weighted cross entropy of each example, over a list of steps.

    It is divided by the sum of the weights, or with `average_across_timesteps=False` it is the sum.
    ValueError for lists of different lengths.
    """
    if len(targets) != len(logits) or len(weights) != len(logits):
        raise ValueError(
            "Lengths of logits, weights, and targets must be the same "
            f"{len(logits)}, {len(weights)}, {len(targets)}."
        )
    with tf.name_scope(name, "sequence_loss_by_example", [*logits, *targets, *weights]):
        losses = []
        for logit, target, weight in zip(logits, targets, weights, strict=True):
            if softmax_loss_function is None:
                loss = tf.nn.sparse_softmax_cross_entropy_with_logits(
                    labels=tf.reshape(target, [-1]), logits=logit
                )
            else:
                loss = softmax_loss_function(labels=target, logits=logit)
            losses.append(loss * weight)
        total = tf.add_n(losses)
        return total / (tf.add_n(weights) + 1e-12) if average_across_timesteps else total


def sequence_loss(
    logits: list,
    targets: list,
    weights: list,
    average_across_timesteps: bool = True,
    average_across_batch: bool = True,
    softmax_loss_function: Callable | None = None,
    name: str | None = None,
) -> Any:
    """The sum of sequence_loss_by_example, or its mean over the batch. ValueError as there."""
    with tf.name_scope(name, "sequence_loss", [*logits, *targets, *weights]):
        total = tf.reduce_sum(
            sequence_loss_by_example(
                logits, targets, weights, average_across_timesteps=average_across_timesteps,
                softmax_loss_function=softmax_loss_function,
            )
        )  # fmt: skip
        if not average_across_batch:
            return total
        return total / tf.cast(tf.shape(targets[0])[0], total.dtype)


def model_with_buckets(
    encoder_inputs: list,
    decoder_inputs: list,
    targets: list,
    weights: list,
    buckets: list,
    seq2seq: Callable,
    softmax_loss_function: Callable | None = None,
    per_example_loss: bool = False,
    name: str | None = None,
) -> Any:
    """`seq2seq(encoder_inputs, decoder_inputs)` for each pair of lengths: (outputs, losses).

    The models share their variables. ValueError where there are too few inputs for the last one.
    """
    for what, values, place in (
        ("encoder_inputs", encoder_inputs, 0), ("targets", targets, 1), ("weights", weights, 1),
    ):  # fmt: skip
        if len(values) < buckets[-1][place]:
            raise ValueError(
                f"Length of {what} ({len(values)}) must be at least that of last bucket "
                f"({buckets[-1][place]})."
            )
    outputs, losses = [], []
    with tf.name_scope(
        name, "model_with_buckets", [*encoder_inputs, *decoder_inputs, *targets, *weights]
    ):
        loss = sequence_loss_by_example if per_example_loss else sequence_loss
        for i, (reads, writes) in enumerate(buckets):
            with tf.variable_scope(tf.get_variable_scope(), reuse=True if i > 0 else None):
                found, _ = seq2seq(encoder_inputs[:reads], decoder_inputs[:writes])
                outputs.append(found)
                losses.append(
                    loss(
                        found, targets[:writes], weights[:writes],
                        softmax_loss_function=softmax_loss_function,
                    )
                )  # fmt: skip
    return outputs, losses
