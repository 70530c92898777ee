"""`tf.linalg.LinearOperator…`: numbers against numpy, names as TensorFlow 1.15.5 gives them."""

import numpy as np
import pytest

import scopeflow as tf

RANDOM = np.random.RandomState(3)
MATRIX = RANDOM.rand(2, 3, 3) + 2 * np.eye(3)
DIAGONAL = RANDOM.rand(2, 3) + 1
X = RANDOM.rand(2, 3, 4)

KINDS = {
    "full": (lambda: tf.linalg.LinearOperatorFullMatrix(MATRIX), MATRIX),
    "lower": (lambda: tf.linalg.LinearOperatorLowerTriangular(MATRIX), np.tril(MATRIX)),
    "diag": (lambda: tf.linalg.LinearOperatorDiag(DIAGONAL), DIAGONAL[..., None] * np.eye(3)),
    "identity": (
        lambda: tf.linalg.LinearOperatorIdentity(3, [2], dtype=tf.float64),
        np.stack([np.eye(3)] * 2),
    ),
    "scaled": (
        lambda: tf.linalg.LinearOperatorScaledIdentity(3, np.array([2.0, 3.0])),
        np.array([2.0, 3.0])[:, None, None] * np.eye(3),
    ),
    "adjoint": (
        lambda: tf.linalg.LinearOperatorLowerTriangular(MATRIX).adjoint(),
        np.tril(MATRIX).swapaxes(1, 2),
    ),
    "inverse": (
        lambda: tf.linalg.LinearOperatorLowerTriangular(MATRIX).inverse(),
        np.linalg.inv(np.tril(MATRIX)),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_numbers(kind):
    make, dense = KINDS[kind]
    with tf.Graph().as_default(), tf.Session() as session:
        operator = make()
        assert operator.shape.as_list() == [2, 3, 3] and operator.batch_shape.as_list() == [2]
        assert operator.domain_dimension == operator.range_dimension == 3
        assert operator.is_square and operator.tensor_rank == 3
        turned, transposed = X.swapaxes(1, 2), dense.swapaxes(1, 2)
        for found, expected in [
            (operator.to_dense(), dense),
            (operator.matmul(X), dense @ X),
            (operator.matmul(X, adjoint=True), transposed @ X),
            (operator.matmul(turned, adjoint_arg=True), dense @ X),
            (operator @ X, dense @ X),
            (operator.matvec(X[..., 0]), (dense @ X)[..., 0]),
            (operator.solve(X), np.linalg.solve(dense, X)),
            (operator.solve(X, adjoint=True), np.linalg.solve(transposed, X)),
            (operator.solvevec(X[..., 0]), np.linalg.solve(dense, X)[..., 0]),
            (operator.determinant(), np.linalg.det(dense)),
            (operator.log_abs_determinant(), np.linalg.slogdet(dense)[1]),
            (operator.diag_part(), np.diagonal(dense, axis1=1, axis2=2)),
            (operator.trace(), np.trace(dense, axis1=1, axis2=2)),
            (operator.add_to_tensor(np.ones([2, 3, 3])), dense + 1),
            (operator.H.to_dense(), transposed),
            (operator.inverse().matmul(X), np.linalg.solve(dense, X)),
            (operator.shape_tensor(), [2, 3, 3]),
            (operator.batch_shape_tensor(), [2]),
            (operator.tensor_rank_tensor(), 3),
        ]:
            np.testing.assert_allclose(session.run(found), expected, rtol=1e-10, atol=1e-12)
        session.run(operator.assert_non_singular())


def test_one_matrix_serves_a_batch():
    with tf.Graph().as_default(), tf.Session() as session:
        operator = tf.linalg.LinearOperatorLowerTriangular(MATRIX[0])
        product, solution = operator.matmul(X), operator.solve(X)
        assert product.shape.as_list() == [2, 3, 4]
        np.testing.assert_allclose(session.run(product), np.tril(MATRIX[0]) @ X)
        np.testing.assert_allclose(
            session.run(solution), np.linalg.solve(np.tril(MATRIX[0])[None], X)
        )


def test_cholesky_and_positive_definite():
    with tf.Graph().as_default(), tf.Session() as session:
        matrix = MATRIX[0] @ MATRIX[0].T
        operator = tf.linalg.LinearOperatorFullMatrix(
            matrix, is_self_adjoint=True, is_positive_definite=True
        )
        assert operator.is_non_singular and operator.H is operator
        np.testing.assert_allclose(
            session.run(operator.cholesky().to_dense()), np.linalg.cholesky(matrix)
        )
        session.run(operator.assert_positive_definite())
        with pytest.raises(tf.errors.InvalidArgumentError, match="Diagonal contained zero"):
            session.run(tf.linalg.LinearOperatorDiag([1.0, 0.0]).assert_non_singular())


def test_names_are_tensorflows():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 4, 4])
        operator = tf.linalg.LinearOperatorLowerTriangular(x)
        assert operator.shape.as_list() == [None, 4, 4]
        name = "LinearOperatorLowerTriangular"
        assert operator.to_dense().name == f"{name}/to_dense/MatrixBandPart:0"
        assert operator.to_dense().name == f"{name}/to_dense_1/MatrixBandPart:0"
        assert (
            operator.matvec(x[..., 0]).op.inputs[0].name == f"{name}/matvec/{name}/matmul/MatMul:0"
        )
        with tf.name_scope("foo"):
            assert operator.determinant().name == f"foo/{name}/det/Prod:0"
        assert tf.linalg.LinearOperatorDiag([1.0]).trace().name == "LinearOperatorDiag/trace/Sum:0"


@pytest.mark.parametrize(
    "make, error, text",
    [
        (lambda: tf.linalg.LinearOperatorLowerTriangular([1.0]), ValueError, "at least 2 dim"),
        (lambda: tf.linalg.LinearOperatorDiag(1.0), ValueError, "at least 1 dimension"),
        (lambda: tf.linalg.LinearOperatorDiag([1.0], is_self_adjoint=False), ValueError, "self a"),
        (lambda: tf.linalg.LinearOperatorFullMatrix(np.ones([2, 3])).solve([[1.0]]),
         NotImplementedError, "not square"),
        (lambda: tf.linalg.LinearOperatorIdentity(-1), ValueError, "negative"),
        (lambda: tf.linalg.LinearOperatorFullMatrix(np.eye(2)).cholesky(), ValueError, "is_self"),
        (lambda: tf.linalg.LinearOperatorIdentity(2, assert_proper_shapes=True),
         NotImplementedError, "leave the argument away"),
    ],
)  # fmt: skip
def test_what_is_refused(make, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=text):
        make()
