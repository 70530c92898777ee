"""Values at the edges of what is allowed: cases tried with TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf

INVALID = tf.errors.InvalidArgumentError
D = tf.distributions


def unicode(text, encoding, **kwargs):
    return tf.strings.unicode_transcode([text], encoding, "UTF-8", **kwargs)


def image():
    return np.arange(40, dtype=np.float32).reshape(1, 5, 8, 1, 1)


VALUES = {
    "a window larger than the image": (
        lambda: tf.nn.avg_pool3d(image(), [1, 1, 2, 3, 1], [1, 2, 3, 1, 1], "SAME")[0, :, :, 0, 0],
        [[0.5, 3.5, 6.5], [16.5, 19.5, 22.5], [32.5, 35.5, 38.5]],
    ),
    "big end first": (lambda: unicode(b"\0a\0b", "UTF-16"), [b"ab"]),
    "a mark": (lambda: unicode(b"\xff\xfea\0b\0", "UTF-16"), [b"ab"]),
    "a mark inside": (lambda: unicode(b"\0<\xfe\xff\0>", "UTF-16"), [b"<\xef\xbb\xbf>"]),
    "four bytes": (lambda: unicode(b"\0\0\0a", "UTF-32"), [b"a"]),
    "ignored": (
        lambda: unicode(b"\0\xff", "UTF-8", errors="ignore", replace_control_characters=True),
        [b""],
    ),
    "counts of nothing": (lambda: tf.bincount([], minlength=5), [0] * 5),
    "no counts": (lambda: tf.bincount([]), []),
    "an exponential at 0": (lambda: D.Exponential([0.5, 2.0]).log_prob(0.0), np.log([0.5, 2])),
    "a gamma at 0": (lambda: D.Gamma([1.0, 2.0], 1.0).log_prob(0.0), [0, -np.inf]),
    "a beta at 0": (lambda: D.Beta([1.0, 2.0], 1.0).log_prob(0.0), [0, -np.inf]),
}


@pytest.mark.parametrize("case", VALUES)
def test_values(case):
    build, expected = VALUES[case]
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(build())
    if found.dtype == object:
        assert list(found) == expected
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-6)


def checked(kind, *args, outcome, **kwargs):
    return lambda: kind(*args, validate_args=True, **kwargs).prob(outcome)


REFUSED = {
    "half a count": (checked(D.Multinomial, 5.0, probs=[0.5] * 2, outcome=[2.5] * 2), "fractional"),
    "no count": (checked(D.Multinomial, 5.0, probs=[0.5] * 2, outcome=[-1.0, 6]), "non-negative"),
    "a sum": (checked(D.Multinomial, 5.0, probs=[0.5] * 2, outcome=[1.0, 6]), "must sum to"),
    "an event": (checked(D.Bernoulli, probs=[0.5, 0.5], outcome=[1, -1]), "non-negative"),
    "no probability": (checked(D.Bernoulli, probs=[1.5], outcome=[1]), "greater than 1"),
    "beyond 1": (checked(D.Beta, 1.0, 1.0, outcome=1.5), "less than `1`"),
    "below 0": (checked(D.Beta, 1.0, 1.0, outcome=-1.5), "must be positive"),
    "parts": (checked(D.Dirichlet, [1.0, 1.0], outcome=[0.5, 0.6]), "must sum to `1`"),
    "a running sum": (lambda: tf.cumsum([[1, 2]], axis=2), r"scan axis in the range \[-2, 2\)"),
    "a running sum's axes": (lambda: tf.cumsum([[1, 2]], axis=[0]), "axis must be a scalar"),
    "roll": (lambda: tf.roll([1, 2], tf.placeholder_with_default([1], None), [0, 0]), "same size"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case):
    build, text = REFUSED[case]
    with tf.Graph().as_default(), tf.Session() as session, pytest.raises(INVALID, match=text):
        session.run(build())


@pytest.mark.parametrize("function", [tf.space_to_batch_nd, tf.batch_to_space_nd])
def test_blocks(function):
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [None, None, None, 2])
        moved = function(images, tf.placeholder(tf.int32, [2]), tf.placeholder(tf.int32, [2, 2]))
        assert moved.shape.as_list() == [None, None, None, 2]
        with pytest.raises(ValueError, match="block_shape must be positive"):
            function(images, [0, 0], [[0, 0], [0, 0]])


def test_jacobians_of_a_function():
    from scopeflow.alias.modules import gradient_checker_v2 as checker

    with tf.Graph().as_default(), tf.Session():
        x = np.array([1.0, 2.0], np.float32)
        exact, near = checker.compute_gradient(lambda a, b: tf.stack([a[0] * b, a[1]]), [x, 3.0])
        np.testing.assert_allclose(exact[0], [[3, 0], [0, 1]])
        np.testing.assert_allclose(exact[1], [[1], [0]])
        assert checker.max_error(exact, near) < 1e-3


def one():
    return tf.constant(1)


def index():
    return tf.placeholder(tf.int32, [])


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: tf.switch_case(1, [one, one]), TypeError, "must a Tensor"),
        (lambda: tf.switch_case(tf.constant(1.0), [one, one]), TypeError, "integer Tensor"),
        (
            lambda: tf.switch_case(index(), {1: one, 2: one}),
            ValueError,
            r"0 to 2\) but found {1,2}",
        ),
        (lambda: tf.switch_case(index(), [(0, one), (0, one)]), ValueError, "contiguous"),
        (lambda: tf.switch_case(index(), [(0.5, one)]), TypeError, "must be a Python `int`"),
        (lambda: tf.switch_case(index(), [one, 3]), TypeError, "must be a 2-tuple"),
        (lambda: tf.switch_case(index(), []), ValueError, "at least one item"),
    ],
)
def test_switch_case_refuses(build, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=text):
        build()


def test_bits_of_unsigned_integers():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant([1, 512], tf.uint16)
        count = tf.constant([1, 20], tf.uint16)
        found = session.run(
            [
                tf.bitwise.left_shift(x, count),
                tf.bitwise.right_shift(x, count),
                tf.bitwise.invert(x),
            ]
        )
    assert [list(values) for values in found] == [[2, 0], [0, 0], [65534, 65023]]


def test_long_ranges_are_data_and_no_shapes():
    """A shape is computed as a tuple of Python's ints: of so many it would take 4 GB."""
    with tf.Graph().as_default(), tf.Session() as session:
        long = tf.range(10**8)
        assert long.shape == [10**8]
        last = session.run(long[-1:])
        assert (last.dtype, last.tolist()) == (np.int32, [10**8 - 1])
        filled = tf.fill([10**8], 3)
        assert session.run(tf.tile(filled, [2])[-2:]).tolist() == [3, 3]
        known = tf.get_static_value(tf.range(2000, 5000, 2))
        assert (known.dtype, known.shape, known[-1]) == (np.int32, (1500,), 4998)


