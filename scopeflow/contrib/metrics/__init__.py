"""`tf.contrib.metrics`: metrics over many batches, and sets."""

import scopeflow as _tf

from .streams import (
    accuracy,
    aggregate_metric_map,
    aggregate_metrics,
    count,
    streaming_concat,
    streaming_covariance,
    streaming_false_negative_rate,
    streaming_false_positive_rate,
    streaming_pearson_correlation,
)
from .swapped import (
    streaming_accuracy,
    streaming_auc,
    streaming_false_negatives,
    streaming_false_negatives_at_thresholds,
    streaming_false_positives,
    streaming_false_positives_at_thresholds,
    streaming_mean,
    streaming_mean_absolute_error,
    streaming_mean_cosine_distance,
    streaming_mean_iou,
    streaming_mean_relative_error,
    streaming_mean_squared_error,
    streaming_mean_tensor,
    streaming_percentage_less,
    streaming_precision,
    streaming_precision_at_thresholds,
    streaming_recall,
    streaming_recall_at_thresholds,
    streaming_root_mean_squared_error,
    streaming_sensitivity_at_specificity,
    streaming_sparse_average_precision_at_k,
    streaming_sparse_precision_at_k,
    streaming_sparse_recall_at_k,
    streaming_specificity_at_sensitivity,
    streaming_true_negatives,
    streaming_true_negatives_at_thresholds,
    streaming_true_positives,
    streaming_true_positives_at_thresholds,
)

confusion_matrix = _tf.confusion_matrix
set_difference, set_intersection = _tf.sets.set_difference, _tf.sets.set_intersection
set_size, set_union = _tf.sets.set_size, _tf.sets.set_union

__all__ = [
    name for name in dir() if not name.startswith("_") and name not in ("streams", "swapped")
]
