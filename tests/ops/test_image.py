"""Colors, adjustments, flips and crops against TensorFlow 1.15.5."""

import pytest

import scopeflow as tf

from . import image_cases, recorded

RECORDED = recorded.load("image")


@pytest.mark.parametrize("label", image_cases.SAMPLES)
def test_as_tensorflow_does(label):
    recorded.check(tf, image_cases.SAMPLES[label], RECORDED[label])
