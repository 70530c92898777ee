"""Datasets that begin a pipeline: tensors, ranges, Python generators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..core.errors import InvalidArgumentError
from ..core.lazy_torch import torch
from .base import Dataset, Element, Stage, on_host

_CHUNK = 1024
_LONGEST = 1 << 20  # longer ranges are not held in memory


class Elements(Dataset):
    """The elements of a list."""

    def __init__(self, elements: list[Element]) -> None:
        self.list = elements

    def cardinality(self) -> int:
        """How many elements there are."""
        return len(self.list)

    def items(self) -> Iterator[Element]:
        """The elements."""
        return iter(self.list)


class Slices(Dataset):
    """The rows of tensors of one length."""

    def __init__(self, components: list[Any]) -> None:
        self.rows: tuple = tuple(on_host(value) for value in components)
        lengths = {len(value) for value in self.rows}
        if len(lengths) > 1:
            raise InvalidArgumentError(
                None, None, f"The components have different first dimensions: {sorted(lengths)}."
            )
        self.length = lengths.pop()

    def cardinality(self) -> int:
        """How many elements there are."""
        return self.length

    def items(self) -> Iterator[int]:
        """The numbers of the rows."""
        return iter(range(self.length))


class Range(Dataset):
    """Integers as range() gives them."""

    def __init__(self, start: int, stop: int, step: int) -> None:
        self.range = range(start, stop, step)

    def cardinality(self) -> int:
        """How many elements there are."""
        return len(self.range)

    def items(self) -> Iterator[Element]:
        """The integers, made a chunk at a time."""
        numbers = self.range
        at = 0
        while at < len(numbers):
            part = numbers[at : at + _CHUNK]
            for value in torch.arange(part.start, part.stop, part.step).unbind():
                yield (value,)
            at += _CHUNK


def integers(start: int, stop: int, step: int) -> Dataset:
    """The dataset of a range; a short one is held in memory."""
    if step == 0:
        raise InvalidArgumentError(None, None, "step must be a non-zero integer.")
    if abs(stop - start) // abs(step) < _LONGEST:
        return Slices([torch.arange(start, stop, step)]) if (stop - start) * step > 0 else _EMPTY
    return Range(start, stop, step)


_EMPTY = Elements([])


class Generated(Dataset):
    """What a Python generator yields.

    `convert` makes the component values of what was yielded, as a list of arrays.
    """

    def __init__(self, begin: Callable[[], Any], convert: Callable[[Any], list[Any]]) -> None:
        self.begin = begin
        self.convert = convert

    def items(self) -> Iterator[Element]:
        """The generator's values; it starts at the first one asked for."""
        return _Generating(self.begin, self.convert)


class _Generating(Stage):
    def __init__(self, begin: Callable[[], Any], convert: Callable[[Any], list[Any]]) -> None:
        super().__init__(iter(()))
        self.begin: Callable[[], Any] | None = begin
        self.convert = convert

    def __next__(self) -> Element:
        if self.begin is not None:
            begin, self.begin = self.begin, None
            try:
                self.source = iter(begin())
            except Exception as error:
                raise raised_by_user(error) from error
        try:
            parts = self.convert(next(self.source))
        except StopIteration:
            raise
        except Exception as error:
            raise raised_by_user(error) from error
        return tuple([to_component(part) for part in parts])


def to_component(array: np.ndarray) -> Any:
    """An array of the caller's own as a component's value."""
    return array if array.dtype == object else torch.from_numpy(array)


def as_array(value: Any) -> Any:
    """A component's value as Python functions of users get it."""
    found = value if isinstance(value, np.ndarray) else value.numpy(force=True)
    return found if found.ndim else found[()]


def raised_by_user(error: Exception) -> Exception:
    """What a user's Python function raised, as the tf.errors class that TensorFlow gives it."""
    from ..core import errors

    if isinstance(error, errors.OpError):
        return error
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, TypeError | ValueError):
        return InvalidArgumentError(None, None, text)
    if isinstance(error, StopIteration):
        return errors.OutOfRangeError(None, None, text)
    if isinstance(error, MemoryError):
        return errors.ResourceExhaustedError(None, None, text)
    if isinstance(error, NotImplementedError):
        return errors.UnimplementedError(None, None, text)
    return errors.UnknownError(None, None, text)
