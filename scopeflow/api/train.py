"""`tf.train`."""

from ..train.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from ..train.optimizer import Optimizer
from ..train.optimizers import AdamOptimizer, GradientDescentOptimizer, MomentumOptimizer

__all__ = [name for name in dir() if not name.startswith("_")]
