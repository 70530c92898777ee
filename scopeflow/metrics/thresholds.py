"""Metrics of scores: the four counts at each of several thresholds, and curves through them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .state import collected, fitted, metric_variable, spread

_EPSILON = 1e-7
_KINDS = {
    "true_positives": (True, True),
    "false_negatives": (True, False),
    "true_negatives": (False, False),
    "false_positives": (False, True),
}


def _counts(
    labels: Any, predictions: Any, thresholds: Any, weights: Any, kinds: Any
) -> tuple[dict[str, Any], dict[str, tf.Tensor]]:
    """For each of `kinds` the counts so far at the thresholds, and the op that adds this batch."""
    predictions = tf.to_float(predictions)
    with tf.control_dependencies(
        [
            tf.assert_greater_equal(predictions, 0.0, message="predictions must be in [0, 1]"),
            tf.assert_less_equal(predictions, 1.0, message="predictions must be in [0, 1]"),
        ]
    ):
        labels, predictions, weights = fitted(tf.cast(labels, tf.bool), predictions, weights)
        scores = tf.reshape(predictions, [1, -1])
    actual = tf.reshape(tf.cast(labels, tf.bool), [1, -1])
    limits = tf.expand_dims(tf.convert_to_tensor(thresholds, tf.float32), 1)
    predicted = tf.greater(scores, limits)
    heavy = None
    if weights is not None:
        heavy = tf.reshape(spread(tf.to_float(weights), predictions), [1, -1])
    values, updates = {}, {}
    for kind in kinds:
        is_positive, called_positive = _KINDS[kind]
        hit = tf.logical_and(
            actual if is_positive else tf.logical_not(actual),
            predicted if called_positive else tf.logical_not(predicted),
        )
        found = tf.to_float(hit)
        if heavy is not None:
            found = tf.multiply(found, heavy)
        state = metric_variable([len(thresholds)], tf.float32, kind)
        values[kind] = state
        updates[kind] = tf.assign_add(state, tf.reduce_sum(found, 1))
    return values, updates


def _at_thresholds(kind: str) -> Callable:
    def count(
        labels: Any,
        predictions: Any,
        thresholds: Any,
        weights: Any = None,
        metrics_collections: Any = None,
        updates_collections: Any = None,
        name: str | None = None,
    ) -> tuple[tf.Tensor, tf.Tensor]:
        with tf.variable_scope(name, kind, (predictions, labels, weights)):
            values, updates = _counts(labels, predictions, thresholds, weights, [kind])
            value = tf.identity(values[kind])
            return collected(value, updates[kind], metrics_collections, updates_collections)

    count.__name__ = count.__qualname__ = f"{kind}_at_thresholds"
    count.__doc__ = (
        f"For each threshold the {kind.replace('_', ' ')} where scores above it mean yes, and the "
        "update op."
    )
    return count


true_positives_at_thresholds: Callable[..., Any] = _at_thresholds("true_positives")
true_negatives_at_thresholds: Callable[..., Any] = _at_thresholds("true_negatives")
false_positives_at_thresholds: Callable[..., Any] = _at_thresholds("false_positives")
false_negatives_at_thresholds: Callable[..., Any] = _at_thresholds("false_negatives")


def precision_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The precision at each threshold, and the update op."""
    with tf.variable_scope(name, "precision_at_thresholds", (predictions, labels, weights)):
        kinds = ("true_positives", "false_positives")
        found = _counts(labels, predictions, thresholds, weights, kinds)
        value, update = (
            tf.div(c[kinds[0]], _EPSILON + c[kinds[0]] + c[kinds[1]], name=f"precision_{what}")
            for c, what in zip(found, ("value", "update_op"), strict=True)
        )
        return collected(value, update, metrics_collections, updates_collections)


