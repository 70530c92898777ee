"""k-means as an estimator: `tf.contrib.factorization.KMeansClustering`."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf

from . import clustering


class _InitializeClusters(tf.train.SessionRunHook):
    """Runs the op that chooses centers until there are enough, and saves them.

    They would else be lost when choosing them has taken the only batch, and no step follows.
    """

    def __init__(self, init_op: Any, initialized: Any, config: Any) -> None:
        self._init_op = init_op
        self._initialized = initialized
        self._config = config

    def after_create_session(self, session: Any, coord: Any) -> None:
        if session.run(self._initialized):
            return
        if not self._config.is_chief:
            while not session.run(self._initialized):
                time.sleep(1)
            return
        tf.logging.info("Initializing cluster centers.")
        while not session.run(self._initialized):
            session.run(self._init_op)
        for saver in tf.get_collection(tf.GraphKeys.SAVERS):
            path = os.path.join(self._config.model_dir, "model.ckpt")
            saver.save(session, path, tf.train.get_global_step())


class _StopAtSteadyLoss(tf.train.SessionRunHook):
    """Asks to stop when the loss changes by less than a share of its value."""

    def __init__(self, loss: Any, tolerance: float) -> None:
        self._loss = loss
        self._tolerance = tolerance
        self._last: float | None = None

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self._loss)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        loss = float(run_values.results)
        if self._last is not None and abs(self._last - loss) < self._tolerance * abs(self._last):
            run_context.request_stop()
        self._last = loss


class KMeansClustering(tf.estimator.Estimator):
    """An estimator that finds `num_clusters` centers of points, float32 [n, d].

    The input function gives the points, or a dict of them: of one tensor, or, with
    `feature_columns`, of what these take. The arguments are `KMeans`'s, and:

    Args:
      relative_tolerance: Training ends when the loss changes by less than this share of it; wants
        batches of all points (`use_mini_batch=False`).
      config: A `tf.estimator.RunConfig`.
      feature_columns: What makes the points of the features; without, a dict's values side by
        side, in the order of their names.

    Raises:
      ValueError: For an unknown metric or way to initialize.

    ```python
    points = np.random.rand(100, 2).astype(np.float32)
    kmeans = tf.contrib.factorization.KMeansClustering(num_clusters=3, use_mini_batch=False)
    for _ in range(10):
        kmeans.train(lambda: tf.train.limit_epochs(tf.constant(points), num_epochs=1))
    kmeans.cluster_centers()
    ```
    """

    SQUARED_EUCLIDEAN_DISTANCE = clustering.SQUARED_EUCLIDEAN_DISTANCE
    COSINE_DISTANCE = clustering.COSINE_DISTANCE
    RANDOM_INIT = clustering.RANDOM_INIT
    KMEANS_PLUS_PLUS_INIT = clustering.KMEANS_PLUS_PLUS_INIT
    SCORE = "score"
    CLUSTER_INDEX = "cluster_index"
    ALL_DISTANCES = "all_distances"
    CLUSTER_CENTERS_VAR_NAME = clustering.CLUSTERS_VAR_NAME

    def __init__(
        self,
        num_clusters: int,
        model_dir: str | None = None,
        initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        random_seed: int = 0,
        use_mini_batch: bool = True,
        mini_batch_steps_per_iteration: int = 1,
        kmeans_plus_plus_num_retries: int = 2,
        relative_tolerance: float | None = None,
        config: Any = None,
        feature_columns: Any = None,
    ) -> None:
        clustering.check_names(
            initial_clusters, distance_metric, (self.RANDOM_INIT, self.KMEANS_PLUS_PLUS_INIT)
        )

        def model_fn(features: Any, mode: str, config: Any) -> Any:
            points = _points(features, feature_columns)
            graph = clustering.KMeans(
                points, num_clusters, initial_clusters, distance_metric, use_mini_batch,
                mini_batch_steps_per_iteration, random_seed, kmeans_plus_plus_num_retries,
            )  # fmt: skip
            distances, indices, nearest, initialized, init_op, step = graph.training_graph()
            loss = tf.reduce_sum(nearest[0])
            tf.summary.scalar("loss/raw", loss)
            with tf.control_dependencies([step]):
                train_op = tf.group(tf.assign_add(tf.train.get_or_create_global_step(), 1))
            hooks = [_InitializeClusters(init_op, initialized, config)]
            if relative_tolerance is not None:
                hooks.append(_StopAtSteadyLoss(loss, relative_tolerance))
            predictions = {self.ALL_DISTANCES: distances[0], self.CLUSTER_INDEX: indices[0]}
            export = tf.estimator.export
            return tf.estimator.EstimatorSpec(
                mode=mode,
                predictions=predictions,
                loss=loss,
                train_op=train_op,
                eval_metric_ops={self.SCORE: tf.metrics.mean(loss)},
                training_hooks=hooks,
                export_outputs={
                    tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY:
                    export.PredictOutput(predictions[self.ALL_DISTANCES]),
                    self.ALL_DISTANCES: export.PredictOutput(predictions[self.ALL_DISTANCES]),
                    self.CLUSTER_INDEX: export.PredictOutput(predictions[self.CLUSTER_INDEX]),
                },
            )  # fmt: skip

        super().__init__(model_fn=model_fn, model_dir=model_dir, config=config)

    def predict_cluster_index(self, input_fn: Callable) -> Iterator:
        """Of each point the index of its nearest center."""
        return self._each(input_fn, self.CLUSTER_INDEX)

    def transform(self, input_fn: Callable) -> Iterator:
        """Of each point the distances from all centers, [k]."""
        return self._each(input_fn, self.ALL_DISTANCES)

    def score(self, input_fn: Callable) -> Any:
        """The sum of the distances of the first batch's points from their nearest centers."""
        return self.evaluate(input_fn=input_fn, steps=1)[self.SCORE]

    def cluster_centers(self) -> np.ndarray:
        """The centers of the latest checkpoint, [k, d]."""
        return self.get_variable_value(self.CLUSTER_CENTERS_VAR_NAME)

    def _each(self, input_fn: Callable, key: str) -> Iterator:
        for found in self.predict(input_fn=input_fn, predict_keys=[key]):
            yield found[key]


def _points(features: Any, feature_columns: Any) -> tf.Tensor:
    if feature_columns is not None:
        return tf.feature_column.input_layer(features, feature_columns)
    if not isinstance(features, dict):
        return features
    return tf.concat([features[name] for name in sorted(features)], 1)
