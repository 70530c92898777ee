"""tensorflow.python.ops.metrics_impl: what metrics of programs take from there."""

from __future__ import annotations

from scopeflow.metrics.classes import streaming_confusion_matrix as _streaming_confusion_matrix
from scopeflow.metrics.state import fitted as _fitted
from scopeflow.metrics.state import metric_variable
from scopeflow.metrics.state import ratio as _safe_scalar_div

__all__ = [
    "_remove_squeezable_dimensions",
    "_safe_scalar_div",
    "_streaming_confusion_matrix",
    "metric_variable",
]


def _remove_squeezable_dimensions(predictions, labels, weights):
    """(predictions, labels, weights) of one rank."""
    labels, predictions, weights = _fitted(labels, predictions, weights)
    return predictions, labels, weights