def recall_at_thresholds(
    labels: Any,
    predictions: Any,
    thresholds: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The recall at each threshold, and the update op."""
    with tf.variable_scope(name, "recall_at_thresholds", (predictions, labels, weights)):
        kinds = ("true_positives", "false_negatives")
        found = _counts(labels, predictions, thresholds, weights, kinds)
        value, update = (
            tf.div(c[kinds[0]], _EPSILON + c[kinds[0]] + c[kinds[1]], name=f"recall_{what}")
            for c, what in zip(found, ("value", "update_op"), strict=True)
        )
        return collected(value, update, metrics_collections, updates_collections)


def _even(number: int) -> list[float]:
    """So many thresholds: below 0, above 1 and evenly between."""
    between = [(i + 1) * 1.0 / (number - 1) for i in range(number - 2)]
    return [-_EPSILON, *between, 1.0 + _EPSILON]


def auc(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    curve: str = "ROC",
    name: str | None = None,
    summation_method: str = "trapezoidal",
    thresholds: Any = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The area under the curve "ROC" or "PR" (precision over recall), and the update op.

    The curve goes through its points at `num_thresholds` even thresholds, or at `thresholds` (and
    just outside [0, 1]). Between these `summation_method` takes the "trapezoidal" rule, the lower
    ("minoring") or higher ("majoring") end, or for PR "careful_interpolation".
    """
    with tf.variable_scope(name, "auc", (labels, predictions, weights)):
        if curve not in ("ROC", "PR"):
            raise ValueError(f"curve must be either ROC or PR, {curve} unknown")
        if thresholds is None:
            limits = _even(num_thresholds)
        else:
            limits = [-_EPSILON, *sorted(thresholds), 1.0 + _EPSILON]
        values, updates = _counts(labels, predictions, limits, weights, _KINDS)
        value = _area(values, curve, summation_method, "value")
        update = _area(updates, curve, summation_method, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def _area(counts: dict[str, Any], curve: str, method: str, name: str) -> tf.Tensor:
    tp, fn, tn, fp = (tf.convert_to_tensor(counts[kind]) for kind in _KINDS)
    if method == "careful_interpolation":
        if curve != "PR":
            raise ValueError(
                "careful_interpolation is only for the curve PR: ROC needs no such care"
            )
        return _careful(tp, fn, fp)
    recall = tf.div(tp + _EPSILON, tp + fn + _EPSILON)
    if curve == "ROC":
        x, y = tf.div(fp, fp + tn + _EPSILON), recall
    else:
        x, y = recall, tf.div(tp + _EPSILON, tp + fp + _EPSILON)
    widths = x[:-1] - x[1:]
    if method == "trapezoidal":
        heights = (y[:-1] + y[1:]) / 2.0
    elif method == "minoring":
        heights = tf.minimum(y[:-1], y[1:])
    elif method == "majoring":
        heights = tf.maximum(y[:-1], y[1:])
    else:
        raise ValueError(f"Invalid summation_method: {method}")
    return tf.reduce_sum(tf.multiply(widths, heights), name=name)


def _careful(tp: tf.Tensor, fn: tf.Tensor, fp: tf.Tensor) -> tf.Tensor:
    """The integral of precision where true positives are linear in all positives between points."""
    called = tp + fp
    gained = tp[:-1] - tp[1:]
    slope = tf.div_no_nan(gained, tf.maximum(called[:-1] - called[1:], 0.0))
    offset = tp[1:] - slope * called[1:]
    both = tf.logical_and(called[:-1] > 0.0, called[1:] > 0.0)
    factor = tf.where(
        both, tf.div_no_nan(called[:-1], tf.maximum(called[1:], 0.0)), tf.ones_like(called[1:])
    )
    area = slope * (gained + offset * tf.log(factor))
    share = tf.div_no_nan(area, tf.maximum(tp[1:] + fn[1:], 0.0))
    return tf.reduce_sum(share, name="interpolate_pr_auc")


def sensitivity_at_specificity(
    labels: Any,
    predictions: Any,
    specificity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The recall at the threshold whose specificity is nearest to `specificity`, and the update."""
    if not 0 <= specificity <= 1:
        raise ValueError("`specificity` must be in the range [0, 1].")

    def best(counts: dict[str, Any], name: str) -> tf.Tensor:
        tp, fn, tn, fp = (counts[kind] for kind in _KINDS)
        reached = tf.div(tn, tn + fp + _EPSILON)
        at = tf.cast(tf.argmin(tf.abs(reached - specificity), 0), tf.int32)
        tp, fn = tf.convert_to_tensor(tp), tf.convert_to_tensor(fn)
        return tf.div(tp[at], tp[at] + fn[at] + _EPSILON, name)

    scope = "sensitivity_at_specificity"
    with tf.variable_scope(name, scope, (predictions, labels, weights)):
        limits = _even(num_thresholds)
        values, updates = _counts(labels, predictions, limits, weights, _KINDS)
        value, update = best(values, "value"), best(updates, "update_op")
        return collected(value, update, metrics_collections, updates_collections)


def specificity_at_sensitivity(
    labels: Any,
    predictions: Any,
    sensitivity: float,
    weights: Any = None,
    num_thresholds: int = 200,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The specificity at the threshold whose recall is nearest to `sensitivity`, and the update.

    Of equally near ones it is the highest threshold.
    """
    if not 0 <= sensitivity <= 1:
        raise ValueError("`sensitivity` must be in the range [0, 1].")

    def best(counts: dict[str, Any], name: str) -> tf.Tensor:
        tp, fn, tn, fp = (tf.convert_to_tensor(counts[kind]) for kind in _KINDS)
        far = tf.abs(tf.div(tp, tp + fn + _EPSILON) - sensitivity)
        nearest = tf.cast(tf.equal(far, tf.reduce_min(far)), tf.int64)
        at = tf.cast(tf.argmax(tf.cumsum(nearest), 0), tf.int32)
        return tf.div(tn[at], tn[at] + fp[at] + _EPSILON, name)

    scope = "specificity_at_sensitivity"
    with tf.variable_scope(name, scope, (predictions, labels, weights)):
        limits = _even(num_thresholds)
        values, updates = _counts(labels, predictions, limits, weights, _KINDS)
        value, update = best(values, "value"), best(updates, "update_op")
        return collected(value, update, metrics_collections, updates_collections)
