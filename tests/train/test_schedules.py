"""Learning rates against what TensorFlow 1.15.5 computed."""

import json
from pathlib import Path

import numpy as np
import pytest
from train import schedule_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_schedules.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in schedule_cases.cases()}


@pytest.mark.parametrize("case", schedule_cases.cases(), ids="-".join)
def test_rates_equal_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = schedule_cases.run(tf, *case)
    np.testing.assert_allclose(found.pop("values"), wanted["values"], rtol=1e-5, atol=1e-7)
    for key, value in found.items():
        assert value == wanted[key], key


def test_noise_has_the_variance_that_was_asked_for():
    step = tf.placeholder(tf.int32, [])
    rate = tf.train.noisy_linear_cosine_decay(
        1.0, step, 100, initial_variance=4.0, variance_decay=0.5, num_periods=0.0, beta=0.0
    )
    with tf.Session() as session:
        early = [session.run(rate, {step: 0}) for _ in range(300)]
        late = [session.run(rate, {step: 99}) for _ in range(300)]
    assert abs(np.mean(early) - 1.0) < 0.5
    assert 1.7 < np.std(early) < 2.3
    assert abs(np.mean(late) - 0.01) < 0.2
    assert 0.5 < np.std(late) < 0.8


def test_a_rate_follows_the_global_step_of_the_run():
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(1.0, step, 1, 0.5)
    w = tf.get_variable("w", initializer=tf.constant(0.0))
    train = tf.train.GradientDescentOptimizer(rate).minimize(-w, global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train)
        assert session.run(w) == 1.75


def test_decay_steps_may_be_a_tensor():
    step = tf.constant(5)
    rates = [
        tf.train.polynomial_decay(1.0, step, tf.constant(10), 0.0),
        tf.train.polynomial_decay(1.0, step, tf.constant(10), 0.0, cycle=True),
        tf.train.cosine_decay(1.0, step, tf.constant(10)),
    ]
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(rates), [0.5, 0.5, 0.5], rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_rate_has_the_dtype_of_the_initial_rate(dtype):
    rate, step = tf.constant(0.5, dtype), tf.constant(3)
    for schedule in (
        tf.train.exponential_decay(rate, step, 10, 0.5),
        tf.train.inverse_time_decay(rate, step, 10, 0.5),
        tf.train.polynomial_decay(rate, step, 10),
        tf.train.cosine_decay(rate, step, 10),
        tf.train.cosine_decay_restarts(rate, step, 10),
        tf.train.linear_cosine_decay(rate, step, 10),
        tf.train.noisy_linear_cosine_decay(rate, step, 10),
    ):
        assert schedule.dtype.name == dtype


def test_mistakes_raise():
    train, step = tf.train, tf.constant(1, tf.int64)
    for decay in (
        train.exponential_decay,
        train.natural_exp_decay,
        train.inverse_time_decay,
        train.polynomial_decay,
    ):
        with pytest.raises(ValueError, match="global_step is required"):
            decay(0.1, None, 10, 0.5)
    with pytest.raises(ValueError, match="a value more than boundaries"):
        train.piecewise_constant(step, [1, 2], [1.0, 2.0])
    with pytest.raises(ValueError, match="same dtype as x"):
        train.piecewise_constant(step, [1.5], [1.0, 2.0])
    with pytest.raises(ValueError, match="all with the same dtype"):
        train.piecewise_constant(step, [1], [1.0, 2])


def test_piecewise_constant_has_a_second_name():
    assert tf.train.piecewise_constant_decay is tf.train.piecewise_constant
