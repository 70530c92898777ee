"""Wide and deep models: a linear one and a network, added up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..estimator import Estimator
from .building import (
    check_features,
    deep_logits,
    linear_logits,
    linear_rate,
    optimizer_of,
    partitioner_of,
)
from .heads import RegressionHead, classification_head


def _model_fn(
    head: Any, linear_columns: Any, linear_optimizer: Any, dnn_columns: Any, dnn_optimizer: Any,
    hidden_units: Any, activation_fn: Callable, dropout: Any, partitioner: Any, batch_norm: bool,
    combiner: str,
) -> Any:  # fmt: skip
    wide, deep = tuple(linear_columns or ()), tuple(dnn_columns or ())
    if not wide and not deep:
        raise ValueError("Either linear_feature_columns or dnn_feature_columns must be defined.")
    if deep and not hidden_units:
        raise ValueError("dnn_hidden_units must be defined when dnn_feature_columns is specified.")

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        check_features(features)
        parts = partitioner_of(partitioner, config, 64 << 20)
        values = tuple(features.values())
        found, optimizers = [], []
        if deep:
            with tf.variable_scope("dnn", values=values):
                found.append(
                    deep_logits(
                        features, mode, deep, hidden_units, head.logits_dimension, activation_fn,
                        dropout, parts, batch_norm,
                    )
                )  # fmt: skip
            optimizers.append(("dnn", optimizer_of(dnn_optimizer, 0.001)))
        if wide:
            with tf.variable_scope("linear", values=values):
                found.append(linear_logits(features, wide, head.logits_dimension, combiner))
                tag = "linear/fraction_of_zero_values"
                tf.summary.scalar(tag, tf.nn.zero_fraction(found[-1]))
                tf.summary.histogram("linear/activation", found[-1])
            optimizers.append(("linear", optimizer_of(linear_optimizer, linear_rate(wide, 0.005))))
        logits = found[0] if len(found) == 1 else found[0] + found[1]

        def train_op_fn(loss: Any) -> Any:
            steps = [
                optimizer.minimize(
                    loss,
                    var_list=tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=name),
                )
                for name, optimizer in optimizers
            ]
            with tf.control_dependencies([tf.group(*steps)]):
                return tf.assign_add(tf.train.get_global_step(), 1).op

        return head.spec(features, mode, logits, labels, train_op_fn)

    return model_fn


class DNNLinearCombinedClassifier(Estimator):
    """Classes by a linear function of some columns and a network over others."""

    def __init__(
        self,
        model_dir: str | None = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Any = None,
        dnn_activation_fn: Callable = tf.nn.relu,
        dnn_dropout: float | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            _model_fn(
                head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
                dnn_hidden_units, dnn_activation_fn, dnn_dropout, input_layer_partitioner,
                batch_norm, linear_sparse_combiner,
            ),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )  # fmt: skip


class DNNLinearCombinedRegressor(Estimator):
    """Numbers by a linear function of some columns and a network over others."""

    def __init__(
        self,
        model_dir: str | None = None,
        linear_feature_columns: Any = None,
        linear_optimizer: Any = "Ftrl",
        dnn_feature_columns: Any = None,
        dnn_optimizer: Any = "Adagrad",
        dnn_hidden_units: Any = None,
        dnn_activation_fn: Callable = tf.nn.relu,
        dnn_dropout: float | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        batch_norm: bool = False,
        linear_sparse_combiner: str = "sum",
    ) -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(
            _model_fn(
                head, linear_feature_columns, linear_optimizer, dnn_feature_columns, dnn_optimizer,
                dnn_hidden_units, dnn_activation_fn, dnn_dropout, input_layer_partitioner,
                batch_norm, linear_sparse_combiner,
            ),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )  # fmt: skip
