"""`tf.metrics` under their older names: predictions before labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def _streaming(name: str, metric: Callable, left_out: tuple[str, ...] = ()) -> Callable:
    """`metric` as `name`, with the arguments (predictions, labels, …) in this order."""
    given = inspect.signature(metric)
    parameters = [p for key, p in given.parameters.items() if key not in left_out]
    if [p.name for p in parameters[:2]] == ["labels", "predictions"]:
        parameters[:2] = parameters[1::-1]
    signature = given.replace(parameters=parameters)

    def streaming(*args: Any, **kwargs: Any) -> Any:
        return metric(**signature.bind(*args, **kwargs).arguments)

    streaming.__name__ = streaming.__qualname__ = name
    streaming.__signature__ = signature  # type: ignore[attr-defined]
    swapped = "" if parameters[0].name != "predictions" else ", predictions before labels"
    streaming.__doc__ = f"`tf.metrics.{metric.__name__}`{swapped}."
    return streaming


_COLLECTIONS = ("metrics_collections", "updates_collections", "name")

streaming_accuracy = _streaming("streaming_accuracy", tf.metrics.accuracy)
streaming_auc = _streaming("streaming_auc", tf.metrics.auc, ("summation_method", "thresholds"))
streaming_false_negatives = _streaming("streaming_false_negatives", tf.metrics.false_negatives)
streaming_false_negatives_at_thresholds = _streaming(
    "streaming_false_negatives_at_thresholds",
    tf.metrics.false_negatives_at_thresholds,
    _COLLECTIONS,
)
streaming_false_positives = _streaming("streaming_false_positives", tf.metrics.false_positives)
streaming_false_positives_at_thresholds = _streaming(
    "streaming_false_positives_at_thresholds",
    tf.metrics.false_positives_at_thresholds,
    _COLLECTIONS,
)
streaming_mean = _streaming("streaming_mean", tf.metrics.mean)
streaming_mean_absolute_error = _streaming(
    "streaming_mean_absolute_error", tf.metrics.mean_absolute_error
)
streaming_mean_cosine_distance = _streaming(
    "streaming_mean_cosine_distance", tf.metrics.mean_cosine_distance
)
streaming_mean_iou = _streaming("streaming_mean_iou", tf.metrics.mean_iou)
streaming_mean_relative_error = _streaming(
    "streaming_mean_relative_error", tf.metrics.mean_relative_error
)
streaming_mean_squared_error = _streaming(
    "streaming_mean_squared_error", tf.metrics.mean_squared_error
)
streaming_mean_tensor = _streaming("streaming_mean_tensor", tf.metrics.mean_tensor)
streaming_percentage_less = _streaming("streaming_percentage_less", tf.metrics.percentage_below)
streaming_precision = _streaming("streaming_precision", tf.metrics.precision)
streaming_precision_at_thresholds = _streaming(
    "streaming_precision_at_thresholds", tf.metrics.precision_at_thresholds
)
streaming_recall = _streaming("streaming_recall", tf.metrics.recall)
streaming_recall_at_thresholds = _streaming(
    "streaming_recall_at_thresholds", tf.metrics.recall_at_thresholds
)
streaming_root_mean_squared_error = _streaming(
    "streaming_root_mean_squared_error", tf.metrics.root_mean_squared_error
)
streaming_sensitivity_at_specificity = _streaming(
    "streaming_sensitivity_at_specificity", tf.metrics.sensitivity_at_specificity
)
streaming_sparse_average_precision_at_k = _streaming(
    "streaming_sparse_average_precision_at_k", tf.metrics.average_precision_at_k
)
streaming_sparse_precision_at_k = _streaming(
    "streaming_sparse_precision_at_k", tf.metrics.precision_at_k
)
streaming_sparse_recall_at_k = _streaming("streaming_sparse_recall_at_k", tf.metrics.recall_at_k)
streaming_specificity_at_sensitivity = _streaming(
    "streaming_specificity_at_sensitivity", tf.metrics.specificity_at_sensitivity
)
streaming_true_negatives = _streaming("streaming_true_negatives", tf.metrics.true_negatives)
streaming_true_negatives_at_thresholds = _streaming(
    "streaming_true_negatives_at_thresholds",
    tf.metrics.true_negatives_at_thresholds,
    _COLLECTIONS,
)
streaming_true_positives = _streaming("streaming_true_positives", tf.metrics.true_positives)
streaming_true_positives_at_thresholds = _streaming(
    "streaming_true_positives_at_thresholds",
    tf.metrics.true_positives_at_thresholds,
    _COLLECTIONS,
)
