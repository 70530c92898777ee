"""tf.extract_volume_patches, CompareAndBitpack, tf.matrix_solve_ls of an unknown shape."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_patches_of_volumes(session):
    x = np.arange(2 * 4 * 4 * 3 * 2).reshape(2, 4, 4, 3, 2).astype("f")
    same = tf.extract_volume_patches(x, [1, 2, 2, 2, 1], [1, 2, 1, 1, 1], "SAME")
    valid = tf.extract_volume_patches(x, [1, 2, 2, 2, 1], [1, 2, 1, 1, 1], "VALID")
    found = session.run([same, valid])
    assert [t.shape.as_list() for t in (same, valid)] == [list(f.shape) for f in found]
    assert found[0].shape == (2, 2, 4, 3, 16) and found[1].shape == (2, 2, 3, 2, 16)
    # Recorded from TensorFlow 1.15.5.
    assert [f.sum() for f in found] == [54424.0, 36672.0]
    first = [0, 1, 2, 3, 6, 7, 8, 9, 24, 25, 26, 27, 30, 31, 32, 33]
    assert found[0][0, 0, 0, 0].tolist() == found[1][0, 0, 0, 0].tolist() == first
    assert found[0][0, 0, 0, 2, :8].tolist() == [4, 5, 0, 0, 10, 11, 0, 0]


def test_the_gradient_counts_the_patches_with_an_element(session):
    x = tf.ones([1, 1, 1, 4, 1])
    patches = tf.extract_volume_patches(x, [1, 1, 1, 2, 1], [1, 1, 1, 1, 1], "VALID")
    (gradient,) = tf.gradients(patches, x)
    assert session.run(gradient).ravel().tolist() == [1, 2, 2, 1]


def test_bad_patches(session):
    x = tf.ones([1, 2, 2, 2, 1])
    with pytest.raises(ValueError, match="list of length 3 less than minimum 5"):
        tf.extract_volume_patches(x, [2, 2, 2], [1, 1, 1, 1, 1], "SAME")
    with pytest.raises(ValueError, match="Shape must be rank 5 but is rank 4"):
        tf.extract_volume_patches(x[0], [1] * 5, [1] * 5, "SAME")
    with pytest.raises(NotImplementedError, match="planes, rows and columns"):
        tf.extract_volume_patches(x, [1, 2, 2, 2, 2], [1] * 5, "SAME")


def test_bits_of_a_comparison(session):
    x = np.arange(16).reshape(2, 8)
    for dtype, wanted in ((np.float32, [[1], [255]]), (np.int32, [[1], [255]])):
        packed = tf.raw_ops.CompareAndBitpack(input=x.astype(dtype), threshold=dtype(6))
        assert packed.shape.as_list() == [2, 1] and packed.dtype == tf.uint8
        assert session.run(packed).tolist() == wanted
    packed = tf.raw_ops.CompareAndBitpack(input=x.astype(bool), threshold=True)
    assert session.run(packed).tolist() == [[127], [255]]
    with pytest.raises(ValueError, match="evenly divisible by 8 but is 6"):
        tf.raw_ops.CompareAndBitpack(input=np.arange(6.0), threshold=3.0)
    unknown = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="divisible by 8, but saw shape"):
        session.run(tf.raw_ops.CompareAndBitpack(input=unknown, threshold=3.0), {unknown: [1.0]})


@pytest.mark.parametrize("size", [(4, 2), (2, 4), (3, 3)])
def test_least_squares_of_an_unknown_shape(session, size):
    random = np.random.RandomState(0)
    a, b = random.randn(*size), random.randn(size[0], 2)
    matrix, rhs = tf.placeholder(tf.float64), tf.placeholder(tf.float64)
    solved = tf.matrix_solve_ls(matrix, rhs, l2_regularizer=0.5)
    assert solved.shape.ndims is None
    (gradient,) = tf.gradients(solved, rhs)
    found, slope = session.run([solved, gradient], {matrix: a, rhs: b})
    inverse = np.linalg.solve(a.T @ a + 0.5 * np.eye(size[1]), a.T)
    np.testing.assert_allclose(found, inverse @ b)
    np.testing.assert_allclose(slope, np.tile(inverse.sum(0)[:, None], [1, 2]))
