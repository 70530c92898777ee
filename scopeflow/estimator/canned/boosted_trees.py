"""Boosted trees."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf

from ..estimator import Estimator
from ..mode_keys import ModeKeys
from . import tree_message
from .building import check_features
from .heads import BinaryHead, RegressionHead
from .tree_ensemble import TreeEnsemble
from .tree_features import bucketed, importance_names, sorted_columns
from .tree_growing import Grower, StopAtTrees, TreeParams, check_params

_DEFAULT = object()
_EXPLANATION = "boosted_trees/explanation"


def _model_fn(
    head: Any, columns: list, n_batches: int, params: TreeParams, epsilon: float
) -> Callable:
    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        check_features(features)
        check_params(params)
        training = mode == ModeKeys.TRAIN
        with tf.name_scope("boosted_trees") as scope:
            ensemble = TreeEnsemble(scope)
            found, quantiles = bucketed(features, columns, epsilon)
            if training:
                # Where buckets end is known at once, unless there are numeric columns.
                are_ready = tf.Variable(
                    quantiles is None, name="are_boundaries_ready", trainable=False,
                    use_resource=True,
                )  # fmt: skip
            values = [feature.values for feature in found]
            handle = ensemble.resource_handle
            if not training:
                logits = tf.raw_ops.BoostedTreesPredict(
                    tree_ensemble_handle=handle, bucketized_features=values,
                    logits_dimension=head.logits_dimension,
                )  # fmt: skip
            else:
                stamp, trees, finalized, layers, nodes = ensemble.get_states()
                nothing = tf.zeros_like(values[0])
                partial, _, node_ids = tf.raw_ops.BoostedTreesTrainingPredict(
                    tree_ensemble_handle=handle, cached_tree_ids=nothing,
                    cached_node_ids=nothing - 1, bucketized_features=values,
                    logits_dimension=head.logits_dimension,
                )  # fmt: skip
                logits = tf.zeros_like(partial) + partial
                counts = [feature.num_buckets for feature in found]
                grower = Grower(ensemble, stamp, nodes, counts, n_batches, params)
                with tf.name_scope("ensemble"):
                    tf.summary.scalar("num_trees", trees)
                    tf.summary.scalar("num_finalized_trees", finalized)
                    tf.summary.scalar("num_attempted_layers", layers)
                hook = StopAtTrees(ensemble, params)

        def train(loss: Any) -> Any:
            step = tf.train.get_global_step()
            return grower.train_op(loss, logits, node_ids, values, step, quantiles, are_ready)

        if mode == ModeKeys.PREDICT:
            path = tf.raw_ops.BoostedTreesExampleDebugOutputs(
                tree_ensemble_handle=handle, bucketized_features=values,
                logits_dimension=head.logits_dimension,
            )  # fmt: skip
            tf.add_to_collection(_EXPLANATION, path)
        spec = head.spec(features, mode, logits, labels, train)
        if training:
            spec = spec._replace(training_hooks=(*spec.training_hooks, hook))
        return spec

    return model_fn


class _BoostedTrees(Estimator):
    """What boosted trees tell of themselves."""

    def _set_up(
        self, head: Any, feature_columns: Any, n_batches_per_layer: int, params: TreeParams,
        model_dir: Any, config: Any, epsilon: float, explained: Callable,
    ) -> None:  # fmt: skip
        columns = sorted_columns(feature_columns)
        self._names = importance_names(columns)
        self._centers, self._explained = params.center_bias, explained
        model_fn = _model_fn(head, columns, n_batches_per_layer, params, epsilon)
        Estimator.__init__(self, model_fn, model_dir=model_dir, config=config)

    def experimental_feature_importances(self, normalize: bool = False) -> OrderedDict:
        """By feature, the gains of the splits by it, the largest first.

        Their sum is 1 if `normalize`; AssertionError if that is wanted and there are no splits.
        """
        serialized = self.get_variable_value("boosted_trees:0_serialized")
        gains = dict.fromkeys(sorted(set(self._names)), 0.0)
        for feature, gain in tree_message.gains(serialized):
            gains[self._names[feature]] += gain
        total = sum(gains.values())
        if normalize:
            if not total > 0:
                raise AssertionError("Trees are all empty or contain only a root node.")
            gains = {name: gain / total for name, gain in gains.items()}
        return OrderedDict(sorted(gains.items(), key=lambda item: -item[1]))

    def experimental_predict_with_explanations(
        self,
        input_fn: Callable,
        predict_keys: Any = None,
        hooks: Any = None,
        checkpoint_path: str | None = None,
    ) -> Iterator[dict]:
        """Predictions, with "bias" and, by feature, what it adds to that ("dfc").

        Raises:
          ValueError: If the estimator does not center the bias.
        """
        if not self._centers:
            raise ValueError(
                "center_bias must be enabled during estimator instantiation when using "
                "experimental_predict_with_explanations."
            )
        paths = _Paths()
        found = self.predict(
            input_fn, predict_keys, [*(hooks or []), paths], checkpoint_path,
            yield_single_examples=False,
        )  # fmt: skip
        for batch in found:
            for i, path in enumerate(paths.values):
                example = {key: value[i] for key, value in batch.items()}
                yield {**self._explanation(path), **example}

    def _explanation(self, serialized: bytes) -> dict:
        features, logits = tree_message.way(serialized)
        levels = self._explained(logits)
        added = dict.fromkeys(sorted(set(self._names)), np.float32(0))
        for feature, step in zip(features, np.diff(levels), strict=True):
            added[self._names[feature]] += step
        ordered = sorted(added.items(), key=lambda item: -abs(item[1]))
        return {"bias": levels[0], "dfc": OrderedDict(ordered)}


class _Paths(tf.train.SessionRunHook):
    """Fetches the ways of a batch's examples through the trees."""

    values: Any = ()

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(tf.get_collection(_EXPLANATION)[0])

    def after_run(self, run_context: Any, run_values: Any) -> None:
        self.values = run_values.results


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-logits))


