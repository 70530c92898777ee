"""Programs that use layers leave the same graph and values as under TensorFlow 1.15.5."""

import importlib
import json
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
MODULES = ["contrib_cases", "layer_cases", "slim_cases"]

OTHER_OPS = {
    "conv1d": "dilations are an attribute of the convolution, a causal pad is the same",
    "conv2d": "dilations are an attribute of the convolution",
    "separable": "the same",
    "transposed_first": "no transposition around the convolution",
    "conv2d_transpose": "TensorFlow makes a slice that nothing uses",
    "transposed": "TensorFlow makes a slice that nothing uses",
    "losses": "the losses are those of tf.losses",
    "embedded": "zeros are left out of the mean without a sparse tensor between",
    "simple": "TensorFlow divides by a tile, and makes a mesh by hand",
    "norm_told": "the blocks of tf.cond have other ops",
}


@cache
def recorded(module):
    return json.loads((HERE / f"recorded_{module}.json").read_text())["cases"]


def programs():
    for module in MODULES:
        for case in importlib.import_module(module).cases():
            yield pytest.param(module, case, id="-".join((module, *case)))


@pytest.mark.parametrize(("module", "case"), list(programs()))
def test_a_program_does_what_it_does_in_tensorflow(module, case):
    found = importlib.import_module(module).run(tf, *case)
    expected = recorded(module)["|".join(case)]
    for part in ("variables", "collections"):
        assert found[part] == expected[part]
    if case[-1] in OTHER_OPS:
        found["results"], expected["results"] = (
            [text.partition(" ")[2] for text in each["results"]] for each in (found, expected)
        )
    elif "ops" in expected:
        assert found["ops"] == expected["ops"]
    for part in ("results", "ends"):
        assert found.get(part) == expected.get(part)
    for part in ("values", "updated", "gradients"):
        if part in expected:
            assert part in found
            np.testing.assert_allclose(
                np.concatenate(found[part]),
                np.concatenate(expected[part]),
                rtol=1e-3,
                atol=1e-3 if part == "gradients" else 1e-4,
                err_msg=part,
            )
