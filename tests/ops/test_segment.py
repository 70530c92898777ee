"""Reductions over segments: sorted, unsorted, sparse."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import segment

REDUCTIONS = {
    "sum": lambda rows: rows.sum(0),
    "mean": lambda rows: rows.mean(0),
    "prod": lambda rows: rows.prod(0),
    "min": lambda rows: rows.min(0),
    "max": lambda rows: rows.max(0),
    "sqrt_n": lambda rows: rows.sum(0) / np.sqrt(len(rows)),
}


def _expected(kind, rows, ids, count, empty):
    """Row i: the reduction of the rows with id i, `empty` where there are none."""
    found = np.full((count, *rows.shape[1:]), empty, rows.dtype)
    for i in range(count):
        if (ids == i).any():
            found[i] = REDUCTIONS[kind](rows[ids == i])
    return found


@pytest.mark.parametrize("ids", [[0, 0, 1, 3, 3], [0, 1, 2, 3, 4], [2, 2, 2, 2, 2]])
@pytest.mark.parametrize("kind", ["sum", "mean", "prod", "min", "max"])
def test_sorted(kind, ids):
    function = getattr(segment, f"segment_{kind}")
    ids = np.int32(ids)
    for x in (data(5), data(5, 2, 3)):
        with tf.Graph().as_default():
            place = tf.placeholder(tf.float64, x.shape)
            found = function(place, ids)
            assert found.shape.as_list() == [None, *x.shape[1:]]
            # TF 1.15.5: a segment without rows gives 0, for the product 1.
            expected = _expected(kind, x, ids, ids[-1] + 1, 1 if kind == "prod" else 0)
            np.testing.assert_allclose(run(found, {place: x}), expected)
        with tf.Graph().as_default():
            place = tf.placeholder(tf.float64)
            np.testing.assert_allclose(run(function(place, ids), {place: x}), expected)


def test_sorted_gradients():
    ids, weights = np.int32([0, 0, 1, 3, 3]), data(4, 3, seed=2)
    for kind in ("sum", "mean", "prod", "min", "max"):
        function = getattr(segment, f"segment_{kind}")
        check(lambda x, f=function: tf.reduce_sum(f(x, ids) * weights), data(5, 3))
    # TF 1.15.5: equal extremes share the gradient.
    ties, ids = np.array([3.0, 3, 1]), np.int32([0, 0, 1])
    for function in (segment.segment_max, segment.segment_min):
        assert gradient_of(lambda x, f=function: f(x, ids), ties).tolist() == [0.5, 0.5, 1]


def test_sorted_integers():
    rows = np.arange(12, dtype=np.int32).reshape(3, 4)
    ids = np.int32([0, 0, 2])
    assert value(segment.segment_mean, rows, ids).tolist() == [
        [2, 3, 4, 5], [0] * 4, [8, 9, 10, 11]]  # fmt: skip
    assert value(segment.segment_max, rows, ids).tolist() == [
        [4, 5, 6, 7], [0] * 4, [8, 9, 10, 11]]  # fmt: skip
    assert value(segment.segment_prod, rows, ids).tolist() == [
        [0, 5, 12, 21], [1] * 4, [8, 9, 10, 11]]  # fmt: skip
    empty = value(segment.segment_sum, np.zeros((0, 3)), np.zeros(0, np.int32))
    assert empty.shape == (0, 3)


def test_sorted_refuses():
    rows = data(3, 2)
    for ids, match in (([1, 0, 2], "not increasing"), ([-1, 0, 2], "out of range"),
                       ([0, 1], "same size as dimension 0")):  # fmt: skip
        with pytest.raises(tf.errors.InvalidArgumentError, match=match):
            value(segment.segment_sum, rows, np.int32(ids))
    with tf.Graph().as_default(), pytest.raises(ValueError, match="rank 1 but is rank 2"):
        segment.segment_sum(rows, [[0, 1, 2]])


EMPTY = {
    "sum": 0, "mean": 0, "sqrt_n": 0, "prod": 1,
    "max": np.finfo(np.float64).min, "min": np.finfo(np.float64).max,
}  # fmt: skip


@pytest.mark.parametrize("kind", REDUCTIONS)
def test_unsorted(kind):
    function = getattr(segment, f"unsorted_segment_{kind}")
    ids = np.int32([2, 0, -1, 2, 0])
    for x in (data(5), data(5, 3), data(5, 2, 3)):
        check(
            lambda x: function(x, ids, 4), x, gradient=kind not in ("max", "min"),
            expected=lambda x: _expected(kind, x, ids, 4, EMPTY[kind]),
        )  # fmt: skip
    if kind in ("max", "min"):
        check(lambda x: function(x, ids, 4)[:3:2], data(5, 3))


@pytest.mark.parametrize("kind", REDUCTIONS)
def test_unsorted_with_ids_of_several_dimensions(kind):
    function = getattr(segment, f"unsorted_segment_{kind}")
    ids = np.int64([[0, 2], [2, 1], [1, 0]])
    check(
        lambda x, i: function(x, i, 3), data(3, 2, 4), ids,
        expected=lambda x, i: _expected(kind, x.reshape(6, 4), i.reshape(6), 3, EMPTY[kind]),
    )  # fmt: skip


def test_unsorted_gradients():
    # TF 1.15.5
    ids, x = np.int32([0, 0, 1, -1]), np.array([3.0, 3, 1, 4])
    for kind, expected in (
        ("sum", [1, 1, 1, 0]), ("max", [0.5, 0.5, 1, 0]), ("min", [0.5, 0.5, 1, 0]),
        ("prod", [3, 3, 1, 0]), ("mean", [0.5, 0.5, 1, 0]),
        ("sqrt_n", [0.5**0.5, 0.5**0.5, 1, 0]),
    ):  # fmt: skip
        function = getattr(segment, f"unsorted_segment_{kind}")
        found = gradient_of(lambda x, f=function: f(x, ids, 3), x)
        np.testing.assert_allclose(found, expected)
    product = gradient_of(
        lambda x: segment.unsorted_segment_prod(x, np.int32([0, 0, 1, 1]), 3),
        np.array([0.0, 3, 0, 0]),
    )
    assert product.tolist() == [3, 0, 0, 0]


def test_unsorted_limits_of_integers():
    # TF 1.15.5
    rows = np.arange(4, dtype=np.uint8)
    ids = np.int32([1, 1, 0, 0])
    assert value(lambda x: segment.unsorted_segment_max(x, ids, 3), rows).tolist() == [3, 1, 0]
    rows = rows.astype(np.int64)
    lowest = value(lambda x: segment.unsorted_segment_max(x, ids, 3), rows)[2]
    assert lowest == np.iinfo(np.int64).min


def test_unsorted_refuses():
    rows = data(3, 2)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"segment_ids\[2\] = 2 is out of range"
    ):
        value(lambda x, i: segment.unsorted_segment_sum(x, i, 2), rows, np.int32([1, 0, 2]))
    with pytest.raises(ValueError, match="must be non-negative but is -3"):
        value(lambda x, i: segment.unsorted_segment_sum(x, i, -3), rows, np.int32([1, 0, 2]))
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="are 3 and 2"):
            segment.unsorted_segment_max(rows, [0, 1], 2)
        place = tf.placeholder_with_default([0, 1], None)
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not start with"):
            run(segment.unsorted_segment_max(rows, place, 2))


def test_number_of_segments_given_when_running():
    with tf.Graph().as_default():
        count = tf.placeholder(tf.int32, [])
        x = tf.constant(data(3, 2))
        for kind in ("sum", "mean"):
            found = getattr(segment, f"unsorted_segment_{kind}")(x, [0, 1, 1], count)
            assert found.shape.as_list() == [None, 2]
            assert run(found, {count: 5}).shape == (5, 2)


@pytest.mark.parametrize("kind", ["sum", "mean", "sqrt_n"])
def test_sparse(kind):
    function = getattr(segment, f"sparse_segment_{kind}")
    indices, ids = np.int32([0, 0, 2, 1]), np.int32([0, 0, 2, 2])
    for count in (None, 4):
        rows = 3 if count is None else count
        if count is not None:
            check(
                lambda x, n=count: function(x, indices, ids, num_segments=n), data(4, 3),
                expected=lambda x, n=rows: _expected(kind, x[indices], ids, n, 0),
            )  # fmt: skip
        found = value(lambda x, n=count: function(x, indices, ids, num_segments=n), data(4, 3))
        np.testing.assert_allclose(found, _expected(kind, data(4, 3)[indices], ids, rows, 0))
    # TF 1.15.5
    found = gradient_of(lambda x: function(x, np.int32([0, 0, 1]), np.int32([0, 0, 2])), np.ones(4))
    first = {"sum": 2, "mean": 1, "sqrt_n": 2**0.5}[kind]
    np.testing.assert_allclose(found, [first, 1, 0, 0])


def test_sparse_refuses():
    for indices, ids, count, match in (
        ([0, 0], [1, 0], None, "is not sorted"), ([0, 9], [0, 0], None, r"indices\[1\] == 9"),
        ([0, 1], [0, 2], 2, "segment ids must be < num_segments"),
    ):  # fmt: skip
        with pytest.raises(tf.errors.InvalidArgumentError, match=match):
            value(
                lambda x, i=indices, s=ids, n=count:
                segment.sparse_segment_sum(x, np.int32(i), np.int32(s), num_segments=n), data(3, 2)
            )  # fmt: skip


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda x: segment.segment_max(x, [0, 1]), [2, 3]) == [
        "SegmentMax/segment_ids Const", "SegmentMax SegmentMax"]  # fmt: skip
    assert ops_of(lambda x: segment.unsorted_segment_mean(x, [0, 1], 3), [2, 3]) == [
        f"UnsortedSegmentMean/{op}" for op in (
            "Const Const", "Shape Const", "ones/Const Const", "ones Fill",
            "UnsortedSegmentSum/num_segments Const", "UnsortedSegmentSum UnsortedSegmentSum",
            "Reshape/shape Const", "Reshape Reshape", "Maximum/y Const", "Maximum Maximum",
            "UnsortedSegmentSum_1/num_segments Const", "UnsortedSegmentSum_1 UnsortedSegmentSum",
            "truediv RealDiv")]  # fmt: skip
    assert ops_of(lambda x: segment.sparse_segment_sum(x, [0], [0], num_segments=4), [2, 3])[
        -1
    ] == ("SparseSegmentSumWithNumSegments SparseSegmentSumWithNumSegments")


def test_gradients_of_sparse_segments_as_ops():
    grad, places, ids = np.array([[1.0, 2], [6, 8]]), [2, 0, 2], [0, 1, 1]
    for kind, divisor in (("Mean", 2.0), ("SqrtN", 2**0.5)):
        function = getattr(tf.raw_ops, f"SparseSegment{kind}Grad")
        arguments = {"indices": places, "segment_ids": ids, "output_dim0": 4}
        with tf.Graph().as_default(), tf.Session() as session:
            found = function(grad=tf.constant(grad), **arguments)
            assert found.shape.as_list() == [4, 2]
            half = grad[1] / divisor
            wanted = [half, [0, 0], grad[0] + half, [0, 0]]
            np.testing.assert_allclose(session.run(found), wanted)
            for changed, match in (  # TF 1.15.5
                ({"indices": [2, 0, 4]}, r"Index 4 out of range \[0, 4\)"),
                ({"segment_ids": [0, 1, 2]}, "Invalid number of segments"),
                ({"segment_ids": [-1, 0, 1]}, r"Segment id -1 out of range \[0, 2\)"),
            ):
                with pytest.raises(tf.errors.InvalidArgumentError, match=match):
                    session.run(function(grad=tf.constant(grad), **{**arguments, **changed}))


def test_ids_that_are_not_sorted():
    # TF 1.15.5: the last id tells how many segments there are
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Segment id 1 out of.*\[0, 1\)"):
            session.run(tf.segment_sum([1.0, 2, 3], [0, 1, 0]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="are not increasing"):
            session.run(tf.segment_sum([1.0, 2, 3], [1, 0, 1]))
