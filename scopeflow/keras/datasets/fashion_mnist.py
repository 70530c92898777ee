"""`tf.keras.datasets.fashion_mnist`: pictures of clothes (Xiao et al., 2017)."""

from __future__ import annotations

import gzip
from typing import Any

import numpy as np

from .files import local_file

__all__ = ["load_data"]


def load_data() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test): uint8, images [n, 28, 28] and labels [n].

    Raises FileNotFoundError where the files are not in `~/.keras/datasets/fashion-mnist`.
    """
    found = []
    for part in ("train", "t10k"):
        with gzip.open(local_file("fashion-mnist", f"{part}-labels-idx1-ubyte.gz")) as file:
            labels = np.frombuffer(file.read(), np.uint8, offset=8)
        with gzip.open(local_file("fashion-mnist", f"{part}-images-idx3-ubyte.gz")) as file:
            images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(len(labels), 28, 28)
        found.append((images, labels))
    return found[0], found[1]
