"""`tf.keras.utils`."""

from __future__ import annotations

from typing import Any

import numpy as np

from .cached_files import get_file

__all__ = ["Sequence", "get_file", "normalize", "to_categorical"]


class Sequence:
    """Batches by number. Subclasses define `__getitem__` and `__len__`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def __getitem__(self, index: int) -> Any:
        """A batch."""
        raise NotImplementedError

    def __len__(self) -> int:
        """How many batches there are."""
        raise NotImplementedError

    def on_epoch_end(self) -> None:
        """An epoch ends."""

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))


def to_categorical(y: Any, num_classes: int | None = None, dtype: Any = "float32") -> np.ndarray:
    """Class numbers as one-hot rows.

    >>> to_categorical([0, 2]).tolist()
    [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    y = np.array(y, dtype="int")
    shape = y.shape[:-1] if y.ndim > 1 and y.shape[-1] == 1 else y.shape
    flat = y.ravel()
    count = num_classes or int(flat.max()) + 1
    found = np.zeros((len(flat), count), dtype=dtype)
    found[np.arange(len(flat)), flat] = 1
    return found.reshape((*shape, count))


def normalize(x: Any, axis: int = -1, order: int = 2) -> Any:
    """An array, scaled to norms of 1 along an axis."""
    norms = np.atleast_1d(np.linalg.norm(x, order, axis))
    norms[norms == 0] = 1
    return x / np.expand_dims(norms, axis)
