"""Datasets that choose, order and join elements, and do not look at them."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..core.errors import InvalidArgumentError
from .base import INFINITE, UNKNOWN, Choosing, Dataset, Derived, Element, Stage, close
from .sources import Elements


class Shuffle(Choosing):
    """Elements in random order: each the random one of a buffer that is kept full.

    Seeds (0, 0) mean no seed. The iterations differ, unless `again` says that all repeat the first.
    """

    def __init__(
        self, source: Dataset, size: int, seed: int, seed2: int, again: bool = False
    ) -> None:
        super().__init__(source)
        if size <= 0:
            raise InvalidArgumentError(None, None, "buffer_size must be greater than zero.")
        self.size = size
        self.again = again
        self.seeds = random.Random(f"{seed},{seed2}" if seed or seed2 else None)
        self.first = self.seeds.getrandbits(64)

    def items(self) -> Iterator[Any]:
        """The elements, in an order of this iteration."""
        seed = self.first if self.again else self.seeds.getrandbits(64)
        return _Shuffled(self.source.items(), self.size, random.Random(seed))


class _Shuffled(Stage):
    def __init__(self, source: Iterator[Any], size: int, numbers: random.Random) -> None:
        super().__init__(source)
        self.size = size
        self.buffer: list[Any] = []
        self.ended = False
        self.random = numbers.random

    def __next__(self) -> Any:
        buffer = self.buffer
        if not self.ended:
            try:
                while len(buffer) < self.size:
                    buffer.append(next(self.source))
            except StopIteration:
                self.ended = True
        if not buffer:
            raise StopIteration
        place = int(self.random() * len(buffer))
        found = buffer[place]
        last = buffer.pop()
        if place < len(buffer):
            buffer[place] = last
        return found


class Repeat(Choosing):
    """The elements `count` times; for ever where it is negative."""

    def __init__(self, source: Dataset, count: int) -> None:
        super().__init__(source)
        self.count = count

    def cardinality(self) -> int:
        """How many elements there are."""
        count = self.source.cardinality()
        if not self.count or not count:
            return 0
        if self.count < 0:
            return INFINITE if count != UNKNOWN else UNKNOWN
        return count if count < 0 else count * self.count

    def items(self) -> Iterator[Any]:
        """The elements of one iteration after the other."""
        return _Repeated(self.source, self.count) if self.count else iter(())


class _Repeated(Stage):
    def __init__(self, dataset: Dataset, count: int) -> None:
        super().__init__(dataset.items())
        self.dataset = dataset
        self.left = count
        self.empty = True  # whether this iteration gave nothing yet

    def __next__(self) -> Any:
        try:
            found = next(self.source)
        except StopIteration:
            if self.left > 0:
                self.left -= 1
            if not self.left or (self.left < 0 and self.empty):
                self.left = 1
                raise
            close(self.source)
            self.source = self.dataset.items()
            self.empty = True
            return self.__next__()
        self.empty = False
        return found


class Take(Choosing):
    """The first `count` elements; all where it is negative."""

    def __init__(self, source: Dataset, count: int) -> None:
        super().__init__(source)
        self.count = count

    def cardinality(self) -> int:
        """How many elements there are."""
        count = self.source.cardinality()
        if self.count < 0 or count == UNKNOWN:
            return count
        return self.count if count == INFINITE else min(count, self.count)

    def items(self) -> Iterator[Any]:
        """The elements that are left."""
        source = self.source.items()
        return source if self.count < 0 else _Taken(source, self.count)


class _Taken(Stage):
    def __init__(self, source: Iterator[Any], count: int) -> None:
        super().__init__(source)
        self.left = count

    def __next__(self) -> Any:
        if self.left <= 0:
            raise StopIteration
        self.left -= 1
        return next(self.source)


class Skip(Choosing):
    """All but the first `count` elements; none where it is negative."""

    def __init__(self, source: Dataset, count: int) -> None:
        super().__init__(source)
        self.count = count

    def cardinality(self) -> int:
        """How many elements there are."""
        count = self.source.cardinality()
        if self.count < 0:
            return 0
        return count if count < 0 else max(0, count - self.count)

    def items(self) -> Iterator[Any]:
        """The elements that are left."""
        return _Skipped(self.source.items(), self.count) if self.count >= 0 else iter(())


class _Skipped(Stage):
    def __init__(self, source: Iterator[Any], count: int) -> None:
        super().__init__(source)
        self.left = count

    def __next__(self) -> Any:
        while self.left > 0:
            self.left -= 1
            next(self.source)
        return next(self.source)


class Shard(Choosing):
    """Each `number`th element, from the one with number `index` on."""

    def __init__(self, source: Dataset, number: int, index: int) -> None:
        super().__init__(source)
        if number <= 0:
            raise InvalidArgumentError(
                None,
                None,
                f"Number of shards must be greater than zero (currently num_shards = {number}).",
            )
        if not 0 <= index < number:
            raise InvalidArgumentError(
                None,
                None,
                f"Index must be between 0 and {number - 1} (currently index = {index}).",
            )
        self.number = number
        self.index = index

    def cardinality(self) -> int:
        """How many elements there are."""
        count = self.source.cardinality()
        return count if count < 0 else max(0, -(-(count - self.index) // self.number))

    def items(self) -> Iterator[Any]:
        """The elements of this shard."""
        return _Sharded(self.source.items(), self.number, self.index)


class _Sharded(Stage):
    def __init__(self, source: Iterator[Any], number: int, index: int) -> None:
        super().__init__(source)
        self.number = number
        self.skip = index

    def __next__(self) -> Any:
        while self.skip:
            next(self.source)
            self.skip -= 1
        found = next(self.source)
        self.skip = self.number - 1
        return found


class Concatenate(Dataset):
    """The elements of one dataset after the other."""

    def __init__(self, *parts: Dataset) -> None:
        self.parts = parts

    def cardinality(self) -> int:
        """How many elements there are."""
        counts = [part.cardinality() for part in self.parts]
        if INFINITE in counts:
            return INFINITE
        return UNKNOWN if UNKNOWN in counts else sum(counts)

    def items(self) -> Iterator[Element]:
        """The elements, part by part."""
        return _Joined(iter(self.parts))


class _Joined(Stage):
    def __init__(self, parts: Iterator[Dataset]) -> None:
        super().__init__(next(parts).elements())
        self.parts = parts

    def __next__(self) -> Element:
        while True:
            try:
                return next(self.source)
            except StopIteration:
                following = next(self.parts, None)
                if following is None:
                    raise
                close(self.source)
                self.source = following.elements()


class Zip(Dataset):
    """The components of several datasets side by side, as long as the shortest."""

    def __init__(self, parts: list[Dataset]) -> None:
        self.parts = parts

    def cardinality(self) -> int:
        """How many elements there are."""
        counts = [part.cardinality() for part in self.parts]
        if UNKNOWN in counts:
            return UNKNOWN
        return min((count for count in counts if count != INFINITE), default=INFINITE)

    def items(self) -> Iterator[Element]:
        """Elements of all parts joined."""
        return _Zipped([part.elements() for part in self.parts])


class _Zipped(Stage):
    def __init__(self, parts: list[Iterator[Element]]) -> None:
        super().__init__(iter(()))
        self.parts = parts

    def __next__(self) -> Element:
        found: Element = ()
        for part in self.parts:
            found += next(part)
        return found

    def close(self) -> None:
        """Stop the threads behind all parts."""
        for part in self.parts:
            close(part)


class Cache(Choosing):
    """Elements that are made once, in the first iteration that reaches the end."""

    def __init__(self, source: Dataset) -> None:
        super().__init__(source)
        self.made: list[Any] | None = None

    def items(self) -> Iterator[Any]:
        """The elements that were kept, or made now and kept."""
        return iter(self.made) if self.made is not None else _Keeping(self)


class _Keeping(Stage):
    def __init__(self, dataset: Cache) -> None:
        super().__init__(dataset.source.items())
        self.dataset = dataset
        self.found: list[Any] = []

    def __next__(self) -> Any:
        try:
            item = next(self.source)
        except StopIteration:
            self.dataset.made = self.found
            raise
        self.found.append(item)
        return item


class Window(Derived):
    """Windows of elements: for each component a dataset of its values in the window."""

    def __init__(self, source: Dataset, size: int, shift: int, stride: int, drop: bool) -> None:
        super().__init__(source)
        for name, value in (("size", size), ("shift", shift), ("stride", stride)):
            if value <= 0:
                raise InvalidArgumentError(None, None, f"Window {name} must be greater than zero.")
        self.size, self.shift, self.stride, self.drop = size, shift, stride, drop

    def items(self) -> Iterator[Element]:
        """The windows."""
        return _Windows(self)


class _Windows(Stage):
    def __init__(self, dataset: Window) -> None:
        super().__init__(dataset.source.elements())
        self.dataset = dataset
        self.buffer: deque[Element] = deque()

    def __next__(self) -> Element:
        window, buffer = self.dataset, self.buffer
        span = (window.size - 1) * window.stride + 1
        buffer.extend(islice(self.source, span - len(buffer)))
        short = len(buffer) < span
        if not buffer or (short and window.drop):
            buffer.clear()
            raise StopIteration
        inside = list(islice(buffer, 0, span, window.stride))
        for _ in range(min(window.shift, len(buffer))):
            buffer.popleft()
        for _ in range(window.shift - span):
            next(self.source, None)
        return tuple(Elements([(value,) for value in column]) for column in zip(*inside))
