"""Heads of boosted trees: losses, predictions, metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import losses


class Head:
    """What a model needs to know of its task."""

    logits_dimension = 1

    def __init__(self, weight_column_name: str | None) -> None:
        self._weight_column_name = weight_column_name

    def weights(self, features: Any) -> Any:
        """The examples' weights [examples, 1], or None."""
        if self._weight_column_name is None:
            return None
        return tf.reshape(tf.cast(features[self._weight_column_name], tf.float32), [-1, 1])

    def loss(self, labels: Any, logits: Any, weights: Any) -> Any:
        """The mean loss, by weights where there are any."""
        found = self.example_losses(labels, logits, weights)
        if weights is None:
            return tf.reduce_mean(found)
        return tf.reduce_sum(found) / tf.reduce_sum(weights)

    def example_losses(self, labels: Any, logits: Any, weights: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}.example_losses")

    def predictions(self, logits: Any) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.predictions")

    def metrics(self, labels: Any, predictions: dict, weights: Any) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.metrics")


def _column(labels: Any) -> Any:
    return tf.reshape(labels, [-1, 1])


class BinaryHead(Head):
    """Two classes, one logit."""

    def example_losses(self, labels: Any, logits: Any, weights: Any) -> Any:
        return losses.per_example_logistic_loss(_column(labels), weights, logits)[0]

    def predictions(self, logits: Any) -> dict:
        logistic = tf.sigmoid(logits)
        return {
            "logits": logits,
            "logistic": logistic,
            "probabilities": tf.concat([1.0 - logistic, logistic], 1),
            "classes": tf.cast(tf.reshape(logits, [-1]) > 0, tf.int64),
        }

    def metrics(self, labels: Any, predictions: dict, weights: Any) -> dict:
        flat = tf.cast(tf.reshape(labels, [-1]), tf.int64)
        each = None if weights is None else tf.reshape(weights, [-1])
        logistic = tf.reshape(predictions["logistic"], [-1])
        return {
            "accuracy": tf.metrics.accuracy(flat, predictions["classes"], weights=each),
            "auc": tf.metrics.auc(flat, logistic, weights=each),
            "labels/prediction_mean": tf.metrics.mean(logistic, weights=each),
            "labels/actual_label_mean": tf.metrics.mean(flat, weights=each),
        }


class MultiClassHead(Head):
    """Several classes, as many logits."""

    def __init__(self, n_classes: int, weight_column_name: str | None) -> None:
        super().__init__(weight_column_name)
        self.logits_dimension = n_classes

    def example_losses(self, labels: Any, logits: Any, weights: Any) -> Any:
        count = self.logits_dimension
        return losses.per_example_maxent_loss(_column(labels), weights, logits, count)[0]

    def predictions(self, logits: Any) -> dict:
        return {
            "logits": logits,
            "probabilities": tf.nn.softmax(logits),
            "classes": tf.argmax(logits, 1),
        }

    def metrics(self, labels: Any, predictions: dict, weights: Any) -> dict:
        flat = tf.cast(tf.reshape(labels, [-1]), tf.int64)
        each = None if weights is None else tf.reshape(weights, [-1])
        return {"accuracy": tf.metrics.accuracy(flat, predictions["classes"], weights=each)}


class RegressionHead(Head):
    """Numbers, and the square of their errors."""

    def __init__(self, label_dimension: int, weight_column_name: str | None) -> None:
        super().__init__(weight_column_name)
        self.logits_dimension = label_dimension

    def example_losses(self, labels: Any, logits: Any, weights: Any) -> Any:
        labels = tf.reshape(labels, [-1, self.logits_dimension])
        return losses.per_example_squared_loss(labels, weights, logits)[0]

    def predictions(self, logits: Any) -> dict:
        return {"scores": logits if self.logits_dimension > 1 else tf.reshape(logits, [-1])}

    def metrics(self, labels: Any, predictions: dict, weights: Any) -> dict:
        return {}


class CustomLossHead(Head):
    """A task of the program's own.

    Args:
      loss_fn: A function of labels, weights (None without a column) and logits that returns the
        loss of each example and an op, as those of `losses` do.
      link_fn: A function of logits that returns predictions.
      logit_dimension: How many logits there are.
      head_name: Accepted; there is one head.
      weight_column_name: The feature with the examples' weights.
      metrics_fn: A function of predictions, labels and weights that returns a dict of metrics.
    """

    def __init__(
        self, loss_fn: Callable, link_fn: Callable, logit_dimension: int,
        head_name: str | None = None, weight_column_name: str | None = None,
        metrics_fn: Callable | None = None,
    ) -> None:  # fmt: skip
        super().__init__(weight_column_name)
        self._loss_fn, self._link_fn, self._metrics_fn = loss_fn, link_fn, metrics_fn
        self.logits_dimension, self.head_name = logit_dimension, head_name

    def example_losses(self, labels: Any, logits: Any, weights: Any) -> Any:
        found = self._loss_fn(labels, weights, logits)
        return found[0] if isinstance(found, tuple) else found

    def predictions(self, logits: Any) -> dict:
        found = self._link_fn(logits)
        return found if isinstance(found, dict) else {"predictions": found}

    def metrics(self, labels: Any, predictions: dict, weights: Any) -> dict:
        return self._metrics_fn(predictions, labels, weights) if self._metrics_fn else {}
