"""Boosted trees against recorded TensorFlow 1.15.5, and what their checkpoints hold."""

import json
from pathlib import Path

import numpy as np
import pytest
from estimator import tree_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_trees.json").read_text())["cases"]
B = tf.raw_ops


@pytest.mark.parametrize("name", tree_cases.CASES)
def test_as_tensorflow(name):
    found = tree_cases.run(tf, **tree_cases.CASES[name])
    recorded = RECORDED[name]
    assert found["losses"] == pytest.approx(recorded["losses"], abs=1e-5)
    assert found["predictions"] == pytest.approx(recorded["predictions"], abs=1e-5)
    assert found["metrics"] == pytest.approx(recorded["metrics"], abs=1e-5)
    assert found["importances"] == pytest.approx(recorded["importances"], abs=1e-4)
    assert found["variables"] == recorded["variables"]


def test_training_goes_on_from_a_checkpoint(tmp_path):
    whole, input_fn = tree_cases.estimator(tf, n_batches_per_layer=1)
    whole.train(lambda: input_fn(epochs=None), steps=9)
    parts, _ = tree_cases.estimator(tf, n_batches_per_layer=1, model_dir=str(tmp_path))
    for _ in range(3):
        parts.train(lambda: input_fn(epochs=None), steps=3)
    assert parts.evaluate(input_fn) == pytest.approx(whole.evaluate(input_fn))


def test_explanations_add_up():
    made, input_fn = tree_cases.estimator(tf, n_batches_per_layer=1, center_bias=True)
    made.train(lambda: input_fn(epochs=None), steps=20)
    found = list(made.experimental_predict_with_explanations(input_fn))
    assert len(found) == tree_cases.ROWS
    for example in found:
        assert set(example["dfc"]) == {"a_bucketized", "b_bucketized", "c"}
        total = example["bias"] + sum(example["dfc"].values())
        assert total == pytest.approx(example["predictions"][0], abs=1e-5)


def test_explanations_need_a_centered_bias():
    made, input_fn = tree_cases.estimator(tf, n_batches_per_layer=1)
    with pytest.raises(ValueError, match="center_bias must be enabled"):
        next(made.experimental_predict_with_explanations(input_fn))


@pytest.mark.parametrize(
    "arguments, text",
    [
        ({"pruning_mode": "pre"}, "tree_complexity must be positive"),
        ({"tree_complexity": 0.1}, "unless pruning mode is chosen"),
        ({"pruning_mode": "some"}, "pruning_mode mode must be one of: none, post, pre"),
    ],
)
def test_arguments_that_do_not_go_together(arguments, text):
    made, input_fn = tree_cases.estimator(tf, n_batches_per_layer=1, **arguments)
    with pytest.raises(ValueError, match=text):
        made.train(input_fn, steps=1)


def test_more_than_two_classes_are_refused():
    with pytest.raises(ValueError, match="two classes"):
        tf.estimator.BoostedTreesClassifier([], 1, n_classes=3)


def test_an_ensemble_is_not_read_before_it_is_made():
    handle = B.BoostedTreesEnsembleResourceHandleOp(container="", shared_name="trees")
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError):
        session.run(B.BoostedTreesSerializeEnsemble(tree_ensemble_handle=handle))


@pytest.mark.parametrize("buckets, nodes", [([0, 3], [0, 0]), ([0, 1], [0, 7]), ([0, 1], [0])])
def test_stats_check_their_inputs(buckets, nodes):
    stats = B.BoostedTreesMakeStatsSummary(
        node_ids=nodes, gradients=[[1.0], [2.0]], hessians=[[1.0], [1.0]],
        bucketized_features_list=[buckets], max_splits=7, num_buckets=3,
    )  # fmt: skip
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError):
        session.run(stats)


def test_best_gains_as_tensorflow():
    # TensorFlow 1.15.5, l2=0.1: node 5 has nothing, node 1 loses by each of its splits.
    stats = np.zeros((7, 4, 2), np.float32)
    stats[1] = [[0, 0], [0.15, 0.36], [0.06, 0.07], [0.1, 0.2]]
    stats[2] = [[0, 0], [-0.33, 0.58], [0, 0], [0.3, 0.4]]
    best = B.BoostedTreesCalculateBestGainsPerFeature(
        node_id_range=[1, 3], stats_summary_list=[stats], l1=0.0, l2=0.1, tree_complexity=0.0,
        min_node_weight=0.0, max_splits=7,
    )  # fmt: skip
    with tf.Session() as session:
        found = session.run(best)
    assert found.node_ids_list[0].tolist() == [1, 2]
    assert found.gains_list[0] == pytest.approx([0.0, 0.33931375], abs=1e-6)
    assert found.thresholds_list[0].tolist() == [0, 1]
    assert found.left_node_contribs_list[0].ravel() == pytest.approx([0.0, 0.485294], abs=1e-6)
    assert found.right_node_contribs_list[0].ravel() == pytest.approx([-0.424658, -0.6], abs=1e-6)


def test_quantiles_of_streams_as_tensorflow():
    # TensorFlow 1.15.5: of one value with weight 10 and five with weight 1, three buckets.
    handle = B.BoostedTreesQuantileStreamResourceHandleOp(container="", shared_name="values")
    create = B.BoostedTreesCreateQuantileStreamResource(
        quantile_stream_resource_handle=handle, epsilon=0.01, num_streams=2
    )
    values = [[1.2, 12.1, 0.3, 0.5, 0.6, 2.2], [2.3, 1.2, 1.1, 2.6, 3.2, 0.8]]
    add = B.BoostedTreesQuantileStreamResourceAddSummaries(
        quantile_stream_resource_handle=handle,
        summaries=B.BoostedTreesMakeQuantileSummaries(
            float_values=values, example_weights=[10.0, 1, 1, 1, 1, 1], epsilon=0.01
        ),
    )
    flush = B.BoostedTreesQuantileStreamResourceFlush(
        quantile_stream_resource_handle=handle, num_buckets=3
    )
    bounds = B.BoostedTreesQuantileStreamResourceGetBucketBoundaries(
        quantile_stream_resource_handle=handle, num_features=2
    )
    buckets = B.BoostedTreesBucketize(float_values=values, bucket_boundaries=bounds)
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError):
            session.run(bounds)
        for step in (create, add, flush):
            session.run(step)
        found, places = session.run([bounds, buckets])
    assert found[0] == pytest.approx([0.3, 0.6, 1.2, 12.1])
    assert found[1] == pytest.approx([0.8, 1.2, 2.3, 3.2])
    assert [row.tolist() for row in places] == [[2, 3, 0, 1, 1, 3], [2, 1, 1, 3, 3, 0]]
