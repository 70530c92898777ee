"""tf.train.Saver does what it did in TensorFlow 1.15.5, as recorded."""

import json
from pathlib import Path

import pytest
from train import saver_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_savers.json").read_text())["cases"]
# TensorFlow says DataLossError of a directory; here it is told how to name a checkpoint in it.
OTHER = {"restoring folder": "NotFoundError"}


@pytest.mark.parametrize("name", RECORDED)
def test_as_in_tensorflow(name):
    if name.endswith("sharded") and not hasattr(tf.raw_ops, "StringJoin"):
        pytest.skip("needs StringJoin")
    kind, value = RECORDED[name]
    found_kind, found = json.loads(json.dumps(saver_cases.run(tf, name)))
    assert found_kind == OTHER.get(name, kind), found
    if kind == "result":
        assert found == value
    elif "Restoring from checkpoint failed." in value:
        assert found.startswith("Restoring from checkpoint failed.")
    elif name not in OTHER:
        assert found == value
