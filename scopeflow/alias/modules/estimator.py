"""tensorflow.python.estimator.estimator: what programs with an Estimator of their own name."""

from __future__ import annotations

from ...estimator.preparing import check_arguments as _verify_model_fn_args

__all__ = ["_verify_model_fn_args"]
