"""String ops against what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import pytest
from ops import recorded, strings_cases

import scopeflow as tf

RECORDED = recorded.load("strings")


def test_all_samples_are_recorded():
    assert RECORDED.keys() == strings_cases.SAMPLES.keys()


@pytest.mark.parametrize("label", strings_cases.SAMPLES)
def test_as_in_tensorflow(label):
    recorded.check(tf, strings_cases.SAMPLES[label], RECORDED[label])
