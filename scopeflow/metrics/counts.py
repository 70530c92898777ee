"""Right and wrong answers to yes-or-no questions, counted; precision and recall."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .state import collected, fitted, metric_variable, spread

_DOC = """How many {what}, and the op that counts this batch in.

    Labels and predictions are cast to bool; `weights` count instead of 1. The state is the local
    variable `count`.
    """


def _counted(name: str, actual: bool, predicted: bool, what: str) -> Any:
    def count(
        labels: Any,
        predictions: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.variable_scope(name, own_name, (predictions, labels, weights)):
            labels, predictions, weights = fitted(
                tf.cast(labels, tf.bool), tf.cast(predictions, tf.bool), weights
            )
            hit = tf.logical_and(tf.equal(labels, actual), tf.equal(predictions, predicted))
            number = metric_variable([], tf.float32, "count")
            values = tf.to_float(hit)
            if weights is not None:
                values = tf.multiply(values, spread(weights, values))
            value = tf.identity(number)
            update = tf.assign_add(number, tf.reduce_sum(values))
            return collected(value, update, metrics_collections, updates_collections)

    own_name = name
    count.__name__ = count.__qualname__ = name
    count.__doc__ = _DOC.format(what=what)
    return count


true_positives: Callable[..., Any] = _counted(
    "true_positives", True, True, "positives were predicted as such"
)
true_negatives: Callable[..., Any] = _counted(
    "true_negatives", False, False, "negatives were predicted as such"
)
false_positives: Callable[..., Any] = _counted(
    "false_positives", False, True, "negatives were predicted positive"
)
false_negatives: Callable[..., Any] = _counted(
    "false_negatives", True, False, "positives were predicted negative"
)


def _share(hits: Any, misses: Any, name: str) -> tf.Tensor:
    total = hits + misses
    return tf.where(tf.greater(total, 0), tf.div(hits, total), tf.zeros_like(total), name=name)


def precision(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of those predicted positive the share that is (0 of none), and the update op."""
    with tf.variable_scope(name, "precision", (predictions, labels, weights)):
        hits, add_hits = true_positives(labels, predictions, weights)
        misses, add_misses = false_positives(labels, predictions, weights)
        value = _share(hits, misses, "value")
        update = _share(add_hits, add_misses, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def recall(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of the positives the share that was predicted so (0 of none), and the update op."""
    with tf.variable_scope(name, "recall", (predictions, labels, weights)):
        hits, add_hits = true_positives(labels, predictions, weights)
        misses, add_misses = false_negatives(labels, predictions, weights)
        value = _share(hits, misses, "value")
        update = _share(add_hits, add_misses, "update_op")
        return collected(value, update, metrics_collections, updates_collections)
