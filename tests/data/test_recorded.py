"""Datasets against what TensorFlow 1.15 gave for them (see tests/oracle/record_data.py)."""

import json
import re
from pathlib import Path

import data_cases
import pytest

import scopeflow as tf

RECORDED = json.loads(Path(__file__).parents[1].joinpath("recorded_data.json").read_text())["cases"]


def comparable(result):
    """Without what differs by intention: names of tensors and functions, our hints."""
    for key in ("error", "end"):
        if key in result:
            kind, text = result[key]
            text = re.sub(r"\{\{function_node \w+<?\w*>?\w*\}\} ?", "", text)
            text = re.sub(r"/tmp/\w+|Tensor\(.*?\)|Got <class '.*'>", "…", text)
            result[key] = [kind, text]
    for key, text in result.items():
        if isinstance(text, str) and "OrderedDict" in text:  # Python 3.12 shows it otherwise
            result[key] = re.findall(r"[\w?.]+", text)
    return result


@pytest.mark.parametrize("name", data_cases.CASES)
def test_as_in_tensorflow(name):
    mine, theirs = comparable(data_cases.run(tf, name)), comparable(RECORDED[name])
    for key in ("error", "end"):
        if key in theirs and key in mine and theirs[key][1]:
            assert mine[key][0] == theirs[key][0]
            assert mine[key][1].startswith(theirs[key][1].rstrip(".").split("(name:")[0])
            mine[key] = theirs[key]
    assert mine == theirs
