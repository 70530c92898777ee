"""`tf.distribute`, as far as a program of one device goes through it."""

from ..core.lazy_names import lazy_names as _lazy_names
from .contexts import (
    InputContext as InputContext,
)
from .contexts import (
    InputReplicationMode as InputReplicationMode,
)
from .contexts import (
    ReduceOp as ReduceOp,
)
from .contexts import (
    ReplicaContext as ReplicaContext,
)
from .strategies import (
    MirroredStrategy as MirroredStrategy,
)
from .strategies import (
    OneDeviceStrategy as OneDeviceStrategy,
)
from .strategies import (
    Strategy as Strategy,
)
from .strategies import (
    get_loss_reduction as get_loss_reduction,
)
from .strategies import (
    get_replica_context as get_replica_context,
)
from .strategies import (
    get_strategy as get_strategy,
)
from .strategies import (
    has_strategy as has_strategy,
)
from .strategies import (
    in_cross_replica_context as in_cross_replica_context,
)

__all__ = [
    "cluster_resolver",
    "InputContext", "InputReplicationMode", "MirroredStrategy", "OneDeviceStrategy", "ReduceOp",
    "ReplicaContext", "Strategy", "get_loss_reduction", "get_replica_context", "get_strategy",
    "has_strategy", "in_cross_replica_context",
]  # fmt: skip

# Built on tf.contrib: imported at the first use.
__getattr__, __dir__ = _lazy_names(globals(), {"cluster_resolver": ".cluster_resolver:"})
