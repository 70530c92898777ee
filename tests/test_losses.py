"""tf.losses against what TensorFlow 1.15.5 computed."""

import json
from pathlib import Path

import loss_cases
import numpy as np
import pytest

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_losses.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in loss_cases.cases()}


@pytest.mark.parametrize("case", loss_cases.cases(), ids="-".join)
def test_values_and_gradients_equal_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = loss_cases.run(tf, *case)
    np.testing.assert_allclose(found.pop("value"), wanted["value"], rtol=2e-5, atol=1e-6)
    np.testing.assert_allclose(found.pop("gradient"), wanted["gradient"], rtol=2e-5, atol=1e-6)
    for key, value in found.items():
        assert value == wanted[key], key


def test_a_column_too_many_is_dropped_from_labels_and_weights():
    logits = tf.constant([[1.0, 2.0], [3.0, 0.0]])
    labels, weights = tf.constant([0, 1]), tf.constant([1.0, 2.0])
    found = [
        tf.losses.sparse_softmax_cross_entropy(y, logits, w)
        for y in (labels, tf.expand_dims(labels, 1))
        for w in (weights, tf.expand_dims(weights, 1))
    ]
    open_labels = tf.placeholder(tf.int32)
    found.append(tf.losses.sparse_softmax_cross_entropy(open_labels, logits))
    with tf.Session() as session:
        *fixed, first = session.run(found, {open_labels: [[0], [1]]})
        second = session.run(found[-1], {open_labels: [0, 1]})
    assert len(set(fixed)) == 1
    assert first == second


def test_weights_of_unknown_shape_are_checked_while_running():
    weights = tf.placeholder(tf.float32)
    loss = tf.losses.absolute_difference(tf.zeros([2, 3]), tf.ones([2, 3]), weights)
    with tf.Session() as session:
        for fitting, wanted in ((3.0, 3.0), ([[1.0], [2.0]], 1.5), (np.ones([2, 3]), 1.0)):
            assert session.run(loss, {weights: fitting}) == wanted
        for wrong in ([1.0, 2.0, 3.0], [[1.0, 2.0]], np.ones([3, 2])):
            with pytest.raises(tf.errors.InvalidArgumentError, match="broadcast"):
                session.run(loss, {weights: wrong})


def test_no_weight_gives_no_loss():
    loss = tf.losses.mean_squared_error([1.0, 2.0], [3.0, 4.0], [0.0, 0.0])
    with tf.Session() as session:
        assert session.run(loss) == 0.0


def test_losses_are_collected_by_scope():
    with tf.variable_scope("a"):
        a = tf.losses.mean_squared_error([1.0], [2.0])
    with tf.variable_scope("b"):
        b = tf.losses.absolute_difference([1.0], [4.0], loss_collection="mine")
        c = tf.losses.absolute_difference([1.0], [5.0], scope="named")
        tf.losses.absolute_difference([1.0], [5.0], loss_collection=None)
    own = tf.constant(10.0, name="own")
    tf.losses.add_loss(own)
    assert tf.losses.get_losses() == [a, c, own]
    assert tf.losses.get_losses("b/") == [c]
    assert tf.losses.get_losses(loss_collection="mine") == [b]
    assert c.op.name == "b/named/value"


def test_the_total_has_the_regularization_losses():
    assert tf.losses.get_regularization_loss().op.name == "Const"
    with pytest.raises(ValueError):
        tf.losses.get_total_loss()
    tf.get_variable("w", initializer=tf.constant([3.0]), regularizer=tf.nn.l2_loss)
    a = tf.losses.mean_squared_error([1.0], [3.0])
    total = tf.losses.get_total_loss()
    alone = tf.losses.get_total_loss(add_regularization_losses=False, name="alone")
    regularization = tf.losses.get_regularization_loss()
    assert [t.op.name for t in (total, alone, regularization)] == [
        "total_loss", "alone", "total_regularization_loss",
    ]  # fmt: skip
    assert len(tf.losses.get_regularization_losses()) == 1
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run([a, total, alone, regularization]) == [4.0, 8.5, 4.0, 4.5]


def test_mistakes_raise():
    losses, y, p = tf.losses, tf.zeros([2, 3]), tf.ones([2, 3])
    for function in (
        losses.absolute_difference,
        losses.mean_squared_error,
        losses.huber_loss,
        losses.log_loss,
        losses.hinge_loss,
        losses.sigmoid_cross_entropy,
        losses.softmax_cross_entropy,
        losses.mean_pairwise_squared_error,
    ):
        with pytest.raises(ValueError, match="must not be None"):
            function(None, p)
        with pytest.raises(ValueError, match="must not be None"):
            function(y, None)
        with pytest.raises(ValueError, match="incompatible"):
            function(y, tf.ones([2, 4]))
        with pytest.raises(ValueError, match="can not be broadcast to values"):
            function(y, p, weights=tf.ones([3, 3]))
    with pytest.raises(ValueError, match="Invalid Reduction Key sum"):
        losses.mean_squared_error(y, p, reduction="sum")
    with pytest.raises(ValueError, match="must specify 'axis'"):
        losses.cosine_distance(y, p)
    with pytest.raises(ValueError, match="both 'dim' and 'axis'"):
        losses.cosine_distance(y, p, axis=1, dim=1)


def test_reductions():
    reduction = tf.losses.Reduction
    assert reduction.all() == (
        "none",
        "weighted_sum",
        "weighted_mean",
        "weighted_sum_over_batch_size",
        "weighted_sum_by_nonzero_weights",
        "weighted_sum_by_nonzero_weights",
    )
    reduction.validate(reduction.MEAN)
