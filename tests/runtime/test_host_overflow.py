"""Integers that are computed on the host have the bits of their dtype, as TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.core.host import bounded, within


@pytest.mark.parametrize("known", [True, False], ids=["constant", "at run time"])
def test_integers_wrap_round(known):
    with tf.Graph().as_default(), tf.Session() as session:
        two = tf.constant(2)
        if not known:
            two = tf.shape(tf.placeholder_with_default([1.0, 2.0], [None]))[0]
        y = two * 2**30 * 2
        narrow = tf.cast(two + 254, tf.uint8)
        cases = [
            (y, 0), (y < 0, False), (two * 2**30, -(2**31)), (two * 2**30 < 0, True),
            (narrow, 0), (narrow < 5, True), (tf.cast(tf.cast(two, tf.bool), tf.int32), 1),
            (tf.cast(two * 2**30, tf.int64) * 4, -(2**33)), (-(two * 2**30), -(2**31)),
            (tf.square(two * 2**15), 0), (tf.pow(two, 31), -(2**31)),
            (tf.reduce_sum([two * 2**29, two * 2**29]), -(2**31)),
            (tf.reduce_prod([two * 2**29, two, two]), 0), (tf.cast(two - 3, tf.uint16), 65535),
            (tf.cast(two - 3, tf.uint16) > 5, True),
        ]  # fmt: skip
        for tensor, expected in cases:
            found = session.run(tensor)
            assert found == expected and found.dtype == tensor.dtype.as_numpy_dtype, tensor


def test_what_is_known_of_a_graph_wraps_round():
    with tf.Graph().as_default():
        narrow = tf.cast([1, 5, 200], tf.int8)
        assert tf.get_static_value(narrow).tolist() == [1, 5, -56]
        less = tf.less(narrow, tf.cast([3, 5, 7], tf.int8))
        assert tf.get_static_value(less).tolist() == [True, False, True]
        assert tf.zeros(tf.cast(tf.cast([259, 2], tf.uint8), tf.int32)).shape.as_list() == [3, 2]


@pytest.mark.parametrize("dtype", [tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.int64])
def test_as_numpy_cuts_them(dtype):
    for value in (0, 5, 127, 128, -1, -129, 255, 256, 2**31, -(2**31) - 1, 2**40 + 3):
        expected = int(np.array(value, np.int64).astype(dtype.as_numpy_dtype))
        assert within(dtype, value) == expected
        assert bounded(lambda x: (x, None), dtype)(value) == (expected, None)
    assert within(tf.bool, (2, 0)) == (True, False)
    assert bounded(lambda x: x, tf.bool)(3) is True
