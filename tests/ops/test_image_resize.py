"""Resampled images against TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf

from . import image_resize_cases, recorded

RECORDED = recorded.load("image_resize")


@pytest.mark.parametrize("label", image_resize_cases.SAMPLES)
def test_as_tensorflow_resizes(label):
    recorded.check(tf, image_resize_cases.SAMPLES[label], RECORDED[label])


def test_static_shapes_and_names():
    with tf.Graph().as_default():
        one = tf.image.resize_images(tf.placeholder(tf.float32, [5, 4, 3]), [6, 7])
        assert one.op.name == "resize/Squeeze" and one.shape.as_list() == [6, 7, 3]
        images = tf.placeholder(tf.uint8, [None, 5, 4, 3])
        many = tf.image.resize_images(images, [6, 7], tf.image.ResizeMethod.NEAREST_NEIGHBOR)
        assert many.op.name == "resize_1/ResizeNearestNeighbor"
        assert many.shape.as_list() == [None, 6, 7, 3] and many.dtype == tf.uint8
        size = tf.placeholder(tf.int32, [2])
        assert tf.image.resize_bilinear(images, size).shape.as_list() == [None, None, None, 3]
        assert tf.image.resize_images(images, [5, 4]) is images


def test_positions_are_right_far_from_the_origin():
    """Whole steps stay whole, though a third is no binary fraction."""
    row = np.arange(3000, dtype=np.float32).reshape(1, 1, 3000, 1)
    with tf.Graph().as_default(), tf.Session() as session:
        found = session.run(tf.image.resize_bilinear(row, [1, 1000]))
    assert found.ravel().tolist() == list(range(0, 3000, 3))
