"""Linear models."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..estimator import Estimator
from .building import check_features, linear_logits, linear_rate, optimizer_of, partitioner_of
from .heads import RegressionHead, classification_head


def _model_fn(
    head: Any, feature_columns: Any, optimizer: Any, partitioner: Any, combiner: str
) -> Any:
    columns = tuple(feature_columns or ())

    def model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
        check_features(features)
        made = optimizer_of(optimizer, linear_rate(columns))
        parts = partitioner_of(partitioner, config, 64 << 20)
        with tf.variable_scope("linear", values=tuple(features.values()), partitioner=parts):
            logits = linear_logits(features, columns, head.logits_dimension, combiner)
            return head.spec(
                features, mode, logits, labels,
                lambda loss: made.minimize(loss, global_step=tf.train.get_global_step()),
            )  # fmt: skip

    return model_fn


class LinearClassifier(Estimator):
    """Classes by a linear function of feature columns."""

    def __init__(
        self,
        feature_columns: Any,
        model_dir: str | None = None,
        n_classes: int = 2,
        weight_column: Any = None,
        label_vocabulary: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        sparse_combiner: str = "sum",
    ) -> None:
        head = classification_head(n_classes, weight_column, label_vocabulary, loss_reduction)
        super().__init__(
            _model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )


class LinearRegressor(Estimator):
    """Numbers by a linear function of feature columns."""

    def __init__(
        self,
        feature_columns: Any,
        model_dir: str | None = None,
        label_dimension: int = 1,
        weight_column: Any = None,
        optimizer: Any = "Ftrl",
        config: Any = None,
        partitioner: Any = None,
        warm_start_from: Any = None,
        loss_reduction: str = tf.losses.Reduction.SUM,
        sparse_combiner: str = "sum",
    ) -> None:
        head = RegressionHead(label_dimension, weight_column, loss_reduction)
        super().__init__(
            _model_fn(head, feature_columns, optimizer, partitioner, sparse_combiner),
            model_dir=model_dir,
            config=config,
            warm_start_from=warm_start_from,
        )
