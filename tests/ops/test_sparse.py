"""Ops on sparse tensors against what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import numpy as np
import pytest
from ops import recorded, sparse_cases
from ops.common import data, run

import scopeflow as tf

RECORDED = recorded.load("sparse")


def test_all_samples_are_recorded():
    assert RECORDED.keys() == sparse_cases.SAMPLES.keys()


@pytest.mark.parametrize("label", sparse_cases.SAMPLES)
def test_as_in_tensorflow(label):
    recorded.check(tf, sparse_cases.SAMPLES[label], RECORDED[label])


def test_placeholder():
    with tf.Graph().as_default() as graph:
        known = tf.sparse_placeholder(tf.float32, [2, 3], name="known")
        partly = tf.sparse_placeholder(tf.float32, [None, 3], name="partly")
        unknown = tf.sparse.placeholder(tf.string)
        names = [op.name for op in graph.get_operations()]
        assert names == [f"{n}/{p}" for n in ("known", "partly") for p in
                         ("shape", "values", "indices")] + [
                             "Placeholder", "Placeholder_1", "Placeholder_2"]  # fmt: skip
        assert known.shape.as_list() == [2, 3]
        assert partly.indices.shape.as_list() == [None, 2]
        assert unknown.indices.shape.as_list() == [None, None]
        fed = run(tf.sparse.to_dense(unknown), {unknown: ([[0, 1]], ["x"], [1, 3])})
        assert fed.tolist() == [[b"", b"x", b""]]
        dense = tf.sparse.to_dense(partly)
        assert run(dense, {partly: ([[0, 1]], [5], [1, 3])}).tolist() == [[0, 5, 0]]
        with pytest.raises(tf.errors.InvalidArgumentError, match="You must feed a value"):
            run(dense)


@pytest.mark.parametrize("adjoint", [(False, False), (True, False), (False, True), (True, True)])
def test_product(adjoint):
    indices, values = np.array([[0, 1], [1, 3], [2, 0], [2, 2]]), data(4)
    matrix = np.zeros((3, 4))
    matrix[tuple(indices.T)] = values
    rows = 3 if adjoint[0] else 4
    dense = data(*((5, rows) if adjoint[1] else (rows, 5)), seed=1)
    expected = (matrix.T if adjoint[0] else matrix) @ (dense.T if adjoint[1] else dense)
    with tf.Graph().as_default():
        v, d = tf.constant(values), tf.constant(dense)
        found = tf.sparse_tensor_dense_matmul(tf.SparseTensor(indices, v, [3, 4]), d, *adjoint)
        assert found.shape.as_list() == list(expected.shape)
        weights = data(*expected.shape, seed=2)
        got, by_values, by_dense, alone = run(
            [found, *tf.gradients(found, [v, d], weights), tf.gradients(found, d, weights)[0]]
        )
        np.testing.assert_allclose(got, expected)
        left = weights.T if adjoint[0] else weights
        other = dense.T if adjoint[1] else dense
        whole = other @ left if adjoint[0] else left @ other.T
        np.testing.assert_allclose(by_values, whole[tuple(indices.T)])
        factor = matrix if adjoint[0] else matrix.T
        expected_dense = factor @ weights
        np.testing.assert_allclose(by_dense, expected_dense.T if adjoint[1] else expected_dense)
        np.testing.assert_allclose(alone, by_dense)


def test_what_is_not_sparse_is_refused():
    with tf.Graph().as_default():
        for build in (
            lambda: tf.sparse.to_dense(tf.ones([2])),
            lambda: tf.sparse.concat(0, [tf.ones([2])]),
            lambda: tf.sparse.reorder(3),
            lambda: tf.sparse.matmul(tf.ones([2, 2]), tf.ones([2, 2])),
        ):
            with pytest.raises(TypeError, match="must be a SparseTensor"):
                build()
        with pytest.raises(ValueError, match="Keyword arguments are required"):
            tf.sparse_split(1, 2, 3)
        with pytest.raises(ValueError, match="axis is required"):
            tf.sparse_split(sp_input=tf.SparseTensor([[0]], [1], [2]), num_split=2)


def test_messages():
    with tf.Graph().as_default():
        unordered = tf.SparseTensor([[1, 1], [0, 0]], [1, 2], [2, 2])
        with pytest.raises(
            tf.errors.InvalidArgumentError,
            match=r"indices\[1\] = \[0,0\] is out of order. Many sparse ops require sorted indices",
        ):
            run(tf.sparse.to_dense(unordered))
        outside = tf.SparseTensor([[1, 2]], [1], [2, 2])
        with pytest.raises(
            tf.errors.InvalidArgumentError,
            match=r"indices\[0\] = \[1,2\] is out of bounds: need 0 <= index < \[2,2\]",
        ):
            run(tf.sparse.to_dense(outside))


def test_graph():
    # TF 1.15.5: the ops behind the sparse tensor's own three constants.
    def of(build):
        with tf.Graph().as_default() as graph:
            build(tf.SparseTensor([[0, 1], [1, 0]], [1.0, 2.0], [2, 3]))
            return [op.name for op in graph.get_operations()[3:]]

    assert of(tf.sparse_tensor_to_dense) == ["zeros", "SparseToDense"]
    assert of(lambda a: tf.sparse.matmul(a, tf.ones([3, 1]))) == [
        "ones", "SparseTensorDenseMatMul/SparseTensorDenseMatMul"]  # fmt: skip
    assert of(lambda a: tf.sparse_add(a, a)) == [
        "threshold", "SparseAdd", "SparseTensor_1/dense_shape"]  # fmt: skip
    assert of(lambda a: tf.sparse_concat(0, [a, a])) == ["SparseConcat", "Const"]
    assert of(lambda a: tf.sparse_reshape(a, [3, 2])) == [
        "Cast/x", "Cast", "SparseReshape", "SparseReshape/Const", "SparseReshape/Identity",
    ]  # fmt: skip
    assert of(lambda a: tf.sparse_reduce_sum(a, 1)) == [
        "SparseReduceSum/reduction_axes", "SparseReduceSum"]  # fmt: skip
    assert of(lambda a: tf.sparse_retain(a, [True, False])) == [
        "Const", "Where", "Reshape/shape", "Reshape", "GatherV2/axis", "GatherV2",
        "GatherV2_1/axis", "GatherV2_1", "Identity"]  # fmt: skip
    assert of(lambda a: a * 2.0) == ["mul/y", "mul"]
    assert of(lambda a: tf.cast(a, tf.int32)) == ["Cast"]
    assert of(tf.sparse_softmax) == ["SparseSoftmax/SparseSoftmax"]
