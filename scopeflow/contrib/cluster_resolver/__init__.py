"""`tf.contrib.cluster_resolver`: who belongs to a cluster, as the program says or TF_CONFIG."""

from .clouds import (
    GCEClusterResolver,
    KubernetesClusterResolver,
    SlurmClusterResolver,
    TPUClusterResolver,
)
from .resolvers import (
    ClusterResolver,
    SimpleClusterResolver,
    TFConfigClusterResolver,
    UnionClusterResolver,
)

__all__ = [
    "ClusterResolver", "GCEClusterResolver", "KubernetesClusterResolver", "SimpleClusterResolver",
    "SlurmClusterResolver", "TFConfigClusterResolver", "TPUClusterResolver",
    "UnionClusterResolver",
]  # fmt: skip
