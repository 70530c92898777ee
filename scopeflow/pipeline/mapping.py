"""Datasets that call a function of the graph for each element.

A function takes the values of the components and returns a tuple of values. An OutOfRangeError in
it ends the sequence, as in TensorFlow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..core.errors import InvalidArgumentError, OutOfRangeError
from .base import UNKNOWN, Choosing, Dataset, Derived, Element, Stage, close

Function = Callable[..., tuple]


class Map(Derived):
    """What the function makes of each element."""

    def __init__(self, source: Dataset, function: Function) -> None:
        super().__init__(source)
        self.function = function

    def cardinality(self) -> int:
        """How many elements there are."""
        return self.source.cardinality()

    def items(self) -> Iterator[Element]:
        """The results."""
        return _Mapped(self.source.elements(), self.function)


class _Mapped(Stage):
    def __init__(self, source: Iterator[Element], function: Function) -> None:
        super().__init__(source)
        self.function = function

    def __next__(self) -> Element:
        element = next(self.source)
        try:
            return self.function(*element)
        except OutOfRangeError:
            raise StopIteration from None


class Filter(Derived):
    """The elements for which the predicate is true."""

    def __init__(self, source: Dataset, predicate: Function) -> None:
        super().__init__(source)
        self.predicate = predicate

    def items(self) -> Iterator[Element]:
        """The elements that are left."""
        return _Filtered(self.source.elements(), self.predicate)


class _Filtered(Stage):
    def __init__(self, source: Iterator[Element], predicate: Function) -> None:
        super().__init__(source)
        self.predicate = predicate

    def __next__(self) -> Element:
        while True:
            element = next(self.source)
            if self.predicate(*element)[0]:
                return element


class TakeWhile(Filter):
    """The elements before the first for which the predicate is false."""

    def items(self) -> Iterator[Element]:
        """The elements up to there."""
        return _TakenWhile(self.source.elements(), self.predicate)


class _TakenWhile(_Filtered):
    ended = False

    def __next__(self) -> Element:
        if not self.ended:
            element = next(self.source)
            if self.predicate(*element)[0]:
                return element
            self.ended = True
        raise StopIteration


class FlatMap(Map):
    """The elements of the datasets that the function makes, one dataset after the other."""

    def cardinality(self) -> int:
        """How many elements there are."""
        return UNKNOWN

    def items(self) -> Iterator[Element]:
        """The elements."""
        return _FlatMapped(self.source.elements(), self.function)


class _FlatMapped(Stage):
    def __init__(self, source: Iterator[Element], function: Function) -> None:
        super().__init__(source)
        self.function = function
        self.inner: Iterator[Element] = iter(())

    def __next__(self) -> Element:
        while True:
            try:
                return next(self.inner)
            except StopIteration:
                close(self.inner)
                self.inner = iter(())
                self.inner = self.function(*next(self.source))[0].elements()

    def close(self) -> None:
        """Stop the threads on both sides."""
        close(self.inner)
        close(self.source)


class Interleave(Map):
    """Blocks of elements by turns from `cycle` datasets that the function makes.

    `opened` makes the iterator of one of them (one with a thread of its own, say).
    """

    def __init__(
        self,
        source: Dataset,
        function: Function,
        cycle: int,
        block: int,
        opened: Callable[[Dataset], Iterator[Element]] = Dataset.elements,
    ) -> None:
        super().__init__(source, function)
        for name, value in (("cycle_length", cycle), ("block_length", block)):
            if value <= 0:
                raise InvalidArgumentError(None, None, f"{name} must be greater than zero.")
        self.cycle, self.block, self.opened = cycle, block, opened

    def cardinality(self) -> int:
        """How many elements there are."""
        return UNKNOWN

    def items(self) -> Iterator[Element]:
        """The elements by turns."""
        return _Interleaved(self)


class _Interleaved(Stage):
    def __init__(self, dataset: Interleave) -> None:
        super().__init__(dataset.source.elements())
        self.dataset = dataset
        self.open: list[Iterator[Element] | None] = [None] * dataset.cycle
        self.at = 0
        self.taken = 0  # of the present block
        self.ended = False  # nothing is left to open

    def __next__(self) -> Element:
        dataset = self.dataset
        idle = 0  # turns in a row without anything to draw from
        while idle <= dataset.cycle:
            inner = self.open[self.at]
            if inner is None and not self.ended:
                inner = self._opened()
            if inner is None:
                idle += 1
                self._turn()
                continue
            idle = 0
            try:
                found = next(inner)
            except StopIteration:
                close(inner)
                self.open[self.at] = None
                self._turn()
                continue
            self.taken += 1
            if self.taken == dataset.block:
                self._turn()
            return found
        raise StopIteration

    def _opened(self) -> Iterator[Element] | None:
        try:
            element = next(self.source)
        except StopIteration:
            self.ended = True
            return None
        made = self.dataset.function(*element)[0]
        found = self.open[self.at] = self.dataset.opened(made)
        return found

    def _turn(self) -> None:
        self.at = (self.at + 1) % self.dataset.cycle
        self.taken = 0

    def close(self) -> None:
        """Stop the threads on both sides."""
        for inner in self.open:
            close(inner)
        close(self.source)


class Scan(Derived):
    """A function from (state, element) to (new state, result); the first state is given."""

    def __init__(self, source: Dataset, state: tuple, function: Function) -> None:
        super().__init__(source)
        self.state, self.function = state, function

    def items(self) -> Iterator[Element]:
        """The results."""
        return _Scanned(self.source.elements(), self.state, self.function)


class _Scanned(Stage):
    def __init__(self, source: Iterator[Element], state: tuple, function: Function) -> None:
        super().__init__(source)
        self.state, self.function = state, function

    def __next__(self) -> Element:
        element = next(self.source)
        try:
            found = tuple(self.function(*self.state, *element))
        except OutOfRangeError:
            raise StopIteration from None
        count = len(self.state)
        self.state = found[:count]
        return found[count:]


class GroupByWindow(Derived):
    """Elements of one key gathered to windows, each made a dataset of by a function."""

    def __init__(self, source: Dataset, key: Function, reduce: Function, size: Function) -> None:
        super().__init__(source)
        self.key, self.reduce, self.size = key, reduce, size

    def items(self) -> Iterator[Element]:
        """The elements of the windows' datasets."""
        return _Grouped(self)


