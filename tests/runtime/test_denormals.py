"""Denormal numbers count as 0 in a run, and are what they were behind it.

TensorFlow 1.15.5 and 2.21 give the same values for these ops, on the CPU.
"""

import numpy as np
import pytest
import torch

import scopeflow as tf

SMALL = np.full(4, 1e-40, np.float32)


def denormals_are_zero():
    smallest, one = 5e-324, 1.0
    return smallest * one == 0.0


@pytest.fixture
def x():
    with tf.Graph().as_default():
        yield tf.placeholder(tf.float32, [4])


@pytest.mark.parametrize(
    "compute",
    [
        lambda x: x * 1.0,
        lambda x: x + 0.0,
        lambda x: tf.square(x + 1e-22),
        lambda x: tf.reduce_sum(x),
        lambda x: tf.matmul(x[:, None], [[1.0]]),
        lambda x: tf.cast(tf.cast(x, tf.float64) * 1.0, tf.float32) * 0.5,
    ],
)
def test_they_are_zero_in_a_run(x, compute):
    y = compute(x)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(y, {x: SMALL}), np.zeros(y.shape))


def test_what_is_only_handed_on_stays_as_it_is(x):
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(tf.identity(x), {x: SMALL}), SMALL)


def test_behind_a_run_they_are_numbers_again(x):
    with tf.Session() as session:
        session.run(x * 2.0, {x: SMALL})
        assert not denormals_are_zero()
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(tf.check_numerics(x / 0.0, "no number"), {x: SMALL})
    assert not denormals_are_zero()


def test_a_run_inside_of_a_run_leaves_it_as_it_is(x):
    inner = x * 1.0
    seen = []

    def call(value):
        session.run(inner, {x: value})
        seen.append(denormals_are_zero())
        return value

    outer = tf.py_func(call, [x], tf.float32) * 1.0
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(outer, {x: SMALL}), np.zeros(4))
    assert seen == [True]
    assert not denormals_are_zero()


def test_whoever_has_set_it_keeps_it(x):
    torch.set_flush_denormal(True)
    try:
        with tf.Session() as session:
            session.run(x * 2.0, {x: SMALL})
        assert denormals_are_zero()
    finally:
        torch.set_flush_denormal(False)
