"""Moving averages against what TensorFlow 1.15.5 did."""

import json
from pathlib import Path

import numpy as np
import pytest
from train import average_cases

import scopeflow as tf
from scopeflow.train.moving_averages import assign_moving_average

RECORDED = json.loads(Path(__file__).with_name("recorded_moving_averages.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in average_cases.cases()}


@pytest.mark.parametrize("case", average_cases.cases(), ids="-".join)
def test_means_equal_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = average_cases.run(tf, *case)
    np.testing.assert_allclose(found.pop("values"), wanted["values"], rtol=1e-5)
    for key, value in found.items():
        assert value == wanted[key], key


def test_the_mean_starts_with_the_value_that_the_variable_has():
    v = tf.get_variable("v", initializer=tf.constant(1.0))
    average = tf.train.ExponentialMovingAverage(0.5)
    average.apply([v])
    with tf.Session() as session:
        session.run(v.initializer)
        v.load(7.0, session)
        session.run(average.average(v).initializer)
        assert session.run(average.average(v)) == 7.0


def test_all_trainable_variables_are_averaged_by_default():
    v = tf.get_variable("v", initializer=tf.constant(1.0))
    n = tf.get_variable("n", initializer=tf.constant(1.0), trainable=False)
    average = tf.train.ExponentialMovingAverage(0.5)
    first = average.apply()
    second = average.apply()
    assert average.average(n) is None
    assert average.average(v).op.name == "v/ExponentialMovingAverage"
    assert [x.op.name for x in tf.global_variables()] == ["v", "n", "v/ExponentialMovingAverage"]
    assert [first.name, second.name] == ["ExponentialMovingAverage", "ExponentialMovingAverage_1"]
    assert average.variables_to_restore() == {"v/ExponentialMovingAverage": v, "n": n}


def test_a_tensor_of_unknown_size_has_a_mean():
    batch = tf.placeholder(tf.float32, [None, 2])
    average = tf.train.ExponentialMovingAverage(0.5)
    update = average.apply([batch])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer(), {batch: [[1.0, 2.0]]})
        session.run(update, {batch: [[4.0, 8.0]]})
        np.testing.assert_array_equal(session.run(average.average(batch)), [[2.0, 4.0]])


def test_integers_have_no_mean():
    with pytest.raises(TypeError, match="floating point"):
        tf.train.ExponentialMovingAverage(0.5).apply([tf.constant(1)])


def test_assign_moving_average_without_bias():
    v = tf.get_variable("v", initializer=tf.constant(100.0))
    value = tf.placeholder(tf.float32, [])
    right = assign_moving_average(v, value, 0.9)
    assert right.op.name == "AssignMovingAvg"
    assign_moving_average(v, value, 0.9, name="again")
    assert [x.op.name for x in tf.global_variables()] == [
        "v", "v/biased", "v/local_step", "v/biased_1", "v/local_step_1",
    ]  # fmt: skip
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(right, {value: 3.0}), 3.0, rtol=1e-6)
        wanted = (0.9 * 0.3 + 0.1 * 5.0) / (1 - 0.81)
        np.testing.assert_allclose(session.run(right, {value: 5.0}), wanted, rtol=1e-6)


def test_assign_moving_average_with_bias():
    v = tf.get_variable("v", initializer=tf.constant(10.0))
    update = assign_moving_average(v, tf.constant(20.0), 0.75, zero_debias=False)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(update) == 12.5
