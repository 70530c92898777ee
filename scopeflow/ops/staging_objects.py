"""The staging areas of a session: lists and maps of elements that wait between two runs."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from itertools import pairwise

import numpy as np

from ..core.errors import (
    CancelledError,
    DeadlineExceededError,
    InvalidArgumentError,
    ResourceExhaustedError,
)
from ..core.held import Held
from .queue_objects import _own


def _size(values: list) -> int:
    """How many bytes the tensors are."""
    total = 0
    for value in values:
        is_text = isinstance(value, np.ndarray)
        total += sum(map(len, value.ravel().tolist())) if is_text else value.nbytes
    return total


class Area:
    """What both kinds share: limits, and how to wait.

    `capacity` is the most elements, `memory_limit` the most bytes (0: no limit).
    """

    def __init__(self, held: Held, capacity: int, memory_limit: int) -> None:
        self._held = held
        self.capacity, self.memory_limit = capacity, memory_limit
        self.bytes = 0
        self._changed = threading.Condition()
        self._version = 0
        self._closed = False

    def session_closed(self) -> None:
        """Whoever waits gets a CancelledError."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def until(self, attempt: Callable[[], bool]) -> None:
        """Call `attempt` until it says that it is done: now, and after each change of the area."""
        while True:
            with self._changed:
                if self._closed:
                    raise CancelledError(None, None, "The staging area's session was closed.")
                if attempt():
                    self._version += 1
                    self._changed.notify_all()
                    return
                seen = self._version
            with self._held.turn.given_up(), self._changed:
                in_time = self._changed.wait_for(
                    lambda seen=seen: self._closed or self._version != seen,  # type: ignore[misc]
                    self._held.timeout,
                )
            if not in_time:
                raise DeadlineExceededError(None, None, "Timed out waiting for a staging area.")

    def refuse(self, size: int) -> None:
        """ResourceExhaustedError for values that can never be in."""
        if self.memory_limit and size > self.memory_limit:
            raise ResourceExhaustedError(
                None,
                None,
                f"Attempted to insert tensors with combined size of '{size}' bytes into Staging "
                f"Area with a memory limit of '{self.memory_limit}'.",
            )

    def has_room(self, count: int, size: int) -> bool:
        """Whether one more element of so many bytes may come, beside `count`."""
        full = self.capacity and count >= self.capacity
        return not (full or (self.memory_limit and self.bytes + size > self.memory_limit))


class StagedList(Area):
    """Elements that come out in the order in which they came."""

    def __init__(self, held: Held, capacity: int, memory_limit: int) -> None:
        super().__init__(held, capacity, memory_limit)
        self.elements: deque[list] = deque()

    def put(self, values: list) -> None:
        """Add an element; waits for room."""
        values = [_own(value) for value in values]
        size = _size(values)
        self.refuse(size)

        def attempt() -> bool:
            if not self.has_room(len(self.elements), size):
                return False
            self.elements.append(values)
            self.bytes += size
            return True

        self.until(attempt)

    def get(self) -> list:
        """Take the oldest element; waits for it."""
        found: list = []

        def attempt() -> bool:
            if not self.elements:
                return False
            found.extend(self.elements.popleft())
            self.bytes -= _size(found)
            return True

        self.until(attempt)
        return found

    def peek(self, index: int) -> list:
        """A copy of the element at a place, which stays; waits until there is one."""
        found: list = []

        def attempt() -> bool:
            if index >= len(self.elements):
                return False
            found.extend(map(_own, self.elements[index]))
            return True

        self.until(attempt)
        return found

    def clear(self) -> None:
        """Forget all elements."""

        def attempt() -> bool:
            self.elements.clear()
            self.bytes = 0
            return True

        self.until(attempt)


_GONE, _MISSING = object(), object()


def _check(indices: tuple[int, ...], width: int) -> None:
    if any(a >= b for a, b in pairwise(indices)):
        raise InvalidArgumentError(None, None, "Indices are not strictly ordered")
    if any(not 0 <= i < width for i in indices):
        raise InvalidArgumentError(
            None, None, f"Index '{indices[-1]}' is out of bounds: there are {width} values"
        )


class StagedMap(Area):
    """Elements under keys, whose values may come, and be taken, one after the other."""

    def __init__(self, held: Held, capacity: int, memory_limit: int, ordered: bool) -> None:
        super().__init__(held, capacity, memory_limit)
        self.ordered = ordered
        self.complete: dict[int, list] = {}
        self.incomplete: dict[int, list] = {}

    def put(self, key: int, indices: tuple[int, ...], values: list, width: int) -> None:
        """Set some of the `width` values of the element under `key`; waits for room."""
        _check(indices, width)
        if len(indices) != len(values):
            raise InvalidArgumentError(
                None, None, f"There are {len(indices)} indices for {len(values)} values"
            )
        values = [_own(value) for value in values]
        size = _size(values)
        self.refuse(size)

        def attempt() -> bool:
            known = self.incomplete.get(key)
            if key in self.complete and known is None and len(indices) < width:
                raise InvalidArgumentError(
                    None, None, f"The tensors for key '{key}' are complete already."
                )
            count = len(self.complete) + len(self.incomplete) - (known is not None)
            if not self.has_room(count, size):
                return False
            element = known if known is not None else [_MISSING] * width
            for index in indices:
                if element[index] is not _MISSING:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"The tensor for index '{index}' for key '{key}' was already initialized "
                        f"'{width}'.",
                    )
            for index, value in zip(indices, values, strict=True):
                element[index] = value
            self.bytes += size
            if _MISSING in element:
                self.incomplete[key] = element
            else:
                self.incomplete.pop(key, None)
                before = self.complete.get(key)
                self.bytes -= _size([v for v in before or () if v is not _GONE])
                self.complete[key] = element
            return True

        self.until(attempt)

    def get(self, key: int | None, indices: tuple[int, ...], keep: bool = False) -> list:
        """[key, *values] of the complete element under `key`; waits for it.

        Without a key: of the first complete one. Unless `keep`, the values are no longer there.
        """
        found: list = []

        def attempt() -> bool:
            chosen = key
            if chosen is None and self.complete:
                chosen = min(self.complete) if self.ordered else next(iter(self.complete))
            element = None if chosen is None else self.complete.get(chosen)
            if element is None:
                return False
            _check(indices, len(element))
            for index in indices:
                if element[index] is _GONE:
                    raise InvalidArgumentError(
                        None,
                        None,
                        f"Tensor at index '{index}' for key '{chosen}' has already been removed.",
                    )
            values = [element[index] for index in indices]
            found.extend([chosen, *(map(_own, values) if keep else values)])
            if not keep:
                self.bytes -= _size(values)
                for index in indices:
                    element[index] = _GONE
                if all(value is _GONE for value in element):
                    del self.complete[chosen]  # type: ignore[arg-type]
            return True

        self.until(attempt)
        return found

    def clear(self) -> None:
        """Forget all elements."""

        def attempt() -> bool:
            self.complete.clear()
            self.incomplete.clear()
            self.bytes = 0
            return True

        self.until(attempt)
