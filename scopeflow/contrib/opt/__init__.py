"""`tf.contrib.opt`: optimizers."""

from .adams import LazyAdamOptimizer, NadamOptimizer
from .external import ExternalOptimizerInterface, ScipyOptimizerInterface
from .moving_average import MovingAverageOptimizer
from .weight_decay import (
    AdamWOptimizer,
    DecoupledWeightDecayExtension,
    MomentumWOptimizer,
    extend_with_decoupled_weight_decay,
)  # fmt: skip

__all__ = [
    "AdamWOptimizer", "DecoupledWeightDecayExtension", "ExternalOptimizerInterface",
    "LazyAdamOptimizer", "MomentumWOptimizer", "MovingAverageOptimizer", "NadamOptimizer",
    "ScipyOptimizerInterface", "extend_with_decoupled_weight_decay",
]  # fmt: skip
