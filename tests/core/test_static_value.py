"""What is known of shapes while the graph is built."""

import operator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scopeflow as tf
from scopeflow.core.static_value import constant_value, constant_value_as_shape, static_value


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


# Observed in TensorFlow 1.15.5, save for the two shapes where more is known here.
@pytest.mark.parametrize(
    ("build", "dims"),
    [
        (lambda x, n: tf.reshape(x, [n, 2, 2]), [None, 2, 2]),
        (lambda x, n: tf.reshape(x, [n * 2, 2]), [None, 2]),
        (lambda x, n: tf.reshape(x, [-1, 2]), [None, 2]),
        (lambda x, n: tf.reshape(x, [n, -1]), [None, None]),
        (lambda x, n: tf.reshape(x, tf.shape(x)), [None, 4]),
        (lambda x, n: tf.reshape(x, tf.concat([[n], [4]], 0)), [None, 4]),
        (lambda x, n: tf.reshape(x, tf.stack([n, 2, 2])), [None, 2, 2]),
        (lambda x, n: tf.reshape(x, [tf.size(x)]), [None]),
        (lambda x, n: tf.zeros([n, 5]), [None, 5]),
        (lambda x, n: tf.zeros(tf.shape(x)[1:]), [4]),
        (lambda x, n: tf.fill([n, n], 1.0), [None, None]),
        (lambda x, n: tf.reshape(x, [n, tf.shape(x)[1] // 2, 2]), [None, 2, 2]),  # TF: (?, ?, 2)
        (lambda x, n: tf.tile(x, [1, tf.shape(x)[1]]), [None, 16]),  # TF: (?, ?)
    ],
)
def test_shapes_through_shape_arithmetic(build, dims):
    x = tf.placeholder(tf.float32, [None, 4])
    y = build(x, tf.shape(x)[0])
    assert y.shape.as_list() == dims
    assert y.shape.is_compatible_with(run(y, {x: np.zeros((6, 4))}).shape)


@pytest.mark.parametrize(
    ("build", "dims"),
    [
        (lambda x, i: x[i], [4]),
        (lambda x, i: x[i:], [None, 4]),
        (lambda x, i: x[:i], [None, 4]),
        (lambda x, i: x[:, i:], [3, None]),
        (lambda x, i: x[i : i + 1], [None, 4]),
        (lambda x, i: x[0:2, :-1], [2, 3]),
        (lambda x, i: x[1:0], [0, 4]),
        (lambda x, i: x[5:], [0, 4]),
        (lambda x, i: x[::-1, ::2], [3, 2]),
        (lambda x, i: x[..., tf.newaxis, 0], [3, 1]),
        (lambda x, i: x[()], [3, 4]),
    ],
)
def test_shapes_of_slices(build, dims):
    x, i = tf.placeholder(tf.float32, [3, 4]), tf.placeholder(tf.int32, [])
    y = build(x, i)
    assert y.shape.as_list() == dims
    assert y.shape.is_compatible_with(run(y, {x: np.zeros((3, 4)), i: 1}).shape)


def test_slices_of_unknown_sizes():
    x = tf.placeholder(tf.float32, [None, 3])
    shapes = [t.shape.as_list() for t in (x[0], x[0:1], x[:-1], x[:, -2:], x[1:0])]
    assert shapes == [[3], [None, 3], [None, 3], [None, 2], [None, 3]]
    assert tf.placeholder(tf.float32)[0].shape.ndims is None


def test_static_values():
    x = tf.placeholder(tf.float32, [None, 3])
    s = tf.shape(x)
    assert static_value(s) == (None, 3)
    assert static_value(s[0]) is None
    assert static_value(s[1] * 2 + 1) == 7
    assert static_value(tf.concat([s, [5]], 0)) == (None, 3, 5)
    assert static_value(tf.stack([s[1], s[0]])) == (3, None)
    assert static_value(tf.cast(s, tf.int64)) == (None, 3)
    assert static_value(tf.range(s[1])) == (0, 1, 2)
    assert static_value(tf.rank(x)) == 2
    assert static_value(tf.placeholder(tf.int32, [2])) == (None, None)
    assert static_value(tf.placeholder(tf.int32)) is None
    assert static_value(x) is None
    assert static_value(tf.constant([[1], [2]])) == ((1,), (2,))
    assert constant_value_as_shape(tf.concat([s, [-1]], 0)).as_list() == [None, 3, None]
    assert constant_value_as_shape(tf.placeholder(tf.int32)).ndims is None


def test_constant_values():
    x = tf.placeholder(tf.float32, [None, 3])
    assert constant_value(tf.constant([1.5])).tolist() == [1.5]
    assert constant_value(tf.shape(x)) is None
    value = constant_value(tf.shape(x)[1] * 2)
    assert (value, value.dtype) == (6, np.int32)
    assert constant_value(3) == 3


OPERATORS = [operator.add, operator.sub, operator.mul, operator.floordiv, operator.mod, max, min]
KNOWN = {max: tf.maximum, min: tf.minimum}


@settings(deadline=None)
@given(
    st.lists(st.one_of(st.none(), st.integers(1, 9)), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(OPERATORS), st.integers(1, 5)), max_size=4),
    st.integers(0, 3),
    st.data(),
)
def test_arithmetic_agrees_with_the_run(dims, steps, first, data):
    """What is known statically is what comes out; what is not known depends on the feed."""
    sizes = [data.draw(st.integers(1, 9)) if d is None else d for d in dims]
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, dims)
        value, expected = tf.shape(x)[first % len(dims) :], sizes[first % len(dims) :]
        for function, number in steps:
            value = KNOWN.get(function, function)(value, number)
            expected = [function(e, number) for e in expected]
        known = static_value(value)
        assert run(value, {x: np.zeros(sizes)}).tolist() == expected
        for have, true, dim in zip(known, expected, dims[first % len(dims) :], strict=True):
            assert have in (None, true)
            assert dim is None or have == true


def test_arithmetic_that_fails_waits_for_the_run():
    zero = tf.shape(tf.zeros([0]))[0]
    quotient = tf.constant(3) // zero
    assert static_value(quotient) is None
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(quotient)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_vectors_are_stacked_along_the_axis(axis):
    with tf.Graph().as_default(), tf.Session() as session:
        size = tf.placeholder(tf.int32, [])
        before, after = tf.stack([0, 1]), tf.stack([size, 2])
        stacked = tf.stack([before, after], axis=axis)
        expected = np.stack([[0, 1], [5, 2]], axis)
        known = np.stack([[0, 1], [None, 2]], axis)
        assert static_value(stacked) == tuple(map(tuple, known))
        np.testing.assert_array_equal(session.run(stacked, {size: 5}), expected)
        np.testing.assert_array_equal(session.run(stacked + 1, {size: 5}), expected + 1)


def test_paddings_may_be_stacked_by_columns():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        more = tf.maximum(4 - tf.shape(x)[0], 0)
        padded = tf.pad(x, tf.stack([tf.stack([1]), tf.stack([more])], axis=1))
        assert padded.shape.as_list() == [None]
        found = session.run(padded, {x: [1.0, 2.0]})
        np.testing.assert_array_equal(found, [0, 1, 2, 0, 0])
