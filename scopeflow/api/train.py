"""`tf.train`."""

from ..checkpoint.reader import (
    NewCheckpointReader,
    list_variables,
    load_checkpoint,
    load_variable,
)
from ..checkpoint.state import checkpoint_exists, get_checkpoint_state, latest_checkpoint
from ..ops import training_sparse as _training_sparse
from ..train.adagrad import AdagradDAOptimizer, AdagradOptimizer, ProximalAdagradOptimizer
from ..train.ftrl import FtrlOptimizer
from ..train.global_step import (
    assert_global_step,
    create_global_step,
    get_global_step,
    get_or_create_global_step,
    global_step,
)
from ..train.moving_averages import ExponentialMovingAverage
from ..train.optimizer import Optimizer
from ..train.optimizers import (
    AdamOptimizer,
    GradientDescentOptimizer,
    MomentumOptimizer,
    ProximalGradientDescentOptimizer,
)
from ..train.rmsprop import AdadeltaOptimizer, RMSPropOptimizer
from ..train.schedules import (
    cosine_decay,
    cosine_decay_restarts,
    exponential_decay,
    inverse_time_decay,
    linear_cosine_decay,
    natural_exp_decay,
    noisy_linear_cosine_decay,
    piecewise_constant,
    polynomial_decay,
)
from ..train.schedules import piecewise_constant as piecewise_constant_decay
from ..train.sync_replicas import SyncReplicasOptimizer

__all__ = [name for name in dir() if not name.startswith("_")]
