"""`tf.contrib.losses`: the losses of `tf.losses`, with the predictions as the first argument."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope

get_losses = tf.losses.get_losses


@add_arg_scope
def add_loss(loss: Any, loss_collection: Any = tf.GraphKeys.LOSSES) -> None:
    """Note a loss; with `loss_collection` None (by tf.contrib.framework.arg_scope, say) do not."""
    if loss_collection:
        tf.losses.add_loss(loss, loss_collection)


def _noted(loss: Any) -> Any:
    add_loss(loss)
    return loss


def _weights(weights: Any, values: Any) -> Any:
    """Weights of fewer dimensions than the values stand for the first ones."""
    if weights is None:
        raise ValueError("`weights` cannot be None")
    weights, rank = tf.convert_to_tensor(weights), tf.convert_to_tensor(values).shape.ndims
    while rank is not None and weights.shape.ndims and weights.shape.ndims < rank:
        weights = tf.expand_dims(weights, -1)
    return weights


def _one_each(weights: Any) -> Any:
    """The weights of the examples, [n] or [n, 1]."""
    weights = tf.convert_to_tensor(weights)
    return tf.squeeze(weights, [1]) if weights.shape.ndims == 2 else weights


def get_total_loss(add_regularization_losses: bool = True, name: str = "total_loss") -> Any:
    """The sum of the noted losses, and of the regularization losses."""
    return tf.losses.get_total_loss(add_regularization_losses, name)


def get_regularization_losses(scope: str | None = None) -> list:
    """The losses in the collection REGULARIZATION_LOSSES."""
    return tf.losses.get_regularization_losses(scope)


@add_arg_scope
def compute_weighted_loss(losses: Any, weights: Any = 1.0, scope: Any = None) -> Any:
    """The weighted mean of losses, noted among the losses."""
    weights = _weights(weights, losses)
    return _noted(tf.losses.compute_weighted_loss(losses, weights, scope, None))


@add_arg_scope
def absolute_difference(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean of |predictions - labels|."""
    weights = _weights(weights, predictions)
    return _noted(tf.losses.absolute_difference(labels, predictions, weights, scope, None))


@add_arg_scope
def sigmoid_cross_entropy(
    logits: Any,
    multi_class_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of logits, each for an event of its own."""
    weights = _weights(weights, logits)
    loss = tf.losses.sigmoid_cross_entropy(
        multi_class_labels, logits, weights, label_smoothing, scope, None
    )
    return _noted(loss)


@add_arg_scope
def softmax_cross_entropy(
    logits: Any,
    onehot_labels: Any,
    weights: Any = 1.0,
    label_smoothing: float = 0,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of logits and one-hot labels."""
    loss = tf.losses.softmax_cross_entropy(
        onehot_labels, logits, _one_each(weights), label_smoothing, scope, None
    )
    return _noted(loss)


@add_arg_scope
def sparse_softmax_cross_entropy(
    logits: Any, labels: Any, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean cross entropy of logits and class numbers."""
    labels = tf.reshape(labels, tf.shape(labels)[:1])
    weights = _one_each(weights)
    return _noted(tf.losses.sparse_softmax_cross_entropy(labels, logits, weights, scope, None))


@add_arg_scope
def log_loss(
    predictions: Any,
    labels: Any = None,
    weights: Any = 1.0,
    epsilon: float = 1e-7,
    scope: Any = None,
) -> Any:
    """The mean cross entropy of probabilities."""
    weights = _weights(weights, predictions)
    return _noted(tf.losses.log_loss(labels, predictions, weights, epsilon, scope, None))


@add_arg_scope
def hinge_loss(logits: Any, labels: Any = None, scope: Any = None) -> Any:
    """The hinge loss of each logit; not a mean, and not noted among the losses."""
    with tf.name_scope(scope, "hinge_loss", [logits, labels]):
        logits.shape.assert_is_compatible_with(labels.shape)
        labels = tf.cast(labels, tf.float32)
        signs = tf.subtract(2 * labels, tf.ones_like(labels))
        return tf.nn.relu(tf.subtract(tf.ones_like(labels), tf.multiply(signs, logits)))


@add_arg_scope
def mean_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """The mean of (predictions - labels)²."""
    weights = _weights(weights, predictions)
    return _noted(tf.losses.mean_squared_error(labels, predictions, weights, scope, None))


@add_arg_scope
def mean_pairwise_squared_error(
    predictions: Any, labels: Any = None, weights: Any = 1.0, scope: Any = None
) -> Any:
    """For each example the mean squared error between the differences of pairs, summed.

    Unlike tf.losses' it counts an element as a pair with itself. `weights` are a number or one for
    each example.
    """
    with tf.name_scope(scope, "mean_pairwise_squared_error", [predictions, labels]):
        predictions, labels = (
            tf.cast(tf.convert_to_tensor(t), tf.float32) for t in (predictions, labels)
        )
        predictions.shape.assert_is_compatible_with(labels.shape)
        error = tf.reshape(predictions - labels, [tf.shape(labels)[0], -1])
        each = tf.reduce_mean(tf.square(error), 1) - tf.square(tf.reduce_mean(error, 1))
        return _noted(tf.reduce_sum(2.0 * each * tf.cast(_one_each(weights), tf.float32)))


@add_arg_scope
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
    weights = _weights(weights, predictions)
    if weights.shape.ndims is None:
        raise ValueError("weights.get_shape().ndims cannot be None")
    return _noted(tf.losses.cosine_distance(labels, predictions, axis, weights, scope, None))


__all__ = [
    name
    for name in dir()
    if name[0] != "_" and name not in ("Any", "add_arg_scope", "annotations", "tf")
]
