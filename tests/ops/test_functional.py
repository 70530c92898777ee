"""tf.map_fn, tf.scan, folds, tf.case, tf.switch_case. Observed in TensorFlow 1.15.5."""

import re

import numpy as np
import pytest

import scopeflow as tf

from .common import check, data


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: tf.map_fn(lambda t: t * t, x), lambda x: x * x),
        (lambda x: tf.map_fn(lambda t: tf.reduce_sum(t), x), lambda x: x.sum(1)),
        (lambda x: tf.scan(lambda a, t: a * t, x), lambda x: np.cumprod(x, 0)),
        (
            lambda x: tf.scan(lambda a, t: a + t, x, reverse=True),
            lambda x: np.cumsum(x[::-1], 0)[::-1],
        ),
        (
            lambda x: tf.scan(
                lambda a, t: a * 0.5 + tf.reduce_sum(t), x, tf.constant(1.0, x.dtype)
            ),
            lambda x: [
                1.0 * 0.5 ** (k + 1) + sum(x[j].sum() * 0.5 ** (k - j) for j in range(k + 1))
                for k in range(len(x))
            ],
        ),
        (lambda x: tf.foldl(lambda a, t: a * 2.0 + t, x), lambda x: (x[0] * 2 + x[1]) * 2 + x[2]),
        (lambda x: tf.foldr(lambda a, t: a * 2.0 + t, x), lambda x: (x[2] * 2 + x[1]) * 2 + x[0]),
        (lambda x: tf.vectorized_map(lambda t: t + 1.0, x), lambda x: x + 1.0),
    ],
)
def test_values_shapes_and_gradients(build, expected):
    check(build, data(3, 2), expected=expected, unknown_rank=False)


def test_names():
    x = tf.constant([1.0, 2.0])
    assert tf.map_fn(lambda t: t, x).name == "map/TensorArrayStack/TensorArrayGatherV3:0"
    assert tf.scan(lambda a, t: a + t, x).name == "scan/TensorArrayStack/TensorArrayGatherV3:0"
    assert tf.foldl(lambda a, t: a + t, x).name == "foldl/while/Exit_2:0"
    assert tf.foldr(lambda a, t: a + t, x).name == "foldr/while/Exit_2:0"


def test_structures_and_dtypes():
    x, n = tf.constant([1.0, 2.0]), tf.constant([3, 4])
    both = tf.map_fn(lambda t: (t[0] * 2.0, t[1] + 1), (x, n))
    assert [v.tolist() for v in run(both)] == [[2.0, 4.0], [4, 5]]
    one = tf.map_fn(lambda t: tf.cast(t, tf.float32) / 2.0, n, dtype=tf.float32)
    assert run(one).tolist() == [1.5, 2.0]
    named = tf.map_fn(lambda t: {"s": t + 1, "d": t * 2}, n, dtype={"s": tf.int32, "d": tf.int32})
    assert {k: v.tolist() for k, v in run(named).items()} == {"s": [4, 5], "d": [6, 8]}
    pair = tf.scan(lambda a, t: (a[0] + t, a[1] * t), n, (0, 1))
    assert [v.tolist() for v in run(pair)] == [[3, 7], [3, 12]]


def test_no_rows():
    assert run(tf.map_fn(lambda t: t, tf.zeros([0, 3]))).shape == (0, 3)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Tried to read from index 0"):
        run(tf.scan(lambda a, t: a + t, tf.zeros([0, 3])))


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: tf.map_fn(3, tf.zeros([2])), TypeError, "fn must be callable."),
        (lambda: tf.map_fn(lambda t: t, tf.constant(1.0)), ValueError, "not a scalar"),
        (
            lambda: tf.map_fn(lambda t: tf.cast(t, tf.float32), tf.constant([1])),
            TypeError,
            "has dtype int32, but map/while/Cast:0 of dtype float32",
        ),
        (lambda: tf.case(3), TypeError, "fns must be a list, tuple, or dict"),
        (lambda: tf.case([(True, lambda: 1)]), TypeError, "pred must be a Tensor, got: True"),
        (lambda: tf.case([(tf.constant(True), 1)]), TypeError, "must be callable."),
    ],
)
def test_bad_arguments(build, error, text):
    with pytest.raises(error, match=re.escape(text)):
        build()


def test_case():
    x = tf.placeholder(tf.int32, [])
    pairs = [(x < 1, lambda: tf.constant(10.0)), (x < 5, lambda: tf.constant(20.0))]
    chosen = tf.case(pairs, default=lambda: tf.constant(30.0))
    assert chosen.name == "case/cond/Merge:0"
    assert [run(chosen, {x: v}) for v in (0, 3, 7)] == [10.0, 20.0, 30.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="None of conditions evaluated"):
        run(tf.case(pairs), {x: 7})
    only = tf.case(pairs, default=lambda: tf.constant(30.0), exclusive=True)
    assert run(only, {x: 3}) == 20.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="more than 1 conditions"):
        run(only, {x: 0})


def test_switch_case():
    x = tf.placeholder(tf.int32, [])
    functions = [lambda: tf.constant(10), lambda: tf.constant(20), lambda: tf.constant(30)]
    chosen = tf.switch_case(x, functions)
    assert [run(chosen, {x: v}) for v in (0, 1, 2, 9, -1)] == [10, 20, 30, 30, 30]
    other = tf.switch_case(x, {0: functions[0]}, default=functions[1])
    assert [run(other, {x: v}) for v in (0, 5)] == [10, 20]
