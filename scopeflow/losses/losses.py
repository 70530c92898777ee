"""The loss functions.

All take `labels`, `predictions` (or logits), `weights` (a scalar, or in the rank of the losses with
dimensions of their size or 1), `scope` (the name of the result's scope), `loss_collection` (to
which the result is added; None: to none) and `reduction` (see `Reduction`). They raise ValueError
for None, for shapes that do not fit and for weights that cannot be broadcast.
"""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .collected import add_loss
from .squeezing import remove_squeezable_dimensions
from .weighting import Reduction, assert_broadcastable, compute_weighted_loss, num_present

_LOSSES = tf.GraphKeys.LOSSES
_REDUCTION = Reduction.SUM_BY_NONZERO_WEIGHTS


def absolute_difference(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """|predictions - labels|."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "absolute_difference", (predictions, labels, weights)) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = tf.abs(tf.subtract(predictions, labels))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """(predictions - labels)²."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "mean_squared_error", (predictions, labels, weights)) as scope:
        predictions, labels = _floats(predictions, labels)
        losses = tf.squared_difference(predictions, labels)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def huber_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    delta: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """d²/2 where d = |predictions - labels| is up to `delta`, beyond it delta · (d - delta/2)."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "huber_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _floats(predictions, labels)
        distance = tf.abs(tf.subtract(predictions, labels))
        near = tf.minimum(distance, delta)
        far = tf.subtract(distance, near)
        half = tf.convert_to_tensor(0.5, dtype=near.dtype)
        square = tf.multiply(half, tf.multiply(near, near))
        losses = tf.add(square, tf.multiply(delta, far))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def log_loss(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    epsilon: float = 1e-07,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """-labels · log(predictions + epsilon) - (1 - labels) · log(1 - predictions + epsilon)."""
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "log_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _floats(predictions, labels)
        true = -tf.multiply(labels, tf.log(predictions + epsilon))
        false = tf.multiply((1 - labels), tf.log(1 - predictions + epsilon))
        return compute_weighted_loss(true - false, weights, scope, loss_collection, reduction)


def hinge_loss(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """max(0, 1 - logits) where the label is 1, max(0, 1 + logits) where it is 0."""
    _given(labels=labels, logits=logits)
    with tf.name_scope(scope, "hinge_loss", (logits, labels, weights)) as scope:
        logits, labels = _floats(logits, labels)
        ones = tf.ones_like(labels)
        signs = tf.subtract(2 * labels, ones)
        losses = tf.nn.relu(tf.subtract(ones, tf.multiply(signs, logits)))
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def cosine_distance(
    labels: Any,
    predictions: Any,
    axis: int | None = None,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
    dim: int | None = None,
) -> tf.Tensor:
    """1 - sum(labels · predictions) along `axis`; both must have length 1 along it already.

    `dim` is the deprecated name of `axis`.
    """
    if axis is not None and dim is not None:
        raise ValueError("Cannot specify both 'dim' and 'axis'")
    axis = dim if axis is None else axis
    if axis is None:
        raise ValueError("You must specify 'axis'.")
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(scope, "cosine_distance_loss", (predictions, labels, weights)) as scope:
        predictions, labels = _floats(predictions, labels)
        products = tf.multiply(predictions, labels)
        losses = 1 - tf.reduce_sum(products, axis=(axis,), keepdims=True)
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sigmoid_cross_entropy(
    multi_class_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: Any = 0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits`, weighted.

    `label_smoothing` s moves the labels towards 1/2: labels · (1 - s) + s / 2.
    """
    _given(multi_class_labels=multi_class_labels, logits=logits)
    with tf.name_scope(
        scope, "sigmoid_cross_entropy_loss", (logits, multi_class_labels, weights)
    ) as scope:
        logits, labels = _like_logits(logits, multi_class_labels)
        if label_smoothing > 0:
            labels = labels * (1 - label_smoothing) + 0.5 * label_smoothing
        losses = tf.nn.sigmoid_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def softmax_cross_entropy(
    onehot_labels: Any,
    logits: Any,
    weights: Any = 1.0,
    label_smoothing: Any = 0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """`tf.nn.softmax_cross_entropy_with_logits_v2`, weighted; no gradient for the labels.

    `label_smoothing` s moves the labels towards 1 / classes: labels · (1 - s) + s / classes.
    """
    _given(onehot_labels=onehot_labels, logits=logits)
    with tf.name_scope(
        scope, "softmax_cross_entropy_loss", (logits, onehot_labels, weights)
    ) as scope:
        logits, labels = _like_logits(logits, onehot_labels)
        if label_smoothing > 0:
            classes = tf.cast(tf.shape(labels)[1], logits.dtype)
            floor = label_smoothing / classes
            labels = labels * (1.0 - label_smoothing) + floor
        labels = tf.stop_gradient(labels, name="labels_stop_gradient")
        losses = tf.nn.softmax_cross_entropy_with_logits_v2(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def sparse_softmax_cross_entropy(
    labels: Any,
    logits: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
    reduction: str = _REDUCTION,
) -> tf.Tensor:
    """`tf.nn.sparse_softmax_cross_entropy_with_logits`, weighted.

    A last dimension of size 1 too many is dropped from `labels` and `weights`.
    """
    _given(labels=labels, logits=logits)
    with tf.name_scope(
        scope, "sparse_softmax_cross_entropy_loss", (logits, labels, weights)
    ) as scope:
        labels, logits, weights = remove_squeezable_dimensions(labels, logits, weights, 1)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=labels, logits=logits, name="xentropy"
        )
        return compute_weighted_loss(losses, weights, scope, loss_collection, reduction)


def mean_pairwise_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = _LOSSES,
) -> tf.Tensor:
    """How far differences between the elements of an example differ from those of its labels.

    For each example (first dimension), with d = predictions - labels: the mean of (d_i - d_j)²
    over all ordered pairs of its elements whose weights are not 0, times its weight; then the sum
    over examples.
    """
    _given(labels=labels, predictions=predictions)
    with tf.name_scope(
        scope, "mean_pairwise_squared_error", (predictions, labels, weights)
    ) as scope:
        weights = tf.cast(weights, tf.float32)
        labels = tf.cast(labels, tf.float32)
        with tf.control_dependencies([assert_broadcastable(weights, labels)]):
            predictions = tf.cast(predictions, tf.float32)
            predictions.get_shape().assert_is_compatible_with(labels.get_shape())
            differences = tf.subtract(predictions, labels)
            axes = tf.range(1, tf.rank(differences))
            squares = tf.reduce_sum(tf.square(differences), axis=axes, keepdims=True)
            number = num_present(differences, weights, per_batch=True)
            first = 2.0 * tf.div_no_nan(squares, tf.maximum(number - 1, 0), name="value")
            total = tf.reduce_sum(differences, axis=axes, keepdims=True)
            second = 2.0 * tf.div_no_nan(
                tf.square(total), tf.maximum(tf.multiply(number, number - 1), 0), name="value"
            )
            loss = tf.reduce_sum(tf.multiply(first - second, weights))
            mean = tf.where(tf.reduce_sum(number) > 0, loss, tf.zeros_like(loss), name="value")
            add_loss(mean, loss_collection)
            return mean


def _given(**arguments: Any) -> None:
    for name, value in arguments.items():
        if value is None:
            raise ValueError(f"{name} must not be None.")


def _floats(predictions: Any, labels: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Both as float32, in one shape."""
    predictions = tf.cast(predictions, tf.float32)
    labels = tf.cast(labels, tf.float32)
    predictions.get_shape().assert_is_compatible_with(labels.get_shape())
    return predictions, labels


def _like_logits(logits: Any, labels: Any) -> tuple[tf.Tensor, tf.Tensor]:
    """Both in the dtype of the logits, in one shape."""
    logits = tf.convert_to_tensor(logits)
    labels = tf.cast(labels, logits.dtype)
    logits.get_shape().assert_is_compatible_with(labels.get_shape())
    return logits, labels
