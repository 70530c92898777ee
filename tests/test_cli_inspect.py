"""`scopeflow inspect` shows a checkpoint as a tree. Each test runs the command in a process."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "tests" / "checkpoint" / "fixtures"
MODEL = """variables      shape  dtype    parameters   size
beta1_power   scalar  float32           1    4 B
beta2_power   scalar  float32           1    4 B
fc1                                    39  156 B
├─ biases          3  float32           3   12 B
└─ weights       4×3  float32          12   48 B
   ├─ Adam       4×3  float32          12   48 B
   └─ Adam_1     4×3  float32          12   48 B
global_step   scalar  int64             1    8 B
table                                  30  120 B
├─ columns       2×5  float32          10   40 B  2 slices
└─ rows         10×2  float32          20   80 B  3 slices
total: 9 variables, 72 parameters (292 B)
"""
VALUES = """variables    shape  dtype    parameters     size  min  mean  max    std
grid           3×3  int32             9     36 B    1     2    4  1.054  4 slices
long          9401  bool          9,401  9.2 KiB                         2 slices
with                                  2      8 B
└─ ü                                  2      8 B
   └─ and:0      2  float32           2      8 B    1   1.5    2    0.5  2 slices
words            3  string            3        ?                         2 slices
total: 4 variables, 9,415 parameters (9.2 KiB)
"""


def inspect(*arguments, **environment):
    """Run the command."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "scopeflow", "inspect", *map(str, arguments)],
        capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip


@pytest.mark.parametrize("name", ["tf1", "tf1/model-2", "tf1/model-2.index"])
def test_takes_a_directory_a_name_or_an_index(name):
    done = inspect(FIXTURES / name)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{FIXTURES / 'tf1' / 'model-2'}\n{MODEL}"


def test_values():
    done = inspect("--values", FIXTURES / "tf1" / "slices")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.partition("\n")[2] == VALUES


def test_ascii():
    done = inspect(FIXTURES / "tf1", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "|- biases          3  float32" in done.stdout
    done = inspect(FIXTURES / "tf1" / "slices", PYTHONIOENCODING="ascii")
    assert done.returncode == 0 and "`- \\xfc" in done.stdout


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("tf1/model-9", "Failed to find any matching files for "),
        ("", "has no file 'checkpoint' that names one"),
        ("tf1/recorded.json", "not a checkpoint"),
        ("tf1/model-2.data-00000-of-00001", "one file of a checkpoint"),
    ],
)
def test_cannot_be_read(name, problem):
    done = inspect(FIXTURES / name)
    assert (done.returncode, done.stdout) == (1, "")
    assert problem in done.stderr and len(done.stderr.splitlines()) == 1


def test_damaged(tmp_path):
    for file in (FIXTURES / "tf1").glob("model-2.*"):
        shutil.copy(file, tmp_path)
    data = tmp_path / "model-2.data-00000-of-00001"
    data.write_bytes(data.read_bytes()[:-1])
    done = inspect(tmp_path / "model-2")
    assert done.returncode == 1 and "└─ weights" in done.stdout
    assert done.stderr == f"scopeflow: {data} has 291 bytes, its index speaks of 292\n"
    data.write_bytes(bytes(292))
    assert inspect(tmp_path / "model-2").returncode == 0
    done = inspect("--values", tmp_path / "model-2")
    assert (done.returncode, done.stdout) == (1, "")
    assert "'beta1_power' (at byte 0) does not fit its checksum" in done.stderr
    assert len(done.stderr.splitlines()) == 1
