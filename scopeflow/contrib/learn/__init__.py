"""`tf.contrib.learn`: the estimators, monitors and experiments from before `tf.estimator`.

The ready-made models of this namespace (LinearClassifier, DNNClassifier and their kin) and its
input readers are not here: `tf.estimator` and `tf.data` have their successors.
"""

from . import learn_runner, monitors, preprocessing
from .errors import NotFittedError
from .estimators import Estimator, SKCompat
from .experiment import Experiment
from .metric_spec import MetricSpec
from .model_fn import ExportStrategy, InputFnOps, ModeKeys, ModelFnOps, ProblemType
from .run_config import RunConfig, TaskType

NanLossDuringTrainingError = monitors.NanLossDuringTrainingError

__all__ = [
    "Estimator",
    "Experiment",
    "ExportStrategy",
    "InputFnOps",
    "MetricSpec",
    "ModeKeys",
    "ModelFnOps",
    "NanLossDuringTrainingError",
    "NotFittedError",
    "ProblemType",
    "RunConfig",
    "SKCompat",
    "TaskType",
    "learn_runner",
    "monitors",
    "preprocessing",
]
