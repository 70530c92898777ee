"""A BERT-like program under TPUEstimator against recorded TensorFlow 1.15.5."""

import json
from pathlib import Path

import numpy as np
from estimator import transformer_cases

import scopeflow as tf

FILE = Path(__file__).with_name("recorded_transformer.json")
RECORDED = json.loads(FILE.read_text())["cases"]["transformer"]


def test_transformer_trains_as_under_tensorflow():
    found = transformer_cases.run(tf, "transformer")
    for name in ("names", "lines", "count"):
        assert found[name] == RECORDED[name]
    for name in ("losses", "predictions"):
        np.testing.assert_allclose(found[name], RECORDED[name], rtol=2e-4, atol=2e-5)
    assert found["result"].keys() == RECORDED["result"].keys()
    for key, value in RECORDED["result"].items():
        np.testing.assert_allclose(found["result"][key], value, rtol=1e-3)
