"""tensordot, einsum, cross, sums, complex parts; matrix decompositions."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import decompositions, matmul, products
from scopeflow.ops.linalg import matrix_transpose

# tensordot

CONTRACTIONS = [
    ((3, 4), (4, 5), 1),
    ((2, 3, 4), (3, 4, 5), [[1, 2], [0, 1]]),
    ((2, 3, 4), (4, 3, 5), [[1, 2], [1, 0]]),
    ((2, 3, 4), (5, 3), [1, 1]),
    ((3,), (3,), 1),
    ((2, 3), (4,), 0),
    ((2, 3), (4, 3), [[-1], [-1]]),
    ((2, 3), (3, 2), ((0, 1), (1, 0))),
]


@pytest.mark.parametrize(("a", "b", "axes"), CONTRACTIONS)
def test_tensordot(a, b, axes):
    numpy_axes = axes if isinstance(axes, int) else tuple(axes)
    check(
        lambda a, b: products.tensordot(a, b, axes), data(*a), data(*b, seed=1),
        expected=lambda a, b: np.tensordot(a, b, numpy_axes),
    )  # fmt: skip


def test_tensordot_with_axes_given_when_running():
    a, b = data(2, 3, 4), data(3, 4, 5, seed=1)
    with tf.Graph().as_default():
        axes = tf.placeholder(tf.int32)
        found = products.tensordot(tf.constant(a), tf.constant(b), axes)
        got = run(found, {axes: [[1, -1], [0, 1]]})
    np.testing.assert_allclose(got, np.tensordot(a, b, [[1, 2], [0, 1]]))


def test_tensordot_static_shape():
    with tf.Graph().as_default():
        a = tf.placeholder(tf.float32, [None, 7, 3])
        assert products.tensordot(a, tf.zeros([3, 4]), 1).shape.as_list() == [None, 7, 4]


@pytest.mark.parametrize(
    ("axes", "error", "match"),
    [
        ([[0, 1], [0]], ValueError, "Different number of contraction axes 'a' and 'b', 2 != 1"),
        (5, ValueError, "must not be larger than the number of dimensions"),
        (-1, ValueError, "at least 0"),
        ([1, 2, 3], ValueError, "have length 2"),
        ([[7], [0]], IndexError, "axis 7"),
        ([[0], [0]], ValueError, "must be equal"),
    ],
)
def test_tensordot_refuses(axes, error, match):
    with tf.Graph().as_default(), pytest.raises(error, match=match):
        products.tensordot(tf.zeros([2, 3]), tf.zeros([3, 4]), axes)


# einsum

EQUATIONS = [
    ("ij,jk->ik", [(2, 3), (3, 4)]),
    ("ij,jk", [(2, 3), (3, 4)]),
    ("bij,bjk->bik", [(5, 2, 3), (5, 3, 4)]),
    ("ij,jk,kl->il", [(2, 3), (3, 4), (4, 2)]),
    ("ij->ji", [(2, 3)]),
    ("ba", [(2, 3)]),
    ("ij->", [(2, 3)]),
    ("i,j->ij", [(2,), (3,)]),
    ("...ij,...jk->...ik", [(5, 2, 3), (5, 3, 4)]),
    ("Ij , jK -> IK", [(2, 3), (3, 4)]),
    ("bijk,bkl,l->bij", [(2, 3, 4, 5), (2, 5, 3), (3,)]),
]


@pytest.mark.parametrize(("equation", "shapes"), EQUATIONS)
def test_einsum(equation, shapes):
    inputs = [data(*shape, seed=i) for i, shape in enumerate(shapes)]
    check(
        lambda *tensors: products.einsum(equation, *tensors), *inputs,
        expected=lambda *arrays: np.einsum(equation.replace(" ", ""), *arrays),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("equation", "match"),
    [
        ("ii->i", "Subscript not supported: an axis appears more than once: ii"),
        ("ij->im", "Invalid equation"),
        ("ij->ii", "Invalid equation"),
        ("Ij->ij", "Invalid equation"),
        ("i1->i", "Indices have incorrect format"),
        ("i.j->i", "Indices have incorrect format"),
        ("ij,jk->ik", "Got 1 arguments for equation .*, expecting 2"),
        ("ijk->i", "rank 2 does not fit 'ijk'"),
    ],
)
def test_einsum_refuses(equation, match):
    with tf.Graph().as_default(), pytest.raises(ValueError, match=match):
        products.einsum(equation, tf.zeros([2, 3]))


def test_einsum_checks_sizes():
    with tf.Graph().as_default():
        x = tf.placeholder_with_default(tf.zeros([2, 3]), None)
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 1"):
            products.einsum("ij,jk->ik", tf.zeros([2, 3]), tf.zeros([1, 4]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="must be equal"):
            run(products.einsum("ij,jk->ik", x, tf.zeros([1, 4])))
        with pytest.raises(TypeError, match="invalid keyword arguments for this function: foo"):
            products.einsum("ij->ij", x, foo=1)


# Vectors, matrices, sums.


def test_cross():
    check(products.cross, data(4, 3), data(4, 3, seed=1), expected=np.cross)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Dimension must be 3 but is 2"):
            products.cross(tf.zeros([4, 2]), tf.zeros([4, 2]))
        x = tf.placeholder_with_default(tf.zeros([1, 3]), None)
        with pytest.raises(tf.errors.InvalidArgumentError, match="same shape"):
            run(products.cross(x, tf.zeros([4, 3])))


def test_trace():
    check(products.trace, data(3, 4), expected=np.trace)
    check(products.trace, data(2, 3, 3), expected=lambda x: np.trace(x, axis1=1, axis2=2))


@pytest.mark.parametrize(("lower", "upper"), [(0, 0), (1, 0), (0, -1), (-1, 0), (-1, -1), (2, 1)])
def test_band_part(lower, upper):
    def expected(x):
        i, j = np.indices(x.shape[-2:])
        return np.where(((lower < 0) | (i - j <= lower)) & ((upper < 0) | (j - i <= upper)), x, 0)

    check(lambda x: products.matrix_band_part(x, lower, upper), data(2, 3, 4), expected=expected)


def test_band_part_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([3, 4])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"number of rows \(3\) got: 9"):
            run(products.matrix_band_part(x, 9, 0))
        with pytest.raises(ValueError, match="at least rank 2"):
            products.matrix_band_part(tf.zeros([3]), 0, 0)


def test_scalar_mul():
    check(lambda s, x: products.scalar_mul(s, x), np.float64(2.5), data(3, 4),
          expected=lambda s, x: s * x, unknown_rank=False)  # fmt: skip
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.ones([1, 2]), tf.constant([3]))
        found = products.scalar_mul(3, slices)
        assert found.indices is slices.indices
        assert run(found.values).tolist() == [[3, 3]]
        with pytest.raises(ValueError, match="Only scalar multiply works"):
            products.scalar_mul([2.0], tf.zeros([2]))


def test_accumulate_n():
    check(lambda *t: products.accumulate_n(t), data(3, 4), data(3, 4, seed=1), data(3, 4, seed=2),
          expected=lambda *a: sum(a))  # fmt: skip
    with tf.Graph().as_default():
        x, unknown = tf.ones([2, 3]), tf.placeholder(tf.float32)
        assert products.accumulate_n([x]) is x
        assert products.accumulate_n([unknown, unknown], shape=[2, 3]).shape.as_list() == [2, 3]
        for wrong in ([], x, [x, tf.constant(1)], [x, tf.IndexedSlices(x, tf.constant([0, 1]))]):
            with pytest.raises(ValueError, match="list of at least one Tensor"):
                products.accumulate_n(wrong)
        with pytest.raises(ValueError, match="not compatible"):
            products.accumulate_n([x, tf.ones([3, 2])])
        with pytest.raises(TypeError, match="tensor_dtype"):
            products.accumulate_n([x], tensor_dtype=tf.int32)


def test_matvec():
    check(matmul.matvec, data(2, 3, 4), data(2, 4, seed=1), unknown_rank=False,
          expected=lambda a, b: np.einsum("bij,bj->bi", a, b))  # fmt: skip
    check(lambda a, b: matmul.matvec(a, b, transpose_a=True), data(3, 4), data(3, seed=1),
          unknown_rank=False, expected=lambda a, b: a.T @ b)  # fmt: skip


# Complex numbers.


def test_complex_parts():
    z = data(3, 4) + 1j * data(3, 4, seed=1)
    for function, expected in (
        (products.real, np.real), (products.imag, np.imag), (products.angle, np.angle)
    ):  # fmt: skip
        check(function, z, expected=expected, gradient=False)
    check(
        lambda x, y: tf.abs(products.complex(x, y)), data(3, 4), data(4, seed=1), expected=np.hypot
    )
    assert value(products.complex, np.float32([1]), np.float32([2])).dtype == np.complex64
    # TF 1.15.5: gradients of a complex input are conjugated as torch's are.
    point = np.array([1 + 2j])
    assert gradient_of(lambda z: 2 * products.real(z) + 3 * products.imag(z), point) == 2 + 3j
    np.testing.assert_allclose(gradient_of(products.angle, point), -0.4 + 0.2j)


def test_complex_parts_of_real_numbers():
    with tf.Graph().as_default():
        x = tf.constant([-1.0, 2.0])
        assert products.real(x) is x
        assert run([products.imag(x), products.angle(x)])[0].tolist() == [0, 0]
        assert run(products.angle(x)).tolist() == [0, 0]  # TF 1.15.5, not numpy's pi
        with pytest.raises(TypeError, match="incorrect types: float32 float64"):
            products.complex(x, tf.zeros([2], tf.float64))
        with pytest.raises(TypeError, match="incorrect types: int32 int32"):
            products.complex([1], [2])


# Decompositions.


def _positive(*shape):
    x = data(*shape)
    return x @ np.swapaxes(x, -1, -2) + 3 * np.eye(shape[-1])


def test_inverse_determinant_cholesky():
    square = data(2, 3, 3) + 2 * np.eye(3)
    check(decompositions.matrix_inverse, square, expected=np.linalg.inv)
    check(lambda x: decompositions.matrix_inverse(x, adjoint=True), square,
          expected=lambda x: np.linalg.inv(np.swapaxes(x, 1, 2)))  # fmt: skip
    check(decompositions.matrix_determinant, square, expected=np.linalg.det)
    check(lambda x: decompositions.slogdet(x).log_abs_determinant, square,
          expected=lambda x: np.linalg.slogdet(x)[1])  # fmt: skip
    for function, expected in (
        (decompositions.cholesky, np.linalg.cholesky),
        (decompositions.logdet, lambda x: np.linalg.slogdet(x)[1]),
        (decompositions.self_adjoint_eigvals, np.linalg.eigvalsh),
    ):
        check(lambda x, f=function: f((x + matrix_transpose(x)) / 2), _positive(2, 3, 3),
              expected=expected)  # fmt: skip


def test_gradients_of_decompositions():
    # TF 1.15.5, of [[4, 1], [2, 5]]; what reads only the lower triangle gives it all the gradient.
    x = np.array([[4.0, 1.0], [2.0, 5.0]])
    for function, expected in (
        (decompositions.cholesky, [[0.1875, 0.125], [0.125, 0.25]]),
        (decompositions.self_adjoint_eigvals, [[1, 0], [0, 1]]),
        (lambda x: decompositions.svd(x, compute_uv=False),
         [[0.9938837346736191, -0.11043152607484652], [0.11043152607484652, 0.9938837346736191]]),
        (lambda x: decompositions.slogdet(x)[1], [[5 / 18, -2 / 18], [-1 / 18, 4 / 18]]),
    ):  # fmt: skip
        np.testing.assert_allclose(gradient_of(function, x), expected, atol=1e-12)
    vectors = gradient_of(lambda x: decompositions.self_adjoint_eig(x)[1], x)
    assert vectors[0, 1] == 0
    full = gradient_of(lambda x: decompositions.svd(x, full_matrices=True)[0],
                       np.array([[1.0, 2, 3], [4, 5, 7]]))  # fmt: skip
    np.testing.assert_allclose(
        full, [[-0.6923594254714069, 0.2643572592763426, 0.6713819072843739],
               [0.7014748729565973, 0.46457456364095767, 0.5404659817493966]], rtol=1e-9,
    )  # fmt: skip


def test_solve():
    matrix, rhs = data(2, 3, 3) + 2 * np.eye(3), data(2, 3, 2, seed=1)
    check(decompositions.matrix_solve, matrix, rhs, expected=np.linalg.solve)
    check(lambda m, r: decompositions.matrix_solve(m, r, adjoint=True), matrix, rhs,
          expected=lambda m, r: np.linalg.solve(np.swapaxes(m, 1, 2), r))  # fmt: skip
    for lower in (True, False):
        for adjoint in (True, False):

            def expected(m, r, lower=lower, adjoint=adjoint):
                m = np.tril(m) if lower else np.triu(m)
                return np.linalg.solve(np.swapaxes(m, 1, 2) if adjoint else m, r)

            check(
                lambda m, r, lower=lower, adjoint=adjoint:
                decompositions.matrix_triangular_solve(m, r, lower, adjoint),
                matrix, rhs, expected=expected,
            )  # fmt: skip
    root = np.linalg.cholesky(_positive(2, 3, 3))
    check(decompositions.cholesky_solve, root, rhs,
          expected=lambda c, r: np.linalg.solve(c @ np.swapaxes(c, 1, 2), r))  # fmt: skip


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (2, 3, 3)])
@pytest.mark.parametrize("full", [False, True])
def test_svd(shape, full):
    x = data(*shape)
    with tf.Graph().as_default():
        place = tf.placeholder(tf.float64, shape)
        s, u, v = found = decompositions.svd(place, full_matrices=full)
        values = run(found, {place: x})
        for tensor, array in zip((s, u, v), values, strict=True):
            assert tensor.shape.as_list() == list(array.shape)
    s, u, v = values
    np.testing.assert_allclose(s, np.linalg.svd(x)[1], rtol=1e-12)
    k = s.shape[-1]
    again = (u[..., :k] * s[..., None, :]) @ np.swapaxes(v[..., :k], -1, -2)
    np.testing.assert_allclose(again, x, atol=1e-12)
    check(lambda x: decompositions.svd(x, compute_uv=False), x, unknown_rank=False,
          expected=lambda x: np.linalg.svd(x)[1])  # fmt: skip


def test_self_adjoint_eig():
    x = _positive(2, 3, 3)
    values, vectors = value(decompositions.self_adjoint_eig, x)
    np.testing.assert_allclose(x @ vectors, vectors * values[:, None, :], atol=1e-12)
    z = np.array([[2, 1 - 1j], [1 + 1j, 3]])
    assert value(decompositions.self_adjoint_eigvals, z).dtype == np.complex128  # TF 1.15.5
    np.testing.assert_allclose(
        value(decompositions.adjoint, z + [[0, 1j], [0, 0]]), (z + [[0, 1j], [0, 0]]).conj().T
    )


def test_decompositions_refuse():
    singular, wide = np.ones((2, 2)), np.ones((2, 3))
    for build, match in (
        (decompositions.matrix_inverse, "Input is not invertible"),
        (lambda x: decompositions.matrix_solve(x, x), "Input matrix is not invertible"),
        (lambda x: decompositions.matrix_triangular_solve(x - 1, x), "is not invertible"),
        (lambda x: decompositions.cholesky(-x), "Cholesky decomposition was not successful"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=match):
            value(build, singular)
    for build in (decompositions.matrix_inverse, decompositions.matrix_determinant,
                  decompositions.cholesky, decompositions.self_adjoint_eig):  # fmt: skip
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 3"):
            value(build, wide)
    with pytest.raises(ValueError, match="must be equal"):
        value(decompositions.matrix_solve, np.eye(3), wide)


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda x: products.tensordot(x, x, [[0], [0]]), [2, 3]) == [
        f"Tensordot/{op}" for op in (
            "transpose/perm Const", "transpose Transpose", "Reshape/shape Const",
            "Reshape Reshape", "transpose_1/perm Const", "transpose_1 Transpose",
            "Reshape_1/shape Const", "Reshape_1 Reshape", "MatMul MatMul", "shape Const")
    ] + ["Tensordot Reshape"]  # fmt: skip
    found = ops_of(lambda x: products.tensordot(x, tf.ones([3, 4]), 1), [None, None, 3])
    assert found == ["ones Const"] + [
        f"Tensordot/{op}" for op in (
            "axes Const", "free Const", "Shape Shape", "GatherV2/axis Const", "GatherV2 GatherV2",
            "GatherV2_1/axis Const", "GatherV2_1 GatherV2", "Const Const", "Prod Prod",
            "Const_1 Const", "Prod_1 Prod", "concat/axis Const", "concat ConcatV2", "stack Pack",
            "transpose Transpose", "Reshape Reshape", "transpose_1/perm Const",
            "transpose_1 Transpose", "Reshape_1/shape Const", "Reshape_1 Reshape", "MatMul MatMul",
            "Const_2 Const", "concat_1/axis Const", "concat_1 ConcatV2")
    ] + ["Tensordot Reshape"]  # fmt: skip
    assert ops_of(products.trace, [2, 2]) == [
        "Trace/diag_part MatrixDiagPart", "Trace/reduction_indices Const", "Trace Sum"]  # fmt: skip
    assert ops_of(lambda x: products.scalar_mul(2, x, name="z"), [2]) == ["scalar Const", "z Mul"]
    assert ops_of(lambda x: products.imag(x), [2]) == ["Imag/zeros_like Const"]
