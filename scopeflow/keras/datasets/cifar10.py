"""`tf.keras.datasets.cifar10`: small pictures of ten kinds (Krizhevsky, 2009)."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from .files import pickled_parts

__all__ = ["load_data"]


def as_images(parts: list[dict[str, Any]], labels: str) -> tuple[np.ndarray, np.ndarray]:
    """The pictures, in the image data format of tf.keras.backend, and their labels [n, 1]."""
    images = np.concatenate([np.asarray(part["data"]) for part in parts]).reshape(-1, 3, 32, 32)
    if tf.keras.backend.image_data_format() == "channels_last":
        images = images.transpose(0, 2, 3, 1)
    numbers = np.concatenate([np.asarray(part[labels]) for part in parts])
    return images, numbers.reshape(-1, 1)


def load_data() -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test): uint8 images [n, 32, 32, 3] and labels [n, 1].

    Raises FileNotFoundError where the files are not in `~/.keras/datasets/cifar-10-batches-py`.
    """
    names = [*(f"data_batch_{i}" for i in range(1, 6)), "test_batch"]
    parts = pickled_parts("cifar-10-batches-py", names, "cifar-10-python.tar.gz")
    x_train, y_train = as_images(parts[:-1], "labels")
    x_test, y_test = as_images(parts[-1:], "labels")
    return (x_train, y_train.astype(np.uint8)), (x_test, y_test)
