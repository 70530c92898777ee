"""`tf.tpu`: what of TPUs a program goes through on a CPU or GPU."""

from ..contrib.tpu.bfloat16 import bfloat16_scope as bfloat16_scope
from ..contrib.tpu.optimizer import (
    CrossShardOptimizer as CrossShardOptimizer,
)
from ..contrib.tpu.optimizer import (
    cross_replica_sum as cross_replica_sum,
)
from ..contrib.tpu.replicas import (
    batch_parallel as batch_parallel,
)
from ..contrib.tpu.replicas import (
    core as core,
)
from ..contrib.tpu.replicas import (
    initialize_system as initialize_system,
)
from ..contrib.tpu.replicas import (
    outside_compilation as outside_compilation,
)
from ..contrib.tpu.replicas import (
    replicate as replicate,
)
from ..contrib.tpu.replicas import (
    rewrite as rewrite,
)
from ..contrib.tpu.replicas import (
    shard as shard,
)
from ..contrib.tpu.replicas import (
    shutdown_system as shutdown_system,
)

__all__ = [
    "CrossShardOptimizer", "batch_parallel", "bfloat16_scope", "core", "cross_replica_sum",
    "initialize_system", "outside_compilation", "replicate", "rewrite", "shard", "shutdown_system",
]  # fmt: skip
