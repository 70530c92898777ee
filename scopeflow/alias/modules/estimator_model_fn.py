"""tensorflow.python.estimator.model_fn: what programs with an Estimator of their own name."""

from __future__ import annotations

from ...estimator.tpu.spec import Fields as _TPUEstimatorSpec

LOSS_METRIC_KEY = "loss"
AVERAGE_LOSS_METRIC_KEY = "average_loss"

__all__ = ["AVERAGE_LOSS_METRIC_KEY", "LOSS_METRIC_KEY", "_TPUEstimatorSpec"]
