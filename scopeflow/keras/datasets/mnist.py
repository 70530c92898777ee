"""`tf.keras.datasets.mnist`: handwritten digits."""

from __future__ import annotations

from typing import Any

from .files import arrays

__all__ = ["load_data"]


def load_data(path: str = "mnist.npz") -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test): uint8, images [n, 28, 28] and labels [n].

    Raises FileNotFoundError where the file is not in `~/.keras/datasets`.
    """
    x_train, y_train, x_test, y_test = arrays(path, "x_train", "y_train", "x_test", "y_test")
    return (x_train, y_train), (x_test, y_test)
