"""tf.metrics against what TensorFlow 1.15.5 built and computed."""

import json
from pathlib import Path

import metric_cases
import numpy as np
import pytest

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_metrics.json").read_text())


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in metric_cases.cases()}


@pytest.mark.parametrize("case", list(metric_cases.cases()), ids="-".join)
def test_metric_equals_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = metric_cases.run(tf, *case)
    for key in ("names", "dtype", "shapes", "variables", "collected", "own"):
        assert found[key] == wanted[key], key
    np.testing.assert_allclose(found["before"], wanted["before"])
    for ours, theirs in zip(found["got"], wanted["got"], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6)


def test_sparse_labels():
    # TF 1.15.5: these labels, of which one row has none.
    with tf.Graph().as_default(), tf.Session() as session:
        labels = tf.SparseTensor([[0, 0], [0, 1]], tf.constant([2, 0], tf.int64), [2, 2])
        scores = np.float32(metric_cases.ROWS[0])
        found = (
            tf.metrics.recall_at_k(labels, scores, 2),
            tf.metrics.precision_at_k(labels, scores, 2),
        )
        session.run(tf.local_variables_initializer())
        assert [float(session.run(update)) for _, update in found] == [0.5, 0.25]


def test_second_metric_has_variables_of_its_own():
    with tf.Graph().as_default():
        tf.metrics.accuracy([1], [1])
        tf.metrics.accuracy([1], [1])
        with tf.variable_scope("eval"):
            tf.metrics.mean([1.0])
        names = [v.op.name for v in tf.local_variables()]
        assert names[::2] == ["accuracy/total", "accuracy_1/total", "eval/mean/total"]
        assert tf.trainable_variables() == [] and tf.global_variables() == []


def test_weights_whose_rank_is_fed():
    # TF 1.15.5: a last dimension of 1 is dropped or added while it runs
    with tf.Graph().as_default(), tf.Session() as session:
        weights = tf.placeholder(tf.float32)
        _, update = tf.metrics.accuracy([[1], [0], [0]], [1, 1, 1], weights)
        for given in ([[100], [1], [1]], [100, 1, 1]):
            session.run(tf.local_variables_initializer())
            assert abs(session.run(update, {weights: given}) - 100 / 102) < 1e-6
        _, update = tf.metrics.mean([[1.0, 2], [3, 4]], weights)
        session.run(tf.local_variables_initializer())
        assert session.run(update, {weights: [[1], [0]]}) == 1.5
        with pytest.raises(tf.errors.InvalidArgumentError, match="can not be broadcast to values"):
            session.run(update, {weights: [[1, 2, 3]]})


def test_bad_arguments():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="curve must be either ROC or PR, X unknown"):
            tf.metrics.auc([1], tf.constant([0.5]), curve="X")
        with pytest.raises(ValueError, match="Invalid summation_method: X"):
            tf.metrics.auc([1], tf.constant([0.5]), summation_method="X")
        with pytest.raises(ValueError, match="Shapes"):
            tf.metrics.accuracy([1, 2], [1, 2, 3])
        with pytest.raises(ValueError, match="weights can not be broadcast to values"):
            tf.metrics.mean([[1.0, 2], [3, 4]], weights=[[1.0, 2, 3]])
        with pytest.raises(ValueError, match="must be in the range"):
            tf.metrics.sensitivity_at_specificity([1], tf.constant([0.5]), 1.5)
        scores = tf.placeholder(tf.float32, [1])
        value, update = tf.metrics.auc([1], scores)
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            with pytest.raises(tf.errors.InvalidArgumentError, match="predictions must be in"):
                session.run(update, {scores: [1.5]})
            assert session.run(value) == 0
