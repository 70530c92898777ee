"""What a step of training boosted trees does: statistics of the batch, at times a new layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import scopeflow as tf

from .tree_ensemble import PruningMode, TreeEnsemble


class TreeParams(NamedTuple):
    """How trees grow."""

    n_trees: int
    max_depth: int
    learning_rate: float
    l1: float
    l2: float
    tree_complexity: float
    min_node_weight: float
    center_bias: bool
    pruning_mode: str


def check_params(params: TreeParams) -> None:
    """ValueError where they do not go together."""
    mode = PruningMode.from_str(params.pruning_mode)
    if mode != PruningMode.NO_PRUNING and params.tree_complexity == 0:
        raise ValueError("For pruning, tree_complexity must be positive.")
    if mode == PruningMode.NO_PRUNING and params.tree_complexity > 0:
        raise ValueError("Tree complexity have no effect unless pruning mode is chosen.")


class Grower:
    """Grows an ensemble by the statistics of `n_batches` batches a layer.

    What batches add up to stands in accumulators of the session, one for the features with the same
    number of buckets; checkpoints do not have it, as in TensorFlow.
    """

    def __init__(
        self, ensemble: TreeEnsemble, stamp: Any, nodes: Any, buckets: list[int],
        n_batches: int, params: TreeParams,
    ) -> None:  # fmt: skip
        self._ensemble, self._stamp, self._nodes = ensemble, stamp, nodes
        self._n_batches, self._params = n_batches, params
        self._max_splits = (1 << params.max_depth) - 1
        by_count: dict[int, list[int]] = {}
        for feature, count in enumerate(buckets):
            by_count.setdefault(count, []).append(feature)
        self._groups = [
            (count, features, self._accumulator((len(features), self._max_splits, count, 2)))
            for count, features in sorted(by_count.items())
        ]
        self._center_accumulator: Any = None
        if params.center_bias:
            self._center_accumulator = self._accumulator((2, 1))
        self.center_bias_needed = tf.Variable(
            params.center_bias, name="center_bias_needed", trainable=False, use_resource=True
        )

    def _accumulator(self, shape: tuple) -> Any:
        return tf.ConditionalAccumulator(tf.float32, shape)

    def train_op(
        self, loss: Any, logits: Any, node_ids: Any, features: list, global_step: Any,
        quantiles: Any, are_boundaries_ready: Any,
    ) -> Any:  # fmt: skip
        """The op of a training step.

        With `quantiles` the first batches find where buckets end, and count as no steps.
        """
        gradients = tf.gradients(loss, logits, name="Gradients")[0]
        hessians = tf.gradients(gradients, logits, name="Hessians")[0]

        def grow() -> Any:
            return self._grow(gradients, hessians, node_ids, features)

        def step() -> Any:
            increment = tf.assign_add(global_step, 1).op
            if self._center_accumulator is None:
                return tf.group(grow(), increment, name="grow_op")
            done = tf.cond(self.center_bias_needed, lambda: self._center(gradients, hessians), grow)
            return tf.group(done, increment, name="grow_op")

        if quantiles is None:
            return step()
        return tf.cond(
            are_boundaries_ready,
            step,
            lambda: quantiles.collect(self._n_batches, are_boundaries_ready),
        )

    def _when_enough(self, added: list, accumulators: list, function: Callable) -> Any:
        """The op that calls `function` when all the batches of a layer are there."""
        with tf.control_dependencies(added):
            counts = [accumulator.num_accumulated() for accumulator in accumulators]
            enough = tf.greater_equal(tf.reduce_min(tf.stack(counts)), self._n_batches)

        def act() -> Any:
            with tf.control_dependencies([function()]):
                return tf.no_op()

        return tf.cond(enough, act, tf.no_op)

    def _grow(self, gradients: Any, hessians: Any, node_ids: Any, features: list) -> Any:
        added = []
        for count, group, accumulator in self._groups:
            stats = tf.raw_ops.BoostedTreesMakeStatsSummary(
                node_ids=node_ids, gradients=gradients, hessians=hessians,
                bucketized_features_list=[features[i] for i in group],
                max_splits=self._max_splits, num_buckets=count,
            )  # fmt: skip
            added.append(accumulator.apply_grad(stats, self._stamp))
        accumulators = [accumulator for _, _, accumulator in self._groups]
        return self._when_enough(added, accumulators, self._add_layer)

    def _add_layer(self) -> Any:
        params = self._params
        ids: list[int] = []
        stats = []
        for _, group, accumulator in self._groups:
            ids += group
            stats += tf.unstack(accumulator.take_grad(1))
        best = tf.raw_ops.BoostedTreesCalculateBestGainsPerFeature(
            node_id_range=self._nodes, stats_summary_list=stats, l1=params.l1, l2=params.l2,
            tree_complexity=params.tree_complexity, min_node_weight=params.min_node_weight,
            max_splits=self._max_splits,
        )  # fmt: skip
        return tf.raw_ops.BoostedTreesUpdateEnsemble(
            tree_ensemble_handle=self._ensemble.resource_handle, feature_ids=ids,
            node_ids=best.node_ids_list, gains=best.gains_list, thresholds=best.thresholds_list,
            left_node_contribs=best.left_node_contribs_list,
            right_node_contribs=best.right_node_contribs_list, max_depth=params.max_depth,
            learning_rate=params.learning_rate,
            pruning_mode=PruningMode.from_str(params.pruning_mode),
        )  # fmt: skip

    def _center(self, gradients: Any, hessians: Any) -> Any:
        means = tf.stack([tf.reduce_mean(gradients, 0), tf.reduce_mean(hessians, 0)])
        accumulator = self._center_accumulator

        def center() -> Any:
            both = accumulator.take_grad(1)
            goes_on = tf.raw_ops.BoostedTreesCenterBias(
                tree_ensemble_handle=self._ensemble.resource_handle,
                mean_gradients=both[:1], mean_hessians=both[1:],
                l1=self._params.l1, l2=self._params.l2,
            )  # fmt: skip
            return self.center_bias_needed.assign(goes_on).op

        return self._when_enough(
            [accumulator.apply_grad(means, self._stamp)], [accumulator], center
        )


class StopAtTrees(tf.train.SessionRunHook):
    """Stops when there are enough finalized trees, or when too many layers were tried in vain."""

    def __init__(self, ensemble: TreeEnsemble, params: TreeParams) -> None:
        _, _, self._finalized, self._layers, _ = ensemble.get_states()
        self._n_trees = params.n_trees
        self._most_layers = 2 * params.n_trees * params.max_depth

    def after_run(self, run_context: Any, run_values: Any) -> None:
        # The run itself saw the states of before its layer.
        finalized, layers = run_context.session.run([self._finalized, self._layers])
        if finalized >= self._n_trees or layers > self._most_layers:
            run_context.request_stop()
