"""`tf.contrib.mixed_precision`: scaled losses."""

from .loss_scale import (
    ExponentialUpdateLossScaleManager,
    FixedLossScaleManager,
    LossScaleManager,
    LossScaleOptimizer,
)  # fmt: skip

__all__ = [
    "ExponentialUpdateLossScaleManager", "FixedLossScaleManager", "LossScaleManager",
    "LossScaleOptimizer",
]  # fmt: skip
