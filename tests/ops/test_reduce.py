"""Reductions, running totals, norms."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import norm as norms
from scopeflow.ops import positions, reduce, running_totals


def _logsumexp(x, axis, keepdims):
    return np.log(np.exp(x).sum(axis=axis, keepdims=keepdims))


REDUCTIONS = {
    "reduce_sum": np.sum,
    "reduce_mean": np.mean,
    "reduce_max": np.max,
    "reduce_min": np.min,
    "reduce_prod": np.prod,
    "reduce_logsumexp": _logsumexp,
    "reduce_euclidean_norm": lambda x, axis, keepdims: np.sqrt(
        np.sum(x * x, axis=axis, keepdims=keepdims)
    ),
    "reduce_std": np.std,
    "reduce_variance": np.var,
}
AXES = [(None, None), (0, 0), (-1, -1), ([0, 2], (0, 2)), ([1], (1,)), ((0, 1, 2), (0, 1, 2))]


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize(("axis", "numpy_axis"), AXES)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_value_shape_and_gradient(name, axis, numpy_axis, keepdims):
    function = getattr(reduce, name)
    reference = REDUCTIONS[name]
    check(
        lambda x: function(x, axis=axis, keepdims=keepdims),
        data(2, 3, 4),
        expected=lambda x: reference(x, axis=numpy_axis, keepdims=keepdims),
    )


@pytest.mark.parametrize("axis", [None, 0, [1], [0, 1]])
def test_logical(axis):
    x = np.array([[True, False], [True, True]])
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    for name, reference in (("reduce_any", np.any), ("reduce_all", np.all)):
        check(
            lambda x, name=name: getattr(reduce, name)(x, axis),
            x,
            gradient=False,
            expected=lambda x, f=reference: f(x, axis=numpy_axis),
        )


@pytest.mark.parametrize(
    "name", ["reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod"]
)
def test_no_axes_leave_the_input(name):
    x = data(2, 3)
    np.testing.assert_array_equal(value(lambda x: getattr(reduce, name)(x, []), x), x)
    assert value(lambda x: getattr(reduce, name)(x), np.float64(3)) == 3


def test_nothing_to_reduce():
    # TF 1.15.5: tf.reduce_sum(tf.zeros([0, 3]), 0) and so on.
    expected = {
        "reduce_sum": 0,
        "reduce_mean": np.nan,
        "reduce_max": -np.inf,
        "reduce_min": np.inf,
        "reduce_prod": 1,
        "reduce_logsumexp": -np.inf,
    }
    empty = np.zeros((0, 3), np.float32)
    for name, number in expected.items():
        function = getattr(reduce, name)
        np.testing.assert_array_equal(value(lambda x, f=function: f(x, 0), empty), [number] * 3)
        np.testing.assert_array_equal(value(function, empty), number)
        assert value(lambda x, f=function: f(x, 1), empty).shape == (0,)
    integers = {
        "reduce_sum": 0,
        "reduce_mean": 0,
        "reduce_max": -(2**31),
        "reduce_min": 2**31 - 1,
        "reduce_prod": 1,
    }
    for name, number in integers.items():
        found = value(lambda x, n=name: getattr(reduce, n)(x, 0), np.zeros((0, 3), np.int32))
        np.testing.assert_array_equal(found, [number] * 3)


def test_integers():
    # TF 1.15.5: tf.reduce_mean(tf.constant([[7, -7, 2], [-1, -3, 3]]), 1) …
    i = np.array([[7, -7, 2], [-1, -3, 3]], np.int32)
    assert value(lambda x: reduce.reduce_mean(x, 1), i).tolist() == [0, 0]
    assert value(reduce.reduce_mean, np.array([-3, -4], np.int32)) == -3
    assert value(reduce.reduce_sum, np.array([200, 100], np.uint8)) == 44
    assert value(reduce.reduce_mean, np.array([200, 100], np.uint8)) == 22
    assert value(reduce.reduce_sum, i).dtype == np.int32
    assert value(reduce.reduce_prod, np.array([2, 3], np.int64)).dtype == np.int64


def test_complex():
    x = np.array([1 + 2j, 3 - 1j])
    assert value(reduce.reduce_sum, x) == 4 + 1j
    assert value(reduce.reduce_mean, x) == 2 + 0.5j
    assert value(reduce.reduce_prod, x) == 5 + 5j


def test_equal_elements_share_the_gradient():
    # TF 1.15.5: tf.gradients(tf.reduce_max(x, 1), x) …
    x = np.array([[1.0, 3, 3], [2, 0, 0]])
    np.testing.assert_array_equal(
        gradient_of(lambda x: reduce.reduce_max(x, 1), x), [[0, 0.5, 0.5], [1, 0, 0]]
    )
    np.testing.assert_array_equal(
        gradient_of(lambda x: reduce.reduce_min(x, 1), x), [[1, 0, 0], [0, 0.5, 0.5]]
    )
    np.testing.assert_array_equal(
        gradient_of(lambda x: reduce.reduce_prod(x, 1), x), [[9, 3, 3], [0, 0, 0]]
    )


def test_logsumexp_of_infinities():
    # TF 1.15.5
    assert value(reduce.reduce_logsumexp, np.array([-np.inf, -np.inf])) == -np.inf
    assert value(reduce.reduce_logsumexp, np.array([np.inf, 1.0])) == np.inf
    assert value(reduce.reduce_logsumexp, np.array([1000.0, 1000.0])) == 1000 + np.log(2)


def test_axis_out_of_range():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        for function in (reduce.reduce_sum, reduce.reduce_any, positions.argmax):
            with pytest.raises(ValueError, match="Invalid reduction dimension|in the range"):
                function(tf.cast(x, tf.bool) if function is reduce.reduce_any else x, 2)
        axis = tf.placeholder_with_default(5, [])
        for function in (reduce.reduce_sum, positions.argmax, running_totals.cumsum):
            with pytest.raises(tf.errors.InvalidArgumentError):
                run(function(x, axis))


def test_axis_given_when_running():
    with tf.Graph().as_default():
        axis = tf.placeholder(tf.int32, [None])
        x = tf.constant(data(2, 3))
        found = reduce.reduce_sum(x, axis)
        assert found.shape.ndims is None
        assert reduce.reduce_sum(x, axis, True).shape.as_list() == [None, None]
        np.testing.assert_allclose(run(found, {axis: [0]}), data(2, 3).sum(0))
        np.testing.assert_allclose(run(found, {axis: [1, -1]}), data(2, 3).sum(1))
        np.testing.assert_allclose(run(found, {axis: []}), data(2, 3))


def test_old_argument_names():
    x = data(2, 3)
    for name in ("reduce_sum", "reduce_max", "reduce_logsumexp", "count_nonzero"):
        function = getattr(reduce, name)
        found = value(lambda x, f=function: f(x, reduction_indices=1, keep_dims=True), x)
        assert found.shape == (2, 1)
        with tf.Graph().as_default():
            t = tf.constant(x)
            with pytest.raises(ValueError, match="both 'reduction_indices' and 'axis'"):
                function(t, axis=1, reduction_indices=1)
            with pytest.raises(ValueError, match="both 'keep_dims' and 'keepdims'"):
                function(t, keepdims=True, keep_dims=True)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="'dimension' and 'axis'"):
        positions.argmax(tf.constant(x), axis=1, dimension=1)


def test_wrong_dtypes():
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="bool"):
            reduce.reduce_sum(tf.constant([True]))
        with pytest.raises(ValueError, match="rank"):
            reduce.reduce_sum(tf.zeros([2, 3]), [[0], [1]])
        with pytest.raises(TypeError):
            reduce.reduce_sum(tf.zeros([2, 3]), 1.0)


def test_count_nonzero():
    x = np.array([[0.0, 1, 0], [2, 3, 0]])
    assert value(reduce.count_nonzero, x) == 3
    found = value(lambda x: reduce.count_nonzero(x, 1, True, tf.int32), x)
    assert found.tolist() == [[1], [2]]
    assert found.dtype == np.int32
    assert value(lambda x: reduce.count_nonzero(input=x), x > 0) == 3
    assert value(lambda: reduce.count_nonzero(["a", "", "c"])) == 2


@pytest.mark.parametrize("name", ["argmax", "argmin"])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_arg(name, axis):
    check(
        lambda x: getattr(positions, name)(x, axis),
        data(3, 4),
        gradient=False,
        expected=lambda x: getattr(np, name)(x, axis),
    )
    ties = np.array([[1, 3, 3], [0, 0, 2]], np.int32)
    found = value(lambda x: getattr(positions, name)(x, axis, output_type=tf.int32), ties)
    assert found.dtype == np.int32
    np.testing.assert_array_equal(found, getattr(np, name)(ties, axis))


def test_no_gradient_through_positions():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        assert tf.gradients(tf.cast(positions.argmax(x, 1), tf.float32), x) == [None]
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(positions.argmax(tf.zeros([0, 3]), 0))


def _running(function, x, axis, exclusive, reverse, start):
    if reverse:
        x = np.flip(x, axis)
    if exclusive:
        first = np.full_like(np.take(x, [0], axis), start)
        x = np.concatenate([first, np.delete(x, -1, axis)], axis)
    x = function(x, axis)
    return np.flip(x, axis) if reverse else x


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("axis", [0, -1])
def test_running_totals(exclusive, reverse, axis):
    x = data(3, 4)
    for name, function, start in (("cumsum", np.cumsum, 0), ("cumprod", np.cumprod, 1)):
        check(
            lambda x, n=name: getattr(running_totals, n)(x, axis, exclusive, reverse),
            x,
            expected=lambda x, f=function, s=start: _running(f, x, axis, exclusive, reverse, s),
        )
    lowest = np.finfo(np.float64).min
    check(
        lambda x: running_totals.cumulative_logsumexp(x, axis, exclusive, reverse),
        x,
        gradient=not exclusive,
        expected=lambda x: _running(np.logaddexp.accumulate, x, axis, exclusive, reverse, lowest),
    )


def test_running_totals_of_integers():
    assert value(lambda: running_totals.cumsum([[1, 2, 3]], 1, True, True)).tolist() == [[5, 3, 0]]
    assert value(lambda: running_totals.cumprod([1, 2, 3], exclusive=True)).tolist() == [1, 1, 2]
    assert value(running_totals.cumsum, np.zeros((0, 2), np.int32)).shape == (0, 2)


NORMS = [
    ("euclidean", None, lambda x: np.sqrt((x * x).sum())),
    (1, None, lambda x: np.abs(x).sum()),
    (np.inf, None, lambda x: np.abs(x).max()),
    (3, None, lambda x: (np.abs(x) ** 3).sum() ** (1 / 3)),
    (2, 1, lambda x: np.linalg.norm(x, 2, axis=1)),
    (1, 0, lambda x: np.linalg.norm(x, 1, axis=0)),
    (2.5, -1, lambda x: (np.abs(x) ** 2.5).sum(-1) ** 0.4),
    ("fro", (0, 1), lambda x: np.linalg.norm(x)),
    (1, [-2, -1], lambda x: np.linalg.norm(x, 1)),
    (np.inf, [0, 1], lambda x: np.linalg.norm(x, np.inf)),
    (2, [0, 1], lambda x: np.linalg.norm(x, 2)),
    (2, [-1, -2], lambda x: np.linalg.norm(x, 2)),
]


@pytest.mark.parametrize(("ord", "axis", "expected"), NORMS)
def test_norm(ord, axis, expected):
    check(
        lambda x: norms.norm(x, ord, axis),
        data(3, 4),
        expected=expected,
        unknown_rank=axis is None or not isinstance(axis, int),
    )
    kept = value(lambda x: norms.norm(x, ord, axis, keepdims=True), data(3, 4))
    assert kept.ndim == 2


@pytest.mark.parametrize("axis", [[0, 1], [1, 0], [0, 2], (-1, 0), [-2, -1]])
def test_largest_singular_value(axis):
    def expected(x):
        return np.linalg.norm(x, 2, tuple(axis), keepdims=True)

    check(lambda x: norms.norm(x, 2, axis, keepdims=True), data(2, 3, 4), expected=expected)


def test_norm_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        for ord, axis in (
            ("fro", 1),
            ("nuc", None),
            (-1, None),
            (3, [0, 1]),
            (2, [0, 1, 2]),
            (2, [0, 0]),
        ):
            with pytest.raises(ValueError):
                norms.norm(x, ord, axis)
    unit, length = value(lambda x: norms.normalize(x, axis=1), np.array([[3.0, 4.0]]))
    assert unit.tolist() == [[0.6, 0.8]]
    assert length.tolist() == [[5]]


def test_graph():
    # TF 1.15.5's ops, as op.name and op.type of a graph with one placeholder give them.
    assert ops_of(lambda x: reduce.reduce_sum(x, 1), [2, 3]) == [
        "Sum/reduction_indices Const",
        "Sum Sum",
    ]
    assert ops_of(lambda x: reduce.reduce_mean(x), [None, 3]) == ["Const Const", "Mean Mean"]
    assert ops_of(lambda x: reduce.reduce_max(x, name="m"), None) == [
        "Rank Rank",
        "range/start Const",
        "range/delta Const",
        "range Range",
        "m Max",
    ]
    assert ops_of(lambda x: reduce.reduce_logsumexp(x, 1), [2, 3]) == [
        f"ReduceLogSumExp/{op}"
        for op in (
            "Max/reduction_indices Const",
            "Max Max",
            "IsFinite IsFinite",
            "zeros_like Const",
            "Select Select",
            "StopGradient StopGradient",
            "Sub Sub",
            "Exp Exp",
            "Sum/reduction_indices Const",
            "Sum Sum",
            "Log Log",
            "Shape Const",
            "Reshape Reshape",
            "Add Add",
        )
    ]
    assert ops_of(lambda x: positions.argmin(x, 1, name="q"), [2, 3]) == [
        "q/dimension Const",
        "q ArgMin",
    ]


def test_shape_arithmetic_stays_known():
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 4, 5])
        flat = tf.reshape(x, [-1, reduce.reduce_prod(tf.shape(x)[1:])])
        assert flat.shape.as_list() == [None, 20]
        for function, expected in (
            (reduce.reduce_sum, 9),
            (reduce.reduce_max, 5),
            (reduce.reduce_min, 4),
        ):
            assert tf.zeros([function(tf.shape(x)[1:])]).shape.as_list() == [expected]
        assert run(reduce.reduce_prod(tf.shape(x)), {x: np.zeros((2, 4, 5))}) == 40
