"""What all datasets share: elements, rows, iterators.

An element is a tuple of values, one a component: torch tensors, numpy arrays of objects for
strings, and whatever Python object a `variant` component is (a dataset, say).

A dataset is a description: every iteration starts anew. Its iterator is a Python iterator that
goes on after an error, because an error belongs to one element; a generator would be at its end.

Where the elements are rows of tensors in memory, the datasets that only choose and order elements
hand on row numbers (`rows` has the tensors, `items` gives the numbers); whoever needs the elements
gathers them, a batch all of its rows at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.lazy_torch import torch

Element = tuple


INFINITE = -1
UNKNOWN = -2


class Dataset:
    """A description of a sequence of elements."""

    rows: tuple | None = None
    """The tensors whose row numbers `items` gives; None where it gives elements."""

    def items(self) -> Iterator[Any]:
        """A new iterator over the elements, or over their row numbers."""
        raise NotImplementedError

    def cardinality(self) -> int:
        """How many elements there are: INFINITE or UNKNOWN, if not a number."""
        return UNKNOWN

    def elements(self) -> Iterator[Element]:
        """A new iterator over the elements."""
        return self.items() if self.rows is None else Rows(self.items(), self.rows)


class Derived(Dataset):
    """A dataset made of another one."""

    def __init__(self, source: Dataset) -> None:
        self.source = source


class Choosing(Derived):
    """A dataset that chooses or orders the elements of another one, and does not look at them."""

    def __init__(self, source: Dataset) -> None:
        super().__init__(source)
        self.rows = source.rows

    def cardinality(self) -> int:
        """As many as the other one has, unless told otherwise."""
        return self.source.cardinality()


class Stage:
    """An iterator that draws from another one. After its end it stays at its end."""

    def __init__(self, source: Iterator[Any]) -> None:
        self.source = source

    def __iter__(self) -> Stage:
        return self

    def __next__(self) -> Any:
        raise NotImplementedError

    def close(self) -> None:
        """Stop the threads behind the iterator."""
        close(self.source)


def close(iterator: Any) -> None:
    """Stop what runs behind an iterator, if anything does."""
    method = getattr(iterator, "close", None)
    if method is not None:
        method()


class Rows(Stage):
    """Row numbers to elements."""

    def __init__(self, source: Iterator[int], rows: tuple) -> None:
        super().__init__(source)
        self.rows = rows

    def __next__(self) -> Element:
        number = next(self.source)
        return tuple([row(values, number) for values in self.rows])


def row(values: Any, number: int) -> Any:
    """One row; of a vector of strings an array too."""
    return values[number, ...] if isinstance(values, np.ndarray) else values[number]


def gathered(values: Any, numbers: Any) -> Any:
    """Several rows, in a tensor of their own."""
    if isinstance(values, np.ndarray):
        return values.take(numbers, 0)
    if values.dtype is torch.bfloat16:
        return values.index_select(0, torch.as_tensor(numbers))
    return torch.from_numpy(values.numpy().take(numbers, 0))  # without torch's threads: no waiting


def on_host(value: Any) -> Any:
    """A component where pipelines work: in the host's memory."""
    return value.cpu() if isinstance(value, torch.Tensor) else value


def shape_text(shape: Any) -> str:
    """A run-time shape as error texts show it."""
    return f"[{','.join(map(str, shape))}]"
