"""Metrics that count right and wrong decisions at thresholds: precision, recall, areas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import scopeflow as tf

from .metrics import Metric, _weighted

_EPSILON = 1e-7


def _as_list(thresholds: Any, default: float = 0.5) -> list[float]:
    found = [default] if thresholds is None else thresholds
    found = list(found) if isinstance(found, Sequence) else [found]
    wrong = [t for t in found if t is None or not 0 <= t <= 1]
    if wrong:
        raise ValueError(f"Threshold values must be in [0, 1]. Invalid values: {wrong}")
    return found


class _Counts(Metric):
    """Counts of (weighted) decisions at each of some thresholds.

    `_counted` names the counts: of true or false, positives or negatives.
    """

    _counted: tuple[str, ...]

    def __init__(self, thresholds: list[float], name: str | None, dtype: Any) -> None:
        super().__init__(name, dtype)
        self._at = thresholds
        self._counts = {
            kind: self.add_weight(self._variable_name(kind), [len(thresholds)])
            for kind in self._counted
        }

    def _variable_name(self, kind: str) -> str:
        return kind

    def _decided(self, y_pred: Any) -> Any:
        """The predictions, with 0 for those that do not count as positive anyway."""
        return y_pred

    def _part(self, outputs: Any) -> Any:
        """The outputs that are looked at."""
        return outputs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The op that takes in a batch: labels of 0 or 1, predictions from 0 to 1."""
        y_pred = tf.cast(y_pred, self._dtype)
        y_true = tf.cast(y_true, self._dtype)
        if sample_weight is not None:
            sample_weight = self._part(_weighted(tf.ones_like(y_pred), sample_weight))
        y_true, y_pred = self._part(y_true), self._part(self._decided(y_pred))
        low, high = (tf.cast(limit, y_pred.dtype) for limit in (0.0, 1.0))
        valid = [
            tf.assert_greater_equal(y_pred, low, message="predictions must be >= 0"),
            tf.assert_less_equal(y_pred, high, message="predictions must be <= 1"),
        ]
        with tf.control_dependencies(valid):
            flat = tf.reshape(y_pred, [1, -1])
        labels = tf.reshape(tf.cast(y_true, tf.bool), [1, -1])
        positive = flat > tf.constant(self._at, flat.dtype, [len(self._at), 1])
        weights = 1.0 if sample_weight is None else tf.reshape(sample_weight, [1, -1])
        updates = []
        for kind, variable in self._counts.items():
            decided = positive if kind.endswith("positives") else tf.logical_not(positive)
            right = labels if kind in ("true_positives", "false_negatives") else ~labels
            found = tf.cast(decided & right, self._dtype) * weights
            updates.append(variable.assign_add(tf.reduce_sum(found, 1)).op)
        return tf.group(*updates)

    def _value(self, kind: str) -> Any:
        return tf.identity(self._counts[kind])


class _OneCount(_Counts):
    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        self.init_thresholds = thresholds
        super().__init__(_as_list(thresholds), name, dtype)
        self.thresholds = self._at

    def _variable_name(self, kind: str) -> str:
        return "accumulator"

    def result(self) -> Any:
        """The count: a number, or a vector for several thresholds."""
        found = self._value(self._counted[0])
        return found[0] if len(self._at) == 1 else found

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class TruePositives(_OneCount):
    """How many positive decisions are right."""

    _counted = ("true_positives",)


class TrueNegatives(_OneCount):
    """How many negative decisions are right."""

    _counted = ("true_negatives",)


class FalsePositives(_OneCount):
    """How many positive decisions are wrong."""

    _counted = ("false_positives",)


class FalseNegatives(_OneCount):
    """How many negative decisions are wrong."""

    _counted = ("false_negatives",)


