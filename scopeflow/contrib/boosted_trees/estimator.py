"""Gradient boosted decision trees as estimators of `tf.contrib.learn`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .heads import BinaryHead, Head, MultiClassHead, RegressionHead
from .model import Params, StopAtTrees, Trees, check_learner, matrix


def _model_fn(head: Head, columns: Any, params: Params, modifier: Callable | None) -> Callable:
    def model_fn(features: Any, labels: Any, mode: str) -> Any:
        modes, weight_name = tf.contrib.learn.ModeKeys, head._weight_column_name
        weights = head.weights(features)
        if isinstance(features, dict) and weight_name:
            features = {key: value for key, value in features.items() if key != weight_name}
        with tf.variable_scope("gbdt"):
            trees = Trees(matrix(features, columns), head.logits_dimension, params)
            if mode == modes.TRAIN:
                logits, nodes, buckets = trees.training_logits()
            else:
                logits = trees.logits()
            used = modifier(logits, features, mode) if modifier else logits
            predictions = head.predictions(used)
            if mode == modes.INFER:
                return tf.contrib.learn.ModelFnOps(mode, predictions)
            loss = head.loss(labels, used, weights)
            if mode == modes.EVAL:
                metrics = head.metrics(labels, predictions, weights)
                return tf.contrib.learn.ModelFnOps(mode, predictions, loss, None, metrics)
            step = tf.train.get_global_step()
            train_op = trees.train_op(loss, logits, nodes, buckets, step)
            hooks = []
            if params.num_trees:
                depth = params.learner.constraints.max_tree_depth
                hooks.append(StopAtTrees(trees.ensemble, params.num_trees, depth))
            tf.summary.scalar("loss", loss)
        return tf.contrib.learn.ModelFnOps(mode, predictions, loss, train_op, training_hooks=hooks)

    return model_fn


class GradientBoostedDecisionTreeEstimator(tf.contrib.learn.Estimator):
    """Trees for the task of a head.

    Args:
      learner_config: A LearnerConfig: how deep trees are, how fast they learn (0.1 if it does not
        tell).
      examples_per_layer: From how many examples a layer grows.
      head: A CustomLossHead, say.
      num_trees: When training ends, unless the steps end before.
      feature_columns: Which features there are; all, dense numbers, if None.
      model_dir: Where checkpoints and summaries are.
      config: A RunConfig.
      feature_engineering_fn: A function of features and labels that returns both, called first.
      logits_modifier_function: A function of logits, features and mode that returns other logits.
      center_bias: Whether a first tree of one node starts where the loss is least.
      use_core_libs: Not supported.
      output_leaf_index: Not supported.
      override_global_step_value: Not supported.
      num_quantiles: How many buckets a feature has, at most.
    """

    def __init__(
        self, learner_config: Any, examples_per_layer: int, head: Any,
        num_trees: int | None = None, feature_columns: Any = None, model_dir: str | None = None,
        config: Any = None, feature_engineering_fn: Callable | None = None,
        logits_modifier_function: Callable | None = None, center_bias: bool = True,
        use_core_libs: bool = False, output_leaf_index: bool = False,
        override_global_step_value: int | None = None, num_quantiles: int = 100,
    ) -> None:  # fmt: skip
        for name, given in (
            ("use_core_libs", use_core_libs),
            ("output_leaf_index", output_leaf_index),
            ("override_global_step_value", override_global_step_value is not None),
        ):
            if given:
                raise NotImplementedError(
                    f"boosted trees with {name}: scopeflow's have contrib.learn's heads and "
                    "predictions alone; leave it out, or use tf.estimator.BoostedTreesClassifier."
                )
        check_learner(learner_config)
        params = Params(learner_config, examples_per_layer, num_trees, center_bias, num_quantiles)
        super().__init__(
            _model_fn(head, feature_columns, params, logits_modifier_function),
            model_dir=model_dir,
            config=config,
            feature_engineering_fn=feature_engineering_fn,
        )


class GradientBoostedDecisionTreeClassifier(GradientBoostedDecisionTreeEstimator):
    """Classes by trees. Arguments are those of GradientBoostedDecisionTreeEstimator, and:

    Args:
      n_classes: How many classes there are.
      weight_column_name: The feature with the examples' weights.
      label_keys: Not supported: labels are numbers.
    """

    def __init__(
        self, learner_config: Any, examples_per_layer: int, n_classes: int = 2,
        num_trees: int | None = None, feature_columns: Any = None,
        weight_column_name: str | None = None, model_dir: str | None = None, config: Any = None,
        label_keys: Any = None, feature_engineering_fn: Callable | None = None,
        logits_modifier_function: Callable | None = None, center_bias: bool = True,
        use_core_libs: bool = False, output_leaf_index: bool = False,
        override_global_step_value: int | None = None, num_quantiles: int = 100,
    ) -> None:  # fmt: skip
        if label_keys is not None:
            raise NotImplementedError(
                "GradientBoostedDecisionTreeClassifier(label_keys=...): scopeflow takes class ids; "
                "look them up with tf.contrib.lookup.index_table_from_tensor."
            )
        if learner_config.num_classes not in (0, n_classes):
            raise ValueError(
                f"n_classes ({n_classes}) doesn't match learner_config "
                f"({learner_config.num_classes})."
            )
        head: Head = (
            BinaryHead(weight_column_name)
            if n_classes == 2
            else MultiClassHead(n_classes, weight_column_name)
        )
        super().__init__(
            learner_config, examples_per_layer, head, num_trees, feature_columns, model_dir,
            config, feature_engineering_fn, logits_modifier_function, center_bias, use_core_libs,
            output_leaf_index, override_global_step_value, num_quantiles,
        )  # fmt: skip


class GradientBoostedDecisionTreeRegressor(GradientBoostedDecisionTreeEstimator):
    """Numbers by trees. Arguments are those of GradientBoostedDecisionTreeEstimator, and:

    Args:
      label_dimension: How many numbers an example has.
      label_name: Not supported: labels are one tensor.
      weight_column_name: The feature with the examples' weights.
    """

    def __init__(
        self, learner_config: Any, examples_per_layer: int, label_dimension: int = 1,
        num_trees: int | None = None, feature_columns: Any = None, label_name: str | None = None,
        weight_column_name: str | None = None, model_dir: str | None = None, config: Any = None,
        feature_engineering_fn: Callable | None = None,
        logits_modifier_function: Callable | None = None, center_bias: bool = True,
        use_core_libs: bool = False, output_leaf_index: bool = False,
        override_global_step_value: int | None = None, num_quantiles: int = 100,
    ) -> None:  # fmt: skip
        if label_name is not None:
            raise NotImplementedError(
                "GradientBoostedDecisionTreeRegressor(label_name=...): scopeflow takes labels as "
                "one tensor; give that of the dict's entry."
            )
        super().__init__(
            learner_config, examples_per_layer, RegressionHead(label_dimension, weight_column_name),
            num_trees, feature_columns, model_dir, config, feature_engineering_fn,
            logits_modifier_function, center_bias, use_core_libs, output_leaf_index,
            override_global_step_value, num_quantiles,
        )  # fmt: skip
