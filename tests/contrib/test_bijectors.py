"""Bijectors: there and back, log-determinants against Jacobians by autograd, caching, errors."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib.distributions.bijectors.scalar import Weibull

B = tf.contrib.distributions.bijectors
NUMBERS = {
    "Exp": (lambda: B.Exp(), [-1.0, 0.5]),
    "Sigmoid": (lambda: B.Sigmoid(), [-1.0, 0.5]),
    "Softplus": (lambda: B.Softplus(0.7), [-1.0, 2.0]),
    "Softsign": (lambda: B.Softsign(), [-1.0, 0.5]),
    "Square": (lambda: B.Square(), [1.0, 0.5]),
    "Gumbel": (lambda: B.Gumbel(0.5, 2.0), [1.0, 0.5]),
    "Weibull": (lambda: Weibull(2.0, 3.0), [1.0, 0.5]),
    "Kumaraswamy": (lambda: B.Kumaraswamy(2.0, 3.0), [0.3, 0.5]),
    "SinhArcsinh": (lambda: B.SinhArcsinh(0.3, 1.5), [-1.0, 0.5]),
    "AffineScalar": (lambda: B.AffineScalar(1.0, -2.0), [1.0, 2.0]),
    "PowerTransform": (lambda: B.PowerTransform(0.3), [1.0, 2.0]),
    "Identity": (lambda: B.Identity(), [1.0, 2.0]),
    "Invert": (lambda: B.Invert(B.Exp()), [1.0, 2.0]),
    "Chain": (lambda: B.Chain([B.Exp(), B.AffineScalar(scale=2.0)]), [-1.0, 0.5]),
    "Inline": (
        lambda: B.Inline(tf.exp, tf.log, lambda y: -tf.log(y), forward_min_event_ndims=0),
        [-1.0, 0.5],
    ),
}
VECTORS = {
    "Affine": (
        lambda: B.Affine([1.0, 2.0, 3.0], scale_tril=[[1.0, 0, 0], [2, -3, 0], [1, 1, 2]],
                         scale_perturb_factor=[[1.0], [0.0], [2.0]]),
        [1.0, 2.0, 3.0],
    ),
    "Affine multiple": (lambda: B.Affine(scale_identity_multiplier=3.0), [1.0, 2.0, 3.0]),
    "Permute": (lambda: B.Permute([2, 0, 1]), [1.0, 2.0, 3.0]),
    "Ordered": (lambda: B.Ordered(), [1.0, 2.0, 4.0]),
    "Exp": (lambda: B.Exp(), [-1.0, 0.5, 1.0]),
}  # fmt: skip


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as opened:
        yield opened


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers(kind, session):
    make, values = NUMBERS[kind]
    made, x = make(), tf.constant(values, tf.float32)
    y = made.forward(x)
    slope = tf.log(tf.abs(tf.gradients(y, x)[0]))
    found = session.run([
        slope,
        made.forward_log_det_jacobian(x, 0) + tf.zeros_like(x),
        -made.inverse_log_det_jacobian(tf.identity(y), 0) + tf.zeros_like(x),
    ])  # fmt: skip
    np.testing.assert_allclose(found[1], found[0], atol=2e-5)
    np.testing.assert_allclose(found[2], found[0], atol=2e-5)
    whole = session.run(made.forward_log_det_jacobian(x, 1))
    np.testing.assert_allclose(whole, found[0].sum(), atol=1e-4)
    np.testing.assert_allclose(session.run(made.inverse(tf.identity(y))), values, atol=1e-5)


@pytest.mark.parametrize("kind", VECTORS)
def test_vectors(kind, session):
    make, values = VECTORS[kind]
    made, x = make(), tf.constant(values, tf.float32)
    y = made.forward(x)
    rows = session.run([tf.gradients(y[i], x)[0] for i in range(3)])
    wanted = np.linalg.slogdet(np.stack(rows))[1]
    found = session.run(
        [made.forward_log_det_jacobian(x, 1), -made.inverse_log_det_jacobian(tf.identity(y), 1)]
    )
    np.testing.assert_allclose(found, [wanted, wanted], atol=1e-4)
    np.testing.assert_allclose(session.run(made.inverse(tf.identity(y))), values, rtol=1e-4)


def test_softmax_centered(session):
    made, x = B.SoftmaxCentered(), tf.constant([0.5, -1.0])
    y = made.forward(x)
    rows = session.run([tf.gradients(y[i], x)[0] for i in range(2)])
    wanted = np.linalg.slogdet(np.stack(rows))[1]
    np.testing.assert_allclose(session.run(made.forward_log_det_jacobian(x, 1)), wanted, rtol=1e-5)
    assert made.forward_event_shape([4, 2]).as_list() == [4, 3]
    np.testing.assert_allclose(session.run(made.inverse(tf.identity(y))), [0.5, -1], rtol=1e-5)


def test_inverse_of_triangles(session):
    """Recorded from TensorFlow 1.15.5: log-dets of e times the identity of 1 to 3 rows."""
    made = B.MatrixInverseTriL()
    for n, wanted in ((1, -2.0), (2, -8.0), (3, -18.0)):
        found = made.forward_log_det_jacobian(np.exp(1.0) * np.eye(n), 2)
        np.testing.assert_allclose(session.run(found), wanted)
    value = np.array([[1.5, 0, 0], [0.3, 2, 0], [-1, 0.4, 0.7]])
    np.testing.assert_allclose(session.run(made.forward(value)), np.linalg.inv(value), atol=1e-12)


def test_outer_product_of_triangles(session):
    """The determinant of the triangle's elements' Jacobian."""
    made = B.CholeskyOuterProduct()
    value = np.array([[1.5, 0, 0], [0.3, 2, 0], [-1, 0.4, 0.7]])
    x = tf.constant(value)
    y = made.forward(x)
    at = list(zip(*np.tril_indices(3), strict=True))
    rows = session.run([tf.gradients(y[i, j], x)[0] for i, j in at])
    jacobian = np.array([[row[i, j] for i, j in at] for row in rows])
    found = session.run(
        [made.forward_log_det_jacobian(x, 2), -made.inverse_log_det_jacobian(tf.identity(y), 2)]
    )
    np.testing.assert_allclose(found, [np.linalg.slogdet(jacobian)[1]] * 2)
    np.testing.assert_allclose(session.run(made.inverse(tf.identity(y))), value, atol=1e-9)


def test_scale_tril_and_shapes(session):
    made = B.ScaleTriL()
    x = tf.constant([[1.0, -2.0, 0.5]])
    matrix = made.forward(x)
    assert matrix.shape.as_list() == [1, 2, 2]
    assert (made.forward_min_event_ndims, made.inverse_min_event_ndims) == (1, 2)
    assert made.inverse_event_shape([2, 2]).as_list() == [3]
    found = session.run([matrix, made.inverse(tf.identity(matrix))])
    assert (np.diagonal(found[0][0]) > 0).all() and found[0][0, 0, 1] == 0
    np.testing.assert_allclose(found[1], [[1, -2, 0.5]], atol=1e-4)
    reshape = B.Reshape([2, -1], [6])
    y = reshape.forward(tf.zeros([4, 6]))
    assert y.shape.as_list() == [4, 2, 3]
    assert reshape.inverse_event_shape([2, 3]).as_list() == [6]
    assert session.run(reshape.inverse(tf.ones([5, 2, 3]))).shape == (5, 6)


def test_remembers():
    made = B.Exp()
    x = tf.constant([1.0, 2.0])
    y = made.forward(x)
    assert made.inverse(y) is x and made.forward(x) is y
    one = made.inverse_log_det_jacobian(y, 1)
    assert made.inverse_log_det_jacobian(y, 1) is one
    assert made.inverse_log_det_jacobian(y, 0) is not one

    class Counting(B.Exp):
        asked = 0

        def _forward_log_det_jacobian(self, x):
            Counting.asked += 1
            return x

        def _inverse_log_det_jacobian(self, y):
            raise NotImplementedError("there is no other way")

    made = Counting()
    y = made.forward(x)
    made.forward_log_det_jacobian(x, 0)
    made.inverse_log_det_jacobian(y, 0)
    made.inverse_log_det_jacobian(made.forward(tf.constant(2.0)), 0)
    assert Counting.asked == 2


def test_names_and_errors(session):
    """Recorded from TensorFlow 1.15.5."""
    assert B.Chain([B.Exp(), B.Softplus()]).name == "chain_of_exp_of_softplus"
    assert B.Chain([]).name == "identity"
    assert B.Invert(B.Exp()).name == "invert_exp"
    with pytest.raises(ValueError, match=r"event_ndims \(0\) must be larger than min_event_ndims"):
        B.SoftmaxCentered().forward_log_det_jacobian([1.0], 0)
    with pytest.raises(NotImplementedError, match="non-injective bijector .absolute_value."):
        B.Chain([B.AbsoluteValue()])
    with pytest.raises(ValueError, match="exactly one of each"):
        B.Permute([0, 0])
    with pytest.raises(TypeError, match="abstract class Bijector"):
        B.Bijector(forward_min_event_ndims=0)

    class _EmptyBijector(B.Bijector):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)

    assert _EmptyBijector(forward_min_event_ndims=0).name == "empty_bijector"
    with pytest.raises(ValueError, match="Must specify at least one"):
        _EmptyBijector()
    with pytest.raises(NotImplementedError, match="inverse not implemented"):
        _EmptyBijector(forward_min_event_ndims=0).inverse(1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="All elements must be non-negative"):
        session.run(B.Square(validate_args=True).forward(tf.placeholder_with_default(-1.0, [])))
