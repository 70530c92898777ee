"""Clipping by value, by norm, by global norm."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import clip


def test_by_value():
    check(lambda x: clip.clip_by_value(x, -0.5, 1.0), data(3, 4),
          expected=lambda x: np.clip(x, -0.5, 1.0))  # fmt: skip
    check(clip.clip_by_value, data(3, 4), data(4, seed=1) - 3, data(3, 4, seed=2) + 3,
          expected=np.clip)  # fmt: skip
    assert value(lambda x: clip.clip_by_value(x, -1, 2), np.array([1, 5, -3])).tolist() == [
        1,
        2,
        -1,
    ]
    # TF 1.15.5: the minimum first, so that the lower limit wins where the limits cross.
    assert value(lambda x: clip.clip_by_value(x, 2.0, -2.0), np.array([1.0, 5])).tolist() == [2, 2]
    assert np.isnan(value(lambda x: clip.clip_by_value(x, -1.0, 2.0), np.array([np.nan])))[0]


def test_gradient_at_the_limits_goes_to_the_input():
    # TF 1.15.5
    x = np.array([-1.0, 0.0, 0.5, 1.0, 2.0])
    found = gradient_of(lambda x: clip.clip_by_value(x, 0.0, 1.0), x)
    assert found.tolist() == [0, 1, 1, 1, 0]


def test_by_value_does_not_enlarge():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        with pytest.raises(ValueError, match="not compatible"):
            clip.clip_by_value(x, tf.zeros([5, 2, 3]), 1.0)
        with pytest.raises(ValueError, match="not compatible"):
            clip.clip_by_norm(x, tf.ones([4, 2, 3]))


def _by_norm(x, limit, axes):
    norm = np.sqrt((x * x).sum(axis=axes, keepdims=True))
    return x * np.minimum(1, limit / norm)


@pytest.mark.parametrize("axes", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("limit", [0.7, 100.0])
def test_by_norm(axes, limit):
    given = list(axes) if isinstance(axes, tuple) else axes
    check(
        lambda x: clip.clip_by_norm(x, limit, given), data(3, 4),
        expected=lambda x: _by_norm(x, limit, axes),
    )  # fmt: skip


def test_norm_of_zeros():
    # TF 1.15.5: clip_by_norm of zeros has gradient 1, the average norm stays finite.
    zeros = np.zeros(2)
    assert value(lambda x: clip.clip_by_norm(x, 2.0), zeros).tolist() == [0, 0]
    assert gradient_of(lambda x: clip.clip_by_norm(x, 2.0), zeros).tolist() == [1, 1]
    assert value(lambda x: clip.clip_by_average_norm(x, 2.0), zeros).tolist() == [0, 0]


@pytest.mark.parametrize("limit", [0.1, 100.0])
def test_by_average_norm(limit):
    check(
        lambda x: clip.clip_by_average_norm(x, limit), data(3, 4),
        expected=lambda x: x * np.minimum(1, limit / (np.sqrt((x * x).sum()) / x.size)),
    )  # fmt: skip


def test_global_norm():
    a, b = data(3, 4), data(5, seed=1)
    total = np.sqrt((a * a).sum() + (b * b).sum())
    check(lambda a, b: clip.global_norm([a, None, b]), a, b, expected=lambda *_: total)
    for index, limit in ((0, 0.5), (1, 0.5), (0, 100.0)):
        check(
            lambda a, b, i=index, n=limit: clip.clip_by_global_norm([a, b], n)[0][i], a, b,
            expected=lambda a, b, i=index, n=limit: (a, b)[i] * min(1, n / total),
        )  # fmt: skip
    assert value(lambda: clip.global_norm([None])) == 0


def test_by_global_norm():
    a, b = np.array([6.0, 0.0]), np.array([8.0])
    (first, none, second), norm = value_of_list(lambda a, b: ([a, None, b], 5), a, b)
    assert (first.tolist(), none, second.tolist(), norm) == ([3, 0], None, [4], 10)
    known = np.float64(20)
    (first, _, _), norm = value_of_list(lambda a, b: ([a, None, b], 5, tf.constant(known)), a, b)
    assert (first.tolist(), norm) == ([1.5, 0], 20)
    # TF 1.15.5: everything is NaN where the norm is not finite.
    (first, _, _), _ = value_of_list(lambda a, b: ([a, None, b], 5), np.array([np.inf, 1]), b)
    assert np.isnan(first).all()


def value_of_list(build, *inputs):
    """The list and the norm of clip_by_global_norm of what `build` gives."""
    with tf.Graph().as_default():
        found, norm = clip.clip_by_global_norm(*build(*(tf.constant(x) for x in inputs)))
        values = iter(run([norm, *(t for t in found if t is not None)]))
        norm = next(values)
        return [None if t is None else next(values) for t in found], norm


def test_indexed_slices():
    with tf.Graph().as_default():
        rows = tf.constant([[3.0, 4.0], [0.0, -12.0]])
        slices = tf.IndexedSlices(rows, tf.constant([0, 2]), tf.constant([5, 2]))
        for clipped, expected in (
            (clip.clip_by_value(slices, -1.0, 3.5), [[3, 3.5], [0, -1]]),
            (clip.clip_by_norm(slices, 6.5), [[1.5, 2], [0, -6]]),
            (clip.clip_by_global_norm([slices], 6.5)[0][0], [[1.5, 2], [0, -6]]),
        ):
            assert isinstance(clipped, tf.IndexedSlices)
            assert clipped.indices is slices.indices
            assert clipped.dense_shape is slices.dense_shape
            np.testing.assert_allclose(run(clipped.values), expected)
        assert run(clip.global_norm([slices])) == 13


def test_no_sequence():
    with tf.Graph().as_default():
        for function in (clip.global_norm, lambda t: clip.clip_by_global_norm(t, 1.0)):
            for wrong in (tf.zeros([2]), "ab", 3):
                with pytest.raises(TypeError, match="t_list should be a sequence"):
                    function(wrong)


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda x: clip.clip_by_value(x, -1.0, 1.0), [2, 3]) == [
        "clip_by_value/Minimum/y Const", "clip_by_value/Minimum Minimum", "clip_by_value/y Const",
        "clip_by_value Maximum"]  # fmt: skip
    assert ops_of(lambda x: clip.clip_by_norm(x, 2.0, axes=[1]), [2, 3]) == [
        f"clip_by_norm/{op}" for op in (
            "mul Mul", "Sum/reduction_indices Const", "Sum Sum", "Greater/y Const",
            "Greater Greater", "ones_like/Shape Const", "ones_like/Const Const", "ones_like Fill",
            "Select Select", "Sqrt Sqrt", "Select_1 Select", "mul_1/y Const", "mul_1 Mul",
            "Maximum/y Const", "Maximum Maximum", "truediv RealDiv")
    ] + ["clip_by_norm Identity"]  # fmt: skip
    norm = [
        f"global_norm/{op}" for op in (
            "L2Loss L2Loss", "L2Loss_1 L2Loss", "stack Pack", "Const Const", "Sum Sum",
            "Const_1 Const", "mul Mul", "global_norm Sqrt")
    ]  # fmt: skip
    assert ops_of(lambda x, y: clip.clip_by_global_norm([x, y], 1.0), [2], [3]) == norm + [
        f"clip_by_global_norm/{op}" for op in (
            "truediv/x Const", "truediv RealDiv", "Const Const", "truediv_1/y Const",
            "truediv_1 RealDiv", "Minimum Minimum", "mul/x Const", "mul Mul", "IsFinite IsFinite",
            "Const_1 Const", "Select Select", "mul_1 Mul", "clip_by_global_norm/_0 Identity",
            "mul_2 Mul", "clip_by_global_norm/_1 Identity")]  # fmt: skip
