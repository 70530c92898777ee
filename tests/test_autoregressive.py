"""Programs that decode step by step, against TensorFlow 1.15.5: they train, and decode the same."""

import json
from pathlib import Path

import autoregressive_cases as programs
import numpy as np
import pytest

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_autoregressive.json").read_text())["cases"]


@pytest.mark.parametrize("name", [name for (name,) in programs.cases()])
def test_as_recorded(name):
    found, wanted = programs.run(tf, name), RECORDED[name]
    np.testing.assert_allclose(found["losses"], wanted["losses"], rtol=2e-4)
    assert found["losses"][-1] < 0.7 * found["losses"][0]
    assert found["decoded"] == wanted["decoded"]
