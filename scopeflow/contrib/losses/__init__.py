"""`tf.contrib.losses`: the losses of `tf.losses`, with the predictions as the first argument."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

add_loss = tf.losses.add_loss
get_losses = tf.losses.get_losses


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """The sum of the noted losses, and of the regularization losses."""
    return tf.losses.get_total_loss(add_regularization_losses, name)


def get_regularization_losses(scope: str | None = None) -> list:
    """The losses in the collection REGULARIZATION_LOSSES."""
    return tf.losses.get_regularization_losses(scope)


def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The weighted mean of losses, noted among the losses."""
    return tf.losses.compute_weighted_loss(losses, weights, scope)


def absolute_difference(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean of |predictions - labels|."""
    return tf.losses.absolute_difference(labels, predictions, weights, scope)


def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of logits, each for an event of its own."""
    return tf.losses.sigmoid_cross_entropy(
        multi_class_labels, logits, weights, label_smoothing, scope
    )


def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of logits and one-hot labels."""
    return tf.losses.softmax_cross_entropy(onehot_labels, logits, weights, label_smoothing, scope)


def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean cross entropy of logits and class numbers."""
    labels = tf.reshape(labels, tf.shape(labels)[:1])
    return tf.losses.sparse_softmax_cross_entropy(labels, logits, weights, scope)


def log_loss(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of probabilities."""
    return tf.losses.log_loss(labels, predictions, weights, epsilon, scope)


def hinge_loss(logits: Any, labels: Any = None, scope: Any = None) -> Any:
    """The hinge loss of each logit; not a mean, and not noted among the losses."""
    with tf.name_scope(scope, "hinge_loss", [logits, labels]):
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = tf.cast(labels, tf.float32)
        signs = tf.subtract(2 * labels, tf.ones_like(labels))
        return tf.nn.relu(tf.subtract(tf.ones_like(labels), tf.multiply(signs, logits)))


def mean_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean of (predictions - labels)²."""
    return tf.losses.mean_squared_error(labels, predictions, weights, scope)


def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean squared error between the differences of all pairs of elements."""
    return tf.losses.mean_pairwise_squared_error(labels, predictions, weights, scope)


def cosine_distance(
    predictions: Any,
    labels: Any = None,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: Any = None,
    dim: int | None = None,
) -> Any:
    """The mean of 1 - the cosine of the angle between unit vectors along `axis`."""
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    return tf.losses.cosine_distance(labels, predictions, axis, weights, scope)


__all__ = [name for name in dir() if name[0] != "_" and name not in ("Any", "annotations", "tf")]
