"""The model of gradient boosted decision trees: features to buckets, steps that grow layers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import scopeflow as tf

from ..saved_resources import note_resource
from . import splits

_MOST_CENTERINGS = 5
_PRUNING = {0: 2, 1: 1, 2: 2}  # unspecified is pruning at the end, as "post" is


class Ensemble:
    """The trees as a resource of the graph, which checkpoints hold."""

    def __init__(self, name: str) -> None:
        ops = tf.raw_ops
        self.handle = ops.BoostedTreesEnsembleResourceHandleOp(
            container="", shared_name=name, name=name
        )
        create = ops.BoostedTreesCreateEnsemble(
            tree_ensemble_handle=self.handle, stamp_token=tf.constant(0, tf.int64),
            tree_ensemble_serialized="",
        )  # fmt: skip
        made = ops.IsBoostedTreesEnsembleInitialized(tree_ensemble_handle=self.handle)
        stamp, trees = ops.BoostedTreesSerializeEnsemble(tree_ensemble_handle=self.handle)
        note_resource(
            self.handle, create, made, {"_stamp": stamp, "_serialized": trees},
            lambda stamp, trees: ops.BoostedTreesDeserializeEnsemble(
                tree_ensemble_handle=self.handle, stamp_token=stamp,
                tree_ensemble_serialized=trees,
            ),
        )  # fmt: skip

    def states(self) -> Any:
        """Stamp, numbers of trees, finalized trees, attempted layers; nodes of the last layer."""
        return tf.raw_ops.BoostedTreesGetEnsembleStates(tree_ensemble_handle=self.handle)


class Params(NamedTuple):
    """What the program asks of the trees."""

    learner: Any
    examples_per_layer: int
    num_trees: int | None
    center_bias: bool
    num_quantiles: int


def _learning_rate(learner: Any) -> float:
    """What a tree's values are multiplied with: 0.1 unless the program says something else."""
    tuner = learner.learning_rate_tuner
    return tuner.fixed.learning_rate if tuner.WhichOneof("tuner") else 0.1


def check_learner(learner: Any) -> None:
    """NotImplementedError for what a LearnerConfig asks that is not there; ValueError for none."""
    if not learner.constraints.max_tree_depth:
        raise ValueError("LearnerConfig.constraints.max_tree_depth must be set.")
    tuner = learner.learning_rate_tuner.WhichOneof("tuner")
    asked = {
        f"learning_rate_tuner.{tuner}": (tuner not in (None, "fixed"), "learning_rate_tuner.fixed"),
        "feature_fraction": (learner.WhichOneof("feature_fraction"), "all features"),
        "growing_mode WHOLE_TREE": (learner.growing_mode == 1, "LAYER_BY_LAYER"),
        "multi_class_strategy FULL_HESSIAN": (
            learner.multi_class_strategy == 2, "DIAGONAL_HESSIAN",
        ),
        "multi_class_strategy TREE_PER_CLASS": (
            learner.multi_class_strategy == 1 and learner.num_classes > 2, "DIAGONAL_HESSIAN",
        ),
        "averaging_config": (learner.averaging_config.WhichOneof("config"), "no averaging"),
        "weak_learner_type OBLIVIOUS_DECISION_TREE": (
            learner.weak_learner_type, "NORMAL_DECISION_TREE",
        ),
        "constraints.max_number_of_unique_feature_columns": (
            learner.constraints.max_number_of_unique_feature_columns, "no limit",
        ),
    }  # fmt: skip
    for what, (is_asked, instead) in asked.items():
        if is_asked:
            raise NotImplementedError(
                f"LearnerConfig.{what}: scopeflow's boosted trees grow layer by layer, by the "
                f"diagonal of the Hessian, from all features. Use {instead}."
            )


