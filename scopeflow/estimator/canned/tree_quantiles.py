"""The buckets of numeric columns: quantiles of the first batches, which checkpoints hold."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .tree_ensemble import Spec

NUM_QUANTILES = 100


class Quantiles:
    """The streams of some features' values, as a resource of the graph."""

    optional_restore = False

    def __init__(self, values: list, epsilon: float) -> None:
        ops, self._values, self._epsilon = tf.raw_ops, values, epsilon
        self._handle = ops.BoostedTreesQuantileStreamResourceHandleOp(
            container="", shared_name="", name="QuantileAccumulator"
        )
        self._create = ops.BoostedTreesCreateQuantileStreamResource(
            quantile_stream_resource_handle=self._handle, epsilon=epsilon,
            num_streams=tf.constant(len(values), tf.int64),
        )  # fmt: skip
        made = ops.IsBoostedTreesQuantileStreamResourceInitialized(
            quantile_stream_resource_handle=self._handle
        )
        tf.add_to_collection(tf.GraphKeys.RESOURCES, (self._handle, self._create, made))
        self._bounds = self._read()
        self.op, self.name = self._handle, self._handle.name
        self.specs = [
            Spec(bounds, "", f"{self.name}_bucket_boundaries_{i}", tf.float32, bounds.device)
            for i, bounds in enumerate(self._bounds)
        ]
        self.device = self.specs[0].device
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self)

    def _read(self) -> list:
        return tf.raw_ops.BoostedTreesQuantileStreamResourceGetBucketBoundaries(
            quantile_stream_resource_handle=self._handle, num_features=len(self._values)
        )

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The op that gives it the bounds of a checkpoint."""
        with tf.control_dependencies([self._create]):
            return tf.raw_ops.BoostedTreesQuantileStreamResourceDeserialize(
                quantile_stream_resource_handle=self._handle, bucket_boundaries=restored_tensors
            )

    def buckets(self) -> list:
        """The buckets of the values."""
        return tf.raw_ops.BoostedTreesBucketize(
            float_values=self._values, bucket_boundaries=self._read()
        )

    def collect(self, n_batches: int, is_ready: Any) -> Any:
        """The op that adds the batch, and after enough of them makes the bounds."""
        ops = tf.raw_ops
        summaries = ops.BoostedTreesMakeQuantileSummaries(
            float_values=self._values, example_weights=[1.0], epsilon=self._epsilon
        )
        batches = tf.ConditionalAccumulator(tf.float32, ())
        add = ops.BoostedTreesQuantileStreamResourceAddSummaries(
            quantile_stream_resource_handle=self._handle, summaries=summaries
        )
        with tf.control_dependencies([add, batches.apply_grad(0.0, 1)]):
            is_enough = batches.num_accumulated() >= n_batches

        def finish() -> Any:
            flush = ops.BoostedTreesQuantileStreamResourceFlush(
                quantile_stream_resource_handle=self._handle,
                num_buckets=tf.constant(NUM_QUANTILES, tf.int64),
            )
            with tf.control_dependencies([flush]):
                return is_ready.assign(True).op

        return tf.cond(is_enough, finish, tf.no_op)
