"""`scopeflow convert`: checkpoints to safetensors and npz files and back, nothing lost."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import safetensors
import safetensors.numpy

import scopeflow as tf
from scopeflow.checkpoint.convert import convert, read_items
from scopeflow.cli import main

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "checkpoint" / "fixtures"


def run(*arguments):
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    code = (
        "import sys; from scopeflow.cli import main; status = main()\n"
        "assert 'torch' not in sys.modules; sys.exit(status)"
    )
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code, "convert", *map(str, arguments)],
        capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def contents(path):
    return {
        item.name: (item.dtype, item.shape, item.read().tolist()) for item in read_items(str(path))
    }


@pytest.mark.parametrize("ending", [".safetensors", ".npz"])
@pytest.mark.parametrize(
    "name", ["tf1/dtypes", "tf1/slices", "tf1/model-2", "tf2/objects", "tf1/v1"]
)
def test_there_and_back(tmp_path, name, ending):
    between, back = str(tmp_path / f"m{ending}"), str(tmp_path / "back")
    convert(read_items(str(FIXTURES / name)), between, lambda count: None)
    convert(read_items(between), back, lambda count: None)
    before = contents(FIXTURES / name)
    assert contents(between) == before and contents(back) == before
    reader = tf.train.NewCheckpointReader(back)
    assert reader.get_variable_to_dtype_map() == {n: found[0] for n, found in before.items()}
    assert not [file for file in os.listdir(tmp_path) if "temp" in file]


def test_other_programs_read_it(tmp_path):
    source = read_items(str(FIXTURES / "tf1" / "dtypes"))
    for name in ("m.safetensors", "m.npz"):
        convert(source, str(tmp_path / name), lambda count: None)
    reader = tf.train.NewCheckpointReader(str(FIXTURES / "tf1" / "dtypes"))
    with np.load(tmp_path / "m.npz") as archive:
        for name in ("float32/matrix", "int8/scalar", "bool/vector", "complex128/empty"):
            assert archive[name].tolist() == reader.get_tensor(name).tolist()
            assert archive[name].dtype == reader.get_tensor(name).dtype
    with safetensors.safe_open(tmp_path / "m.safetensors", "np") as file:
        for name in ("float32/matrix", "int8/scalar", "bool/vector", "uint64/matrix"):
            assert file.get_tensor(name).tolist() == reader.get_tensor(name).tolist()
    parts = dict(safetensors.deserialize((tmp_path / "m.safetensors").read_bytes()))
    assert parts["bfloat16/matrix"]["dtype"] == "BF16"
    assert parts["complex128/matrix"]["shape"] == [2, 3, 2]


def test_files_of_other_programs(tmp_path):
    arrays = {
        "a/b": np.arange(6, dtype="f").reshape(2, 3), "c": np.array(5, ">i4"), "d": np.array([True])
    }  # fmt: skip
    np.savez(tmp_path / "x.npz", **arrays, s=np.array(["ä", "b"]), t=np.array([b"q"]))
    done = run(tmp_path / "x.npz", tmp_path / "x")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path}/x: 5 variables, 32 B\n"
    for name, value in arrays.items():
        assert tf.train.load_variable(str(tmp_path / "x"), name).tolist() == value.tolist()
    assert tf.train.load_variable(str(tmp_path / "x"), "s").tolist() == ["ä".encode(), b"b"]
    del arrays["c"]
    safetensors.numpy.save_file(arrays, tmp_path / "y.safetensors", {"format": "np"})
    assert main(["convert", str(tmp_path / "y.safetensors"), str(tmp_path / "y")]) == 0
    assert dict(tf.train.list_variables(str(tmp_path / "y"))) == {"a/b": [2, 3], "d": [1]}


def safe(header, data=b""):
    header = header.encode()
    return struct.pack("<Q", len(header)) + header + data


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("gone.npz", None, "No such file"),
        ("gone.safetensors", None, "No such file"),
        ("gone", None, "Failed to find any matching files"),
        ("x.npz", b"PK", "not a zip file"),
        ("x.safetensors", b"", "too short"),
        ("x.safetensors", b"\xff" * 20, "header should have"),
        ("x.safetensors", safe("[]"), "no JSON"),
        ("x.safetensors", safe('{"a":{"dtype":"F32"}}'), "place of 'a' is not readable"),
        ("x.safetensors", safe('{"a":{"dtype":"F8","shape":[1],"data_offsets":[0,1]}}'), "type F8"),
        (
            "x.safetensors", safe('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'),
            "'a' should be 4 bytes",
        ),
        (
            "x.safetensors", safe('{"__metadata__":{"scopeflow":"1"}}'), "notes on dtypes are not",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read(tmp_path, capsys, name, data, problem):
    if data is not None:
        (tmp_path / name).write_bytes(data)
    assert main(["convert", str(tmp_path / name), str(tmp_path / "out.npz")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert problem in printed.err and len(printed.err.splitlines()) == 1
    assert not (tmp_path / "out.npz").exists()


def test_damaged_archives(tmp_path, capsys):
    arguments = ["convert", str(tmp_path / "x.npz"), str(tmp_path / "x")]
    np.savez(tmp_path / "x.npz", a=np.arange(100.0), o=np.array([{}], object))
    assert main(arguments) == 1
    assert "'o'" in capsys.readouterr().err
    np.savez(tmp_path / "x.npz", a=np.arange(100.0))
    data = (tmp_path / "x.npz").read_bytes()
    (tmp_path / "x.npz").write_bytes(data[:300] + b"X" + data[301:])
    assert main(arguments) == 1
    assert "CRC" in capsys.readouterr().err
    assert sorted(os.listdir(tmp_path)) == ["x.npz"]