# Values that a session keeps as Python numbers.


def test_small_integers_are_squeezed_and_reshaped():
    with tf.Graph().as_default(), tf.Session() as session:
        for given in ([1, 2], [True, False], 3, [4]):
            found = session.run(tf.squeeze(tf.constant(given)))
            np.testing.assert_array_equal(found, np.squeeze(given))
        sizes = tf.squeeze(tf.shape(tf.zeros([2, 3])))
        assert session.run(tf.zeros(sizes)).shape == (2, 3)
        pair = tf.placeholder_with_default([1, 2], [None])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Can not squeeze dim"):
            session.run(tf.squeeze(pair, [0]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="but the requested shape has 1"):
            session.run(tf.reshape(pair, []))


# No elements, or very many.


@pytest.mark.parametrize(
    ("have", "wanted", "found"),
    [  # TF 1.15.5
        ([0, 6], [0, -1], (0, 6)), ([0, 6], [0, -1, 3], (0, 2, 3)), ([0, 6], [-1, 0], (6, 0)),
        ([2, 0, 6], [0, -1, 5], (0, 2, 5)), ([0, 6], [-1, 6], (0, 6)), ([0], [0, -1], (0, 1)),
    ],
)  # fmt: skip
def test_the_rest_of_nothing(have, wanted, found):
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.reshape(np.zeros(have), wanted)).shape == found


def test_transforms_of_nothing():
    # TF 1.15.5
    with tf.Graph().as_default(), tf.Session() as session:
        found = [
            tf.fft(np.zeros([0], np.complex64)), tf.fft2d(np.zeros([0, 3], np.complex64)),
            tf.spectral.rfft(np.zeros([2, 0], np.float32)),
            tf.spectral.irfft(np.zeros([0], np.complex64)),
        ]  # fmt: skip
        shapes = [(x.shape, x.dtype.name) for x in session.run(found)]
    assert shapes == [
        ((0,), "complex64"), ((0, 3), "complex64"), ((2, 0), "complex64"), ((0,), "float32")
    ]  # fmt: skip


