"""Sound against TensorFlow 1.15.5."""

import pytest

import scopeflow as tf

from . import audio_cases, recorded

RECORDED = recorded.load("audio")


@pytest.mark.parametrize("label", audio_cases.SAMPLES)
def test_as_tensorflow_does(label):
    recorded.check(tf, audio_cases.SAMPLES[label], RECORDED[label])
