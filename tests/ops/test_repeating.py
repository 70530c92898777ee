"""tf.repeat, against NumPy and the errors of TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def value(tensor, feeds=None):
    with tf.Session() as session:
        return session.run(tensor, feeds)


@pytest.mark.parametrize(
    "shape, repeats, axis",
    [
        ((3,), 2, None), ((3,), [2, 0, 1], 0), ((2, 3), [1, 2], 0), ((2, 3), [1, 0, 2], 1),
        ((2, 3), [1, 0, 2], -1), ((2, 3), 3, None), ((2, 3), 3, 1), ((2, 3, 2), [0, 0, 0], -2),
        ((2, 3), [1, 2, 3, 0, 1, 2], None), ((), 4, None), ((3,), 0, 0),
    ],
)  # fmt: skip
def test_values(shape, repeats, axis):
    x = np.asarray(np.random.RandomState(0).rand(*shape))
    expected = np.repeat(x, repeats, axis)
    found = tf.repeat(x, repeats, axis)
    np.testing.assert_array_equal(value(found), expected)
    found.shape.assert_is_compatible_with(expected.shape)
    place = tf.placeholder(tf.float64)
    found = tf.repeat(place, np.array(repeats, np.int64), axis)
    np.testing.assert_array_equal(value(found, {place: x}), expected)


def test_strings_and_shapes():
    assert value(tf.repeat(["a", "b"], [2, 1])).tolist() == [b"a", b"a", b"b"]
    place = tf.placeholder(tf.float32, [2, None])
    assert tf.repeat(place, 3, axis=0).shape.as_list() == [None, None]


def test_gradient():
    x = tf.ones([2, 3])
    (gradient,) = tf.gradients(tf.repeat(x, [1, 2, 3], axis=1), x)
    assert value(gradient).tolist() == [[1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize(
    "x, repeats, axis, kind, text",
    [
        ([1, 2], [1.0, 2.0], None, TypeError, "repeats must be an integer tensor"),
        ([1, 2], [[1, 2]], None, ValueError, "must have rank at most 1"),
        ([1, 2], [1, 2, 3], None, ValueError, "are incompatible"),
        ([1, 2], [2], 0, ValueError, "are incompatible"),
        ([[1, 2]], 2, 2, ValueError, r"axis=2 out of bounds: expected -2<=axis<2"),
    ],
)
def test_bad_input(x, repeats, axis, kind, text):
    with pytest.raises(kind, match=text):
        tf.repeat(x, repeats, axis)


def test_fewer_than_none():
    with pytest.raises(ValueError, match="Requires start <= limit"):
        tf.repeat([1, 2], -1)
    number = tf.placeholder(tf.int32, [])
    with pytest.raises(tf.errors.InvalidArgumentError):
        value(tf.repeat([1, 2], number), {number: -1})


def test_gradients_that_are_prevented():
    x = tf.constant(1.0)
    y = tf.raw_ops.PreventGradient(input=x * 2.0, message="not here")
    assert value(y) == 2
    with pytest.raises(LookupError, match="Gradient explicitly disabled. Reason: 'not here'"):
        tf.gradients(y, x)
    assert tf.gradients(y, tf.constant(3.0)) == [None]
