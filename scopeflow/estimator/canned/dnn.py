"""Deep models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..estimator import Estimator
from .building import check_features, deep_logits, optimizer_of, partitioner_of
from .heads import RegressionHead, classification_head


def _model_fn(
    head: Any, hidden_units: Any, feature_columns: Any, optimizer: Any, activation_fn: Callable,
    dropout: Any, input_layer_partitioner: Any, batch_norm: bool,
) -> Any:  # fmt: skip
    columns = tuple(feature_columns or ())

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        check_features(features)
        made = optimizer_of(optimizer, 0.05)
        parts = partitioner_of(input_layer_partitioner, config, 64 << 20)
        with tf.variable_scope("dnn", values=tuple(features.values())):
            logits = deep_logits(
                features, mode, columns, hidden_units, head.logits_dimension, activation_fn,
                dropout, parts, batch_norm,
            )  # fmt: skip
            return head.spec(
                features, mode, logits, labels,
                lambda loss: made.minimize(loss, global_step=tf.train.get_global_step()),
            )  # fmt: skip

    return model_fn


class DNNClassifier(Estimator):
    """Classes by a network over feature columns."""

    def __init__(
        self,
        hidden_units: Any,
        feature_columns: Any,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Callable = tf.nn.relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        batch_norm: bool = False,
    ) -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            _model_fn(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                input_layer_partitioner, batch_norm,
            ),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )  # fmt: skip


class DNNRegressor(Estimator):
    """Numbers by a network over feature columns."""

    def __init__(
        self,
        hidden_units: Any,
        feature_columns: Any,
        model_dir: str | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Adagrad",
        activation_fn: Callable = tf.nn.relu,
        dropout: float | None = None,
        input_layer_partitioner: Any = None,
        config: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        batch_norm: bool = False,
    ) -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(
            _model_fn(
                head, hidden_units, feature_columns, optimizer, activation_fn, dropout,
                input_layer_partitioner, batch_norm,
            ),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )  # fmt: skip
