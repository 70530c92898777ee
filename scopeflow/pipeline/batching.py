"""Datasets that put elements together to batches, and take them apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from ..core.errors import DataLossError, InvalidArgumentError
from ..core.lazy_torch import torch
from .base import Dataset, Derived, Element, Stage, gathered, row, shape_text


class Batch(Derived):
    """`size` elements stacked; the last batch may have fewer, unless `drop` leaves it out."""

    def __init__(self, source: Dataset, size: int, drop: bool) -> None:
        super().__init__(source)
        if size <= 0:
            raise InvalidArgumentError(None, None, "Batch size must be greater than zero.")
        self.size = size
        self.drop = drop

    def cardinality(self) -> int:
        """How many elements there are."""
        return _batches(self)

    def items(self) -> Iterator[Element]:
        """The batches."""
        if self.source.rows is not None:
            return _RowBatches(self, self.source.rows)
        return _Batches(self)


def _batches(dataset: Any) -> int:
    count = dataset.source.cardinality()
    if count < 0:
        return count
    return count // dataset.size if dataset.drop else -(-count // dataset.size)


class _Collecting(Stage):
    """Draws as many items as a batch has."""

    def __init__(self, dataset: Any, source: Iterator[Any]) -> None:
        super().__init__(source)
        self.dataset = dataset

    def collected(self) -> list[Any]:
        found = list(islice(self.source, self.dataset.size))
        if not found or (self.dataset.drop and len(found) < self.dataset.size):
            raise StopIteration
        return found


class _RowBatches(_Collecting):
    def __init__(self, dataset: Batch, rows: tuple) -> None:
        super().__init__(dataset, dataset.source.items())
        self.rows = rows

    def __next__(self) -> Element:
        numbers = np.array(self.collected())
        return tuple([gathered(values, numbers) for values in self.rows])


class _Batches(_Collecting):
    def __init__(self, dataset: Batch) -> None:
        super().__init__(dataset, dataset.source.elements())

    def __next__(self) -> Element:
        columns = zip(*self.collected(), strict=True)
        return tuple([stacked(values, i) for i, values in enumerate(columns)])


def stacked(values: tuple, component: int) -> Any:
    """The values of one component as one tensor. InvalidArgumentError where shapes differ."""
    first = values[0]
    if isinstance(first, torch.Tensor):
        try:
            return torch.stack(values)
        except RuntimeError:
            _check_shapes(values, component)
            raise
    if isinstance(first, np.ndarray):
        _check_shapes(values, component)
        found = np.empty((len(values), *first.shape), object)
        for i, value in enumerate(values):
            found[i, ...] = value
        return found
    batch = getattr(type(first), "batch", None)
    if batch is None:
        raise InvalidArgumentError(
            None,
            None,
            f"Cannot batch component {component}: it is a {type(first).__name__}.",
        )
    return batch(values)


def _check_shapes(values: tuple, component: int) -> None:
    first = values[0]
    for i, value in enumerate(values):
        if value.shape != first.shape:
            raise InvalidArgumentError(
                None,
                None,
                f"Cannot batch tensors with different shapes in component {component}. First "
                f"element had shape {shape_text(first.shape)} and element {i} had shape "
                f"{shape_text(value.shape)}.",
            )


class PaddedBatch(Derived):
    """Elements padded to one shape and stacked.

    `shapes` has for each component its sizes, -1 where the batch's largest one counts; `fills` the
    value that is put behind.
    """

    def __init__(
        self, source: Dataset, size: int, shapes: list[tuple], fills: list[Any], drop: bool
    ) -> None:
        super().__init__(source)
        if size <= 0:
            raise InvalidArgumentError(None, None, "Batch size must be greater than zero.")
        self.size, self.shapes, self.fills, self.drop = size, shapes, fills, drop

    def cardinality(self) -> int:
        """How many elements there are."""
        return _batches(self)

    def items(self) -> Iterator[Element]:
        """The batches."""
        return _PaddedBatches(self, self.source.elements())


class _PaddedBatches(_Collecting):
    def __next__(self) -> Element:
        columns = zip(*self.collected(), strict=True)
        dataset = self.dataset
        parts = zip(columns, dataset.shapes, dataset.fills, strict=True)
        return tuple([padded(*part, component=i) for i, part in enumerate(parts)])


def padded(values: tuple, shape: tuple, fill: Any, component: int) -> Any:
    """The values side by side in a tensor of the shape, filled up with `fill`."""
    sizes = list(shape)
    for value in values:
        if value.ndim != len(shape):
            raise InvalidArgumentError(
                None,
                None,
                "All elements in a batch must have the same rank as the padded shape for component"
                f"{component}: expected rank {len(shape)} but got element with rank {value.ndim}",
            )
        for axis, (size, wanted) in enumerate(zip(value.shape, shape, strict=True)):
            if wanted < 0:
                sizes[axis] = max(sizes[axis], size)
            elif size > wanted:
                raise DataLossError(
                    None,
                    None,
                    "Attempted to pad to a smaller size than the input element."
                    f" Component {component} has an element of shape {shape_text(value.shape)}, "
                    f"the padded shape is {shape_text(shape)}.",
                )
    total = (len(values), *sizes)
    first = values[0]
    found: Any
    if isinstance(first, torch.Tensor):
        found = torch.empty(total, dtype=first.dtype).fill_(fill)
    else:
        found = np.full(total, fill.item(), object)
    for i, value in enumerate(values):
        found[(i, *(slice(size) for size in value.shape), ...)] = value
    return found


class Unbatch(Derived):
    """The rows of each element."""

    def items(self) -> Iterator[Element]:
        """The rows, element by element."""
        return _Unbatched(self.source.elements())


class _Unbatched(Stage):
    def __init__(self, source: Iterator[Element]) -> None:
        super().__init__(source)
        self.rows: Iterator[Element] = iter(())

    def __next__(self) -> Element:
        while True:
            found = next(self.rows, None)
            if found is not None:
                return found
            element = next(self.source)
            lengths = {len(value) for value in element}
            if len(lengths) > 1:
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Input element must have the same batch size in each component: "
                    f"{sorted(lengths)}.",
                )
            columns = [
                [row(value, i) for i in range(len(value))]
                if isinstance(value, np.ndarray)
                else value.unbind()
                for value in element
            ]
            self.rows = zip(*columns, strict=True)
