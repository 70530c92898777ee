"""tf.contrib.factorization: k-means as a graph and as an estimator."""

import json
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib.factorization.seeding import (
    kmc2_chain_initialization,
    kmeans_plus_plus_initialization,
    nearest_neighbors,
)

factorization = tf.contrib.factorization
POINTS = np.random.RandomState(0).rand(20, 3).astype(np.float32)
CENTERS = np.array([[100, 100, 100], [0, 0, 0], [0.5, 0.5, 0.5], [1, 0, 1]], np.float32)
RECORDED = json.loads((Path(__file__).parent / "recorded_kmeans.json").read_text())["cases"]


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: str(recorded["case"]))
def test_steps_are_tensorflows(recorded):
    kmeans = factorization.KMeans(
        tf.constant(POINTS), 4, initial_clusters=CENTERS, **recorded["case"]
    )
    scores, indices, nearest, initialized, init_op, train_op = kmeans.training_graph()
    variables = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert [session.run(initialized), session.run(init_op)] == recorded["initialized"]
        for expected in recorded["steps"]:
            found = session.run([scores[0], indices[0], nearest[0]])
            session.run(train_op)
            for value, wanted in zip([*found, session.run(variables[0])], expected, strict=True):
                np.testing.assert_allclose(value, wanted, rtol=1e-5, atol=2e-6)
        for variable, (name, dtype, value) in zip(variables, recorded["variables"], strict=True):
            assert (variable.op.name, variable.dtype.name) == (name, dtype)
            np.testing.assert_allclose(session.run(variable), value, rtol=1e-5, atol=2e-6)


BLOBS = np.concatenate(
    [np.random.RandomState(i).normal(5.0 * i, 0.1, [30, 2]) for i in range(4)]
).astype(np.float32)


