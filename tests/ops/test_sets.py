"""Sets, edit distances, crosses and serialized tensors against what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import pytest
from ops import recorded, sets_cases

import scopeflow as tf

RECORDED = recorded.load("sets")


def test_all_samples_are_recorded():
    assert RECORDED.keys() == sets_cases.SAMPLES.keys()


@pytest.mark.parametrize("label", sets_cases.SAMPLES)
def test_as_in_tensorflow(label):
    recorded.check(tf, sets_cases.SAMPLES[label], RECORDED[label])
