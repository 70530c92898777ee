"""Estimators against recorded TensorFlow 1.15.5."""

import json
from pathlib import Path

import pytest
from estimator import estimator_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_estimators.json").read_text())["cases"]


@pytest.mark.parametrize("case", estimator_cases.cases(), ids="|".join)
def test_as_tensorflow(case):
    assert estimator_cases.run(tf, *case) == RECORDED["|".join(case)]