def test_parts_of_nothing():
    with tf.Graph().as_default(), tf.Session() as session:
        parts = session.run(tf.split(np.zeros([8, 0, 21]), 4, 1))
        assert [part.shape for part in parts] == [(8, 0, 21)] * 4
        joined = tf.strings.unsorted_segment_join(
            tf.constant([], tf.string), tf.zeros([0], tf.int32), 2
        )
        assert session.run(joined).tolist() == [b"", b""]


def test_shapes_beyond_int32():
    with tf.Graph().as_default():
        assert tf.zeros([2**33, 1]).shape.as_list() == [2**33, 1]
        assert tf.ones([2**31 + 6], tf.int8).shape.as_list() == [2**31 + 6]


def test_parts_that_cannot_be():
    with tf.Graph().as_default(), tf.Session() as session:
        for sizes, number, match in (
            ([3, -1], None, "can't split axis of size 2"), ([-1, -2], None, "must be >= 0"),
            (tf.constant([1, 1]), 3, "should be equal to num_outputs, 3"),
        ):  # fmt: skip
            with pytest.raises(ValueError, match=match):
                tf.split(np.zeros(2), sizes, num=number)
        late = tf.split(np.zeros(2), tf.placeholder_with_default([-1, -2], [2]))
        with pytest.raises(
            tf.errors.InvalidArgumentError, match="at index 1 must be >= 0. Got: -2"
        ):
            session.run(late)


# What TensorFlow does otherwise than one might think: TF 1.15.5.


def test_norms_over_no_axes_are_the_numbers():
    with tf.Graph().as_default(), tf.Session() as session:
        for x in ([-2.0, 3], [1 - 2j]):
            found = session.run(tf.math.reduce_euclidean_norm(np.array(x), axis=[]))
            assert found.tolist() == x


def test_places_outside_are_put_in_order():
    sparse = tf.SparseTensorValue([[1, 5], [0, 9], [0, 2]], [1, 2, 3], [2, 3])
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(tf.sparse_reorder(tf.SparseTensor(*sparse)))
    assert found.indices.tolist() == [[0, 2], [0, 9], [1, 5]] and found.values.tolist() == [3, 2, 1]


def test_a_product_of_two_widths():
    with tf.Graph().as_default(), tf.Session() as session:
        half = tf.cast([[1.0, 2]], tf.bfloat16)
        for found in (
            tf.matmul(half, tf.constant([[1.0], [2]])), tf.matmul(half, [[1.0], [2]]),
            tf.matmul(tf.constant([[1.0, 2]]), tf.transpose(half), b_is_sparse=True),
        ):  # fmt: skip
            assert found.op.type == "SparseMatMul" and found.dtype == tf.float32
            assert session.run(found) == 5
        same = tf.matmul(half, half, transpose_b=True, a_is_sparse=True)
        assert same.dtype == tf.bfloat16 and session.run(tf.to_float(same)) == 5


FED = {
    "labels that are a number": (
        lambda: tf.raw_ops.SparseSoftmaxCrossEntropyWithLogits(
            features=[[1.0, 2]], labels=tf.placeholder_with_default(0, None)
        )[0],
        "labels must be 1-D, but got shape \\[\\]",
    ),
    "a column of values": (
        lambda: tf.sparse_to_dense([1, 3], [5], tf.placeholder_with_default([[5], [3]], None)),
        "sparse_values has incorrect shape \\[2,1\\], should be \\[\\] or \\[2\\]",
    ),
    "two axes": (
        lambda: tf.sparse_split(
            axis=tf.placeholder_with_default(np.int64([0, 1]), None), num_split=2,
            sp_input=tf.SparseTensor([[0, 0]], [1], [2, 2]),
        )[0].values,
        "axis should be a scalar, got shape \\[2\\]",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FED)
def test_ranks_that_are_seen_late(name):
    build, match = FED[name]
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(INVALID, match=match):
            session.run(build())


def test_blocks_and_shifts_that_do_not_fit():
    # TF 1.15.5: ValueError when the op is made
    with tf.Graph().as_default():
        for paddings, match in (([[0, -1], [0, 0]], "negative"), ([[0, 0]], "1 rows for 2")):
            with pytest.raises(ValueError, match=match):
                tf.space_to_batch_nd(np.zeros([1, 2, 2]), [1, 1], paddings)
        with pytest.raises(ValueError, match="both shapes must be equal"):
            tf.roll([[1, 2]], [1], [0, 1])