class _Share(_Counts):
    """A share of true positives, of all outputs, the `top_k` ones, or those of one class."""

    def __init__(
        self, thresholds: Any = None, top_k: int | None = None, class_id: int | None = None,
        name: str | None = None, dtype: Any = None,
    ) -> None:  # fmt: skip
        self.init_thresholds, self.top_k, self.class_id = thresholds, top_k, class_id
        default = 0.5 if top_k is None else 0.0
        super().__init__(_as_list(thresholds, default), name, dtype)
        self.thresholds = self._at

    def _decided(self, y_pred: Any) -> Any:
        if self.top_k is None:
            return y_pred
        _, places = tf.nn.top_k(y_pred, self.top_k, sorted=False)
        among = tf.one_hot(places, tf.shape(y_pred)[-1], dtype=y_pred.dtype)
        return y_pred * tf.reduce_sum(among, -2)

    def _part(self, outputs: Any) -> Any:
        return outputs if self.class_id is None else outputs[..., self.class_id]

    def result(self) -> Any:
        """The share: a number, or a vector for several thresholds."""
        true, wrong = (self._value(kind) for kind in self._counted)
        found = tf.div_no_nan(true, true + wrong)
        return found[0] if len(self._at) == 1 else found

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(), "thresholds": self.init_thresholds, "top_k": self.top_k,
            "class_id": self.class_id,
        }  # fmt: skip


class Precision(_Share):
    """How many of the positive decisions are right."""

    _counted = ("true_positives", "false_positives")


class Recall(_Share):
    """How many of the positives are found."""

    _counted = ("true_positives", "false_negatives")


class AUC(_Counts):
    """The area under the curve of true and false positives (ROC), or of precision and recall (PR).

    Between the thresholds it is interpolated (for PR after Davis and Goadrich, 2006), or taken to
    be the smaller ("minoring") or larger ("majoring") of both sides.
    """

    _counted = ("true_positives", "true_negatives", "false_positives", "false_negatives")

    def __init__(
        self, num_thresholds: int = 200, curve: str = "ROC",
        summation_method: str = "interpolation", name: str | None = None, dtype: Any = None,
        thresholds: Any = None,
    ) -> None:  # fmt: skip
        if curve not in ("ROC", "PR"):
            raise ValueError(f'Invalid AUC curve value "{curve}".')
        if summation_method not in ("interpolation", "minoring", "majoring"):
            raise ValueError(f'Invalid AUC summation method value "{summation_method}".')
        if thresholds is not None:
            inner = sorted(thresholds)
            num_thresholds = len(inner) + 2
        else:
            if num_thresholds <= 1:
                raise ValueError("`num_thresholds` must be > 1.")
            inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        self.num_thresholds = num_thresholds
        self.curve, self.summation_method = curve, summation_method
        self._inner = inner
        super().__init__([-_EPSILON, *_as_list(inner), 1 + _EPSILON], name, dtype)
        self.thresholds = self._at

    def result(self) -> Any:
        """The area."""
        true, negatives, false, missed = (self._value(kind) for kind in self._counted)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return _precision_recall_area(true, false, missed)
        recall = tf.div_no_nan(true, true + missed)
        if self.curve == "ROC":
            x, y = tf.div_no_nan(false, false + negatives), recall
        else:
            x, y = recall, tf.div_no_nan(true, true + false)
        if self.summation_method == "interpolation":
            heights = (y[:-1] + y[1:]) / 2
        elif self.summation_method == "minoring":
            heights = tf.minimum(y[:-1], y[1:])
        else:
            heights = tf.maximum(y[:-1], y[1:])
        return tf.reduce_sum((x[:-1] - x[1:]) * heights)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(), "num_thresholds": self.num_thresholds, "curve": self.curve,
            "summation_method": self.summation_method, "thresholds": list(self._inner),
        }  # fmt: skip


def _precision_recall_area(true: Any, false: Any, missed: Any) -> Any:
    """The area where, between thresholds, false positives grow in proportion to true ones."""
    positive = true + false
    grown, less = true[:-1] - true[1:], positive[:-1] - positive[1:]
    slope = tf.div_no_nan(grown, tf.maximum(less, 0.0))
    start = true[1:] - slope * positive[1:]
    both = (positive[:-1] > 0) & (positive[1:] > 0)
    ratio = tf.where(
        both,
        tf.div_no_nan(positive[:-1], tf.maximum(positive[1:], 0.0)),
        tf.ones_like(positive[1:]),
    )
    area = slope * (grown + start * tf.log(ratio))
    return tf.reduce_sum(tf.div_no_nan(area, tf.maximum(true[1:] + missed[1:], 0.0)))
