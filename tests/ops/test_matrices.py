"""Norms, decompositions and functions of matrices: what programs meet beyond the plain case."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.alias.modules import linalg_impl

from .common import check, check_gradient, data, run, value

Z = (np.arange(8).reshape(2, 2, 2) + 1j).astype(np.complex64)


@pytest.mark.parametrize(
    ("ord", "axis", "kind"),
    [
        ("euclidean", 0, tf.complex64), (2, None, tf.complex64), ("fro", (0, 1), tf.complex64),
        (1, 0, tf.float32), (0.5, None, tf.float32), (2, (-2, -1), tf.float32),
        (np.inf, (-2, -1), tf.float32),
    ],
)  # fmt: skip
def test_norms_of_complex_numbers(ord, axis, kind):
    # dtypes of TF 1.15.5
    with tf.Graph().as_default():
        length = tf.norm(Z, ord, axis)
        assert length.dtype == kind
        unit, kept = tf.linalg.normalize(Z, ord, axis)
        assert unit.dtype == kept.dtype == tf.complex64
        length, unit, kept = run([length, unit, kept])
    wanted = np.abs(Z) ** 0.5
    wanted = wanted.sum() ** 2 if ord == 0.5 else None
    if wanted is None:
        ord = None if ord == "euclidean" else ord
        flat = Z.ravel() if axis is None else Z
        wanted = np.linalg.norm(flat, ord, axis)
    np.testing.assert_allclose(length, wanted, rtol=1e-6)
    np.testing.assert_allclose(unit * kept, Z, rtol=1e-6)


def test_one_hot_takes_the_dtype_of_arrays():
    # TF 1.15.5: an array keeps its dtype, a number is float32 or int32
    with tf.Graph().as_default():
        assert tf.one_hot([0], 2, np.float64(1)).dtype == tf.float64
        assert tf.one_hot([0], 2, np.asarray(1), dtype=tf.int64).dtype == tf.int64
        assert tf.one_hot([0], 2, 1).dtype == tf.int32
        with pytest.raises(TypeError, match="float64 of on_value does not match dtype float32"):
            tf.one_hot([0], 2, np.float64(1), 0.0)
        with pytest.raises(TypeError, match="does not match dtype parameter"):
            tf.one_hot([0], 2, 1.0, dtype=tf.float64)


def test_lu_of_complex_and_of_no_matrices():
    z = data(3, 4, 4) + 1j * data(3, 4, 4, seed=1)
    found = value(lambda x: tf.linalg.lu(x), z)
    low = np.tril(found.lu, -1) + np.eye(4)
    np.testing.assert_allclose(
        low @ np.triu(found.lu), np.take_along_axis(z, found.p[..., None], 1), atol=1e-12
    )
    empty = value(lambda x: tf.linalg.lu(x), np.zeros([3, 0, 0]))
    assert empty.lu.shape == (3, 0, 0) and empty.p.shape == (3, 0)


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (2, 2, 3)])
def test_gradient_of_all_singular_vectors(shape):
    x = data(*shape)
    for chosen in (1, 2):
        with tf.Graph().as_default():
            place = tf.placeholder(tf.float64, shape)
            vectors = tf.svd(place, full_matrices=True)[chosen]
            # vectors are known up to their sign
            check_gradient(vectors[..., :1] * tf.linalg.adjoint(vectors)[..., :1, :], [place], (x,))
            check_gradient(tf.square(vectors), [place], (x,))


def test_tridiagonal_systems():
    upper, main, lower = [2.0, 1, 4, 0], [1.0, 3, 2, 2], [0.0, 1, -1, 1]
    rows, rhs, wanted = np.array([upper, main, lower]), np.arange(1.0, 5), [-9, 5, -4, 4]
    solve = tf.linalg.tridiagonal_solve
    for given in ((upper, main, lower), (upper[:-1], main, lower[1:])):
        given = [np.array(d, float) for d in given]
        found = value(lambda *d: solve(d, rhs, "sequence"), *given)
        np.testing.assert_allclose(found, wanted)
    both = value(lambda d, r: solve(d, r, transpose_rhs=True), rows, np.array([rhs, 2 * rhs]))
    np.testing.assert_allclose(both, [wanted, np.multiply(wanted, 2)])
    with tf.Graph().as_default():
        for diagonals, right, match in (
            (np.ones((2, 4)), rhs, "Expected 3 diagonals got 2"),
            (rows, np.ones((2, 4, 2)), "rank of rhs to be 1 or 2, got 3"),
            (rows, np.ones((3, 2)), "not of one system"),
            (np.ones((5, 3, 4)), np.ones((4, 4)), "not of one system"),
        ):
            with pytest.raises(ValueError, match=match):
                solve(diagonals, tf.constant(right))
        with pytest.raises(ValueError, match="sequence of length 3"):
            solve([main, lower], rhs, "sequence")


def test_ranks_and_pseudo_inverses():
    x = np.array([[[2.0, 3, -2], [-1, 1, -2], [3, 2, 0]], np.eye(3)])
    assert value(linalg_impl.matrix_rank, x).tolist() == [2, 3]
    assert value(lambda a: linalg_impl.matrix_rank(a, 1.5), x).tolist() == [2, 0]
    wide = data(2, 3, 4)
    check(linalg_impl.pinv, wide, expected=np.linalg.pinv, rtol=1e-6)
    near = x[0] + 1e-3 * np.eye(3)
    found = value(lambda a: linalg_impl.pinv(a, 0.01), near)
    np.testing.assert_allclose(found, np.linalg.pinv(near, 0.01), atol=1e-9)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="at least 2 dimensions"):
            linalg_impl.pinv(np.ones(3))
        with pytest.raises(TypeError, match="float"):
            linalg_impl.matrix_rank(np.ones((2, 2), np.int32))


def test_nth_element():
    from scopeflow.ops.sorting import nth_element

    x = data(3, 5)
    check(lambda a: nth_element(a, 1), x, expected=lambda a: np.sort(a)[:, 1])
    check(lambda a: nth_element(a, 1, reverse=True), x, expected=lambda a: np.sort(a)[:, -2])
    with tf.Graph().as_default():
        place = tf.constant([[2.0, -1, 7, 3, 7]])
        slope = tf.gradients(nth_element(place, 3), place)[0]
        assert run(slope).tolist() == [[0, 0, 0.5, 0, 0.5]]  # TF 1.15.5: ties share it
        for arguments, match in (
            ((5, 0), "at least rank 1 but is rank 0"),
            (([5], -1), "non-negative but is -1"),
            (([5], [1]), "scalar but has rank 1"),
            (([5, 6], 2), "last dimension > n = 2 but is 2"),
        ):
            with pytest.raises(ValueError, match=match):
                nth_element(*arguments)
        late = nth_element([0.1, 0.2], tf.placeholder_with_default(2, None))
        with pytest.raises(tf.errors.InvalidArgumentError, match="at least n\\+1 columns"):
            run(late)


def test_a_size_that_is_fed_without_a_shape():
    # TF 1.15.5: what is stacked with a number is a number
    with tf.Graph().as_default():
        place = tf.placeholder(tf.int32)
        assert tf.zeros([place, 37]).shape.as_list() == [None, 37]
        assert tf.reshape(tf.placeholder(tf.float32), [place, 37]).shape.as_list() == [None, 37]


def test_no_real_square_root():
    # TF 1.15.5: NaN, for that matrix of a batch alone
    found = value(tf.linalg.sqrtm, np.array([[[1.0, 0], [0, -1]], [[0, 1], [-1, 0]]]))
    assert np.isnan(found[0]).all()
    np.testing.assert_allclose(found[1], np.array([[1, 1], [-1, 1]]) * 0.5**0.5)
