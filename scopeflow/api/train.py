"""`tf.train`."""

from ..core.lazy_names import lazy_names as _lazy_names
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

__getattr__, __dir__ = _lazy_names(
    globals(),
    {
        "NewCheckpointReader": "..checkpoint.reader",
        "checkpoint_exists": "..checkpoint.state",
        "get_checkpoint_state": "..checkpoint.state",
        "latest_checkpoint": "..checkpoint.state",
        "list_variables": "..checkpoint.reader",
        "load_checkpoint": "..checkpoint.reader",
        "load_variable": "..checkpoint.reader",
    },
)

__all__ = [name for name in __dir__() if not name.startswith("_")]
