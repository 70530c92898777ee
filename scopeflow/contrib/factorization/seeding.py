"""The first centers of k-means, chosen from points, and the centers next to points."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import scopeflow as tf

NearestNeighbors = namedtuple(
    "NearestNeighbors", ["nearest_center_indices", "nearest_center_distances"]
)


def squared_distances(points: Any, centers: Any) -> tf.Tensor:
    """|p - c|² of each of the points [n, d] and each of the centers [k, d], [n, k]."""
    return (
        tf.reduce_sum(tf.square(points), 1, keepdims=True)
        - 2.0 * tf.matmul(points, centers, transpose_b=True)
        + tf.reshape(tf.reduce_sum(tf.square(centers), 1), [1, -1])
    )


def nearest_neighbors(
    points: Any, centers: Any, k: Any, name: str | None = None
) -> NearestNeighbors:
    """The `k` centers [c, d] nearest to each of the points [n, d], nearest first.

    Returns:
      `nearest_center_indices`, int64, and `nearest_center_distances`, squared, both [n, min(k, c)].
    """
    with tf.name_scope(name, "NearestNeighbors", [points, centers]):
        points = tf.convert_to_tensor(points, tf.float32, name="points")
        centers = tf.convert_to_tensor(centers, tf.float32, name="centers")
        found = tf.minimum(tf.cast(k, tf.int32), tf.shape(centers)[0])
        # A point that is a center itself may come out a hair below zero.
        distances = tf.maximum(squared_distances(points, centers), 0.0)
        nearness, indices = tf.nn.top_k(-distances, found)
        return NearestNeighbors(tf.cast(indices, tf.int64), -nearness)


def _known(seed: Any) -> int | None:
    """The seed as an int; None where it is a tensor that is not constant."""
    value = tf.contrib.util.constant_value(tf.convert_to_tensor(seed))
    return None if value is None else int(value)


def random_points(points: tf.Tensor, number: Any, seed: Any) -> tf.Tensor:
    """`number` rows of the points, any row as often as chance wants."""
    rows = tf.random_uniform(
        tf.reshape(number, [-1]), maxval=tf.cast(tf.shape(points)[0], tf.int64), seed=seed,
        dtype=tf.int64,
    )  # fmt: skip
    return tf.gather(points, rows)


def kmeans_plus_plus_initialization(
    points: Any,
    num_to_sample: Any,
    seed: Any,
    num_retries_per_sample: Any,
    name: str | None = None,
) -> tf.Tensor:
    """Rows of `points` [n, d] that lie apart: k-means++ (Arthur and Vassilvitskii, 2007).

    The first is any row; each further one is drawn in proportion to its squared distance from the
    rows chosen so far, `num_retries_per_sample` + 1 times, and of these draws that one is taken
    which leaves the smallest sum of distances. A negative number draws 2 + ln(num_to_sample) times.
    Other rows are chosen than TensorFlow's generator chooses.

    Returns:
      [num_to_sample, d].
    """
    with tf.name_scope(name, "KmeansPlusPlusInitialization", [points]):
        points = tf.convert_to_tensor(points, tf.float32, name="points")
        number = tf.cast(num_to_sample, tf.int32)
        retries = tf.cast(num_retries_per_sample, tf.int32)
        growing = 2 + tf.cast(tf.log(tf.cast(tf.maximum(number, 1), tf.float32)), tf.int32)
        draws = 1 + tf.where(retries < 0, growing, retries)
        seed = _known(seed)
        first = random_points(points, tf.minimum(number, 1), seed)

        def add(chosen: tf.Tensor, nearest: tf.Tensor) -> tuple:
            # The logarithm of 0 is no way to be chosen, except where every point is a center.
            chances = tf.log(nearest + tf.cast(tf.reduce_all(nearest <= 0.0), tf.float32))
            drawn = tf.multinomial(tf.reshape(chances, [1, -1]), draws, seed=seed)
            candidates = tf.gather(points, tf.reshape(drawn, [-1]))
            left = tf.minimum(
                tf.reshape(nearest, [-1, 1]), tf.maximum(squared_distances(points, candidates), 0.0)
            )
            best = tf.argmin(tf.reduce_sum(left, 0), 0)
            return tf.concat([chosen, [candidates[best]]], 0), left[:, best]

        width = points.shape[1:] if points.shape.ndims is not None else tf.TensorShape([None])
        chosen, _ = tf.while_loop(
            lambda chosen, nearest: tf.shape(chosen)[0] < number,
            add,
            [first, tf.reduce_min(tf.maximum(squared_distances(points, first), 0.0), 1)],
            shape_invariants=[tf.TensorShape([None]).concatenate(width), tf.TensorShape([None])],
            back_prop=False,
        )
        return chosen


def kmc2_chain_initialization(distances: Any, seed: Any, name: str | None = None) -> tf.Tensor:
    """The index of the point at which a Markov chain over the points ends: k-MC² (Bachem et al.,
    2016).

    Args:
      distances: [n], squared, of the points from the centers that are chosen.
      seed: Of the draws, which are not TensorFlow's.

    Returns:
      int64, scalar.
    """
    with tf.name_scope(name, "KMC2ChainInitialization", [distances]):
        distances = tf.convert_to_tensor(distances, tf.float32, name="distances")
        chances = tf.random_uniform(tf.shape(distances), seed=_known(seed))

        def step(index: tf.Tensor, at: tf.Tensor) -> tuple:
            moves = distances[index] > distances[at] * chances[index]
            return index + 1, tf.where(moves, index, at)

        start = [tf.constant(1, tf.int64), tf.constant(0, tf.int64)]
        number = tf.size(distances, out_type=tf.int64)
        _, at = tf.while_loop(lambda index, at: index < number, step, start, back_prop=False)
        return at
