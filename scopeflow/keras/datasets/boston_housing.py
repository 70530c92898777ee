"""`tf.keras.datasets.boston_housing`: prices of houses (Harrison and Rubinfeld, 1978)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .files import arrays

__all__ = ["load_data"]


def load_data(
    path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:
    """(x_train, y_train), (x_test, y_test), shuffled by `seed`.

    Raises AssertionError unless 0 <= test_split < 1, FileNotFoundError where the file is not in
    `~/.keras/datasets`.
    """
    assert 0 <= test_split < 1
    x, y = arrays(path, "x", "y")
    order = np.arange(len(x))
    np.random.RandomState(seed).shuffle(order)
    x, y = x[order], y[order]
    train = int(len(x) * (1 - test_split))
    return (np.array(x[:train]), np.array(y[:train])), (np.array(x[train:]), np.array(y[train:]))
