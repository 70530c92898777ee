"""Keras models train as under TensorFlow 1.15.5."""

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
cases = importlib.import_module("keras_cases")
RECORDED = json.loads((HERE / "recorded_keras_cases.json").read_text())["cases"]


@pytest.mark.parametrize("case", cases.cases(), ids="-".join)
def test_a_model_trains_as_in_tensorflow(case):
    found, expected = cases.run(tf, *case), RECORDED["|".join(case)]
    assert found.keys() == expected.keys()
    for part, value in expected.items():
        if part in ("names", "metrics"):
            assert found[part] == value
        elif part == "history":
            assert found[part].keys() == value.keys()
            for name in value:
                np.testing.assert_allclose(found[part][name], value[name], 2e-3, 2e-4, err_msg=name)
        else:
            np.testing.assert_allclose(found[part], value, rtol=2e-3, atol=2e-4, err_msg=part)
