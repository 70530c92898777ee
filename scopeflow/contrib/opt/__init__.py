"""`tf.contrib.opt`: optimizers."""

from .adams import LazyAdamOptimizer, NadamOptimizer
from .weight_decay import (
    AdamWOptimizer,
    DecoupledWeightDecayExtension,
    MomentumWOptimizer,
    extend_with_decoupled_weight_decay,
)  # fmt: skip

__all__ = [
    "AdamWOptimizer", "DecoupledWeightDecayExtension", "LazyAdamOptimizer", "MomentumWOptimizer",
    "NadamOptimizer", "extend_with_decoupled_weight_decay",
]  # fmt: skip
