"""What array functions refuse, and when: cases tried with TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf

A = np.arange(6).reshape(2, 3)
INVALID = tf.errors.InvalidArgumentError


def of(value):
    """A tensor of which nothing but the dtype is known while the graph is built."""
    return tf.placeholder_with_default(value, shape=None)


BUILDING = {
    "tile: a matrix of multiples": (lambda: tf.tile(A, [[2, 3], [3, 4]]), "rank 1 but is rank 2"),
    "pad: a vector": (lambda: tf.pad(A, tf.reshape([1, 2], [2])), "rank 2 but is rank 1"),
    "pad: three columns": (lambda: tf.pad(A, np.ones([2, 3], int)), "must be 2 but is 3"),
    "pad: another rank": (lambda: tf.pad(A, np.ones([3, 2], int)), "rank 3 but is rank 2"),
    "pad: negative": (lambda: tf.pad([1], [[-1, 0]]), "must be non-negative"),
    "pad: negative mirror": (lambda: tf.pad([1], [[-1, 0]], "REFLECT"), "must be non-negative"),
    "reverse: axis": (lambda: tf.reverse(A, [2]), "is out of valid range"),
    "reverse: axis twice": (lambda: tf.reverse(A, [1, -1]), "axis 1 specified more than once"),
    "reverse: a scalar": (lambda: tf.reverse(A, 1), "rank 1 but is rank 0"),
    "boolean_mask": (lambda: tf.boolean_mask([1, 2], [True, False, True]), "are incompatible"),
    "expand_dims: two": (lambda: tf.expand_dims(A, [0, 0]), "a tensor with a single value"),
    "fill: a matrix": (lambda: tf.fill([[0, 1], [2, 3]], 1.0), "rank 1 but is rank 2"),
    "fill: a vector's value": (lambda: tf.fill([3], [1.0, 2.0]), "rank 0 but is rank 1"),
    "fill: negative": (lambda: tf.fill([-1], 1.0), "Fill dimensions must be >= 0"),
    "concat: an axis list": (lambda: tf.concat([A, A], [1]), "rank 0 but is rank 1"),
    "concat: axis": (lambda: tf.concat([A, A], 5), "at least rank 6 but is rank 2"),
    "split: two rests": (lambda: tf.split(A, [2, -1, -1], 1), "can only have one -1"),
    "split: uneven": (lambda: tf.split(A, 2, 1), "should evenly divide the split dimension"),
    "transpose: a matrix": (lambda: tf.transpose(A, [[0, 1], [2, 3]]), "rank 1 but is rank 2"),
    "gather: a scalar": (lambda: tf.gather(5, [7]), "at least rank 1 but is rank 0"),
    "gather: axis": (lambda: tf.gather(A, [1], axis=3), "at least rank 4 but is rank 2"),
    "gather: an axis list": (lambda: tf.gather(A, [1], axis=[0, 1]), "rank 0 but is rank 1"),
    "gather_nd": (lambda: tf.gather_nd(A, 0), "at least rank 1 but is rank 0"),
    "concat: nothing": (lambda: tf.concat([], 0), "'values' to 'ConcatV2' Op with length 0"),
    "one_hot: axis": (lambda: tf.one_hot([0], 3, axis=-2), "axis must be >= -1"),
    "one_hot: depth": (lambda: tf.one_hot([0], -3), "must be non-negative but is -3"),
    "range: no step": (lambda: tf.range(0, 5, 0), "Requires delta != 0"),
    "range: upwards": (lambda: tf.range(5, 1), "start <= limit when delta > 0: 5/1"),
    "range: downwards": (lambda: tf.range(1, 5, -1), "start >= limit when delta < 0: 1/5"),
    "linspace": (lambda: tf.linspace(0.0, 1.0, 0), "Requires num > 0: 0"),
    "broadcast_to": (lambda: tf.broadcast_to(A, [2, 4]), "must be equal, but are 3 and 4"),
    "broadcast_to: rank": (lambda: tf.broadcast_to(A, [3]), "at most rank 1 but is rank 2"),
    "reshape: into nothing": (lambda: tf.reshape(A, [-1, 0]), "a tensor with 6 elements to shape"),
    "slice: size": (lambda: tf.slice([1, 2, 3], [1], [-2]), "used for shape: -2"),
    "slice: begin": (lambda: tf.slice([1, 2, 3], [4], [-1]), "subtracting 4 from 3"),
    "reduce": (lambda: tf.reduce_sum(A, -3), "Invalid reduction dimension -3 for input with 2"),
}  # fmt: skip


@pytest.mark.parametrize("case", BUILDING)
def test_refused_while_building(case):
    build, text = BUILDING[case]
    with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
        build()


RUNNING = {
    "tile": (lambda: tf.tile(of(A), of([[2, 3], [3, 4]])), r"1-D, but got shape \[2,2\]"),
    "pad: a vector": (lambda: tf.pad(of(A), of([1, 2])), r"matrix with 2 columns: \[2\]"),
    "pad: another rank": (lambda: tf.pad(of(A), of(np.ones([3, 2], int))), r"\[3,2\] \[2,3\]"),
    "pad: negative": (lambda: tf.pad(of([1]), of([[-1, 0]])), "non-negative: -1 0"),
    "pad: mirror": (lambda: tf.pad(of(A), [[0, 0], [5, 5]], "REFLECT"), "5, 5 not less than 3"),
    "slice: too long": (lambda: tf.slice(A, [0, 1], [1, 3]), r"size\[1\] in \[0, 2\], but got 3"),
    "slice: before": (lambda: tf.slice([1, 2], [-1], [1]), r"begin\[0\] in \[0, 2\], but got -1"),
    "slice: of a shape": (lambda: tf.slice(tf.shape(of(A)), [3], [1]), "in .0, 2., but got 3"),
    "range: upwards": (lambda: tf.range(of(5), 1), "start <= limit when delta > 0: 5/1"),
    "range: no step": (lambda: tf.range(of(5.0), 1.0, of(0.0)), "Requires delta != 0"),
    "one_hot": (lambda: tf.one_hot([0, 1], 3, axis=2), "between .0, 3..  But received: 2"),
    "slice: scalar": (lambda: of(5)[0], "input dim 0; input has only 0 dims"),
    "slice: index": (lambda: of([5])[3], "slice index 3 of dimension 0 out of bounds"),
    "argmax": (lambda: tf.argmax(np.zeros([0, 2]), 0), r"axis 0 is empty in shape \[0,2\]"),
    "reverse": (lambda: tf.reverse(of(A), of([1, -1])), "axis 1 specified more than once"),
    "fill: negative": (lambda: tf.fill(of([-1]), 1.0), "-1 must be >= 0"),
    "fill: matrix": (lambda: tf.fill(of([[1]]), 1.0), r"a vector, got shape \[1,1\]"),
    "concat: axis": (lambda: tf.concat([of(A), of(A)], of(5)), r"range \[-2, 2\), but got 5"),
    "concat: dimensions": (
        lambda: tf.concat([of(A), of(A.T)], 0), r"shape\[0\] = \[2,3\] vs. shape\[1\] = \[3,2\]",
    ),
    "concat: ranks": (lambda: tf.concat([of(A), of(A[0])], 0), "Ranks of all input tensors"),
    "concat: axis list": (lambda: tf.concat([of(A), of(A)], of([1])), r"got shape \[1\]"),
    "split: sizes": (lambda: tf.split(of(A), [1, 1, 5], 1)[0], "must either match input shape"),
    "split: two rests": (lambda: tf.split(of(A), [2, -1, -1], 1)[0], "only be one -1"),
    "split: axis": (lambda: tf.split(of(A), 3, 2)[0], r"input rank \(2\), but got 2"),
    "transpose: twice": (lambda: tf.transpose(of(A), of([0, 0])), r"1 is missing from \{0,0\}"),
    "transpose: axis": (lambda: tf.transpose(of(A), of([0, 2])), r"2 is out of range \[0 .. 2\)"),
    "transpose: length": (lambda: tf.transpose(of(A), of([0])), "a vector of size 2"),
    "gather: scalar": (lambda: tf.gather(of(5), [7]), "at least 1 dimensional"),
    "gather: axis": (lambda: tf.gather(of(A), [1], axis=3), r"range \[-2, 2\), but got 3"),
    "gather_nd": (lambda: tf.gather_nd(A, [[0, 7]]), r"indices\[0\] = \[0, 7\] does not index"),
    "gather_nd: depth": (lambda: tf.gather_nd(of(A), [[0, 1, 2]]), "saw: 3 vs. 2"),
    "gather_nd: empty": (lambda: tf.gather_nd(np.ones([0, 2]), [[0, 0]]), "params is empty"),
    "matmul": (lambda: tf.raw_ops.MatMul(a=of(A), b=of(A)), r"size-incompatible: In\[0\]: \[2,3\]"),
    "segment: below 0": (lambda: tf.segment_sum(A, [0, -1]), "must be >= 0"),
    "segment: begins below 0": (lambda: tf.segment_sum(A, [-1, 0]), r"-1 out of range \[0, 1\)"),
    "unsorted segment": (
        lambda: tf.unsorted_segment_sum(A, [[0, 0, 0], [0, 2, 0]], 2), r"segment_ids\[1,1\] = 2",
    ),
    "partition": (lambda: tf.dynamic_partition(of([1, 2]), of([0, 0, 1]), 2)[0], "= \\[3\\]"),
    "stitch": (
        lambda: tf.dynamic_stitch([of([0, 1]), of([2])], [of([1, 2]), of([3, 4])]),
        r"data\[1\].shape = \[2\] does not start",
    ),
    "top_k": (lambda: tf.nn.top_k([1.0, 2.0], of(-7))[0], "Need k >= 0, got -7"),
    "a power": (lambda: tf.pow(of([2, 3]), of([-1, 2])), "negative integer powers"),
    "a division": (lambda: tf.constant([3]) // tf.constant([0]), "Integer division by zero"),
    "a remainder": (lambda: tf.constant([3]) % tf.constant([0]), "Integer division by zero"),
    "cross entropy": (
        lambda: tf.nn.softmax_cross_entropy_with_logits(
            logits=of([[0.0, 1]]), labels=of([[0.0, 1, 1]])
        ),
        r"logits_size=\[1,2\] labels_size=\[1,3\]",
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", RUNNING)
def test_refused_while_running(case):
    build, text = RUNNING[case]
    with tf.Graph().as_default(), tf.Session() as session:
        result = build()
        with pytest.raises(INVALID, match=text):
            session.run(result)


VALUES = {
    "the rest of nothing": (
        lambda: tf.shape(tf.reshape(of(np.zeros([0, 6])), [0, -1, 3])), [0, 2, 3],
    ),
    "complex padding": (lambda: tf.pad([1 + 1j], [[1, 0]], constant_values=1j), [1j, 1 + 1j]),
    "integers wrap": (lambda: tf.constant([-1, 300], tf.uint8), [255, 44]),
    "a norm of integers": (lambda: tf.math.reduce_euclidean_norm([3, 4]), 5),
    "a segment sum of integers": (lambda: tf.sparse_segment_sum(A, [1], [0]), [[3, 4, 5]]),
    "the shape of a sparse value": (
        lambda: tf.shape(tf.SparseTensorValue([[0, 1]], [42], [2, 3])), [2, 3],
    ),
    "16 bits divided": (
        lambda: tf.constant([7, 65535], tf.uint16) // tf.constant([2, 3], tf.uint16), [3, 21845],
    ),
    "distinct rows": (
        lambda: tf.raw_ops.UniqueV2(x=[[2, 0], [1, 0], [2, 0]], axis=[0]).y, [[2, 0], [1, 0]],
    ),
    "how often": (
        lambda: tf.raw_ops.UniqueWithCountsV2(x=[[2, 0], [1, 0], [2, 0]], axis=[0]).count, [2, 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", VALUES)
def test_values(case):
    build, expected = VALUES[case]
    with tf.Graph().as_default(), tf.Session() as session:
        np.testing.assert_array_equal(session.run(build()), expected)


def test_a_gradient_of_as_many_elements_takes_the_shape_of_y():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([1.0, 3.0])
        found = tf.gradients(tf.reduce_sum(x), x, grad_ys=[tf.constant([2.0])])[0]
        np.testing.assert_array_equal(session.run(found), [2, 2])


@pytest.mark.parametrize(
    ("build", "dims"),
    [
        (lambda: tf.tile(tf.placeholder(tf.float32), [3, 3]), [None, None]),
        (lambda: tf.pad(tf.placeholder(tf.float32), tf.placeholder(tf.int32, [3, 2])), [None] * 3),
        (lambda: tf.gather(tf.constant(A), [[1]], axis=tf.placeholder(tf.int32, [])), [None] * 3),
    ],
)
def test_static_shapes(build, dims):
    with tf.Graph().as_default():
        assert build().shape.as_list() == dims


@pytest.mark.parametrize("values", [{"on_value": 1}, {"off_value": 0}, {"on_value": np.int32(1)}])
def test_one_hot_takes_integers_for_integers(values):
    with tf.Graph().as_default(), pytest.raises(TypeError, match="does not match dtype parameter"):
        tf.one_hot([1], 3, dtype=tf.float32, **values)
