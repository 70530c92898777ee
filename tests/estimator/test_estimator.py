"""Estimators against recorded TensorFlow 1.15.5."""

import json
import re
from pathlib import Path

import pytest
from estimator import estimator_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_estimators.json").read_text())["cases"]


FRACTION = re.compile(r"-?\d+\.\d+(?:e[-+]?\d+)?")


def parted(line):
    """A line without its fractional numbers, and these numbers."""
    return FRACTION.sub("#", line), [float(number) for number in FRACTION.findall(line)]


@pytest.mark.parametrize("case", estimator_cases.cases(), ids="|".join)
def test_as_tensorflow(case):
    found, recorded = estimator_cases.run(tf, *case), RECORDED["|".join(case)]
    assert [parted(line)[0] for line in found] == [parted(line)[0] for line in recorded]
    for line, expected in zip(found, recorded, strict=True):  # the last digits are the processor's
        assert parted(line)[1] == pytest.approx(parted(expected)[1], rel=2e-5, abs=1e-6), line
