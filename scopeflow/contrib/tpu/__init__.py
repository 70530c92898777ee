"""`tf.contrib.tpu`, as far as a program goes through it on a CPU or GPU."""

import scopeflow as tf

from .bfloat16 import bfloat16_scope as bfloat16_scope
from .loops import repeat as repeat
from .loops import while_loop as while_loop
from .optimizer import (
    CrossShardOptimizer as CrossShardOptimizer,
)
from .optimizer import (
    cross_replica_sum as cross_replica_sum,
)
from .replicas import (
    batch_parallel as batch_parallel,
)
from .replicas import (
    core as core,
)
from .replicas import (
    initialize_system as initialize_system,
)
from .replicas import (
    outside_compilation as outside_compilation,
)
from .replicas import (
    replicate as replicate,
)
from .replicas import (
    rewrite as rewrite,
)
from .replicas import (
    shard as shard,
)
from .replicas import (
    shutdown_system as shutdown_system,
)

InputPipelineConfig = tf.estimator.tpu.InputPipelineConfig
RunConfig = tf.estimator.tpu.RunConfig
TPUConfig = tf.estimator.tpu.TPUConfig
TPUEstimator = tf.estimator.tpu.TPUEstimator
TPUEstimatorSpec = tf.estimator.tpu.TPUEstimatorSpec

__all__ = [
    "CrossShardOptimizer", "InputPipelineConfig", "RunConfig", "TPUConfig", "TPUEstimator",
    "TPUEstimatorSpec", "batch_parallel", "bfloat16_scope", "core", "cross_replica_sum",
    "initialize_system", "outside_compilation", "repeat", "replicate", "rewrite", "shard",
    "shutdown_system", "while_loop",
]  # fmt: skip
