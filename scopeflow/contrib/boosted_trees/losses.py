"""Losses of single examples: (a loss for each, an op that has to run with it)."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def _weighted(losses: Any, weights: Any) -> Any:
    return losses if weights is None else losses * tf.cast(weights, losses.dtype)


def per_example_squared_loss(labels: Any, weights: Any, predictions: Any) -> tuple[Any, Any]:
    """The square of the errors, summed up over an example's numbers."""
    labels = tf.cast(labels, predictions.dtype)
    found = tf.reduce_sum(tf.squared_difference(predictions, labels), 1, keepdims=True)
    return _weighted(found, weights), tf.no_op()


def per_example_logistic_loss(labels: Any, weights: Any, predictions: Any) -> tuple[Any, Any]:
    """The cross entropy of labels 0 and 1 and logits."""
    labels = tf.cast(labels, predictions.dtype)
    found = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=predictions)
    return _weighted(found, weights), tf.no_op()


def per_example_maxent_loss(
    labels: Any, weights: Any, logits: Any, num_classes: int, eps: float = 1e-15
) -> tuple[Any, Any]:
    """The cross entropy of class ids [examples, 1] and logits [examples, num_classes].

    `eps` keeps TensorFlow's logarithms finite; the cross entropy of logits needs nothing for that.
    """
    ids = tf.reshape(tf.cast(labels, tf.int64), [-1])
    found = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=ids, logits=tf.reshape(logits, [-1, num_classes])
    )
    return _weighted(tf.expand_dims(found, 1), weights), tf.no_op()


def per_example_exp_loss(
    labels: Any, weights: Any, predictions: Any, name: str | None = None, eps: float = 0.1
) -> tuple[Any, Any]:
    """The exponential loss of labels 0 and 1 and logits.

    What is compared goes from -1 to 1 while the probability goes from 0.5 - eps to 0.5 + eps.
    """
    with tf.name_scope(name, "exp_loss", [labels, predictions]):
        sign = 2.0 * tf.cast(labels, predictions.dtype) - 1.0
        found = tf.clip_by_value((tf.sigmoid(predictions) - 0.5) / eps, -1.0, 1.0)
        return _weighted(tf.exp(-sign * found), weights), tf.no_op()