def matrix(features: Any, columns: Any) -> Any:
    """The features as float32 [examples, numbers]: those of the columns, or all in name order."""
    if not isinstance(features, dict):
        features = {"": features}
    if columns:
        if hasattr(columns[0], "_transform_feature") or hasattr(columns[0], "transformed"):
            return tf.feature_column.input_layer(features, list(columns))
        return tf.contrib.layers.input_from_feature_columns(features, list(columns))
    flat = []
    for name in sorted(features):
        value = features[name]
        if isinstance(value, tf.SparseTensor) or not (
            value.dtype.is_floating or value.dtype.is_integer
        ):
            raise NotImplementedError(
                f"boosted trees on the feature {name!r}: scopeflow's take dense numbers; make "
                "them of it with feature_columns=[tf.feature_column.indicator_column(...)]."
            )
        width = int(np.prod(value.shape.as_list()[1:]))
        flat.append(tf.reshape(tf.cast(value, tf.float32), [-1, width]))
    return tf.concat(flat, 1)


class Trees:
    """The graph's part that is the same in training and in prediction."""

    def __init__(self, numbers: Any, logits_dimension: int, params: Params) -> None:
        self._numbers, self._params = numbers, params
        self._logits_dimension = logits_dimension
        self.ensemble = Ensemble("ensemble_model")
        shape = (numbers.shape[1].value, params.num_quantiles - 1)
        # Where the buckets of each feature end: quantiles of the first batch.
        self._bounds = tf.get_variable(
            "quantile_boundaries", shape, trainable=False,
            initializer=tf.constant_initializer(np.inf), use_resource=True,
        )  # fmt: skip
        self._are_bounds_ready = tf.get_variable(
            "are_boundaries_ready", [], tf.bool, trainable=False,
            initializer=tf.constant_initializer(False), use_resource=True,
        )  # fmt: skip

    def _buckets(self) -> Any:
        bounds = self._bounds.read_value()
        found = tf.searchsorted(bounds, tf.transpose(self._numbers), side="left")
        return tf.transpose(found)

    def logits(self) -> Any:
        """The logits of a trained model."""
        return tf.raw_ops.BoostedTreesPredict(
            tree_ensemble_handle=self.ensemble.handle, bucketized_features=[self._buckets()],
            logits_dimension=self._logits_dimension,
        )  # fmt: skip

    def training_logits(self) -> tuple[Any, Any, Any]:
        """Logits, the node at which each example ends, and its buckets."""

        def find() -> Any:
            shape = self._bounds.shape
            found = tf.py_func(
                splits.boundaries, [self._numbers, self._params.num_quantiles], tf.float32
            )
            found.set_shape(shape)
            with tf.control_dependencies([self._bounds.assign(found)]):
                return self._are_bounds_ready.assign(True).op

        with tf.control_dependencies([tf.cond(self._are_bounds_ready, tf.no_op, find)]):
            buckets = self._buckets()
        nothing = tf.zeros_like(buckets[:, 0])
        logits, _, nodes = tf.raw_ops.BoostedTreesTrainingPredict(
            tree_ensemble_handle=self.ensemble.handle, cached_tree_ids=nothing,
            cached_node_ids=nothing - 1, bucketized_features=[buckets],
            logits_dimension=self._logits_dimension,
        )  # fmt: skip
        return tf.identity(logits), nodes, buckets

    def train_op(self, loss: Any, logits: Any, nodes: Any, buckets: Any, step: Any) -> Any:
        """The op of a training step."""
        gradients = tf.gradients(loss, logits)[0]
        hessians = tf.stack(
            [tf.gradients(gradients[:, i], logits)[0][:, i] for i in range(self._logits_dimension)],
            axis=1,
        )
        add = tf.assign_add(step, 1).op
        if not self._params.center_bias:
            return tf.group(self._grow(gradients, hessians, nodes, buckets), add)
        is_biased = tf.get_variable(
            "center_bias_needed", [], tf.bool, trainable=False,
            initializer=tf.constant_initializer(True), use_resource=True,
        )  # fmt: skip
        regularization = self._params.learner.regularization

        def center() -> Any:
            goes_on = tf.raw_ops.BoostedTreesCenterBias(
                tree_ensemble_handle=self.ensemble.handle,
                mean_gradients=tf.reduce_sum(gradients, 0, keepdims=True),
                mean_hessians=tf.reduce_sum(hessians, 0, keepdims=True),
                l1=regularization.l1, l2=regularization.l2,
            )  # fmt: skip
            # Batches differ, so it could go on for ever.
            is_early = self.ensemble.states().stamp_token < _MOST_CENTERINGS
            return is_biased.assign(tf.logical_and(goes_on, is_early)).op

        grown = tf.cond(is_biased, center, lambda: self._grow(gradients, hessians, nodes, buckets))
        return tf.group(grown, add)

    def _grow(self, gradients: Any, hessians: Any, nodes: Any, buckets: Any) -> Any:
        """Keep the batch; when there are enough examples, grow a layer by them."""
        dtypes = [tf.int32, tf.float32, tf.float32, tf.int32]
        kept = tf.FIFOQueue(1 << 20, dtypes, name="examples")
        count = tf.FIFOQueue(1 << 20, [tf.int32], [()], name="example_counts")
        size = tf.shape(buckets)[0]
        before = tf.cond(tf.equal(count.size(), 0), lambda: 0, count.dequeue)
        total = before + size
        with tf.control_dependencies([kept.enqueue([buckets, gradients, hessians, nodes])]):
            is_enough = total >= self._params.examples_per_layer

        def layer() -> Any:
            every = self._all_of(kept)
            return self._add_layer(*every)

        return tf.cond(is_enough, layer, lambda: count.enqueue(total))

    def _all_of(self, kept: Any) -> list:
        """All the batches that are kept, as one."""
        width, logits = self._bounds.shape[0].value, self._logits_dimension
        first = kept.dequeue()
        shapes = [[None, width], [None, logits], [None, logits], [None]]
        for part, shape in zip(first, shapes, strict=True):
            part.set_shape(shape)

        def more(left: Any, *parts: Any) -> list:
            others = kept.dequeue()
            return [left - 1, *(tf.concat(p, 0) for p in zip(parts, others, strict=True))]

        return tf.while_loop(
            lambda left, *parts: left > 0, more, [kept.size(), *first],
            shape_invariants=[tf.TensorShape([]), *map(tf.TensorShape, shapes)],
        )[1:]  # fmt: skip

    def _add_layer(self, buckets: Any, gradients: Any, hessians: Any, nodes: Any) -> Any:
        learner = self._params.learner
        penalties = splits.Penalties(
            learner.regularization.l1, learner.regularization.l2,
            learner.regularization.tree_complexity, learner.constraints.min_node_weight,
        )  # fmt: skip

        def find(b: Any, g: Any, h: Any, nodes: Any, first: Any) -> tuple:
            return splits.best_splits(b, g, h, nodes, first, penalties)

        kinds = [tf.int32, tf.float32, tf.int32, tf.int32, tf.float32, tf.float32]
        begin = self.ensemble.states().last_layer_nodes_range[0]
        found = tf.py_func(find, [buckets, gradients, hessians, nodes, begin], kinds)
        for part in found[:4]:
            part.set_shape([None])
        for part in found[4:]:
            part.set_shape([None, self._logits_dimension])
        ids, gains, features, thresholds, left, right = found
        return tf.raw_ops.BoostedTreesUpdateEnsembleV2(
            tree_ensemble_handle=self.ensemble.handle, feature_ids=[0], dimension_ids=[features],
            node_ids=[ids], gains=[gains], thresholds=[thresholds], left_node_contribs=[left],
            right_node_contribs=[right],
            split_types=[tf.fill(tf.shape(ids), "INEQUALITY_DEFAULT_LEFT")],
            max_depth=learner.constraints.max_tree_depth,
            learning_rate=_learning_rate(learner),
            pruning_mode=_PRUNING[learner.pruning_mode],
        )  # fmt: skip


class StopAtTrees(tf.train.SessionRunHook):
    """Stops when there are enough finalized trees, or when too many layers were tried in vain."""

    def __init__(self, ensemble: Ensemble, num_trees: int, max_depth: int) -> None:
        states = ensemble.states()
        self._states = [states.num_finalized_trees, states.num_attempted_layers]
        self._num_trees, self._most_layers = num_trees, 2 * num_trees * max_depth

    def after_run(self, run_context: Any, run_values: Any) -> None:
        finalized, layers = run_context.session.run(self._states)
        if finalized >= self._num_trees or layers > self._most_layers:
            run_context.request_stop()
