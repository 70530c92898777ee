"""Records of TensorFlow 1.15.5's tf.contrib, and how what is found is compared with them."""

import json
from pathlib import Path

import numpy as np


def recorded(name):
    """The cases of a file of this folder."""
    return json.loads((Path(__file__).parent / name).read_text())["cases"]


def compare(found, wanted, rtol=2e-5, atol=3e-6):
    """Structures of numbers and texts: numbers about the same, the rest the same."""
    _compare(found, wanted, rtol, atol, "")


def _compare(found, wanted, rtol, atol, where):
    if isinstance(wanted, dict):
        assert found.keys() == wanted.keys(), where
        for key in wanted:
            _compare(found[key], wanted[key], rtol, atol, f"{where}/{key}")
    elif isinstance(wanted, list) and not _numbers(wanted):
        assert len(found) == len(wanted), where
        for i, (a, b) in enumerate(zip(found, wanted, strict=True)):
            _compare(a, b, rtol, atol, f"{where}/{i}")
    elif isinstance(wanted, str | None):
        assert found == wanted, where
    else:
        np.testing.assert_allclose(found, wanted, rtol=rtol, atol=atol, err_msg=where)


def _numbers(value):
    """Whether it is a list of nothing but numbers."""
    return all(isinstance(item, int | float) for item in value)