@pytest.mark.parametrize("way", ["random", "kmeans_plus_plus", "kmc2"])
@pytest.mark.parametrize("metric", ["squared_euclidean", "cosine"])
def test_centers_are_chosen_from_several_batches(way, metric):
    points = tf.placeholder(tf.float32, [None, 2])
    kmeans = factorization.KMeans(points, 7, way, metric)
    *_, initialized, init_op, _ = kmeans.training_graph()
    clusters = tf.global_variables()[0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for batch, number, enough in [(3, 3, False), (2, 5, False), (30, 7, True), (30, 7, True)]:
            assert session.run(init_op, {points: BLOBS[:batch]}) == enough
            assert session.run(initialized) == enough
            assert session.run(tf.shape(clusters)).tolist() == [number, 2]
        known = (
            BLOBS / np.linalg.norm(BLOBS, axis=1, keepdims=True) if metric == "cosine" else BLOBS
        )
        for center in session.run(clusters):
            assert np.abs(known - center).sum(1).min() < 1e-6


def test_centers_that_lie_apart():
    points = tf.placeholder(tf.float32, [None, 2])
    chosen = kmeans_plus_plus_initialization(points, 4, 3, -1)
    kmeans = factorization.KMeans(points, 4, "kmc2", random_seed=3)
    *_, init_op, _ = kmeans.training_graph()
    with tf.Session() as session:
        found = session.run(chosen, {points: BLOBS})
        assert sorted((found.mean(1) / 5).round()) == [0, 1, 2, 3]
        assert session.run(kmeans_plus_plus_initialization(POINTS[:1], 3, 0, 0)).shape == (3, 3)
        assert session.run(kmeans_plus_plus_initialization(POINTS, 0, 0, 0)).shape == (0, 3)
        session.run(tf.global_variables_initializer())
        session.run(init_op, {points: BLOBS})
        found = session.run(tf.global_variables()[0])
        assert len({*(found.mean(1) / 5).round()}) >= 3
        # A chain never leaves a point for one that is a center.
        assert session.run(kmc2_chain_initialization([4.0, 0.0, 0.0], 0)) == 0
        assert session.run(kmc2_chain_initialization([0.0, 4.0, 0.0], 0)) == 1


def test_centers_given_by_a_function():
    given = []

    def first(inputs, number):
        given.extend(inputs)
        return inputs[0][:number]

    points = tf.constant(POINTS)
    kmeans = factorization.KMeans([points, points], 5, first)
    distances, indices, *_, init_op, train_op = kmeans.training_graph()
    assert given == [points, points] and len(distances) == len(indices) == 2
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(init_op)
        np.testing.assert_array_equal(session.run("clusters:0"), POINTS[:5])
        session.run(train_op)
        index = ((POINTS[:, None] - POINTS[:5]) ** 2).sum(-1).argmin(1)
        means = [POINTS[index == i].mean(0) for i in range(5)]
        np.testing.assert_allclose(session.run("clusters:0"), means, rtol=1e-5)


@pytest.mark.parametrize("metric", ["squared_euclidean", "cosine"])
def test_two_tensors_in_mini_batches_move_one_after_the_other(metric):
    """With the same centers for both: the distances are taken before anything moves."""
    kmeans = factorization.KMeans(
        [tf.constant(POINTS[:10]), tf.constant(POINTS[10:])], 4, CENTERS, metric, True
    )
    *_, init_op, train_op = kmeans.training_graph()
    clusters, _, counts = tf.global_variables()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(init_op)
        centers = session.run(clusters).astype(np.float64)
        session.run(train_op)
        points = POINTS.astype(np.float64)
        if metric == "cosine":
            points /= np.linalg.norm(points, axis=1, keepdims=True)
        index = ((points[:, None] - centers) ** 2).sum(-1).argmin(1)
        count = np.bincount(index, minlength=4)
        assert session.run(counts).tolist() == (1 + count).tolist()
        sums = np.stack([points[index == i].sum(0) for i in range(4)])
        expected = (centers + sums) / (1 + count)[:, None]
        np.testing.assert_allclose(session.run(clusters), expected, rtol=1e-5)


def test_neighbors():
    with tf.Session() as session:
        found = session.run(nearest_neighbors(POINTS[:5], POINTS[5:9], 7))
        distances = ((POINTS[:5, None].astype(np.float64) - POINTS[5:9]) ** 2).sum(-1)
        order = distances.argsort(1)
        assert found.nearest_center_indices.dtype == np.int64
        np.testing.assert_array_equal(found.nearest_center_indices, order)
        np.testing.assert_allclose(
            found.nearest_center_distances, np.take_along_axis(distances, order, 1), rtol=1e-5
        )
        assert session.run(nearest_neighbors(POINTS, POINTS, 1))[1].min() >= 0


@pytest.mark.parametrize("make", [factorization.KMeans, factorization.KMeansClustering])
def test_unknown_ways(make):
    first = {"inputs": POINTS} if make is factorization.KMeans else {}
    with pytest.raises(ValueError, match="Unsupported initialization algorithm 'x'"):
        make(**first, num_clusters=3, initial_clusters="x")
    with pytest.raises(ValueError, match="Unsupported distance metric 'x'"):
        make(**first, num_clusters=3, distance_metric="x")


@pytest.mark.parametrize("as_dict", [False, True])
def test_an_estimator_of_clusters(tmp_path, as_dict):
    def input_fn():
        points = tf.train.limit_epochs(tf.constant(BLOBS), num_epochs=1)
        return {"b": points[:, 1:], "a": points[:, :1]} if as_dict else points

    kmeans = factorization.KMeansClustering(
        4, str(tmp_path), factorization.KMEANS_PLUS_PLUS_INIT, use_mini_batch=False
    )
    for _ in range(4):
        kmeans.train(input_fn)
    assert sorted(kmeans.get_variable_names()) == ["clusters", "global_step", "initialized"]
    centers = kmeans.cluster_centers()
    expected = [BLOBS[30 * i : 30 * i + 30].mean(0) for i in range(4)]
    np.testing.assert_allclose(sorted(centers.tolist()), expected, rtol=1e-4)
    index = np.array(list(kmeans.predict_cluster_index(input_fn)))
    np.testing.assert_allclose(centers[index].mean(1).round(), np.repeat([0, 5, 10, 15], 30))
    distances = np.array(list(kmeans.transform(input_fn)))
    np.testing.assert_allclose(
        distances, ((BLOBS[:, None] - centers) ** 2).sum(-1), rtol=1e-3, atol=1e-3
    )
    assert kmeans.score(input_fn) == pytest.approx(distances.min(1).sum(), rel=1e-3)


def test_training_ends_when_the_loss_stays():
    def input_fn():
        return tf.constant(BLOBS)

    kmeans = factorization.KMeansClustering(
        4, initial_clusters=BLOBS[::30], use_mini_batch=False, relative_tolerance=0.01
    )
    kmeans.train(input_fn, max_steps=100)
    assert 2 <= kmeans.get_variable_value("global_step") < 6


def test_feature_columns_make_the_points():
    column = tf.feature_column.numeric_column("x", shape=[2])
    kmeans = factorization.KMeansClustering(
        4, initial_clusters=BLOBS[::30], feature_columns=[column]
    )
    kmeans.train(lambda: {"x": tf.constant(BLOBS)}, max_steps=2)
    assert kmeans.cluster_centers().shape == (4, 2)
