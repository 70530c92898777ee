"""Where the files of the data sets lie."""

from __future__ import annotations

import os
import pickle
import tarfile
from typing import Any

import numpy as np

from ..cached_files import folder_of, get_file

_HOST = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"


def local_file(name: str, *parts: str, origin: str | None = None) -> str:
    """The path of a file of Keras' folder, or of `name` itself where that is absolute.

    Raises FileNotFoundError, which says where to get it, for one that is not there.
    """
    path = os.path.join(name, *parts)
    return get_file(path, origin or _HOST + os.path.basename(path))


def arrays(name: str, *keys: str, pickled: bool = False) -> list[np.ndarray]:
    """Arrays of a file of NumPy's; `pickled` for those that hold lists."""
    with np.load(local_file(name), allow_pickle=pickled) as found:
        return [found[key] for key in keys]


def pickled_parts(folder: str, names: list[str], archive: str) -> list[dict[str, Any]]:
    """The CIFAR dictionaries in a folder, or in the archive that it was packed in."""
    origin = f"https://www.cs.toronto.edu/~kriz/{archive}"
    whole = os.path.join(folder_of(), folder)
    packed = [f"{whole}.tar.gz", os.path.join(folder_of(), archive)]
    archives = [path for path in packed if os.path.exists(path)]
    if not os.path.isdir(whole) and archives:
        with tarfile.open(archives[0]) as tar:
            return [_unpickled(tar.extractfile(f"{folder}/{name}")) for name in names]
    parts = []
    for name in names:
        with open(local_file(folder, name, origin=origin), "rb") as file:
            parts.append(_unpickled(file))
    return parts


def _unpickled(file: Any) -> dict[str, Any]:
    found = pickle.load(file, encoding="bytes")
    return {key.decode() if isinstance(key, bytes) else key: value for key, value in found.items()}
