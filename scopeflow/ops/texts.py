"""What the kernels of string ops share: element by element over arrays of bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from ..core.lazy_torch import torch


def each(function: Callable[[bytes], Any], array: np.ndarray) -> np.ndarray:
    """`function` of each string, as an array of objects of the same shape."""
    return array_of((function(item) for item in array.ravel().tolist()), array.shape)


def array_of(items: Iterable, shape: Any = (-1,)) -> np.ndarray:
    """The items (bytes, mostly) as an array of objects."""
    items = list(items)
    found = np.empty(len(items), object)
    found[:] = items
    return found.reshape(shape)


def tensor_of(array: Any, dtype: Any, device: Any) -> Any:
    """Numbers as torch's tensor."""
    return torch.from_numpy(np.asarray(array, dtype)).to(device)


def numpy_of(value: Any) -> np.ndarray:
    """A tensor as an array, which may share its memory."""
    return value.numpy(force=True)


def sparse_rows(rows: list[list[bytes]], device: Any) -> tuple:
    """The lists as the rows of a sparse matrix: indices, values, dense shape."""
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    width = max(map(len, rows), default=0)
    return (
        tensor_of(np.array(places, np.int64).reshape(-1, 2), np.int64, device),
        array_of(item for row in rows for item in row),
        tensor_of([len(rows), width], np.int64, device),
    )
