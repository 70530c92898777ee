"""Estimators with something added to another one's model."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf

_MAY_TAKE = ("features", "labels", "predictions", "config")


def add_metrics(estimator: Any, metric_fn: Callable[..., dict[str, Any]]) -> Any:
    """An Estimator of the same model, whose evaluations also give the metrics of `metric_fn`.

    `metric_fn` returns a dict of metrics, as `eval_metric_ops` of an EstimatorSpec has them, and
    takes any of `features`, `labels`, `predictions` and `config` (ValueError for others); with
    names that the model has, its own come in their place.
    """
    taken = list(inspect.signature(metric_fn).parameters)
    strange = [name for name in taken if name not in _MAY_TAKE]
    if strange:
        raise ValueError(f"metric_fn ({metric_fn}) has following not expected args: {strange}")

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        spec = estimator.model_fn(features, labels, mode, config)
        if mode != tf.estimator.ModeKeys.EVAL:
            return spec
        offered = {
            "features": features, "labels": labels, "predictions": spec.predictions,
            "config": config,
        }  # fmt: skip
        more = metric_fn(**{name: offered[name] for name in taken})
        return spec._replace(eval_metric_ops={**(spec.eval_metric_ops or {}), **more})

    return tf.estimator.Estimator(model_fn, estimator.model_dir, estimator.config)