class BoostedTreesClassifier(_BoostedTrees):
    """Two classes by trees, each of which makes up for what those before it get wrong.

    Args:
      feature_columns: bucketized_columns, indicator_columns and numeric_columns. The first
        `n_batches_per_layer` batches decide where the buckets of numeric ones end.
      n_batches_per_layer: After how many batches a layer grows.
      n_classes: 2. As in TensorFlow 1.15, there is nothing else.
      n_trees, max_depth: When training ends; how deep a tree is.
      learning_rate: What a tree's values are multiplied with.
      l1_regularization, l2_regularization: Of the leaves' values.
      tree_complexity: What a split must gain, if there is pruning.
      min_node_weight: The sum of Hessians that a node needs to be split.
      center_bias: Whether a first tree of one node starts where the loss is least.
      pruning_mode: "none", "pre" or "post".
      quantile_sketch_epsilon: How far off quantiles of numeric columns may be: they are exact.
      train_in_memory: That a batch is all the data. It changes nothing: predictions are not kept
        from step to step.
    """

    def __init__(
        self, feature_columns: Any, n_batches_per_layer: int, model_dir: str | None = None,
        n_classes: Any = _DEFAULT, weight_column: Any = None, label_vocabulary: Any = None,
        n_trees: int = 100, max_depth: int = 6, learning_rate: float = 0.1,
        l1_regularization: float = 0.0, l2_regularization: float = 0.0,
        tree_complexity: float = 0.0, min_node_weight: float = 0.0, config: Any = None,
        center_bias: bool = False, pruning_mode: str = "none",
        quantile_sketch_epsilon: float = 0.01, train_in_memory: bool = False,
    ) -> None:  # fmt: skip
        if n_classes not in (_DEFAULT, 2):
            raise ValueError(f"Boosted trees have two classes, not n_classes={n_classes}.")
        head = BinaryHead(weight_column, label_vocabulary, _MEAN)
        params = TreeParams(
            n_trees, max_depth, learning_rate, l1_regularization, l2_regularization,
            tree_complexity, min_node_weight, center_bias, pruning_mode,
        )  # fmt: skip
        self._set_up(
            head, feature_columns, n_batches_per_layer, params, model_dir, config,
            quantile_sketch_epsilon, _sigmoid,
        )  # fmt: skip


class BoostedTreesRegressor(_BoostedTrees):
    """Numbers by trees, each of which makes up for what those before it get wrong.

    `label_dimension` is 1; as in TensorFlow 1.15, there is nothing else. The other arguments are
    those of BoostedTreesClassifier.
    """

    def __init__(
        self, feature_columns: Any, n_batches_per_layer: int, model_dir: str | None = None,
        label_dimension: Any = _DEFAULT, weight_column: Any = None, n_trees: int = 100,
        max_depth: int = 6, learning_rate: float = 0.1, l1_regularization: float = 0.0,
        l2_regularization: float = 0.0, tree_complexity: float = 0.0,
        min_node_weight: float = 0.0, config: Any = None, center_bias: bool = False,
        pruning_mode: str = "none", quantile_sketch_epsilon: float = 0.01,
        train_in_memory: bool = False,
    ) -> None:  # fmt: skip
        if label_dimension not in (_DEFAULT, 1):
            raise ValueError(f"Boosted trees have label_dimension 1, not {label_dimension}.")
        head = RegressionHead(1, weight_column, _MEAN)
        params = TreeParams(
            n_trees, max_depth, learning_rate, l1_regularization, l2_regularization,
            tree_complexity, min_node_weight, center_bias, pruning_mode,
        )  # fmt: skip
        self._set_up(
            head, feature_columns, n_batches_per_layer, params, model_dir, config,
            quantile_sketch_epsilon, np.asarray,
        )  # fmt: skip


_MEAN = tf.losses.Reduction.SUM_OVER_BATCH_SIZE
