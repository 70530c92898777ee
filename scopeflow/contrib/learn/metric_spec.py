"""`tf.contrib.learn.MetricSpec`: which predictions, labels and weights a metric takes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf

NAMES = {
    "predictions": ("predictions", "prediction"),
    "labels": ("labels", "label", "targets", "target"),
    "weights": ("weights", "weight"),
}
"""What metric functions call their arguments."""


class MetricSpec:
    """A metric function and the keys of what it takes.

    Args:
      metric_fn: A function with arguments called predictions, labels and weights (or prediction,
        label, labels, target, targets, weight), such as those of `tf.metrics`. One without labels
        or weights is not given any. Arguments under other names come by position, labels first.
      prediction_key: Of the dict of predictions; None where there is but one tensor.
      label_key: Of the dict of labels; None where there is but one tensor.
      weight_key: Of the dict of features; None for no weights.

    ```python
    tf.contrib.learn.MetricSpec(tf.metrics.accuracy, prediction_key="classes")
    ```
    """

    def __init__(
        self,
        metric_fn: Callable,
        prediction_key: str | None = None,
        label_key: str | None = None,
        weight_key: str | None = None,
    ) -> None:
        self._metric_fn = metric_fn
        self._prediction_key = prediction_key
        self._label_key = label_key
        self._weight_key = weight_key
        self._arguments = _arguments(metric_fn)
        if weight_key is not None and "weights" not in self._arguments:
            raise ValueError(
                f"{NAMES['weights']} missing from {_name(metric_fn)}: it has no argument for the "
                f"weights of weight_key={weight_key!r}."
            )

    @property
    def metric_fn(self) -> Callable:
        """The function."""
        return self._metric_fn

    @property
    def prediction_key(self) -> str | None:
        """The key of the dict of predictions."""
        return self._prediction_key

    @property
    def label_key(self) -> str | None:
        """The key of the dict of labels."""
        return self._label_key

    @property
    def weight_key(self) -> str | None:
        """The key of the dict of features that are weights."""
        return self._weight_key

    def __str__(self) -> str:
        return (
            f"MetricSpec(metric_fn={_name(self._metric_fn)}, "
            f"prediction_key={self._prediction_key}, label_key={self._label_key}, "
            f"weight_key={self._weight_key})"
        )

    def create_metric_ops(self, inputs: Any, labels: Any, predictions: Any) -> Any:
        """What the function makes of the tensors that the keys name: usually (value, update op).

        Raises:
          ValueError: If a key is missing where there are several tensors, or given where there is
            but one.
          KeyError: If a dict lacks the key.
        """
        given: dict[str, Any] = {
            "predictions": _chosen(predictions, self._prediction_key, "prediction"),
            "labels": _chosen(labels, self._label_key, "label"),
        }
        if self._weight_key is not None:
            given["weights"] = inputs[self._weight_key]
        names = self._arguments
        positional = [given[what] for what in ("labels", "predictions") if what not in names]
        if len(positional) == 1:
            positional = []  # a function of predictions alone
        return self._metric_fn(
            *positional, **{names[what]: value for what, value in given.items() if what in names}
        )


def _arguments(function: Callable) -> dict[str, str]:
    """How the function calls predictions, labels and weights."""
    had = list(inspect.signature(function).parameters)
    bound = function.keywords if isinstance(function, functools.partial) else {}
    found = {}
    for what, names in NAMES.items():
        for name in names:
            if name in had and name not in bound:
                found[what] = name
                break
    return found


def _chosen(values: Any, key: str | None, what: str) -> Any:
    if isinstance(values, dict):
        if key is None:
            if len(values) != 1:
                raise ValueError(
                    f"MetricSpec without specified {what}_key requires {what}s tensor or single "
                    f"element dict, got {values}"
                )
            return next(iter(values.values()))
        if key not in values:
            raise KeyError(f"Key '{key}' missing from {values.keys()}.")
        return values[key]
    if key is not None:
        raise ValueError(
            f"MetricSpec with {what}_key specified requires {what}s dict, got {values}.\nYou must "
            f"not provide a {what}_key if you only have a single Tensor as {what}s."
        )
    return values


def _name(function: Any) -> str:
    while isinstance(function, functools.partial):
        function = function.func
    return getattr(function, "__name__", type(function).__name__)


def metric_ops(metrics: Any, features: Any, labels: Any, predictions: Any) -> dict:
    """The ops of a dict of metrics: name to MetricSpec, or, as older programs had it, name or
    (name, key of the predictions) to a function of predictions and labels."""
    made = {}
    for name, metric in (metrics or {}).items():
        if isinstance(metric, MetricSpec):
            made[name] = metric.create_metric_ops(features, labels, predictions)
        elif isinstance(name, tuple):
            if len(name) != 2:
                raise ValueError(f"Ignoring metric {name}. It returned a key of {len(name)} parts, "
                                 "expected (name, key of the predictions).")  # fmt: skip
            if not isinstance(predictions, dict):
                raise ValueError(f"Metrics passed provide (name, prediction), but predictions are "
                                 f"not dict. Metrics: {metrics}")  # fmt: skip
            made[name[0]] = metric(predictions[name[1]], labels)
        elif isinstance(predictions, dict):
            raise ValueError(
                "Metrics passed provide only name, no prediction, but predictions are dict. "
                f"Metrics: {metrics}, Labels: {labels}."
            )
        else:
            made[name] = metric(predictions, labels)
    for name, value in made.items():
        if not isinstance(value, tuple):
            made[name] = (value, tf.no_op())
    return made
