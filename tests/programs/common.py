"""Programs of others, run as their authors left them.

`SCOPEFLOW_PROGRAMS` names a folder with copies of the repositories, each under its own name; the
test of a repository that is not there is skipped. A test works on a copy of the copy. What it may
change there: the numbers of steps, where data lies, and data itself. Nothing of the repositories
is kept with scopeflow.

`SCOPEFLOW_PROGRAMS_PYTHON` names another interpreter, one with TensorFlow 1.15, to run the same
programs with.
"""

import gzip
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

FOLDER = os.environ.get("SCOPEFLOW_PROGRAMS", "")
OTHER_PYTHON = os.environ.get("SCOPEFLOW_PROGRAMS_PYTHON", "")


def copy_of(repository, folder, url):
    """A copy of the repository in `folder`; skips the test where there is none."""
    source = Path(FOLDER) / repository
    if not FOLDER or not source.is_dir():
        pytest.skip(
            f"there is no copy of {url}: clone it and name the folder that it is in with the "
            f"environment variable SCOPEFLOW_PROGRAMS (it is {FOLDER!r} now)"
        )
    target = Path(folder) / repository
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(".git"))
    return target


def settings(path, **values):
    """Gives other values to names that the file assigns at a line's beginning, once or oftener."""
    text = path.read_text()
    for name, value in values.items():
        text, count = re.subn(rf"(?m)^(\s*{name}\s*=\s*)[^#\n]*", rf"\g<1>{value!r} ", text)
        assert count, f"{path} assigns no {name}"
    path.write_text(text)


def elsewhere(path, old, new):
    """Puts another path, or another number, for one that is written out in the file."""
    text = path.read_text()
    assert old in text, f"{old!r} is not in {path}"
    path.write_text(text.replace(old, str(new)))


def run(folder, *args, stubs=None, timeout=600, check=True):
    """What the program prints; `args` are the script (or `-m` and a module) and its arguments."""
    command = [OTHER_PYTHON] if OTHER_PYTHON else [sys.executable, "-m", "scopeflow", "run"]
    paths = [*map(str, stubs or ()), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(path for path in paths if path),
        "MPLBACKEND": "Agg",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "",
    }
    done = subprocess.run(
        [*command, *map(str, args)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if check:
        assert done.returncode == 0, f"{args} failed\n{done.stdout[-3000:]}\n{done.stderr[-6000:]}"
    return done.stdout + done.stderr


def numbers(text, pattern):
    """The numbers behind each match of `pattern`; all must be finite."""
    found = [float(match) for match in re.findall(pattern + r"\s*([-+]?[\w.+-]+)", text)]
    assert found, f"{pattern!r} is not in the output:\n{text[-3000:]}"
    assert np.isfinite(found).all(), f"{pattern!r}: {found}"
    return found


def falls(values, part=1 / 3):
    """Whether the last values are, on average, smaller than the first ones."""
    count = max(1, int(len(values) * part))
    return np.mean(values[-count:]) < np.mean(values[:count])


def digits_as_mnist(folder, train=6000, test=1000):
    """MNIST's four files, made of scikit-learn's 8x8 digits: larger, shifted, with noise."""
    from sklearn.datasets import load_digits

    folder.mkdir(parents=True, exist_ok=True)
    digits = load_digits()
    random = np.random.RandomState(0)
    parts = {"train": (train, slice(0, 1400)), "t10k": (test, slice(1400, None))}
    for name, (count, part) in parts.items():
        chosen = random.randint(len(digits.target[part]), size=count)
        small = digits.images[part][chosen]
        large = np.kron(small, np.ones((1, 3, 3))) * 15.9
        images = np.zeros([count, 28, 28])
        for image, digit, (row, column) in zip(images, large, random.randint(5, size=[count, 2])):
            image[row : row + 24, column : column + 24] = digit
        labels = digits.target[part][chosen]
        with gzip.open(folder / f"{name}-images-idx3-ubyte.gz", "wb", 1) as file:
            file.write(
                struct.pack(">IIII", 2051, count, 28, 28) + images.astype(np.uint8).tobytes()
            )
        with gzip.open(folder / f"{name}-labels-idx1-ubyte.gz", "wb", 1) as file:
            file.write(struct.pack(">II", 2049, count))
            file.write(labels.astype(np.uint8).tobytes())
    return folder
