"""What scopeflow writes today is what TensorFlow 1.15.5 and 2.21 read, as recorded."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from checkpoint import written

import scopeflow as tf

OURS = Path(__file__).parent / "fixtures" / "ours"
READ = json.loads((OURS / "read.json").read_text(encoding="utf-8"))


def test_the_same_files_are_written(tmp_path):
    written.write_all(str(tmp_path))
    files = sorted(os.listdir(tmp_path))
    assert files == sorted(name for name in os.listdir(OURS) if name != "read.json")
    for file in files:
        assert (tmp_path / file).read_bytes() == (OURS / file).read_bytes(), file


@pytest.mark.parametrize("version", ["1.15.5", "2.21.0"])
def test_tensorflow_read_what_we_read(version):
    for name, tensors in READ[version]["read"].items():
        reader = tf.train.NewCheckpointReader(str(OURS / name))
        assert sorted(reader.get_variable_to_shape_map()) == sorted(tensors)
        for tensor, (dtype, shape, data) in tensors.items():
            value = reader.get_tensor(tensor)
            value = np.asarray(value, object if isinstance(value, bytes) else None)
            assert list(value.shape) == shape
            if dtype == "string":
                assert value.ravel().tolist() == [bytes.fromhex(text) for text in data]
            else:
                assert value.tobytes().hex() == data, tensor


@pytest.mark.parametrize("version", ["1.15.5", "2.21.0"])
def test_tensorflow_restored_a_model(version):
    restored = READ[version]["restored"]
    reader = tf.train.load_checkpoint(str(OURS))
    assert reader.get_tensor("global_step") == 2
    for name, data in restored.items():
        whole, _, part = name.partition("/part_")
        value = reader.get_tensor(whole)
        value = np.split(value, 2)[int(part)] if part else value
        assert value.tobytes().hex() == data


def test_newer_readers_are_recorded():
    assert set(READ) == {"1.15.5", "2.21.0"}
