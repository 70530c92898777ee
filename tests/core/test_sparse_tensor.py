"""SparseTensor as one thing: made, fetched, fed, nested. Observed in TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def make():
    return tf.SparseTensor([[0, 1], [1, 2]], [1.0, 2.0], [3, 4])


def same(found, indices, values, shape):
    assert isinstance(found, tf.SparseTensorValue)
    assert found.indices.tolist() == indices
    assert found.values.tolist() == values
    assert found.dense_shape.tolist() == shape
    assert found.indices.dtype == found.dense_shape.dtype == np.int64


def test_parts(graph):
    sparse = make()
    assert [op.name for op in graph.get_operations()] == [
        "SparseTensor/indices", "SparseTensor/values", "SparseTensor/dense_shape"]  # fmt: skip
    assert sparse.dtype is tf.float32
    assert sparse.op is sparse.values.op
    assert sparse.graph is graph
    assert sparse.shape.as_list() == sparse.get_shape().as_list() == [3, 4]
    assert sparse.consumers() == []
    assert str(sparse) == (
        'SparseTensor(indices=Tensor("SparseTensor/indices:0", shape=(2, 2), dtype=int64), '
        'values=Tensor("SparseTensor/values:0", shape=(2,), dtype=float32), '
        'dense_shape=Tensor("SparseTensor/dense_shape:0", shape=(2,), dtype=int64))'
    )


@pytest.mark.parametrize(
    ("indices", "values", "shape", "match"),
    [
        ([[0, 1], [1, 2]], [1.0, 2.0, 3.0], [3, 4], "2 and 3 are not compatible"),
        ([[0, 1], [1, 2]], [1.0, 2.0], [3, 4, 5], "2 and 3 are not compatible"),
        ([0, 1], [1.0, 2.0], [3, 4], "must have rank 2"),
        ([[0, 1]], [[1.0, 2.0]], [3, 4], "must have rank 1"),
        ([[0, 1]], [1.0], 3, "must have rank 1"),
    ],
)
def test_parts_that_do_not_fit(indices, values, shape, match):
    with pytest.raises(ValueError, match=match):
        tf.SparseTensor(indices, values, shape)


def test_indices_are_int64():
    with pytest.raises(ValueError, match="requested dtype int64 for Tensor with dtype int32"):
        tf.SparseTensor(tf.constant([[0, 1]], tf.int32), [1.0], [3, 4])


def test_fetched():
    sparse = make()
    with tf.Session() as session:
        same(session.run(sparse), [[0, 1], [1, 2]], [1, 2], [3, 4])
        same(session.run({"a": [sparse]})["a"][0], [[0, 1], [1, 2]], [1, 2], [3, 4])
        same(sparse.eval(), [[0, 1], [1, 2]], [1, 2], [3, 4])
    with pytest.raises(ValueError, match="No default session"):
        sparse.eval()


def test_fed():
    sparse = make()
    doubled = tf.SparseTensor(sparse.indices, sparse.values * 2, sparse.dense_shape)
    with tf.Session() as session:
        for value in (
            ([[2, 3], [4, 5]], [5, 6], [9, 9]),
            tf.SparseTensorValue([[2, 3], [4, 5]], [5, 6], [9, 9]),
        ):
            same(session.run(doubled, {sparse: value}), [[2, 3], [4, 5]], [10, 12], [9, 9])
            same(session.run(doubled, {(sparse,): (value,)}), [[2, 3], [4, 5]], [10, 12], [9, 9])
        # The shape, which the graph knows, may be left out.
        short = ([[2, 3], [4, 5]], [5, 6])
        same(session.run(doubled, {sparse: short}), [[2, 3], [4, 5]], [10, 12], [3, 4])
        place = tf.sparse_placeholder(tf.float32)
        with pytest.raises(ValueError, match="has 2 values"):
            session.run(place, {place: short})


def test_nested():
    sparse = make()
    assert tf.nest.flatten([sparse, 1]) == [sparse, 1]
    parts = tf.nest.flatten([sparse, 1], expand_composites=True)
    assert parts == [sparse.indices, sparse.values, sparse.dense_shape, 1]
    packed = tf.nest.pack_sequence_as([sparse, 1], parts, expand_composites=True)[0]
    assert isinstance(packed, tf.SparseTensor)
    assert packed.values is sparse.values


def test_cond():
    sparse = make()
    found = tf.cond(tf.constant(False), lambda: sparse, lambda: tf.identity(sparse))
    assert isinstance(found, tf.SparseTensor)
    with tf.Session() as session:
        same(session.run(found), [[0, 1], [1, 2]], [1, 2], [3, 4])


def test_converted():
    sparse, value = make(), tf.SparseTensorValue([[0]], [1.0], [2])
    assert tf.convert_to_tensor_or_sparse_tensor(sparse) is sparse
    assert isinstance(tf.convert_to_tensor_or_sparse_tensor(value), tf.SparseTensor)
    assert isinstance(tf.convert_to_tensor_or_sparse_tensor([1]), tf.Tensor)
    assert tf.SparseTensor.from_value(value).shape.as_list() == [2]
    with pytest.raises(RuntimeError, match="requested = int32, actual = float32"):
        tf.convert_to_tensor_or_sparse_tensor(sparse, tf.int32)
    with pytest.raises(TypeError, match="Neither a SparseTensor nor SparseTensorValue: 3"):
        tf.SparseTensor.from_value(3)
    with pytest.raises(TypeError, match="Failed to convert object of type"):
        tf.convert_to_tensor(sparse)


def test_is_a_tensor():
    # TF 1.15.5
    sparse = make()
    assert tf.is_tensor(sparse)
    assert tf.contrib.framework.is_tensor(sparse)
    assert not tf.is_tensor(tf.SparseTensorValue([[0]], [1], [1]))
    assert not tf.is_numeric_tensor(sparse)


def test_loop_and_case():
    sparse = make()
    doubled = tf.while_loop(
        lambda i, a: i < 3,
        lambda i, a: (i + 1, tf.SparseTensor(a.indices, a.values * 2, a.dense_shape)),
        [0, sparse],
    )[1]
    chosen = tf.case([(tf.constant(True), lambda: sparse)], default=lambda: doubled)
    with tf.Session() as session:
        same(session.run(doubled), [[0, 1], [1, 2]], [8, 16], [3, 4])
        same(session.run(chosen), [[0, 1], [1, 2]], [1, 2], [3, 4])
