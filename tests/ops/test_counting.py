"""Sets, counts, histograms, searches; grids, masks, reversed sequences, blocks and patches."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import counting, rearrange

# Counts and searches


@pytest.mark.parametrize("x", [np.int32([3, 1, 3, 2]), np.array(["b", "a", "b"], object),
                               np.zeros(0, np.float32)])  # fmt: skip
def test_unique_with_counts(x):
    with tf.Graph().as_default():
        y, idx, count = run(counting.unique_with_counts(tf.constant(x), out_idx=tf.int64))
    texts = x.astype(bytes) if x.dtype == object else x
    assert (y[idx] == texts).all()
    assert list(y) == list(dict.fromkeys(texts.tolist()))
    assert count.tolist() == [(texts == v).sum() for v in y]
    assert idx.dtype == count.dtype == np.int64


def test_setdiff1d():
    with tf.Graph().as_default():
        out, idx = run(counting.setdiff1d([1, 2, 3, 3, 1], [1, 9]))
        assert (out.tolist(), idx.tolist()) == ([2, 3, 3], [1, 2, 3])
        x = tf.placeholder(tf.string)
        out, idx = run(counting.setdiff1d(x, ["a"], tf.int64), {x: ["a", "b"]})
        assert (out.tolist(), idx.tolist(), idx.dtype) == ([b"b"], [1], np.int64)
        with pytest.raises(ValueError, match="rank 1 but is rank 2"):
            counting.setdiff1d([[1]], [1])


def test_bincount():
    # TF 1.15.5
    x = np.int32([1, 1, 2])
    for options, expected in (
        ({}, [0, 2, 1]), ({"minlength": 5}, [0, 2, 1, 0, 0]), ({"maxlength": 2}, [0, 2]),
        ({"weights": np.array([0.5, 1, 2])}, [0, 1.5, 2]), ({"dtype": tf.float32}, [0, 2, 1]),
        ({"minlength": 4, "maxlength": 3}, [0, 2, 1]),
    ):  # fmt: skip
        assert value(lambda x, o=options: counting.bincount(x, **o), x).tolist() == expected
    assert value(lambda x: counting.bincount(x, dtype=tf.int64), x).dtype == np.int64
    assert value(counting.bincount, np.int32([[1, 1], [2, 0]])).tolist() == [1, 2, 1]
    with tf.Graph().as_default():
        place = tf.placeholder(tf.int32, [None])
        assert run(counting.bincount(place), {place: []}).tolist() == []
    check(lambda w: counting.bincount(x, weights=w), data(3), unknown_rank=False,
          expected=lambda w: [0, w[0] + w[1], w[2]])  # fmt: skip
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be non-negative"):
        value(counting.bincount, np.int32([1, -1]))


def test_histogram():
    # TF 1.15.5
    x = np.array([-1.0, 0, 1.5, 2, 5, 15])
    ends = np.array([0.0, 5.0])
    for kind in (tf.int32, tf.int64):
        found = value(lambda x, e, k=kind: counting.histogram_fixed_width(x, e, 5, k), x, ends)
        assert (found.tolist(), found.dtype) == ([2, 1, 1, 0, 2], kind.as_numpy_dtype)
    bins = value(lambda x, e: counting.histogram_fixed_width_bins(x, e, 5), x.reshape(2, 3), ends)
    assert bins.tolist() == [[0, 0, 1], [2, 4, 4]]
    assert value(lambda x, e: counting.histogram_fixed_width(x, e, 5), np.int32([-1, 0, 3]),
                 np.int32([0, 5])).tolist() == [2, 0, 0, 1, 0]  # fmt: skip
    with pytest.raises(tf.errors.InvalidArgumentError, match="value_range should satisfy"):
        value(counting.histogram_fixed_width, x, ends[::-1].copy())
    with tf.Graph().as_default():
        assert counting.histogram_fixed_width(x, ends).shape.as_list() == [100]
        with pytest.raises(ValueError, match="Requires nbins > 0"):
            counting.histogram_fixed_width(x, ends, 0)
        with pytest.raises(NotImplementedError, match="tf.cast on the result"):
            counting.histogram_fixed_width_bins(x, ends, dtype=tf.int64)


def test_confusion_matrix():
    labels, predictions = np.int32([1, 2, 4]), np.int64([2, 2, 4])
    expected = np.zeros((5, 5), int)
    expected[labels, predictions] = 1
    assert value(counting.confusion_matrix, labels, predictions).tolist() == expected.tolist()
    check(lambda a, b: counting.confusion_matrix(a, b, num_classes=6), labels, predictions,
          gradient=False, expected=lambda *_: np.pad(expected, (0, 1)))  # fmt: skip
    weighted = value(
        lambda a, b: counting.confusion_matrix(a, b, weights=[0.5, 1, 2], dtype=tf.float32),
        labels, predictions,
    )  # fmt: skip
    assert weighted[[1, 2, 4], [2, 2, 4]].tolist() == [0.5, 1, 2]
    assert value(counting.confusion_matrix, labels[:, None], predictions).tolist() == (
        expected.tolist()
    )
    with tf.Graph().as_default():
        a = tf.placeholder(tf.int32)
        found = counting.confusion_matrix(a, predictions)
        for fed in (labels, labels[:, None]):
            assert run(found, {a: fed}).tolist() == expected.tolist()


def test_confusion_matrix_refuses():
    good = np.int32([1, 2])
    for options, match in (({}, "`labels` contains negative values"),
                           ({"num_classes": 2}, "`labels` contains negative")):  # fmt: skip
        with pytest.raises(tf.errors.InvalidArgumentError, match=match):
            value(lambda a, b, o=options: counting.confusion_matrix(a, b, **o), -good, good)
    with pytest.raises(tf.errors.InvalidArgumentError, match="`predictions` out of bound"):
        value(lambda a, b: counting.confusion_matrix(a, b, 2), good - 1, good)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="incompatible"):
            counting.confusion_matrix(good, good, weights=[1, 2, 3])
        with pytest.raises(ValueError, match="must be equal"):
            counting.confusion_matrix([1, 2, 3], good)


@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(side):
    rows, values = np.array([[1.0, 3, 3, 5], [0, 1, 2, 3]]), np.array([[3.0, 0, 9], [2, 2.5, -1]])
    check(
        lambda r, v: counting.searchsorted(r, v, side), rows, values, gradient=False,
        expected=lambda r, v: np.stack([np.searchsorted(*p, side) for p in zip(r, v, strict=True)]),
    )  # fmt: skip
    found = value(lambda r, v: counting.searchsorted(r, v, side, tf.int64), rows[0], values[0])
    assert (found.tolist(), found.dtype) == (
        np.searchsorted(rows[0], values[0], side).tolist(), np.int64)  # fmt: skip


def test_searchsorted_refuses():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="side must be either 'right' or 'left'"):
            counting.searchsorted([1.0], [1.0], side="mid")
        with pytest.raises(tf.errors.InvalidArgumentError, match="Leading dim_size"):
            run(counting.searchsorted([[1.0], [2.0]], [[1.0]]))


# Elements in other places


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@pytest.mark.parametrize("lengths", [(2,), (2, 3), (2, 3, 4)])
def test_meshgrid(lengths, indexing):
    vectors = [data(n, seed=i) for i, n in enumerate(lengths)]
    check(lambda *v: tf.stack(rearrange.meshgrid(*v, indexing=indexing)), *vectors,
          expected=lambda *v: np.meshgrid(*v, indexing=indexing))  # fmt: skip


def test_meshgrid_refuses():
    with tf.Graph().as_default():
        for build, error, match in (
            (lambda: rearrange.meshgrid([1], indexing="xx"), ValueError, "either 'xy' or 'ij'"),
            (lambda: rearrange.meshgrid([1], foo=1), TypeError, "'foo' is an invalid keyword"),
            (lambda: rearrange.meshgrid(), ValueError, "at least one"),
            (lambda: rearrange.meshgrid([1.0], [1]), TypeError, "does not match type"),
        ):
            with pytest.raises(error, match=match):
                build()


def test_sequence_mask():
    lengths = np.int32([[1, 3], [0, 2]])

    def expected(lengths, count):
        return np.arange(count) < lengths[..., None]

    check(lambda n: rearrange.sequence_mask(n, 4), lengths, gradient=False,
          expected=lambda n: expected(n, 4))  # fmt: skip
    found = value(lambda n: rearrange.sequence_mask(n, dtype=tf.float32), lengths)
    assert found.dtype == np.float32
    assert found.tolist() == expected(lengths, 3).tolist()
    with tf.Graph().as_default():
        assert rearrange.sequence_mask([1, 3]).shape.as_list() == [2, 3]
        count = tf.placeholder(tf.int64, [])
        found = rearrange.sequence_mask(lengths, count)
        assert found.shape.as_list() == [2, 2, None]
        assert run(found, {count: 2}).tolist() == expected(lengths, 2).tolist()
        with pytest.raises(ValueError, match="maxlen must be scalar"):
            rearrange.sequence_mask([1], [2])


@pytest.mark.parametrize(("seq", "batch"), [(1, 0), (0, 1), (2, 0), (-1, 1)])
def test_reverse_sequence(seq, batch):
    x = data(3, 4, 5)
    lengths = np.int64([2, 0, 3, 1][: x.shape[batch]])

    def expected(x, lengths):
        found = x.copy()
        for b, n in enumerate(lengths):
            part = np.moveaxis(found, (batch, seq), (0, 1))
            part[b, :n] = part[b, :n][::-1].copy()
        return found

    check(lambda x, n: rearrange.reverse_sequence(x, n, seq, batch), x, lengths, expected=expected)
    check(lambda x: rearrange.reverse_sequence(x, lengths, seq_dim=seq, batch_dim=batch), x,
          expected=lambda x: expected(x, lengths))  # fmt: skip


def test_reverse_sequence_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        for build, error, match in (
            (
                lambda: rearrange.reverse_sequence(x, [1, 2], 1, seq_dim=1),
                ValueError,
                "Cannot specify",
            ),
            (lambda: rearrange.reverse_sequence(x, [1, 2]), TypeError, "Expected int"),
            (lambda: rearrange.reverse_sequence(x, [1, 2, 3], 1), ValueError, "are 2 and 3"),
            (
                lambda: rearrange.reverse_sequence(x, [1, 2], 5),
                ValueError,
                "seq_dim must be < input",
            ),
        ):
            with pytest.raises(error, match=match):
                build()
        for lengths, seq, match in (
            ([1, 9], 1, r"seq_lens\(1\) > input.dims\(1\)"), ([-1, 2], 1, r"seq_lens\(0\) < 0"),
            ([1, 2], 0, "batch_dim == seq_dim == 0"),
        ):  # fmt: skip
            with pytest.raises(tf.errors.InvalidArgumentError, match=match):
                run(rearrange.reverse_sequence(x, lengths, seq))


def _to_depth(x, b):
    n, h, w, c = x.shape
    return x.reshape(n, h // b, b, w // b, b, c).transpose(0, 1, 3, 2, 4, 5).reshape(
        n, h // b, w // b, b * b * c)  # fmt: skip


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
@pytest.mark.parametrize("block", [2, 3])
def test_space_and_depth(block, data_format):
    space, depth = data(2, 6, 12, 3), _to_depth(data(2, 6, 12, 3), block)
    if data_format == "NCHW":
        space, depth = (np.moveaxis(x, 3, 1).copy() for x in (space, depth))
    for function, before, after in (
        (rearrange.space_to_depth, space, depth), (rearrange.depth_to_space, depth, space)
    ):  # fmt: skip
        check(lambda x, f=function: f(x, block, data_format=data_format), before,
              expected=lambda _, a=after: a)  # fmt: skip


def test_space_and_depth_refuse():
    with tf.Graph().as_default():
        x = tf.zeros([1, 4, 5, 2])
        for function, block, options, error, match in (
            (rearrange.space_to_depth, 2, {}, ValueError, "evenly divisible by 2 but is 5"),
            (rearrange.depth_to_space, 2, {}, ValueError, "evenly divisible by 4 but is 2"),
            (rearrange.space_to_depth, 1, {}, ValueError, "1 less than minimum 2"),
            (rearrange.space_to_depth, 2, {"data_format": "NXX"}, ValueError, "not in"),
            (rearrange.depth_to_space, 2, {"data_format": "NCHW_VECT_C"}, NotImplementedError,
             "NHWC"),
        ):  # fmt: skip
            with pytest.raises(error, match=match):
                function(x, block, **options)
        with pytest.raises(ValueError, match="rank 4"):
            rearrange.space_to_depth(tf.zeros([2, 3]), 2)
        unknown = tf.placeholder_with_default(tf.zeros([1, 4, 5, 2]), None)
        for function in (rearrange.space_to_depth, rearrange.depth_to_space):
            with pytest.raises(tf.errors.InvalidArgumentError, match="should be divisible"):
                run(function(unknown, 2))


def _patches(x, size, stride, rate, padding):
    n, h, w, c = x.shape
    window = [(k - 1) * rate + 1 for k in size]
    if padding == "SAME":
        counts = [-(-m // stride) for m in (h, w)]
        missing = [
            max((o - 1) * stride + k - m, 0) for o, k, m in zip(counts, window, (h, w), strict=True)
        ]
        x = np.pad(x, ((0, 0), *((m // 2, m - m // 2) for m in missing), (0, 0)))
    else:
        counts = [max(0, (m - k) // stride + 1) for m, k in zip((h, w), window, strict=True)]
    found = np.zeros((n, *counts, size[0] * size[1] * c), x.dtype)
    for i in range(counts[0]):
        for j in range(counts[1]):
            part = x[:, i * stride : i * stride + window[0] : rate,
                     j * stride : j * stride + window[1] : rate]  # fmt: skip
            found[:, i, j] = part.reshape(n, -1)
    return found


@pytest.mark.parametrize("padding", ["SAME", "VALID"])
@pytest.mark.parametrize(
    ("size", "stride", "rate"),
    [((3, 2), 2, 1), ((2, 2), 1, 2), ((3, 3), 3, 2), ((2, 3), 2, 1), ((1, 1), 2, 1)],
)
def test_extract_image_patches(size, stride, rate, padding):
    arguments = [[1, *size, 1], [1, stride, stride, 1], [1, rate, rate, 1], padding]
    check(
        lambda x: rearrange.extract_image_patches(x, *arguments), data(2, 7, 6, 3),
        expected=lambda x: _patches(x, size, stride, rate, padding),
    )  # fmt: skip
    integers = np.arange(2 * 7 * 6, dtype=np.int32).reshape(2, 7, 6, 1)
    found = value(lambda x: rearrange.extract_patches(x, *arguments), integers)
    assert found.tolist() == _patches(integers, size, stride, rate, padding).tolist()


def test_extract_image_patches_refuses():
    one, two = [1, 1, 1, 1], [1, 2, 2, 1]
    with tf.Graph().as_default():
        x = tf.zeros([1, 4, 4, 1])
        assert rearrange.extract_image_patches(x, [1, 9, 9, 1], one, one, "VALID").shape[1] == 0
        assert run(rearrange.extract_patches(x, [1, 9, 9, 1], one, one, "VALID")).shape == (
            1,
            0,
            0,
            81,
        )
        for arguments, options, error, match in (
            ((two, one, one, "SAME"), {"sizes": two}, ValueError, "both 'ksizes' and 'sizes'"),
            ((two,), {}, TypeError, "Expected list for 'strides'"),
            (([1, 2, 2], one, one, "SAME"), {}, ValueError, "list of length 3"),
            (([1, 2, 2, 2], one, one, "SAME"), {}, NotImplementedError, "rows and columns alone"),
            ((two, one, one, "same"), {}, ValueError, "not in"),
        ):  # fmt: skip
            with pytest.raises(error, match=match):
                rearrange.extract_image_patches(x, *arguments, **options)


def test_no_gradient():
    with tf.Graph().as_default():
        x = tf.zeros([4])
        for found in (counting.histogram_fixed_width(x, [0.0, 1.0]), counting.searchsorted(x, x)):
            assert tf.gradients(tf.cast(found, tf.float32), x) == [None]


def test_an_op_without_a_defined_gradient_raises():
    # TF 1.15.5: LookupError where such an op stands between y and x, and only there.
    with tf.Graph().as_default():
        x = tf.zeros([4])
        for found in (tf.unique(x).y, counting.unique_with_counts(x).y,
                      counting.setdiff1d(x, x).out, tf.random_shuffle(x * 2.0) + x,
                      tf.bitcast(tf.bitcast(x, tf.int32), tf.float32),
                      tf.bitcast(x, tf.float32)):  # fmt: skip
            if found.op.inputs[0].dtype is tf.int32:  # nothing flows through integers
                assert tf.gradients(found, x) == [None]
                continue
            with pytest.raises(LookupError, match="No gradient defined for operation '"):
                tf.gradients(found, x)
        shuffled = tf.random_shuffle(x)
        for y in (tf.random_shuffle(tf.range(4.0)) * x, tf.random_shuffle(tf.stop_gradient(x)) * x):
            assert tf.gradients(y, x) != [None]
        assert tf.gradients(shuffled * x, x, stop_gradients=[shuffled]) != [None]


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda: rearrange.sequence_mask([1, 2], 4, tf.float32)) == [
        f"SequenceMask/{op}" for op in (
            "Const Const", "Const_1 Const", "Const_2 Const", "Const_3 Const", "Range Range",
            "ExpandDims/dim Const", "ExpandDims ExpandDims", "Cast Cast", "Less Less",
            "Cast_1 Cast")]  # fmt: skip
    assert ops_of(lambda: counting.bincount([1, 1, 2], minlength=3)) == [
        f"bincount/{op}" for op in (
            "arr Const", "Shape Const", "Const Const", "Prod Prod", "Greater/y Const",
            "Greater Greater", "Cast Cast", "Const_1 Const", "Max Max", "add/y Const", "add AddV2",
            "mul Mul", "minlength Const", "Maximum Maximum", "Const_2 Const",
            "Bincount Bincount")]  # fmt: skip
    found = ops_of(lambda: counting.confusion_matrix([1, 2], [0, 2]))
    assert [op for op in found if "assert" not in op] == [
        f"confusion_matrix/{op}" for op in (
            "labels Const", "predictions Const", "Cast Cast", "Cast_1 Cast",
            "control_dependency Identity", "control_dependency_1 Identity", "Const Const",
            "Max Max", "Const_1 Const", "Max_1 Max", "Maximum Maximum", "add/y Const", "add AddV2",
            "stack Pack", "stack_1 Pack", "ones_like/Shape Const", "ones_like/Const Const",
            "ones_like Fill", "Cast_2 Cast", "zeros/Const Const", "zeros Fill",
            "SparseTensorDenseAdd SparseTensorDenseAdd")]  # fmt: skip
    assert ops_of(lambda x: counting.searchsorted(x, x, name="q"), [2, 3])[-3:] == [
        "q LowerBound", "Shape_2 Const", "Reshape_2 Reshape"]  # fmt: skip
