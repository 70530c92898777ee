"""`tf.keras.datasets.cifar100`: small pictures of a hundred kinds (Krizhevsky, 2009)."""

from __future__ import annotations

from typing import Any

from .cifar10 import as_images
from .files import pickled_parts

__all__ = ["load_data"]


def load_data(label_mode: str = "fine") -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test): uint8 images [n, 32, 32, 3] and labels [n, 1].

    `label_mode` is "fine", for a hundred kinds, or "coarse", for twenty: ValueError for another.
    Raises FileNotFoundError where the files are not in `~/.keras/datasets/cifar-100-python`.
    """
    if label_mode not in ("fine", "coarse"):
        raise ValueError('`label_mode` must be one of `"fine"`, `"coarse"`.')
    parts = pickled_parts("cifar-100-python", ["train", "test"], "cifar-100-python.tar.gz")
    train, test = (as_images([part], f"{label_mode}_labels") for part in parts)
    return train, test
