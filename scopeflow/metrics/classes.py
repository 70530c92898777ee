"""Metrics averaged over classes."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .state import collected, fitted, metric_variable, ratio


def streaming_confusion_matrix(
    labels: Any, predictions: Any, num_classes: int, weights: Any = None
) -> tuple[Any, tf.Tensor]:
    """The variable that sums confusion matrices (float64), and the op that adds one more.

    Its rows are labels, its columns predictions, [num_classes, num_classes].
    """
    total = metric_variable([num_classes, num_classes], tf.float64, "total_confusion_matrix")
    flat = [tf.reshape(tf.cast(t, tf.int64), [-1]) for t in (labels, predictions)]
    if weights is not None:
        weights = tf.reshape(tf.cast(weights, tf.float64), [-1])
    found = tf.confusion_matrix(flat[0], flat[1], num_classes, dtype=tf.float64, weights=weights)
    return total, tf.assign_add(total, found)


def mean_iou(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean over the classes of intersection / union, and the update op.

    The state is the confusion matrix (float64), which the update returns; classes that never
    appear do not count.
    """
    with tf.variable_scope(name, "mean_iou", (predictions, labels, weights)):
        labels, predictions, weights = fitted(labels, predictions, weights)
        total, update = streaming_confusion_matrix(labels, predictions, num_classes, weights)
        rows = tf.cast(tf.reduce_sum(total, 0), tf.float32)
        columns = tf.cast(tf.reduce_sum(total, 1), tf.float32)
        both = tf.cast(tf.diag_part(total), tf.float32)
        union = rows + columns - both
        number = tf.reduce_sum(tf.cast(tf.not_equal(union, 0), tf.float32))
        union = tf.where(tf.greater(union, 0), union, tf.ones_like(union))
        mean = tf.reduce_sum(tf.div(both, union)) / number
        value = tf.where(tf.greater(number, 0), mean, tf.zeros_like(mean))
        return collected(value, update, metrics_collections, updates_collections)


def mean_per_class_accuracy(
    labels: Any,
    predictions: Any,
    num_classes: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean over the classes of their accuracy; the update op returns that of each class."""
    with tf.variable_scope(name, "mean_accuracy", (predictions, labels, weights)):
        labels, predictions, weights = fitted(labels, predictions, weights)
        labels = tf.reshape(tf.cast(labels, tf.int64), [-1])
        predictions = tf.reshape(tf.cast(predictions, tf.int64), [-1])
        total = metric_variable([num_classes], tf.float32, "total")
        count = metric_variable([num_classes], tf.float32, "count")
        ones = tf.ones_like(labels, tf.float32)
        correct = tf.to_float(tf.equal(predictions, labels))
        if weights is not None:
            weights = tf.reshape(tf.to_float(weights), [-1])
            ones, correct = ones * weights, correct * weights
        add_total = tf.scatter_add(total, labels, ones)
        add_count = tf.scatter_add(count, labels, correct)
        value = tf.reduce_mean(ratio(count, total), name="mean_accuracy")
        update = ratio(add_count, add_total, "update_op")
        return collected(value, update, metrics_collections, updates_collections)
