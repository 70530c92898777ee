"""tf.py_func. Observed in TensorFlow 1.15.5."""

import re

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def test_values_names_and_shapes():
    y = tf.py_func(lambda a, b: a * b, [tf.constant([1.0, 2.0]), 3.0], tf.float32)
    assert (y.name, y.shape.ndims, y.op.type) == ("PyFunc:0", None, "PyFunc")
    assert run(y).tolist() == [3.0, 6.0]
    pair = tf.py_func(lambda a: (a, a + 1), [1], [tf.int32, tf.int32], stateful=False)
    assert isinstance(pair, list) and pair[0].op.type == "PyFuncStateless"
    assert run(pair) == [1, 2]
    assert run(tf.py_func(lambda: 5, [], tf.int64)) == 5
    assert run(tf.numpy_function(lambda a: a + b"x", ["s"], tf.string)) == b"sx"
    assert run(tf.py_func(lambda a: "text", ["s"], tf.string)) == b"text"


def test_what_the_function_gets():
    seen = []
    inputs = [2.0, [1, 2], "s", [["a"], ["b"]]]
    op = tf.py_func(lambda *args: seen.extend(args), inputs, [])
    assert isinstance(op, tf.Operation) and run(op) is None
    assert [type(x) for x in seen] == [np.float32, np.ndarray, bytes, np.ndarray]
    assert seen[3].tolist() == [[b"a"], [b"b"]]


def test_it_may_change_its_arrays():
    x = tf.constant([1.0, 2.0])

    def change(a):
        a += 10
        return a

    y = tf.py_func(change, [x], tf.float32)
    assert [v.tolist() for v in run([y, x])] == [[11.0, 12.0], [1.0, 2.0]]


@pytest.mark.parametrize(
    ("function", "error", "text"),
    [
        (lambda a: 3, tf.errors.InvalidArgumentError, "is int64, but expects float32"),
        (lambda a: None, tf.errors.InvalidArgumentError, "returns 0 values, but expects to see 1"),
        (lambda a: (a, a), tf.errors.InvalidArgumentError, "returns 2 values, but expects to see"),
        (lambda a: {}["x"], tf.errors.UnknownError, "KeyError: 'x'"),
        (lambda a: 1 / 0, tf.errors.UnknownError, "ZeroDivisionError: division by zero"),
        (lambda a: int("x"), tf.errors.InvalidArgumentError, "ValueError: invalid literal"),
    ],
)
def test_failures(function, error, text):
    with pytest.raises(error, match=re.escape(text)):
        run(tf.py_func(function, [1.0], tf.float32))


def test_eager_functions_are_refused():
    with pytest.raises(NotImplementedError, match="tf.py_func"):
        tf.py_function(lambda a: a, [1.0], tf.float32)


@pytest.mark.parametrize("kind", [tf.float32, [tf.float32]])
def test_a_list_is_one_of_results(kind):
    # also where there is one
    one = np.float32(1)
    for function, wanted in ((lambda: [one], 1.0), (lambda: [[one, one]], [1, 1])):
        found = run(tf.py_func(function, [], kind))
        found = found[0] if isinstance(kind, list) else found
        np.testing.assert_array_equal(found, wanted)
    with pytest.raises(tf.errors.InvalidArgumentError, match="returns 2 values, but expects to"):
        run(tf.py_func(lambda: [one, one], [], kind))


def test_results_of_no_type():
    for function, text in (
        (lambda: {"a": 1}, "Unsupported object type dict"),
        (lambda: np.zeros(1, [("a", "f4")]), "Unsupported numpy data type"),
    ):
        with pytest.raises(tf.errors.InternalError, match=text):
            run(tf.py_func(function, [], tf.int64))
    assert tf.py_func(lambda: None, [], [], stateful=False) == []
