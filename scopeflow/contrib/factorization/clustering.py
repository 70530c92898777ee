"""k-means as a graph: `tf.contrib.factorization.KMeans`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .seeding import (
    kmc2_chain_initialization,
    kmeans_plus_plus_initialization,
    nearest_neighbors,
    random_points,
    squared_distances,
)

SQUARED_EUCLIDEAN_DISTANCE = "squared_euclidean"
COSINE_DISTANCE = "cosine"
RANDOM_INIT = "random"
KMEANS_PLUS_PLUS_INIT = "kmeans_plus_plus"
KMC2_INIT = "kmc2"
CLUSTERS_VAR_NAME = "clusters"


def check_names(initial_clusters: Any, distance_metric: str, ways: tuple[str, ...]) -> None:
    """ValueError for an unknown metric, or a way to initialize that is none of `ways`."""
    if isinstance(initial_clusters, str) and initial_clusters not in ways:
        raise ValueError(f"Unsupported initialization algorithm '{initial_clusters}'")
    if distance_metric not in (SQUARED_EUCLIDEAN_DISTANCE, COSINE_DISTANCE):
        raise ValueError(f"Unsupported distance metric '{distance_metric}'")


class KMeans:
    """The graph that finds `num_clusters` centers of points (Lloyd's algorithm).

    Args:
      inputs: Points, float32 [n, d], or a list of such tensors.
      num_clusters: An integer or an integer tensor.
      initial_clusters: The first centers, [num_clusters, d]; or a function of (inputs, number) that
        gives some; or "random", "kmeans_plus_plus" or "kmc2", which choose among the points. One
        batch may give fewer than `num_clusters`, then the op that initializes wants more batches.
      distance_metric: "squared_euclidean", or "cosine", for points scaled to length 1.
      use_mini_batch: Each center moves towards the new points, by their share among all the points
        that it had so far (Sculley, 2010). Without, it becomes the mean of the batch's points.
      mini_batch_steps_per_iteration: How many steps the centers stay while a copy moves.
      random_seed: Of the choice of first centers.
      kmeans_plus_plus_num_retries: How many further points "kmeans_plus_plus" tries for a center.
      kmc2_chain_length: Among how many points "kmc2" chooses each center.

    Raises:
      ValueError: For an unknown metric or way to initialize.

    ```python
    kmeans = tf.contrib.factorization.KMeans(points, num_clusters=3, use_mini_batch=True)
    distances, nearest, _, initialized, init_op, train_op = kmeans.training_graph()
    ```
    """

    def __init__(
        self,
        inputs: Any,
        num_clusters: Any,
        initial_clusters: Any = RANDOM_INIT,
        distance_metric: str = SQUARED_EUCLIDEAN_DISTANCE,
        use_mini_batch: bool = False,
        mini_batch_steps_per_iteration: int = 1,
        random_seed: int = 0,
        kmeans_plus_plus_num_retries: int = 2,
        kmc2_chain_length: int = 200,
    ) -> None:
        check_names(
            initial_clusters, distance_metric, (RANDOM_INIT, KMEANS_PLUS_PLUS_INIT, KMC2_INIT)
        )
        self._inputs = inputs if isinstance(inputs, list) else [inputs]
        self._num_clusters = num_clusters
        self._initial_clusters = initial_clusters
        self._cosine = distance_metric == COSINE_DISTANCE
        self._use_mini_batch = use_mini_batch
        self._steps = int(mini_batch_steps_per_iteration)
        self._seed = random_seed
        self._num_retries = kmeans_plus_plus_num_retries
        self._chain_length = kmc2_chain_length

    def training_graph(self) -> tuple:
        """Creates the variables and the ops.

        Run the fifth until the fourth is true, then the sixth as often as wanted.

        Returns:
          Distances of the points from all centers, [n, k]; the index of the nearest center and its
          distance, [n], int64 and float32 (these three are tuples, an element for each tensor of
          the inputs); the variable that tells whether there are centers, bool; the op that
          chooses centers; the op that moves them.
        """
        clusters = tf.Variable([], dtype=tf.float32, name=CLUSTERS_VAR_NAME, validate_shape=False)
        initialized = tf.Variable(False, dtype=tf.bool, name="initialized")
        # The copy that moves while others take their distances from the centers.
        lagging = self._use_mini_batch and self._steps > 1
        moving = clusters
        if lagging:
            moving = tf.Variable(
                [], dtype=tf.float32, name="clusters_updated", validate_shape=False
            )
            steps_left = tf.Variable(self._steps, dtype=tf.int64, name="update_in_steps")
        number = self._number()
        init_op = tf.cond(
            initialized,
            lambda: tf.constant(True),
            lambda: self._choose(clusters, moving, number, initialized),
        )
        inputs = [self._scaled(points) for points in self._inputs]
        scores = [self._scores(points, clusters) for points in inputs]
        distances, indices, nearest = zip(*scores, strict=True)
        if not self._use_mini_batch:
            train_op: Any = self._mean(inputs, indices, clusters, number)
        elif not lagging:
            counts = tf.Variable(tf.ones(tf.reshape(number, [1]), dtype=tf.int64))
            train_op = self._move(inputs, indices, moving, counts)
        else:
            counts = tf.Variable(tf.zeros(tf.reshape(number, [1]), dtype=tf.int64))
            with tf.control_dependencies([self._catch_up(clusters, moving, counts, steps_left)]):
                found = [self._scores(points, clusters)[1] for points in inputs]
                train_op = self._move(inputs, found, moving, counts)
        return distances, indices, nearest, initialized, init_op, train_op

    def _number(self) -> Any:
        given = self._initial_clusters
        if callable(given) or isinstance(given, str):
            return tf.convert_to_tensor(self._num_clusters)
        self._initial_clusters = tf.convert_to_tensor(given, tf.float32)
        return tf.shape(self._initial_clusters)[0]

    def _scaled(self, points: Any) -> tf.Tensor:
        return tf.nn.l2_normalize(points, axis=1) if self._cosine else tf.convert_to_tensor(points)

    def _scores(self, points: tf.Tensor, clusters: Any) -> tuple:
        """Distances from all centers, the nearest center, and its distance."""
        centers = self._scaled(clusters)
        if self._cosine:
            distances = 1.0 - tf.matmul(points, centers, transpose_b=True)
        else:
            distances = squared_distances(points, centers)
        indices, nearest = nearest_neighbors(points, centers, 1)
        nearest = tf.squeeze(nearest, [1])
        # Of points of length 1 the squared distance is twice the cosine's.
        return distances, tf.squeeze(indices, [1]), nearest * 0.5 if self._cosine else nearest

    def _choose(self, clusters: Any, moving: Any, number: tf.Tensor, initialized: Any) -> tf.Tensor:
        """Adds centers from this batch; true if there are enough."""
        chosen = tf.cond(
            tf.equal(tf.size(clusters), 0),
            lambda: tf.constant(0),
            lambda: tf.shape(clusters)[0],
        )
        remaining = tf.cast(number, tf.int32) - chosen
        added = self._scaled(self._first(clusters, remaining, chosen))
        # Variables that were [] until now have no rows to append to.
        joined = tf.cond(
            tf.equal(chosen, 0), lambda: added, lambda: tf.concat([clusters, added], 0)
        )
        filled = [tf.assign(clusters, joined, validate_shape=False)]
        if moving is not clusters:
            filled.append(tf.assign(moving, joined, validate_shape=False))
        with tf.control_dependencies(filled):
            return tf.assign(initialized, tf.equal(tf.shape(added)[0], remaining))

    def _first(self, clusters: Any, remaining: tf.Tensor, chosen: tf.Tensor) -> Any:
        given = self._initial_clusters
        if callable(given):
            return given(self._inputs, remaining)
        if not isinstance(given, str):
            return given
        points = self._scaled(tf.concat(self._inputs, 0))
        ways: dict[str, Callable] = {
            RANDOM_INIT: lambda: random_points(points, remaining, self._seed),
            KMEANS_PLUS_PLUS_INIT: lambda: kmeans_plus_plus_initialization(
                points, remaining, self._seed, self._num_retries
            ),
            KMC2_INIT: lambda: self._by_chains(points, clusters, remaining, chosen),
        }
        return tf.cond(tf.shape(points)[0] <= remaining, lambda: points, ways[given])

    def _by_chains(
        self, points: tf.Tensor, clusters: Any, remaining: tf.Tensor, chosen: tf.Tensor
    ) -> tf.Tensor:
        """One center after another, each the end of a chain over points drawn at random."""
        length = tf.minimum(tf.shape(points)[0], self._chain_length)

        def add(centers: tf.Tensor) -> tf.Tensor:
            candidates = random_points(points, length, self._seed)
            _, distances = nearest_neighbors(candidates, centers, 1)
            at = kmc2_chain_initialization(tf.squeeze(distances, [1]), self._seed)
            return tf.concat([centers, [candidates[at]]], 0)

        known = tf.cond(
            tf.equal(chosen, 0),
            lambda: random_points(points, 1, self._seed),
            lambda: tf.identity(clusters),
        )
        wanted = chosen + remaining
        centers = tf.while_loop(
            lambda centers: tf.shape(centers)[0] < wanted,
            add,
            [known],
            shape_invariants=[tf.TensorShape(None)],
            back_prop=False,
        )
        return centers[chosen:]

    def _mean(self, inputs: list, indices: Any, clusters: Any, number: tf.Tensor) -> tf.Tensor:
        """Each center becomes the mean of its points; one without points becomes 0."""
        number = tf.cast(number, tf.int32)
        sums, counts = [], []
        for points, found in zip(inputs, indices, strict=True):
            sums.append(tf.unsorted_segment_sum(points, found, number))
            ones = tf.reshape(tf.ones(tf.reshape(tf.shape(points)[0], [-1])), [-1, 1])
            counts.append(tf.unsorted_segment_sum(ones, found, number))
        means = tf.add_n(sums) / (tf.add_n(counts) + tf.constant(1e-6))
        return tf.assign(clusters, self._scaled(means))

    def _move(self, inputs: list, indices: Any, moving: Any, counts: Any) -> tf.Operation:
        """Each center moves towards its new points by their share of all the points it had."""
        updates: list = []
        for points, found in zip(inputs, indices, strict=True):
            with tf.control_dependencies(updates):
                rows, row_of_point = tf.unique(found)
                number = tf.size(rows)
                new = tf.unsorted_segment_sum(tf.ones_like(found), row_of_point, number)
                centers = tf.gather(moving, rows)
                share = tf.reciprocal(tf.cast(tf.gather(counts, rows) + new, tf.float32))
                pull = tf.unsorted_segment_sum(points, row_of_point, number)
                pull = pull - tf.reshape(tf.cast(new, tf.float32), [-1, 1]) * centers
                with tf.control_dependencies([share]):
                    updates = [
                        tf.scatter_add(counts, rows, new),
                        tf.scatter_add(moving, rows, pull * tf.reshape(share, [-1, 1])),
                    ]
        return tf.group(*updates)

    def _catch_up(self, clusters: Any, moving: Any, counts: Any, steps_left: Any) -> tf.Tensor:
        """When the steps are over, the centers become the copy that has moved."""

        def catch_up() -> tf.Tensor:
            with tf.control_dependencies([tf.assign(clusters, self._scaled(moving))]):
                moved = [tf.assign(moving, clusters), tf.assign(counts, tf.zeros_like(counts))]
            with tf.control_dependencies(moved):
                return tf.identity(tf.assign(steps_left, self._steps))

        with tf.control_dependencies(
            [tf.cond(steps_left <= 0, catch_up, lambda: tf.identity(steps_left))]
        ):
            return tf.assign_sub(steps_left, 1)
