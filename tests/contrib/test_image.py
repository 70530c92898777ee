"""`tf.contrib.image` and `tf.contrib.resampler` against TensorFlow 1.15.5."""

import pytest

import scopeflow as tf
from tests.ops import image_warp_cases, recorded

RECORDED = recorded.load("image_warp")


@pytest.mark.parametrize("label", image_warp_cases.SAMPLES)
def test_as_tensorflow_does(label):
    solves = label.startswith("sparse warp")  # a system of equations in float32, ill-conditioned
    recorded.check(
        tf, image_warp_cases.SAMPLES[label], RECORDED[label], tolerance=2e-5 if solves else 2e-6
    )


def test_static_shapes():
    with tf.Graph().as_default():
        images = tf.placeholder(tf.float32, [None, 5, 6, 3])
        assert tf.contrib.image.rotate(images, 0.1).shape.as_list() == [None, 5, 6, 3]
        warped = tf.contrib.image.dense_image_warp(images, tf.placeholder(tf.float32, [None] * 4))
        assert warped.shape.as_list() == [None, 5, 6, 3]


def test_a_row_alone_cannot_be_warped():
    with (
        tf.Graph().as_default(),
        pytest.raises(tf.errors.InvalidArgumentError, match="at least 2"),
    ):
        tf.contrib.image.dense_image_warp(tf.zeros([2, 1, 6, 2]), tf.zeros([2, 1, 6, 2]))


def test_older_names_of_signal():
    assert tf.contrib.signal.stft is tf.signal.stft
