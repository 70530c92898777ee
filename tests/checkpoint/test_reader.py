"""Checkpoints that TensorFlow 1.15.5 and 2.21 wrote are read as TensorFlow itself reads them."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

FIXTURES = Path(__file__).parent / "fixtures"
RECORDED = {
    version: json.loads((FIXTURES / version / "recorded.json").read_text(encoding="utf-8"))
    for version in ("tf1", "tf2")
}
CHECKPOINTS = [
    (version, name) for version, recorded in RECORDED.items() for name in recorded["checkpoints"]
]
MODEL = str(FIXTURES / "tf1" / "model-2")


@pytest.fixture
def many(tmp_path):
    """A checkpoint of 6000 variables, whose index has more than one block."""
    for packed in (FIXTURES / "tf1").glob("many.*.gz"):
        (tmp_path / packed.stem).write_bytes(gzip.decompress(packed.read_bytes()))
    return str(tmp_path / "many")


@pytest.mark.parametrize(("version", "name"), CHECKPOINTS)
def test_finds_what_tensorflow_found(version, name):
    recorded = RECORDED[version]["checkpoints"][name]
    reader = tf.train.NewCheckpointReader(str(FIXTURES / version / name))
    tensors = recorded["tensors"]
    assert reader.get_variable_to_shape_map() == {n: t[1] for n, t in tensors.items()}
    assert reader.get_variable_to_dtype_map() == {n: tf.as_dtype(t[0]) for n, t in tensors.items()}
    lines = reader.debug_string().decode("latin-1").splitlines()
    theirs = recorded["debug_string"].splitlines()
    assert lines == theirs or (name.startswith("v1") and sorted(lines) == sorted(theirs))
    for tensor, (dtype, shape, *data) in tensors.items():
        if not data:
            continue
        value = reader.get_tensor(tensor)
        value = np.asarray(value, object if isinstance(value, bytes) else None)
        assert value.dtype == tf.as_dtype(dtype).as_numpy_dtype, tensor
        assert list(value.shape) == shape
        if dtype == "string":
            assert value.ravel().tolist() == [bytes.fromhex(text) for text in data[0]]
        else:
            assert value.tobytes() == bytes.fromhex(data[0]), tensor


def test_every_dtype_is_recorded():
    found = {tensor[0] for tensor in RECORDED["tf1"]["checkpoints"]["dtypes"]["tensors"].values()}
    assert len(found) == 21 and all(
        len(tensor) == 3 for tensor in RECORDED["tf1"]["checkpoints"]["dtypes"]["tensors"].values()
    )


def test_scalars_are_scalars_and_arrays_can_be_written_to():
    reader = tf.train.NewCheckpointReader(str(FIXTURES / "tf1" / "dtypes"))
    assert type(reader.get_tensor("float32/scalar")) is np.float32
    assert reader.get_tensor("string/scalar") == b"a"
    value = reader.get_tensor("float32/matrix")
    value += 1
    assert value.flags.aligned and value.flags.c_contiguous
    assert not np.array_equal(reader.get_tensor("float32/matrix"), value)


def test_partitioned_strings():  # which TensorFlow's own reader refuses
    assert tf.train.load_variable(str(FIXTURES / "tf1" / "slices"), "words").tolist() == [
        b"a", b"b", b"c",
    ]  # fmt: skip


def test_slices_that_do_not_make_up_the_whole():
    reader = tf.train.NewCheckpointReader(str(FIXTURES / "tf1" / "incomplete"))
    with pytest.raises(tf.errors.DataLossError, match="'far': its slices have 4 elements"):
        reader.get_tensor("far")


def test_index_of_several_blocks(many):
    found = tf.train.list_variables(many)
    assert len(found) == 6000 and ("scope_59/layer_5999/weights", []) in found
    assert tf.train.load_variable(many, "scope_7/layer_777/weights") == 1
    with pytest.raises(tf.errors.NotFoundError, match="'scope_7/layer_777/weights'"):
        tf.train.load_variable(many, "layer_777/weights")


def test_has_tensor_and_names():
    reader = tf.train.NewCheckpointReader(MODEL)
    assert reader.has_tensor("fc1/weights") and reader.has_tensor(b"fc1/weights")
    assert not reader.has_tensor("fc1") and not reader.has_tensor("")
    assert reader.get_tensor(b"global_step") == 2
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 5"):
        reader.has_tensor(5)


def test_missing_variable_names_near_ones():
    with pytest.raises(tf.errors.NotFoundError) as caught:
        tf.train.load_variable(MODEL, "fc1/weigths")
    assert str(caught.value).startswith("Key fc1/weigths not found in checkpoint\n")
    assert "near ones: 'fc1/weights'" in str(caught.value) and MODEL in str(caught.value)
    with pytest.raises(tf.errors.NotFoundError, match="stored without ':0'"):
        tf.train.NewCheckpointReader(MODEL).get_tensor("fc1/biases:0")


def test_functions_take_a_directory_or_a_name():
    folder = str(FIXTURES / "tf1")
    assert tf.train.load_variable(folder, "global_step:0") == 2
    assert tf.train.load_variable(folder + "/model-1", "global_step") == 1
    assert ("table/rows", [10, 2]) in tf.train.list_variables(FIXTURES / "tf1")
    assert tf.train.load_checkpoint(folder).get_tensor("fc1/biases").tolist() == [0, 0, 0]


def test_missing_files(tmp_path):
    with pytest.raises(tf.errors.NotFoundError, match="Failed to find any matching files for"):
        tf.train.NewCheckpointReader("nowhere/x")
    with pytest.raises(tf.errors.NotFoundError, match="6, such as model-2"):
        tf.train.NewCheckpointReader(str(FIXTURES / "tf1" / "model-9"))
    with pytest.raises(tf.errors.NotFoundError, match="is a directory"):
        tf.train.NewCheckpointReader(str(FIXTURES / "tf1"))
    with pytest.raises(tf.errors.NotFoundError, match="one file of a checkpoint.*model-2'"):
        tf.train.NewCheckpointReader(MODEL + ".index")
    with pytest.raises(TypeError, match="Expected binary or unicode string, got 5"):
        tf.train.NewCheckpointReader(5)
    with pytest.raises(tf.errors.InvalidArgumentError, match="null"):
        tf.train.NewCheckpointReader("a\0b")
    shutil.copy(MODEL + ".index", tmp_path / "m.index")
    reader = tf.train.NewCheckpointReader(str(tmp_path / "m"))
    assert reader.has_tensor("fc1/weights")
    with pytest.raises(tf.errors.NotFoundError, match=r"m\.data-00000-of-00001; No such file"):
        reader.get_tensor("fc1/weights")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.index")
        with pytest.raises(tf.errors.NotFoundError):
            tf.train.NewCheckpointReader(str(tmp_path / "pipe"))


def test_other_formats(tmp_path):
    (tmp_path / "text").write_text("x")
    with pytest.raises(tf.errors.DataLossError, match="not a checkpoint"):
        tf.train.NewCheckpointReader(str(tmp_path / "text"))


def test_bfloat16_without_ml_dtypes(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    from scopeflow.core import dtypes

    class Bare:
        """A bfloat16 that has not found its numpy type yet."""

        is_bool, size, name = False, 2, "bfloat16"
        as_numpy_dtype = property(lambda self: dtypes._ml_dtypes())

    from scopeflow.checkpoint.bundle import BundleReader

    reader = BundleReader(FIXTURES / "tf1" / "dtypes")
    monkeypatch.setattr(reader, "_dtype", lambda name, entry: Bare())
    with pytest.raises(tf.errors.UnimplementedError, match="install ml_dtypes"):
        reader.get_tensor("bfloat16/matrix")


def test_needs_no_torch():
    program = (
        "import sys, scopeflow as tf\n"
        f"tf.train.load_variable({MODEL!r}, 'table/rows')\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
