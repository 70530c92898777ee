"""Each optimizer against what TensorFlow 1.15.5 did; users' own optimizers."""

import json
from pathlib import Path

import numpy as np
import pytest
from train import optimizer_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_optimizers.json").read_text())


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in optimizer_cases.cases()}


@pytest.mark.parametrize("case", optimizer_cases.cases(), ids="-".join)
def test_ten_steps_equal_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = optimizer_cases.run(tf, *case)
    tight = {"rtol": 1e-5, "atol": 1e-5} if case[2] == "float32" else {"rtol": 1e-7, "atol": 1e-9}
    np.testing.assert_allclose(found.pop("values"), wanted["values"], **tight)
    for ours, theirs in zip(found.pop("slots"), wanted["slots"], strict=True):
        assert ours[:2] == theirs[:2]
        np.testing.assert_allclose(ours[2], theirs[2], **tight)
        np.testing.assert_allclose(ours[3], theirs[3], **tight)
    for key, value in found.items():
        assert value == wanted[key], key
