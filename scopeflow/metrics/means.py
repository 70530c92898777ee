"""Means over all batches, and what is a mean of something."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .state import collected, fitted, metric_variable, ratio, spread


def mean(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The weighted mean of all `values` so far, and the op that takes in this batch.

    As all metrics do, it keeps its state in local variables (here `total` and `count`): run
    `tf.local_variables_initializer()` first, then the update for each batch, and the value at the
    end. Both are added to the collections that are given.
    """
    with tf.variable_scope(name, "mean", (values, weights)):
        values = tf.to_float(values, name="Cast")
        total = metric_variable([], tf.float32, "total")
        count = metric_variable([], tf.float32, "count")
        if weights is None:
            number = tf.to_float(tf.size(values), name="Cast")
        else:
            _, values, weights = fitted(None, values, weights)
            weights = spread(weights, values)
            values = tf.multiply(values, weights)
            number = tf.reduce_sum(weights)
        add_total = tf.assign_add(total, tf.reduce_sum(values))
        with tf.control_dependencies([values]):
            add_count = tf.assign_add(count, number)
        value = ratio(total, count, "value")
        update = ratio(add_total, add_count, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def mean_tensor(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean over the batches of each element of `values`, whose shape must be known."""
    with tf.variable_scope(name, "mean", (values, weights)):
        values = tf.to_float(values, name="Cast")
        total = metric_variable(values.shape, tf.float32, "total_tensor")
        count = metric_variable(values.shape, tf.float32, "count_tensor")
        number = tf.ones_like(values)
        if weights is not None:
            _, values, weights = fitted(None, values, weights)
            number = spread(weights, values)
            values = tf.multiply(values, number)
        add_total = tf.assign_add(total, values)
        with tf.control_dependencies([values]):
            add_count = tf.assign_add(count, number)
        value = ratio(total, count, "value")
        update = ratio(add_total, add_count, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def accuracy(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """How often `predictions` equal `labels`, and the update op (see `mean`)."""
    labels, predictions, weights = fitted(labels, predictions, weights)
    if labels.dtype.base_dtype != predictions.dtype.base_dtype:
        predictions = tf.cast(predictions, labels.dtype)
    correct = tf.to_float(tf.equal(predictions, labels), name="Cast")
    return mean(correct, weights, metrics_collections, updates_collections, name or "accuracy")


def _floats(labels: Any, predictions: Any, weights: Any) -> tuple[Any, Any, Any]:
    labels, predictions, weights = fitted(labels, predictions, weights)
    return tf.to_float(labels), tf.to_float(predictions), weights


def mean_absolute_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean of |predictions - labels|, and the update op (see `mean`)."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    errors = tf.abs(predictions - labels)
    name = name or "mean_absolute_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


def mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean of (predictions - labels)², and the update op (see `mean`)."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    errors = tf.squared_difference(labels, predictions)
    name = name or "mean_squared_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


def root_mean_squared_error(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The root of `mean_squared_error`, and the update op."""
    name = name or "root_mean_squared_error"
    square, update = mean_squared_error(labels, predictions, weights, name=name)
    return collected(tf.sqrt(square), tf.sqrt(update), metrics_collections, updates_collections)


def mean_relative_error(
    labels: Any,
    predictions: Any,
    normalizer: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean of |labels - predictions| / normalizer (0 where that is 0), and the update op."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    _, normalizer, _ = fitted(predictions, normalizer, None)
    errors = tf.where(
        tf.equal(normalizer, 0.0),
        tf.zeros_like(labels),
        tf.div(tf.abs(labels - predictions), normalizer),
    )
    name = name or "mean_relative_error"
    return mean(errors, weights, metrics_collections, updates_collections, name)


def mean_cosine_distance(
    labels: Any,
    predictions: Any,
    dim: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """1 minus the mean product of vectors of length 1 along `dim`, and the update op."""
    labels, predictions, weights = _floats(labels, predictions, weights)
    products = tf.reduce_sum(tf.multiply(predictions, labels), [dim], keepdims=True)
    similar, update = mean(products, weights, name=name or "mean_cosine_distance")
    distance, updated = tf.subtract(1.0, similar), tf.subtract(1.0, update)
    return collected(distance, updated, metrics_collections, updates_collections)


def percentage_below(
    values: Any,
    threshold: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The share of `values` below `threshold`, and the update op (see `mean`)."""
    below = tf.to_float(tf.less(values, threshold))
    name = name or "percentage_below_threshold"
    return mean(below, weights, metrics_collections, updates_collections, name)
