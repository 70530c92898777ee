"""`tf.estimator.tpu`: estimators written for TPUs, on a CPU or GPU."""

from .config import (
    InputPipelineConfig as InputPipelineConfig,
)
from .config import (
    RunConfig as RunConfig,
)
from .config import (
    TPUConfig as TPUConfig,
)
from .estimator import TPUEstimator as TPUEstimator
from .spec import TPUEstimatorSpec as TPUEstimatorSpec

__all__ = ["InputPipelineConfig", "RunConfig", "TPUConfig", "TPUEstimator", "TPUEstimatorSpec"]
