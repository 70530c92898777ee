"""`tf.contrib.distribute`: strategies of one device."""

import scopeflow as tf

from .strategies import MirroredStrategy as MirroredStrategy

DistributionStrategy = tf.distribute.Strategy
OneDeviceStrategy = tf.distribute.OneDeviceStrategy
ReplicaContext = tf.distribute.ReplicaContext
get_distribution_strategy = tf.distribute.get_strategy
get_loss_reduction = tf.distribute.get_loss_reduction
get_replica_context = tf.distribute.get_replica_context
get_strategy = tf.distribute.get_strategy
has_distribution_strategy = tf.distribute.has_strategy
has_strategy = tf.distribute.has_strategy
in_cross_replica_context = tf.distribute.in_cross_replica_context

__all__ = [
    "DistributionStrategy", "MirroredStrategy", "OneDeviceStrategy", "ReplicaContext",
    "get_distribution_strategy", "get_loss_reduction", "get_replica_context", "get_strategy",
    "has_distribution_strategy", "has_strategy", "in_cross_replica_context",
]  # fmt: skip
