"""Sparse tensors as strings, and under numbers. Values and texts are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops import sparse_kept
from scopeflow.ops.serializing import deserialize_sparse

from .common import run


def plain(sparse):
    return [part.tolist() for part in sparse]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


@pytest.fixture
def one():
    return tf.SparseTensor([[0, 1], [2, 0]], [1, 2], [3, 4])


@pytest.fixture
def other():
    return tf.SparseTensor([[3, 1]], [5], [4, 2])


def test_strings_of_any_batch(one, other):
    first, second = map(tf.io.serialize_sparse, (one, other))
    found = run(deserialize_sparse(first, tf.int32))
    assert plain(found) == [[[0, 1], [2, 0]], [1, 2], [3, 4]]
    both = deserialize_sparse([[first, second]], tf.int32, rank=4)
    assert both.shape.ndims == 4
    assert plain(run(both)) == [
        [[0, 0, 0, 1], [0, 0, 2, 0], [0, 1, 3, 1]], [1, 2, 5], [1, 2, 4, 4]
    ]  # fmt: skip
    scalar = tf.SparseTensor(np.zeros([1, 0]), ["x"], np.zeros([0]))
    found = deserialize_sparse([tf.io.serialize_sparse(scalar)] * 2, tf.string)
    assert plain(run(found)) == [[[0], [1]], [b"x", b"x"], [2]]


def test_strings_that_do_not_fit(one):
    text = tf.io.serialize_sparse(one)
    deep = tf.io.serialize_sparse(tf.SparseTensor([[0, 0, 0]], [5], [1, 1, 1]))
    for function in (deserialize_sparse, tf.io.deserialize_many_sparse):
        for strings, dtype, match in (
            ([text, deep], tf.int32, r"rank prior to SparseTensor\[1\] was: 2 but rank of"),
            ([text], tf.int64, r"type int64 but SparseTensor\[0\].values.dtype\(\) == int32"),
            ([["a", "b", "c"]], tf.int64, "Could not parse serialized proto"),
            (tf.zeros([0, 3], tf.string), tf.int64, r"at least 1 serialized tensor.*\[0, 3\]"),
        ):
            with pytest.raises(tf.errors.InvalidArgumentError, match=match):
                run(function(strings, dtype))
    with pytest.raises(ValueError, match="must be 3 but is 2"):
        deserialize_sparse(text[:2], tf.int32)


def test_numbers_of_kept_tensors(one, other):
    first, second = (
        sparse_kept.add_sparse_to_tensors_map(x, shared_name="a") for x in (one, other)
    )
    assert first.shape == () and first.dtype == tf.int64
    taken = sparse_kept.take_many_sparse_from_tensors_map(first.op, [first, second], rank=3)
    assert taken.shape.ndims == 3
    assert plain(run(taken)) == [[[0, 0, 1], [0, 2, 0], [1, 3, 1]], [1, 2, 5], [2, 4, 4]]
    rows = sparse_kept.add_many_sparse_to_tensors_map(one)
    with tf.Session() as session:
        numbers = session.run(rows)
        assert numbers.tolist() == [0, 1, 2]
        taken = sparse_kept.take_many_sparse_from_tensors_map(rows.op, numbers)
        assert plain(session.run(taken)) == [[[0, 1], [2, 0]], [1, 2], [3, 4]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="find SparseTensor: 0"):
            session.run(taken)
    with pytest.raises(TypeError, match="sparse_map_op must be one of"):
        sparse_kept.take_many_sparse_from_tensors_map(one.indices.op, numbers)
