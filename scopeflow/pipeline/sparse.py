"""Sparse tensors as components: each is one object, in an array of objects of the batch's shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..core.errors import InvalidArgumentError
from ..core.lazy_torch import torch
from .base import Dataset, Derived, Element, shape_text
from .batching import _Collecting


class SparseValue(NamedTuple):
    """Places, values and shape of one sparse tensor."""

    indices: Any
    values: Any
    dense_shape: Any


def packed(values: list[SparseValue] | SparseValue) -> np.ndarray:
    """One sparse value, or a row of them, as an array of objects."""
    several = isinstance(values, list)
    found = np.empty((len(values),) if several else (), object)
    if several:
        for i, value in enumerate(values):
            found[i] = value
    else:
        found[()] = values
    return found


def rows_of(value: SparseValue) -> list[SparseValue]:
    """The slices of a sparse tensor along its first dimension."""
    number = value.indices[:, 0]
    found = []
    for i in range(int(value.dense_shape[0])):
        mine = (number == i).nonzero()[:, 0]
        picked = (
            value.values[mine.numpy()]
            if isinstance(value.values, np.ndarray)
            else value.values[mine]
        )
        found.append(SparseValue(value.indices[mine, 1:], picked, value.dense_shape[1:]))
    return found


def joined(array: np.ndarray) -> SparseValue:
    """The sparse tensor whose slices along its first dimensions are the array's elements."""
    if not array.ndim:
        return array.item()
    parts = [joined(array[i, ...]) for i in range(len(array))]
    if not parts:
        raise InvalidArgumentError(None, None, "No sparse tensors to join.")
    places = [
        torch.cat([torch.full((len(part.indices), 1), i), part.indices], 1)
        for i, part in enumerate(parts)
    ]
    shapes = torch.stack([part.dense_shape for part in parts])
    values = [part.values for part in parts]
    whole = np.concatenate(values) if isinstance(values[0], np.ndarray) else torch.cat(values)
    sizes = torch.cat([torch.tensor([len(parts)]), shapes.amax(0)])
    return SparseValue(torch.cat(places), whole, sizes)


class DenseToSparseBatch(Derived):
    """Dense elements of any sizes up to a row shape, batched as one sparse tensor."""

    drop = False

    def __init__(self, source: Dataset, size: int, row_shape: tuple) -> None:
        super().__init__(source)
        if size <= 0:
            raise InvalidArgumentError(None, None, "Batch size must be greater than zero.")
        self.size, self.row_shape = size, row_shape

    def items(self) -> Iterator[Element]:
        """The batches."""
        return _SparseBatches(self, self.source.elements())


class _SparseBatches(_Collecting):
    def __next__(self) -> Element:
        rows = [self._sparse(element[0]) for element in self.collected()]
        return (packed(joined(packed(rows))),)

    def _sparse(self, value: Any) -> SparseValue:
        wanted = self.dataset.row_shape
        fits = len(value.shape) == len(wanted) and all(
            limit < 0 or size <= limit for size, limit in zip(value.shape, wanted, strict=True)
        )
        if not fits:
            raise InvalidArgumentError(
                None,
                None,
                f"Input element shape {shape_text(value.shape)} does not fit the row shape "
                f"{shape_text(wanted)}.",
            )
        places = torch.ones(tuple(value.shape), dtype=torch.bool).nonzero()
        sizes = [
            size if limit < 0 else limit for size, limit in zip(value.shape, wanted, strict=True)
        ]
        return SparseValue(places, value.reshape(-1), torch.tensor(sizes, dtype=torch.int64))