class _Grouped(Stage):
    def __init__(self, dataset: GroupByWindow) -> None:
        super().__init__(dataset.source.elements())
        self.dataset = dataset
        self.groups: dict[int, list[Element]] = {}
        self.sizes: dict[int, int] = {}
        self.inner: Iterator[Element] = iter(())

    def __next__(self) -> Element:
        while True:
            try:
                return next(self.inner)
            except StopIteration:
                self.inner = self._window()

    def _window(self) -> Iterator[Element]:
        """The dataset of the next window that is full, or of what is left at the end."""
        from .sources import Elements

        while True:
            element = next(self.source, None)
            if element is None:
                if not self.groups:
                    raise StopIteration
                key = min(self.groups)
                break
            key = int(self.dataset.key(*element)[0])
            group = self.groups.setdefault(key, [])
            if not group:
                self.sizes[key] = size = int(self.dataset.size(key_tensor(key))[0])
                if size <= 0:
                    raise InvalidArgumentError(
                        None, None, f"Window size must be greater than zero, but got {size}."
                    )
            group.append(element)
            if len(group) >= self.sizes[key]:
                break
        return self.dataset.reduce(key_tensor(key), Elements(self.groups.pop(key)))[0].elements()


def key_tensor(key: int) -> Any:
    """A key as functions take it."""
    from ..core.lazy_torch import torch

    return torch.tensor(key)


class GroupByReducer(Derived):
    """One element a key: its elements reduced to a state, and the state finished."""

    def __init__(
        self, source: Dataset, key: Function, begin: Function, reduce: Function, finish: Function
    ) -> None:
        super().__init__(source)
        self.key, self.begin, self.reduce, self.finish = key, begin, reduce, finish

    def items(self) -> Iterator[Element]:
        """The results by key, in ascending order."""
        states: dict[int, tuple] = {}
        for element in self.source.elements():
            key = int(self.key(*element)[0])
            if key not in states:
                states[key] = tuple(self.begin(key_tensor(key)))
            states[key] = tuple(self.reduce(*states[key], *element))
        for key in sorted(states):
            yield tuple(self.finish(*states[key]))


class IgnoreErrors(Choosing):
    """The elements that can be made."""

    def cardinality(self) -> int:
        """How many elements there are."""
        return UNKNOWN

    def items(self) -> Iterator[Any]:
        """The elements without those that raise."""
        return _Ignoring(self.source.items())


class _Ignoring(Stage):
    def __next__(self) -> Any:
        while True:
            try:
                return next(self.source)
            except StopIteration:
                raise
            except Exception:  # whatever the element's making raises
                continue


class Choose(Dataset):
    """The next element of the dataset whose number the selector gives."""

    def __init__(self, selector: Dataset, parts: list[Dataset]) -> None:
        self.selector, self.parts = selector, parts

    def items(self) -> Iterator[Element]:
        """The elements that are chosen."""
        return _Chosen(self.selector.elements(), [part.elements() for part in self.parts])


class _Chosen(Stage):
    def __init__(self, source: Iterator[Element], parts: list[Iterator[Element]]) -> None:
        super().__init__(source)
        self.parts: list[Iterator[Element] | None] = list(parts)

    def __next__(self) -> Element:
        while any(part is not None for part in self.parts):
            number = int(next(self.source)[0])
            if not 0 <= number < len(self.parts):
                raise InvalidArgumentError(
                    None,
                    None,
                    f"Selector index out of range: {number} >= {len(self.parts)}",
                )
            part = self.parts[number]
            if part is None:
                continue
            try:
                return next(part)
            except StopIteration:
                close(part)
                self.parts[number] = None
        raise StopIteration

    def close(self) -> None:
        """Stop the threads behind all parts."""
        for part in (self.source, *self.parts):
            close(part)


class Unique(Derived):
    """Each different element once."""

    def items(self) -> Iterator[Element]:
        """The elements, the first of equal ones."""
        return _Different(self.source.elements())


class _Different(Stage):
    def __init__(self, source: Iterator[Element]) -> None:
        super().__init__(source)
        self.seen: set[Any] = set()

    def __next__(self) -> Element:
        while True:
            element = next(self.source)
            key = tuple(value.tolist() for value in element)
            if key not in self.seen:
                self.seen.add(key)
                return element
