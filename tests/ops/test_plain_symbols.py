"""Conversions, sorting, printing, functions of matrices, odds. Records: TensorFlow 1.15.5."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from ops.common import check, data, gradient_of, run, value

import scopeflow as tf

X = np.float32([[3, 1, 2], [-1, 5, 0]])


def test_old_casts():
    for name in ("float", "double", "int32", "int64", "bfloat16", "complex64", "complex128"):
        with tf.Graph().as_default():
            found = getattr(tf, f"to_{name}")(np.int8([1, 2]))
            wanted = "float32" if name == "float" else "float64" if name == "double" else name
            assert found.dtype == tf.as_dtype(wanted)
            assert found.op.name.lower() == f"to{name}"
            assert run(tf.cast(found, tf.float32)).tolist() == [1, 2]


def test_saturate_cast():
    def cast(dtype):
        return lambda x: tf.saturate_cast(x, dtype)

    assert value(cast(tf.uint8), np.array([-3, 300, 7.5])).tolist() == [0, 255, 7]
    assert value(cast(tf.int8), np.int32([-3, 300, 7])).tolist() == [-3, 127, 7]
    assert value(cast(tf.int32), np.uint8([3, 200])).tolist() == [3, 200]


def test_bitcast():
    check(lambda x: tf.bitcast(x, tf.int32), X, expected=lambda x: x.view(np.int32), gradient=False)
    check(
        lambda x: tf.bitcast(x, tf.uint8),
        X,
        expected=lambda x: x.view(np.uint8).reshape(2, 3, 4),
        gradient=False,
    )
    eight = np.arange(8, dtype=np.uint8).reshape(2, 4)
    check(
        lambda x: tf.bitcast(x, tf.int32),
        eight,
        expected=lambda x: x.view(np.int32)[:, 0],
        gradient=False,
    )
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Cannot bitcast due to shape. 3 does not match 4"):
            tf.bitcast(tf.zeros([2, 3], tf.uint8), tf.float32)
        place = tf.placeholder(tf.uint8, [None, None])
        found = tf.bitcast(place, tf.float32)
        assert found.shape.as_list() == [None]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Cannot bitcast from uint8"):
            run(found, {place: np.zeros((2, 3), np.uint8)})


@pytest.mark.parametrize("axis", [-1, 0, 1, -2])
def test_sort(axis):
    x = data(3, 4)
    check(lambda t: tf.sort(t, axis), x, expected=lambda a: np.sort(a, axis))
    check(lambda t: tf.sort(t, axis, "DESCENDING"), x, expected=lambda a: -np.sort(-a, axis))
    check(
        lambda t: tf.argsort(t, axis),
        x,
        expected=lambda a: np.argsort(a, axis).astype(np.int32),
        gradient=False,
    )


def test_sort_of_ties_and_bad_arguments():
    assert value(tf.argsort, np.array([1, 1, 0, 0])).tolist() == [2, 3, 0, 1]
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="X should be one of ASCENDING, DESCENDING"):
            tf.sort(X, direction="X")
        with pytest.raises(ValueError, match="axis must be a constant scalar"):
            tf.sort(X, axis=tf.placeholder(tf.int32))
        with pytest.raises(TypeError, match="uint8 has no negative numbers"):
            tf.argsort(np.uint8([1, 2]))
        assert tf.sort(X).op.name.endswith("/Neg_1")


def test_roll():
    x = data(2, 3, 4)
    for shift, axis in [(1, 1), (-2, -1), ([1, -2], [0, 2]), ([1, 1], [1, 1])]:
        check(lambda t, s=shift, a=axis: tf.roll(t, s, a), x,
              expected=lambda a_, s=shift, a=axis: np.roll(a_, s, a))  # fmt: skip
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Shapes must be equal rank, but are 1 and 0"):
            tf.roll(X, [1, 2], 0)
        with pytest.raises(tf.errors.InvalidArgumentError, match="axis 2 is out of range"):
            run(tf.roll(X, 1, 2))


def test_unravel_index():
    assert value(lambda: tf.unravel_index([22, 41, 37], (7, 6))).tolist() == [[3, 6, 6], [4, 5, 1]]
    assert value(lambda: tf.unravel_index(22, (7, 6))).tolist() == [3, 4]


def test_where_v2():
    check(
        lambda c, x, y: tf.where_v2(c, x, y),
        np.array([[True], [False]]),
        data(2, 3),
        data(3, seed=1),
        expected=np.where,
    )


def test_odds():
    with tf.Graph().as_default() as graph:
        assert run(tf.broadcast_dynamic_shape([1, 2], [3, 1])).tolist() == [3, 2]
        with pytest.raises((ValueError, tf.errors.InvalidArgumentError), match="Incompatible"):
            run(tf.broadcast_dynamic_shape([4, 2], [3, 1]))
        one, two = run(tf.identity_n([X, 1]))
        assert one.tolist() == X.tolist() and two == 1
        assert run(tf.guarantee_const(X)).tolist() == X.tolist()
        assert run(tf.parallel_stack([X, -X])).tolist() == np.stack([X, -X]).tolist()
        assert run(tf.timestamp()) > 1.5e9
        assert tf.get_static_value(tf.constant([1, 2])).tolist() == [1, 2]
        assert tf.get_static_value(tf.placeholder(tf.float32)) is None
        half = tf.get_static_value(tf.stack([tf.placeholder(tf.int32, []), 3]), partial=True)
        assert half.tolist() == [None, 3]
        assert tf.is_tensor(tf.constant(1)) and tf.is_tensor(tf.Variable(1))
        assert not tf.is_tensor(1)
        with tf.control_dependencies([tf.no_op()]), tf.name_scope("a"), tf.init_scope():
            made = tf.constant(1)
        assert made.op.control_inputs == [] and made.op.name == "a/Const"
        with tf.op_scope([made], None, "default") as scope:
            assert scope == "default/"
        assert graph.get_operation_by_name("a/Const")
    images = np.arange(16.0).reshape(1, 4, 4, 1)
    blocks = value(lambda x: tf.space_to_batch(x, [[0, 0], [0, 0]], 2), images)
    assert blocks[0, :, :, 0].tolist() == [[0, 2], [8, 10]]
    back = value(lambda x: tf.batch_to_space(x, [[0, 0], [0, 0]], 2), blocks)
    assert back.tolist() == images.tolist()
    assert tf.VERSION == tf.version.VERSION == "1.15.5"
    with pytest.raises(NotImplementedError, match="ops in C"):
        tf.sysconfig.get_include()


def test_tensor_spec():
    spec = tf.TensorSpec([None, 3], tf.float32, name="a")
    assert repr(spec) == "TensorSpec(shape=(?, 3), dtype=tf.float32, name='a')"
    assert spec == tf.TensorSpec([None, 3], name="a") != tf.TensorSpec([None, 3])
    assert hash(spec) == hash(tf.TensorSpec([None, 3], name="a"))
    with tf.Graph().as_default():
        assert tf.TensorSpec.from_tensor(tf.constant(1.0)).name == "Const"
        assert spec.is_compatible_with(tf.zeros([2, 3]))
        assert spec.is_compatible_with(np.zeros((2, 3), np.float32))
        assert not spec.is_compatible_with(tf.zeros([2, 4]))
    assert spec.most_specific_compatible_type(tf.TensorSpec([2, 4], name="a")).shape.ndims == 2
    with pytest.raises(ValueError, match="Types are not compatible"):
        spec.most_specific_compatible_type(3)


@pytest.mark.parametrize(
    "array",
    [X, np.int64(3), np.array([True, False]), np.array([1 + 2j]), np.float16([1.5, 2]),
     np.array([b"a", b"bc"], object), np.zeros((0, 2), np.float32), np.uint8(7)],
)  # fmt: skip
def test_tensor_protos(array):
    proto = tf.make_tensor_proto(array)
    back = tf.make_ndarray(proto)
    assert back.dtype == np.asarray(array).dtype and back.tolist() == np.asarray(array).tolist()


def test_tensor_protos_of_python_values():
    assert tf.make_tensor_proto(1.5).float_val == [1.5]
    assert tf.make_tensor_proto("abc").string_val == [b"abc"]
    assert tf.make_tensor_proto([1, 2]).tensor_content == np.int32([1, 2]).tobytes()
    assert tf.make_ndarray(tf.make_tensor_proto(3, shape=[2, 2])).tolist() == [[3, 3], [3, 3]]
    with pytest.raises(TypeError, match="Expected int32, got 1.5"):
        tf.make_tensor_proto(1.5, tf.int32)
    with pytest.raises(ValueError, match="Too many elements provided. Needed at most 2"):
        tf.make_tensor_proto([1, 2, 3], shape=[2])
    with pytest.raises(TypeError, match="Expected Tensor's shape"):
        tf.make_tensor_proto([1, 2], shape=[1, 2], verify_shape=True)


# Printing: what TensorFlow 1.15.5's tf.strings.format gives.

PRINTED = [
    (np.arange(7), 3, "[0 1 2 ... 4 5 6]"),
    (np.arange(6), 3, "[0 1 2 3 4 5]"),
    (np.arange(48).reshape(6, 8), 2,
     "[[0 1 ... 6 7]\n [8 9 ... 14 15]\n ...\n [32 33 ... 38 39]\n [40 41 ... 46 47]]"),
    (np.arange(24).reshape(2, 3, 4), 1,
     "[[[0 ... 3]\n  ...\n  [8 ... 11]]\n\n [[12 ... 15]\n  ...\n  [20 ... 23]]]"),
    (np.arange(4).reshape(1, 1, 2, 2), -1, "[[[[0 1]\n   [2 3]]]]"),
    (np.array([["a", 'b"']], object), 3, '[["a" "b\\""]]'),
    (np.array(b"x y"), 3, '"x y"'),
    (np.array(1e-7), 3, "1e-07"),
    (np.float32(0.1), 3, "0.1"),
    (np.array([True, False]), 3, "[1 0]"),
    (np.float16([1.5, np.nan, np.inf]), 3, "[1.5 nan inf]"),
]  # fmt: skip


@pytest.mark.parametrize(("array", "summarize", "text"), PRINTED)
def test_printed_tensors(array, summarize, text, capsys):
    with tf.Graph().as_default():
        run(tf.print("x", [tf.constant(array)], summarize=summarize, end="!"))
    assert capsys.readouterr().err == f"x [{text}]!"


def test_print_of_sparse_tensors_and_braces(capsys):
    # TF 1.15.5
    with tf.Graph().as_default():
        sparse = tf.SparseTensor([[0, 0], [1, 2]], ["a", "b"], [2, 3])
        run(tf.print("x", sparse, {"{}": [sparse, tf.constant(1)]}))
    text = "'SparseTensor(indices=[[0 0]\n [1 2]], values=[\"a\" \"b\"], shape=[2 3])'"
    assert capsys.readouterr().err == f"x {text} {{'{{}}': [{text}, 1]}}\n"


def test_print(capsys, tmp_path):
    with tf.Graph().as_default() as graph:
        nested = tf.print("a", X[0], [1, {"k": tf.constant(2)}], name="p", output_stream=sys.stdout)
        assert [o.name for o in graph.get_operations()][-2:] == ["p_format", "p"]
        run(nested)
        assert capsys.readouterr().out == "a array([3., 1., 2.], dtype=float32) [1, {'k': 2}]\n"
        run(tf.print(tf.constant("b")))
        run(tf.print(tf.constant("b"), 2, sep=", "))
        assert capsys.readouterr().err == 'b\n"b", 2\n'
        place = tmp_path / "out.txt"
        run([tf.print(1, output_stream=f"file://{place}")])
        assert place.read_text() == "1\n"
        with pytest.raises(ValueError, match="Unsupported output stream"):
            tf.print(1, output_stream=5)
        with pytest.raises(ValueError, match="Unrecognized keyword arguments for tf.print"):
            tf.print(1, foo=1)


# Functions of matrices.


def test_matrix_functions():
    a = np.array([[4.0, 1], [1, 3]])
    near = {"rtol": 1e-7, "atol": 1e-8}
    powers = [[76.28980485, 40.45875364], [40.45875364, 35.83105121]]
    check(tf.linalg.expm, a, expected=lambda _: powers, **near)
    roots = [[1.98157763, 0.27083221], [0.27083221, 1.71074543]]
    check(tf.matrix_square_root, a, expected=lambda _: roots, **near)
    logs = value(tf.linalg.logm, a.astype(np.complex128))
    np.testing.assert_allclose(
        logs.real, [[1.34698507, 0.29607466], [0.29607466, 1.05091041]], 1e-5
    )
    factors = value(lambda x: tf.linalg.lu(x), np.array([[1.0, 2], [3, 4]]))
    np.testing.assert_allclose(factors.lu, [[3, 4], [1 / 3, 2 / 3]])
    assert factors.p.tolist() == [1, 0] and factors.p.dtype == np.int32


def test_least_squares():
    m, b = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([[1.0], [2], [3]])
    for arguments, expected in [
        ((m, b), [0, 0.5]),
        ((m, b, 0.1), [0.06644518, 0.44699487]),
        ((m.T, b[:2]), [0.83333333, 0.33333333, -0.16666667]),
        ((m.T, b[:2], 0.1), [0.61914829, 0.27484144, -0.06946542]),
        ((m, b, 0.1, False), [0, 0.5]),
    ]:
        found = value(lambda *a: tf.matrix_solve_ls(*a), *arguments)
        np.testing.assert_allclose(found[:, 0], expected, atol=1e-8)


def test_tridiagonal():
    rows, rhs = np.array([[1.0, 2, 0], [3, 4, 5], [0, 6, 7]]), np.array([[1.0], [2], [3]])
    product = value(tf.linalg.tridiagonal_matmul, rows, rhs)
    assert product[:, 0].tolist() == [5, 20, 29]
    product = value(lambda d, r: tf.linalg.tridiagonal_matmul(d, r, "matrix"), rows, rhs)
    assert product[:, 0].tolist() == [5, 26, 33]
    solved = value(lambda d, r: tf.linalg.tridiagonal_solve(d, r, "matrix"), rows, rhs)
    np.testing.assert_allclose(solved[:, 0], [0, 0.5, 0], atol=1e-12)
    check(tf.linalg.tridiagonal_solve, rows + np.array([[0], [9.0], [0]]), rhs, unknown_rank=False)


# Simulated quantization.


def test_fake_quant():
    near = {"rtol": 1e-6}
    found = value(tf.fake_quant_with_min_max_args, X)
    np.testing.assert_allclose(
        found, [[3.011765, 0.9882355, 2.0235295], [-0.9882355, 4.988235, 0]], **near
    )
    found = value(lambda x: tf.fake_quant_with_min_max_vars(x, -1.0, 3.0), X)
    np.testing.assert_allclose(
        found, [[2.9960785, 1.0039216, 1.9921569], [-1.0039216, 2.9960785, 0]], **near
    )
    found = value(
        lambda x: tf.fake_quant_with_min_max_vars_per_channel(
            x, [-1.0, 0, 0], [3.0, 2, 2], num_bits=4, narrow_range=True
        ),
        X,
    )
    np.testing.assert_allclose(found, [[2.857143, 1, 2], [-0.8571429, 2, 0]], **near)
    slopes = gradient_of(lambda x: tf.fake_quant_with_min_max_args(x, -1, 3), X)
    assert slopes.tolist() == [[0, 1, 1], [1, 0, 1]]  # the levels end at 2.996
    with tf.Graph().as_default():
        high = tf.constant(3.0)
        slope = tf.gradients(tf.fake_quant_with_min_max_vars(X, -1.0, high), high)[0]
        assert run(slope) == 2


# Random numbers without a state.


def test_stateless_random():
    with tf.Graph().as_default():
        seed = tf.placeholder(tf.int64, [2])
        drawn = [
            tf.random.stateless_uniform([500], seed, 1, 3),
            tf.random.stateless_normal([500], seed, 1, 0.5),
            tf.random.stateless_truncated_normal([500], seed),
            tf.random.stateless_uniform([500], seed, 0, 10, tf.int32),
            tf.random.stateless_categorical([[0.0, 0, -100]], 500, seed),
        ]
        first, again, other = (run(drawn, {seed: s}) for s in ([1, 2], [1, 2], [2, 1]))
    for a, b, c in zip(first, again, other, strict=True):
        assert a.tolist() == b.tolist() != c.tolist()
    assert first[0].min() >= 1 and first[0].max() < 3
    assert abs(first[1].mean() - 1) < 0.1 and np.abs(first[2]).max() <= 2
    assert set(first[3]) == set(range(10)) and set(first[4][0]) == {0, 1}
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Dimension must be 2 but is 3"):
            tf.random.stateless_uniform([3], [1, 2, 3])
        with pytest.raises(ValueError, match="Must specify maxval"):
            tf.random.stateless_uniform([3], [1, 2], dtype=tf.int32)
