"""Assertions, printing, checks for NaN and infinity."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import checks, printing, type_checks

INVALID = tf.errors.InvalidArgumentError


def fed(array):
    """A tensor whose value is not known while the graph is built."""
    return tf.placeholder_with_default(tf.constant(array), None)


def message_of(build) -> str:
    """The first line of the error that running what `build` makes raises."""
    with tf.Graph().as_default(), pytest.raises(INVALID) as caught:
        run(build())
    return caught.value.message.split("\n")[0]


# Assert

NUMBERS = np.arange(12).reshape(3, 4)

SUMMARIES = [
    (NUMBERS, 3, "[[0 1 2...]...]"),
    (NUMBERS, 4, "[[0 1 2 3]...]"),
    (NUMBERS, 5, "[[0 1 2 3][4...]...]"),
    (NUMBERS, 100, "[[0 1 2 3][4 5 6 7][8 9 10 11]]"),
    (NUMBERS, -1, "[[0 1 2 3][4 5 6 7][8 9 10 11]]"),
    (np.arange(8.0).reshape(2, 2, 2), 100, "[[[0 1][2 3]][[4 5][6 7]]]"),
    (np.arange(8.0).reshape(2, 2, 2), 5, "[[[0 1][2 3]][[4...]]...]"),
    (np.arange(8.0).reshape(2, 2, 2), 1, "[[[0...]]...]"),
    (np.arange(3) / 3, 100, "[0 0.33333333333333331 0.66666666666666663]"),
    (np.float32([1e-8, 1e8, 123456789, np.nan, np.inf, 1e20, 0.1, 1.5, 2]), 100,
     "[1e-08 1e+08 123456792 nan inf 1e+20 0.1 1.5 2]"),
    (np.array([1e-8, 1e8, 123456789.123]), 100, "[1e-08 100000000 123456789.123]"),
    (np.float16([1.1]), 100, "[1.09960938]"),
    (np.array([True, False]), 100, "[1 0]"),
    (np.float32(1.5), 100, "[1.5]"),
    (np.array(["x", 'y\n"z'], object), 100, '[x y\\n\\"z]'),
    (np.array([1 + 2j]), 100, "[?]"),
    (np.zeros((0, 3)), 100, "[]"),
    (np.arange(4, dtype=np.uint8), 3, "[0 1 2...]"),
]  # fmt: skip


@pytest.mark.parametrize(("array", "limit", "expected"), SUMMARIES)
def test_assert_shows_the_data(array, limit, expected):
    # TF 1.15.5's texts
    found = message_of(lambda: checks.Assert(fed(False), ["a", fed(array)], summarize=limit))
    assert found == f"assertion failed: [a] {expected}"


def test_assert_passes():
    with tf.Graph().as_default():
        for data in (["a"], [fed(1.0)]):
            check = checks.Assert(fed(True), data)
            assert isinstance(check, tf.Operation)
            assert run(check) is None
            with tf.control_dependencies([checks.Assert(fed(False), data)]):
                x = tf.identity(1.0)
            with pytest.raises(INVALID, match="assertion failed"):
                run(x)


def test_assert_refuses():
    with tf.Graph().as_default():
        for data in (None, "abc", 3):
            with pytest.raises(TypeError, match="Expected list for 'data'"):
                checks.Assert(fed(True), data)
        with pytest.raises(INVALID, match="should be a scalar"):
            run(checks.Assert(fed([True, True]), ["a"]))
        with pytest.raises(TypeError):
            checks.Assert(1.0, ["a"])


def test_assert_inside_cond():
    with tf.Graph().as_default():
        chosen, x = fed(True), fed([-1.0])

        def positive():
            with tf.control_dependencies([checks.assert_positive(x)]):
                return tf.identity(x)

        found = tf.cond(chosen, positive, lambda: x)
        assert run(found, {chosen: False}).tolist() == [-1]
        assert run(found, {x: [2.0]}).tolist() == [2]
        with pytest.raises(INVALID, match="x > 0"):
            run(found)


# Comparisons: function, arguments that hold, arguments that do not, sign.

COMPARISONS = [
    ("equal", ([1, 2], [1, 2]), ([1, 2], [1, 3]), "=="),
    ("none_equal", ([1, 2], [3, 3]), ([1, 2], [1, 3]), "!="),
    ("less", ([1, 2], 3), ([1, 2], 2), "<"),
    ("less_equal", ([1, 2], 2), ([1, 2], 1), "<="),
    ("greater", ([1, 2], 0), ([1, 2], 1), ">"),
    ("greater_equal", ([1, 2], 1), ([1, 2], 2), ">="),
]
SIGNS = [
    ("positive", [1, 2], [0, 1], ">"),
    ("negative", [-1, -2], [-1, 0], "<"),
    ("non_negative", [0, 2], [-1, 0], ">="),
    ("non_positive", [0, -2], [1, 0], "<="),
]


@pytest.mark.parametrize(("name", "good", "bad", "sign"), COMPARISONS)
@pytest.mark.parametrize("dtype", [np.int32, np.float64])
def test_comparison(name, good, bad, sign, dtype):
    function = getattr(checks, f"assert_{name}")
    good, bad = ([np.asarray(a, dtype) for a in pair] for pair in (good, bad))
    with tf.Graph().as_default():
        assert run([function(*good), function(fed(good[0]), fed(good[1]))]) == [None, None]
        with pytest.raises(INVALID, match=f"Condition x {sign} y did not hold element-wise:"):
            function(*bad)
        with pytest.raises(INVALID, match="(?s)^note\nCondition x"):
            function(*bad, message="note")
        x, y = (fed(a) for a in bad)
        check = function(x, y, message="note", summarize=1)
        with pytest.raises(INVALID) as caught:
            run(check)
    values = ["[1...]", f"[{'1...' if bad[1].ndim else int(bad[1])}]"]
    assert caught.value.message.startswith(
        f"assertion failed: [note] [Condition x {sign} y did not hold element-wise:] "
        f"[x ({x.name}) = ] {values[0]} [y ({y.name}) = ] {values[1]}"
    )


@pytest.mark.parametrize(("name", "good", "bad", "sign"), SIGNS)
def test_sign(name, good, bad, sign):
    function = getattr(checks, f"assert_{name}")
    with tf.Graph().as_default():
        assert run([function(good), function(fed(np.float32(good)))]) == [None, None]
        with pytest.raises(INVALID, match=f"Condition x {sign} 0 did not hold element-wise"):
            function(bad)
        with pytest.raises(INVALID, match=f"x {sign} 0"):
            run(function(fed(np.float32(bad))))
        with pytest.raises(INVALID, match=r"failed: \[mine\]"):
            run(function(fed(bad), data=["mine"]))


def test_equal_to_itself_and_wrong_types():
    with tf.Graph().as_default():
        x = fed([1.0])
        assert checks.assert_equal(x, x).type == "NoOp"
        assert run(checks.assert_equal(tf.constant(["a"]), ["a"])) is None
        with pytest.raises(TypeError, match="does not match type int32"):
            checks.assert_equal(tf.constant(1), x)
        with pytest.raises(ValueError, match="must be equal"):
            checks.assert_less(tf.zeros([2, 3]), tf.ones([5]))


def test_near():
    with tf.Graph().as_default():
        assert run(checks.assert_near(fed([1.0]), fed([1.0 + 1e-6]))) is None
        assert run(checks.assert_near(1.0, fed(np.float32(1.5)), atol=0.6)) is None
        with pytest.raises(INVALID, match="x and y not equal to tolerance"):
            run(checks.assert_near(1.0, 1.1))


# Ranks and dtypes

RANKS = [
    (type_checks.assert_rank, 2, 3, "must have rank 3"),
    (type_checks.assert_rank_at_least, 1, 3, "must have rank at least 3"),
    (type_checks.assert_rank_in, [0, 2], [1, 3], r"must have rank in \(1, 3\)"),
]


@pytest.mark.parametrize(("function", "good", "bad", "text"), RANKS)
def test_rank(function, good, bad, text):
    with tf.Graph().as_default():
        known, unknown = tf.zeros([2, 3]), fed(np.zeros((2, 3), np.float32))
        assert function(known, good).type == "NoOp"
        assert run(function(unknown, good)) is None
        with pytest.raises(ValueError, match=rf"note\.  Tensor zeros:0 {text}.  Received rank 2"):
            function(known, bad, message="note")
        with pytest.raises(INVALID, match=rf"\[note\] \[Tensor {unknown.name} must have rank"):
            run(function(unknown, bad, message="note"))
        late = fed(np.int32(2))
        wanted = [late, late] if isinstance(good, list) else late
        assert run(function(known, wanted)) is None
        with pytest.raises(INVALID, match="assertion failed"):
            run(function(known, wanted, data=["mine"]), {late: 3})
        with pytest.raises(INVALID, match="Rank must be a scalar"):
            run(function(known, wanted), {late: [2]})
        for wrong, error in (([[1]], ValueError), (2.5, TypeError)):
            with pytest.raises(error):
                function(known, [wrong] if isinstance(good, list) else wrong)


def test_dtypes():
    with tf.Graph().as_default():
        x, n = tf.zeros([2, 3], name="x"), tf.constant(1, name="n")
        assert type_checks.assert_type(x, tf.float32).type == "NoOp"
        assert type_checks.assert_type(tf.Variable(1.0), tf.float32).type == "NoOp"
        assert type_checks.assert_integer(n).type == "NoOp"
        assert type_checks.assert_scalar(n) is n
        for build, error, match in (
            (lambda: type_checks.assert_type(x, tf.float64, "M"), TypeError,
             "M  x:0 must be of type .*float64"),
            (lambda: type_checks.assert_integer(x), TypeError, 'Expected "x" to be integer type'),
            (lambda: type_checks.assert_scalar(x), ValueError, "Expected scalar shape for x:0"),
            (lambda: type_checks.assert_scalar(tf.placeholder(tf.int32)), ValueError, "unknown"),
        ):  # fmt: skip
            with pytest.raises(error, match=match):
                build()


def test_same_float_dtype():
    with tf.Graph().as_default():
        x, n = tf.zeros([2], name="x"), tf.constant(1, name="n")
        same = type_checks.assert_same_float_dtype
        assert same() is same([x, None]) is tf.float32
        assert same(dtype=tf.float64) is tf.float64
        for arguments, match in (
            (([x], tf.float64), r"x:0, type=.*float32, must be of the same type .*float64\)"),
            (([x, n],), "n:0, type=.*int32, must be of the same type .*float32.* as x:0"),
            (([n],), "Expected floating point type"),
            ((None, tf.int32), "Expected floating point type"),
        ):
            with pytest.raises(ValueError, match=match):
                same(*arguments)


def test_kinds_of_values():
    with tf.Graph().as_default():
        numeric = {t.name for t in (
            tf.float16, tf.bfloat16, tf.float32, tf.float64, tf.int8, tf.uint8, tf.int16, tf.uint16,
            tf.int32, tf.uint32, tf.int64, tf.uint64, tf.complex64, tf.complex128, tf.bool,
            tf.string) if checks.is_numeric_tensor(tf.placeholder(t))}  # fmt: skip
        # TF 1.15.5
        assert numeric == set("float32 float64 int8 int16 int32 int64 uint8 complex64".split())
        assert not checks.is_numeric_tensor(3)
        type_checks.assert_proper_iterable([1])
        for wrong in (tf.zeros([1]), "abc", np.zeros(1), 3):
            with pytest.raises(TypeError, match="Expected argument"):
                type_checks.assert_proper_iterable(wrong)


def test_ensure_shape():
    with tf.Graph().as_default():
        x = fed([1.0, 2.0])
        found = type_checks.ensure_shape(x, [None])
        assert found.shape.as_list() == [None]
        assert run(found).tolist() == [1, 2]
        for wrong in ([3], [None, 3]):
            with pytest.raises(INVALID, match="is not compatible with expected shape"):
                run(type_checks.ensure_shape(x, wrong))
        with pytest.raises(ValueError, match="must be equal"):
            type_checks.ensure_shape(tf.zeros([2, 3]), [None, 2])
    assert gradient_of(lambda x: 2 * type_checks.ensure_shape(x, [2]), np.ones(2)).tolist() == [
        2,
        2,
    ]


# Order


@pytest.mark.parametrize("array", [[1, 2, 2], [1.0, 2.0, 3.0], [[1, 0]], [1], [3, 2], []])
def test_order(array):
    flat = np.float32(array).ravel()
    for function, compare in (
        (checks.is_non_decreasing, np.less_equal), (checks.is_strictly_increasing, np.less)
    ):  # fmt: skip
        expected = bool(compare(flat[:-1], flat[1:]).all())
        with tf.Graph().as_default():
            x = fed(np.float32(array))
            assert [bool(v) for v in run([function(array or flat), function(x)])] == [expected] * 2
            with pytest.raises(TypeError, match="Expected x to be numeric"):
                function(["a"])


# NaN and infinity


def test_check_numerics():
    # TF 1.15.5's texts
    for array, fault in (
        ([1, np.nan], "NaN"),
        ([1, -np.inf], "Inf"),
        ([np.nan, np.inf], "Inf and NaN"),
    ):
        found = message_of(lambda a=array: printing.check_numerics(fed(np.float32(a)), "msg"))
        assert found == f"msg : Tensor had {fault} values"
    assert value(lambda x: printing.check_numerics(x, "m"), np.float32([1])).tolist() == [1]
    assert gradient_of(lambda x: 3 * printing.check_numerics(x, "m"), np.ones(2)).tolist() == [3, 3]
    with pytest.raises(INVALID, match=r"values detected in gradient. m : Tensor had Inf values"):
        gradient_of(lambda x: tf.log(printing.check_numerics(x, "m")), np.array([1.0, 0.0]))
    with tf.Graph().as_default(), pytest.raises(TypeError, match="int32"):
        printing.check_numerics(1, "m")


def test_verify_tensor_all_finite():
    with tf.Graph().as_default():
        x = fed(np.float32([1, np.inf]))
        for found in (printing.verify_tensor_all_finite(x, "msg"),
                      printing.verify_tensor_all_finite(x=x, message="msg")):  # fmt: skip
            with pytest.raises(INVALID, match="msg : Tensor had Inf values"):
                run(found)
            assert run(found, {x: [2.0]}).tolist() == [2]
        with pytest.raises(ValueError, match="Cannot specify both 't' and 'x'"):
            printing.verify_tensor_all_finite(x, "msg", x=x)
        with pytest.raises(TypeError, match="Expected string for argument 'message'"):
            printing.verify_tensor_all_finite(x)


def test_add_check_numerics_ops():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2], name="x")
        tf.log(x, name="y")
        tf.cast(x, tf.int32)
        check = printing.add_check_numerics_ops()
        assert run(check, {x: [1, 2]}) is None
        with pytest.raises(INVALID, match="y:0 : Tensor had Inf values"):
            run(check, {x: [1, 0]})
        tf.cond(x[0] > 0, lambda: x * 2, lambda: x)
        with pytest.raises(ValueError, match="tf.cond"):
            printing.add_check_numerics_ops()


# Printing


def test_print(capfd):
    # TF 1.15.5's lines on stderr
    with tf.Graph().as_default():
        x = fed(np.float32([1, 2]))
        found = printing.Print(x, [fed(NUMBERS), fed(["a b", "c"]), 3], "hello ", first_n=2)
        with tf.Session() as session:
            for _ in range(3):
                assert session.run(found).tolist() == [1, 2]
        run(printing.Print(x, []))
        run(printing.Print(x, [NUMBERS], summarize=-1))
        run(printing.Print(x, [1], first_n=0))
    out, error = capfd.readouterr()
    assert out == ""
    assert error.splitlines() == [
        "hello [[0 1 2...]...][a b c][3]", "hello [[0 1 2...]...][a b c][3]", "",
        "[[0 1 2 3][4 5 6 7][8 9 10 11]]"]  # fmt: skip
    assert gradient_of(lambda x: 3 * printing.Print(x, ["x"]), np.ones(2)).tolist() == [3, 3]


def test_graph():
    # TF 1.15.5; what the guard of an assertion holds is not compared.
    def outside(build, *shapes):
        return [op for op in ops_of(build, *shapes) if "AssertGuard/" not in op or "Merge" in op]

    assert ops_of(lambda: checks.Assert(True, ["a"])) == [
        "Assert/Const Const", "Assert/Assert/condition Const", "Assert/Assert/data_0 Const",
        "Assert/Assert Assert"]  # fmt: skip
    assert outside(lambda x: checks.Assert(True, [x], name="q"), [2]) == [
        "q/Condition Const", "q/AssertGuard/Merge Merge"]  # fmt: skip
    assert outside(lambda x, y: checks.assert_equal(x, y), [2], [2]) == [
        f"assert_equal_1/{op}" for op in (
            "Equal Equal", "Const Const", "All All", "Assert/Const Const", "Assert/Const_1 Const",
            "Assert/Const_2 Const", "Assert/AssertGuard/Merge Merge")]  # fmt: skip
    assert outside(lambda x: checks.assert_positive(x), [2]) == [
        f"assert_positive/{op}" for op in (
            "Const Const", "assert_less/Less Less", "assert_less/Const Const",
            "assert_less/All All", "assert_less/Assert/Const Const",
            "assert_less/Assert/Const_1 Const", "assert_less/Assert/Const_2 Const",
            "assert_less/Assert/AssertGuard/Merge Merge")]  # fmt: skip
    assert ops_of(lambda x: type_checks.assert_rank(x, 3), None) == [
        f"assert_rank/{op}" for op in (
            "rank Const", "Shape Shape", "assert_type/statically_determined_correct_type NoOp",
            "Rank_1 Rank", "Equal Equal", "Assert/Const Const", "Assert/Const_1 Const",
            "Assert/Const_2 Const", "Assert/Assert/data_0 Const", "Assert/Assert/data_1 Const",
            "Assert/Assert/data_3 Const", "Assert/Assert Assert")]  # fmt: skip
    assert ops_of(lambda x: type_checks.assert_rank(x, 1), [2]) == [
        f"assert_rank/{op}" for op in (
            "rank Const", "Shape Const", "assert_type/statically_determined_correct_type NoOp",
            "static_checks_determined_all_ok NoOp")]  # fmt: skip
    assert ops_of(lambda x: printing.verify_tensor_all_finite(x, "m"), [2]) == [
        "VerifyFinite/CheckNumerics CheckNumerics",
        "VerifyFinite/control_dependency Identity",
    ]
    found = ops_of(lambda x: checks.is_non_decreasing(x), [2])
    assert [op for op in found if "cond/" not in op] == [
        f"is_non_decreasing/{op}" for op in (
            "Reshape/shape Const", "Reshape Reshape", "Size Const", "Less/y Const", "Less Less",
            "Shape Const", "sub/y Const", "sub Sub", "Const Const", "LessEqual LessEqual",
            "Const_1 Const", "All All")]  # fmt: skip


def test_assert_shapes():
    with tf.Graph().as_default(), tf.Session() as session:
        x, y = tf.zeros([2, 3]), tf.zeros([5, 2, 3])
        check = tf.debugging.assert_shapes
        session.run(check({x: ("N", "Q"), y: (5, "N", "Q")}))
        session.run(check([(x, ("...", "Q")), (y, ("...", 2, "Q")), (x, (".", 3))]))
        # TF 1.15.5: the text, but for its empty message.
        text = r"Specified by tensor zeros:0 dimension 0.  Tensor zeros:0 dimension 1 must have "
        with pytest.raises(ValueError, match=text + r"size 2.  Received size 3, shape \(2, 3\)"):
            check({x: ("N", "N")})
        with pytest.raises(ValueError, match="must have rank"):
            check({x: ("A", "B", "C")})
        place = tf.placeholder(tf.float32)
        checked = check({place: ("N", "N")})
        session.run(checked, {place: np.zeros((2, 2))})
        for wrong in ((2, 3), (2,)):
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(checked, {place: np.zeros(wrong)})
