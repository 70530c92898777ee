"""`tf.distribute.cluster_resolver`: the resolvers of `tf.contrib.cluster_resolver`."""

import scopeflow as tf

ClusterResolver = tf.contrib.cluster_resolver.ClusterResolver
GCEClusterResolver = tf.contrib.cluster_resolver.GCEClusterResolver
KubernetesClusterResolver = tf.contrib.cluster_resolver.KubernetesClusterResolver
SimpleClusterResolver = tf.contrib.cluster_resolver.SimpleClusterResolver
SlurmClusterResolver = tf.contrib.cluster_resolver.SlurmClusterResolver
TFConfigClusterResolver = tf.contrib.cluster_resolver.TFConfigClusterResolver
TPUClusterResolver = tf.contrib.cluster_resolver.TPUClusterResolver
UnionResolver = tf.contrib.cluster_resolver.UnionClusterResolver

__all__ = [
    "ClusterResolver", "GCEClusterResolver", "KubernetesClusterResolver", "SimpleClusterResolver",
    "SlurmClusterResolver", "TFConfigClusterResolver", "TPUClusterResolver", "UnionResolver",
]  # fmt: skip
