"""experimental_ref, and what stands in a container."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf


def test_references_stand_for_tensors_and_variables():
    with tf.Graph().as_default():
        c, v = tf.constant(1), tf.Variable(1.0)
        assert c.experimental_ref() == c.experimental_ref() != v.experimental_ref()
        assert v.experimental_ref().deref() is v
        assert len({c.experimental_ref(), c.experimental_ref(), v.experimental_ref()}) == 2
        assert v._ref() is v.op.outputs[0]


def test_resources_have_the_container_of_their_block():
    with tf.Graph().as_default(), tf.Session() as sess:
        queues = []
        for name in ("one", "two"):
            with tf.container(name):
                queues.append(tf.FIFOQueue(2, [tf.int32], shapes=[[]], shared_name="same"))
                v = tf.Variable(1.0)
        assert v.op.get_attr("container") == b"two"
        sess.run(queues[0].enqueue(5))
        assert sess.run([q.size() for q in queues]) == [1, 0]


def test_a_sparse_tensors_constant_shape_may_be_left_out_of_its_feed():
    with tf.Graph().as_default(), tf.Session() as sess:
        sparse = tf.sparse_placeholder(tf.float32, shape=[7, 9])
        parts = [tf.identity(sparse.indices), tf.identity(sparse.values)]
        indices, values = np.array([[3, 2]]), np.array([1.0])
        assert sess.run(parts, {sparse: (indices, values)})[1].tolist() == [1.0]
        slices = tf.IndexedSlices(tf.placeholder(tf.float32), tf.placeholder(tf.int32))
        fed = tf.IndexedSlicesValue(np.ones((1, 2)), np.array([4]), None)
        assert sess.run(tf.identity(slices.indices), {slices: fed}).tolist() == [4]


def test_errors_of_feeds_and_of_reshape():
    with tf.Graph().as_default(), tf.Session() as sess:
        text = tf.placeholder(tf.string)
        with pytest.raises(TypeError, match=r"Type of feed value 1 with type <class 'int'> is not"):
            sess.run(tf.identity(text), {text: 1})
        x = tf.placeholder(tf.float32)
        begin = "Input to reshape is a tensor with 4 values, but the requested shape"
        for shape, words in (([3, 7], "has 21"), ([3, -1], "requires a multiple of 3")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"{begin} {words}"):
                sess.run(tf.reshape(x, shape), {x: np.ones(4)})
