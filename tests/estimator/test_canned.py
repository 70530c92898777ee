"""Estimators whose model is there already against recorded TensorFlow 1.15.5."""

import json
from pathlib import Path

import pytest
from estimator import canned_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_canned.json").read_text())["cases"]


def close(found, recorded):
    """Whether all numbers are the same within the arithmetic's error."""
    if isinstance(recorded, dict):
        return found.keys() == recorded.keys() and all(close(found[k], recorded[k]) for k in found)
    if isinstance(recorded, list):
        return len(found) == len(recorded) and all(map(close, found, recorded))
    return found == (
        pytest.approx(recorded, 1e-4, 1e-6) if isinstance(recorded, float) else recorded
    )


@pytest.mark.parametrize("case", canned_cases.cases(), ids="|".join)
def test_as_tensorflow(case):
    found = json.loads(json.dumps(canned_cases.run(tf, *case)))
    recorded = RECORDED["|".join(case)]
    for key in recorded:
        assert close(found[key], recorded[key]), (key, found[key], recorded[key])
