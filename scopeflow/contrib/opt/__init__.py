"""`tf.contrib.opt`: optimizers."""

from .adagrad import RegAdagradOptimizer
from .adams import (
    AdaMaxOptimizer,
    AdamGSOptimizer,
    LazyAdamGSOptimizer,
    LazyAdamOptimizer,
    NadamOptimizer,
)  # fmt: skip
from .clipping import VariableClippingOptimizer, clip_gradients_by_global_norm
from .external import ExternalOptimizerInterface, ScipyOptimizerInterface
from .lars import LARSOptimizer
from .moving_average import MovingAverageOptimizer
from .multitask import MultitaskOptimizerWrapper
from .signs import AddSignOptimizer, PowerSignOptimizer
from .weight_decay import (
    AdamWOptimizer,
    DecoupledWeightDecayExtension,
    MomentumWOptimizer,
    extend_with_decoupled_weight_decay,
)  # fmt: skip

__all__ = [
    "AdaMaxOptimizer", "AdamGSOptimizer", "AdamWOptimizer", "AddSignOptimizer",
    "DecoupledWeightDecayExtension", "ExternalOptimizerInterface", "LARSOptimizer",
    "LazyAdamGSOptimizer", "LazyAdamOptimizer", "MomentumWOptimizer", "MovingAverageOptimizer",
    "MultitaskOptimizerWrapper", "NadamOptimizer", "PowerSignOptimizer", "RegAdagradOptimizer",
    "ScipyOptimizerInterface", "VariableClippingOptimizer", "clip_gradients_by_global_norm",
    "extend_with_decoupled_weight_decay",
]  # fmt: skip
