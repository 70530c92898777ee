"""Dimensions in another order; values recorded from TensorFlow 1.15.5."""

from __future__ import annotations

import pytest

import scopeflow as tf

ops = tf.raw_ops


def _run(tensor):
    with tf.Session(graph=tensor.graph) as sess:
        return sess.run(tensor).tolist()


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def test_numbers_of_dimensions():
    assert _run(ops.DataFormatDimMap(x=[0, 1, 2, 3, -1, -4])) == [0, 2, 3, 1, 1, 0]
    found = ops.DataFormatDimMap(x=[[1, -4], [-3, -2]], src_format="NDHWC", dst_format="NCDHW")
    assert found.shape == [2, 2] and _run(found) == [[2, 2], [3, 4]]


def test_what_belongs_to_dimensions():
    assert _run(ops.DataFormatVecPermute(x=[7, 4, 9, 3])) == [7, 3, 4, 9]
    pairs = [[7, 4], [9, 3], [4, 5], [5, 1]]
    found = ops.DataFormatVecPermute(x=pairs, src_format="NCHW", dst_format="NHWC")
    assert _run(found) == [[7, 4], [4, 5], [5, 1], [9, 3]]


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: ops.DataFormatVecPermute(x=[1, 2, 3]), "1D input must be of size 4"),
        (lambda: ops.DataFormatVecPermute(x=3), "must be a vector or 2D tensor"),
        (lambda: ops.DataFormatDimMap(x=[0], src_format="NHW"), "must be of length 4 or 5"),
        (
            lambda: ops.DataFormatDimMap(x=[0], src_format="1233", dst_format="4321"),
            "must determine a permutation",
        ),
        (
            lambda: ops.DataFormatVecPermute(x=[[1, 2, 3]] * 4),
            "Second dimension of 2D input must be of size 2",
        ),
    ],
)
def test_wrong_input(make, text):
    with pytest.raises(tf.errors.InvalidArgumentError, match=text):
        _run(make())
