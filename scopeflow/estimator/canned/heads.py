"""Heads: from logits and labels to losses, metrics, predictions and a training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..export.export_outputs import ClassificationOutput, PredictOutput, RegressionOutput
from ..mode_keys import ModeKeys
from ..model_fn import EstimatorSpec

_DEFAULT = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
_REDUCTIONS = tf.losses.Reduction


class Head:
    """What the heads share."""

    logits_dimension: int

    def __init__(self, weight_column: Any, loss_reduction: str) -> None:
        if loss_reduction not in _REDUCTIONS.all() or loss_reduction == _REDUCTIONS.NONE:
            raise ValueError(f"Invalid loss_reduction: {loss_reduction}")
        self._weight_column = weight_column
        self._loss_reduction = loss_reduction

    def predictions(self, logits: Any) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.predictions")

    def export_outputs(self, predictions: dict) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.export_outputs")

    def losses(self, labels: Any, logits: Any) -> tuple[Any, Any]:
        """(the losses of the examples, the labels as they are compared)."""
        raise NotImplementedError(f"{type(self).__name__}.losses")

    def metrics(self, labels: Any, predictions: dict, weights: Any, losses: Any) -> dict:
        raise NotImplementedError(f"{type(self).__name__}.metrics")

    def spec(
        self, features: Any, mode: str, logits: Any, labels: Any, train_op_fn: Callable
    ) -> EstimatorSpec:
        """The EstimatorSpec of a model with these logits."""
        with tf.name_scope("head"):
            predictions = self.predictions(logits)
            if mode == ModeKeys.PREDICT:
                return EstimatorSpec(
                    mode, predictions=predictions, export_outputs=self.export_outputs(predictions)
                )
            if labels is None:
                raise ValueError(
                    "You must provide a labels Tensor. Given: None. Suggested troubleshooting "
                    "steps: Check that your data contain your label feature. Check that your "
                    "input_fn properly parses and returns labels."
                )
            losses, compared = self.losses(labels, logits)
            weights = self._weights(features, losses)
            loss = tf.losses.compute_weighted_loss(
                losses, weights=weights, reduction=self._loss_reduction
            )
            penalties = tf.losses.get_regularization_losses()
            total = tf.add_n([loss, *penalties]) if penalties else loss
            if mode == ModeKeys.EVAL:
                metrics = self.metrics(compared, predictions, weights, losses)
                return EstimatorSpec(
                    mode, predictions=predictions, loss=total, eval_metric_ops=metrics
                )
            train_op = train_op_fn(total)
            updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
            if updates:
                train_op = tf.group(train_op, *updates)
        with tf.name_scope(""):
            tf.summary.scalar("loss", total)
            if self._loss_reduction == _REDUCTIONS.SUM:
                size = tf.cast(tf.size(losses), tf.float32)
                count = size if isinstance(weights, float) else tf.reduce_sum(weights)
                tf.summary.scalar("average_loss", loss / count)
        return EstimatorSpec(mode, predictions=predictions, loss=total, train_op=train_op)

    def _weights(self, features: Any, losses: Any) -> Any:
        column = self._weight_column
        if column is None:
            return 1.0
        if isinstance(column, str):
            column = tf.feature_column.numeric_column(column)
        weights = tf.feature_column.input_layer(features, [column])
        with tf.control_dependencies([tf.assert_equal(tf.shape(weights)[0], tf.shape(losses)[0])]):
            return tf.identity(weights)


def _labels(labels: Any, logits: Any, width: int) -> Any:
    """Labels as [batch, width]."""
    if isinstance(labels, dict):
        raise ValueError(f"labels must be a Tensor, not a dict: {labels}")
    labels = tf.convert_to_tensor(labels)
    if labels.get_shape().ndims == 1 or (labels.get_shape().ndims is None and width == 1):
        labels = tf.expand_dims(labels, -1)
    last = labels.get_shape().as_list()[-1]
    if last is not None and last != width:
        raise ValueError(
            f"Mismatched label shape. Expected labels dimension={width}.  Received {last}. "
            "Suggested Fix: Provide the labels with as many numbers for each example."
        )
    return labels


class _Classes(Head):
    """What heads of classes share."""

    def __init__(
        self, n_classes: int, weight_column: Any, label_vocabulary: Any, loss_reduction: str
    ) -> None:
        super().__init__(weight_column, loss_reduction)
        if label_vocabulary is not None and not isinstance(label_vocabulary, list | tuple):
            raise ValueError(f"label_vocabulary should be a list or a tuple. {label_vocabulary}")
        self._n_classes = n_classes
        self._vocabulary = label_vocabulary

    def _ids(self, labels: Any) -> Any:
        """Labels as ids."""
        if self._vocabulary is None:
            if not (labels.dtype.is_integer or labels.dtype.is_floating):
                raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
        else:
            if labels.dtype != tf.string:
                raise ValueError(
                    f"Labels dtype should be string if there is a vocabulary. Instead got "
                    f"{labels.dtype}"
                )
            table = tf.contrib.lookup.index_table_from_tensor(
                tuple(self._vocabulary), name="class_id_lookup"
            )
            labels = table.lookup(labels)
        with tf.control_dependencies(
            [
                tf.assert_less_equal(
                    labels, tf.cast(self._n_classes - 1, labels.dtype),
                    message=f"Labels must <= n_classes - 1 = {self._n_classes - 1}",
                ),
                tf.assert_non_negative(labels, message="Labels must >= 0"),
            ]
        ):  # fmt: skip
            return tf.identity(labels)

    def _class_predictions(self, class_ids: Any, logits: Any) -> dict:
        """Ids and names of the best class, and of all."""
        batch = tf.shape(logits)[0]
        every = tf.tile(tf.expand_dims(tf.range(self._n_classes), 0), [batch, 1])
        if self._vocabulary is None:
            classes = tf.as_string(class_ids, name="str_classes")
            names = tf.as_string(tf.range(self._n_classes))
        else:
            table = tf.contrib.lookup.index_to_string_table_from_tensor(
                tuple(self._vocabulary), name="class_string_lookup"
            )
            classes = table.lookup(class_ids)
            names = tf.constant(list(self._vocabulary), tf.string)
        return {
            "class_ids": class_ids,
            "classes": classes,
            "all_class_ids": every,
            "all_classes": tf.tile(tf.expand_dims(names, 0), [batch, 1]),
        }

    def export_outputs(self, predictions: dict) -> dict:
        classification = ClassificationOutput(
            scores=predictions["probabilities"], classes=predictions["all_classes"]
        )
        return {
            _DEFAULT: classification,
            "classification": classification,
            "predict": PredictOutput(predictions),
        }


class BinaryHead(_Classes):
    """Two classes, one logit."""

    logits_dimension = 1

    def __init__(self, weight_column: Any, label_vocabulary: Any, loss_reduction: str) -> None:
        super().__init__(2, weight_column, label_vocabulary, loss_reduction)

    def predictions(self, logits: Any) -> dict:
        with tf.name_scope("predictions"):
            two = tf.concat([tf.zeros_like(logits), logits], -1, name="two_class_logits")
            ids = tf.expand_dims(tf.argmax(two, axis=-1), -1, name="class_ids")
            return {
                "logits": logits,
                "logistic": tf.sigmoid(logits, name="logistic"),
                "probabilities": tf.nn.softmax(two, name="probabilities"),
                **self._class_predictions(ids, logits),
            }

    def export_outputs(self, predictions: dict) -> dict:
        found = super().export_outputs(predictions)
        return {**found, "regression": RegressionOutput(predictions["logistic"])}

    def losses(self, labels: Any, logits: Any) -> tuple[Any, Any]:
        labels = tf.cast(self._ids(_labels(labels, logits, 1)), tf.float32)
        found = tf.nn.sigmoid_cross_entropy_with_logits(labels=labels, logits=logits)
        return found, labels

    def metrics(self, labels: Any, predictions: dict, weights: Any, losses: Any) -> dict:
        with tf.name_scope(None, "metrics", [labels]):
            logistic, ids = predictions["logistic"], predictions["class_ids"]
            mean_label = tf.metrics.mean(labels, weights=weights)
            return {
                "average_loss": tf.metrics.mean(losses, weights=weights),
                "accuracy": tf.metrics.accuracy(labels, ids, weights=weights),
                "precision": tf.metrics.precision(labels, ids, weights=weights),
                "recall": tf.metrics.recall(labels, ids, weights=weights),
                "prediction/mean": tf.metrics.mean(logistic, weights=weights),
                "label/mean": mean_label,
                "accuracy_baseline": tuple(tf.maximum(m, 1 - m) for m in mean_label),
                "auc": _auc(labels, logistic, weights, "ROC"),
                "auc_precision_recall": _auc(labels, logistic, weights, "PR"),
            }


def _auc(labels: Any, predictions: Any, weights: Any, curve: str) -> Any:
    return tf.metrics.auc(
        labels, predictions, weights=weights, curve=curve, summation_method="trapezoidal"
    )


class MultiClassHead(_Classes):
    """Several classes, as many logits."""

    def __init__(
        self, n_classes: int, weight_column: Any, label_vocabulary: Any, loss_reduction: str
    ) -> None:
        super().__init__(n_classes, weight_column, label_vocabulary, loss_reduction)
        self.logits_dimension = n_classes

    def predictions(self, logits: Any) -> dict:
        with tf.name_scope("predictions"):
            ids = tf.expand_dims(tf.argmax(logits, axis=-1), -1, name="class_ids")
            return {
                "logits": logits,
                "probabilities": tf.nn.softmax(logits, name="probabilities"),
                **self._class_predictions(ids, logits),
            }

    def losses(self, labels: Any, logits: Any) -> tuple[Any, Any]:
        labels = self._ids(_labels(labels, logits, 1))
        if not labels.dtype.is_integer:
            raise ValueError(f"Labels dtype should be integer. Instead got {labels.dtype}.")
        found = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.squeeze(labels, axis=-1), logits=logits
        )
        return tf.expand_dims(found, -1), labels

    def metrics(self, labels: Any, predictions: dict, weights: Any, losses: Any) -> dict:
        with tf.name_scope(None, "metrics", [labels]):
            return {
                "average_loss": tf.metrics.mean(losses, weights=weights),
                "accuracy": tf.metrics.accuracy(labels, predictions["class_ids"], weights=weights),
            }


class RegressionHead(Head):
    """Numbers, and the square of their errors."""

    def __init__(self, label_dimension: int, weight_column: Any, loss_reduction: str) -> None:
        super().__init__(weight_column, loss_reduction)
        if label_dimension < 1:
            raise ValueError(f"Invalid label_dimension {label_dimension}.")
        self.logits_dimension = label_dimension

    def predictions(self, logits: Any) -> dict:
        return {"predictions": logits}

    def export_outputs(self, predictions: dict) -> dict:
        regression = RegressionOutput(predictions["predictions"])
        return {
            _DEFAULT: regression,
            "regression": regression,
            "predict": PredictOutput(predictions),
        }

    def losses(self, labels: Any, logits: Any) -> tuple[Any, Any]:
        labels = tf.cast(_labels(labels, logits, self.logits_dimension), tf.float32)
        return tf.square(logits - labels), labels

    def metrics(self, labels: Any, predictions: dict, weights: Any, losses: Any) -> dict:
        with tf.name_scope(None, "metrics", [labels]):
            value = predictions["predictions"]
            return {
                "average_loss": tf.metrics.mean(losses, weights=weights),
                "prediction/mean": tf.metrics.mean(value, weights=weights),
                "label/mean": tf.metrics.mean(labels, weights=weights),
            }


def classification_head(
    n_classes: int, weight_column: Any, label_vocabulary: Any, loss_reduction: str
) -> Head:
    """The head for so many classes."""
    if not isinstance(n_classes, int) or n_classes < 2:
        raise ValueError(f"n_classes must be at least 2: {n_classes}")
    if n_classes == 2:
        return BinaryHead(weight_column, label_vocabulary, loss_reduction)
    return MultiClassHead(n_classes, weight_column, label_vocabulary, loss_reduction)
