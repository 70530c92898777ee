"""The queues of a session: elements, who waits to add some, who waits to take some.

Waiting is in the order of asking: attempts to enqueue and to dequeue stand in a line each, and
each change of the queue lets the first of both lines go on, as far as it can.
"""

from __future__ import annotations

import heapq
import random
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.errors import (
    CancelledError,
    DeadlineExceededError,
    InvalidArgumentError,
    OutOfRangeError,
)
from ..core.held import Held
from ..core.lazy_torch import torch
from ..core.operation import Dims, dims_text

Element = tuple[Any, ...]


class _Attempt:
    """Something that waits for the queue: `step()` tells whether it is done (or raises)."""

    def __init__(self, step: Callable[[], bool], give_back: Callable[[], None]) -> None:
        self.step = step
        self.give_back = give_back
        self.done = False
        self.error: Exception | None = None
        self.turn = threading.Event()


class Queue:
    """A queue of elements, each a tuple of components; first in, first out."""

    kind = "FIFOQueue"

    def __init__(
        self, name: str, held: Held, capacity: int, types: Any, shapes: tuple[Dims, ...]
    ) -> None:
        self.name = name
        self._held = held
        self.capacity = capacity if capacity >= 0 else None
        self.types = types
        self.shapes = shapes
        self.closed = False
        self._lock = threading.RLock()
        self._enqueuers: deque[_Attempt] = deque()
        self._dequeuers: deque[_Attempt] = deque()
        self._elements: Any = deque()

    # What the kinds of queue differ in.

    def _put(self, element: Element) -> None:
        self._elements.append(element)

    def _put_back(self, elements: list[Element]) -> None:
        self._elements.extendleft(reversed(elements))

    def _take(self) -> Element:
        return self._elements.popleft()

    def _available(self) -> int:
        """How many elements may be taken now."""
        return len(self._elements)

    def _stacked(self, parts: list[Any], dims: Dims) -> Any:
        return np.stack(parts) if isinstance(parts[0], np.ndarray) else torch.stack(parts)

    # What the ops do.

    def __len__(self) -> int:
        with self._lock:
            return len(self._elements)

    def enqueue(self, element: Element) -> None:
        """Add one element; waits while the queue is full."""
        self._check(element, self.shapes)
        self._add([tuple(_own(component) for component in element)])

    def enqueue_many(self, components: Element) -> None:
        """Add the slices along the first dimension of the components, one by one."""
        count = components[0].shape[0] if components and components[0].ndim else 0
        self._check(
            components, tuple(None if dims is None else (count, *dims) for dims in self.shapes)
        )
        self._add(
            [tuple(_own(_row(component, i)) for component in components) for i in range(count)]
        )

    def dequeue(self) -> Element:
        """Take one element; waits for it."""
        return self._taken(1, up_to=False)[0]

    def dequeue_many(self, count: int, empty: Callable[[int], Any], up_to: bool = False) -> Element:
        """Take `count` elements, stacked; with `up_to`, fewer where a closed queue has fewer.

        `empty(i)` is component i without any element.
        """
        if any(dims is None for dims in self.shapes) or not self.shapes:
            raise InvalidArgumentError(
                None, None,
                f"{self.kind}'s DequeueMany and DequeueUpTo require the components to have "
                "specified shapes.\nGive the queue shapes=… when it is made.",
            )  # fmt: skip
        elements = self._taken(count, up_to) if count else []
        if not elements:
            return tuple(empty(i) for i in range(len(self.shapes)))
        return tuple(
            self._stacked(list(parts), dims)
            for parts, dims in zip(zip(*elements, strict=True), self.shapes, strict=True)
        )

    def close(self, cancel_pending_enqueues: bool) -> None:
        """No more elements come; after those who wait already, or instead of them."""

        def step() -> bool:
            self.closed = True
            return True

        with self._lock:
            if cancel_pending_enqueues:
                self._cancel(self._enqueuers, "Enqueue operation was cancelled")
            if self.closed:
                raise CancelledError(None, None, f"Queue '{self.name}' is already closed.")
            attempt = self._asked(self._enqueuers, step, _nothing)
        self._finish(attempt)

    def session_closed(self) -> None:
        """Whoever waits gets a CancelledError."""
        with self._lock:
            self.closed = True
            self._cancel(self._enqueuers, "Enqueue operation was cancelled")
            self._cancel(self._dequeuers, "Dequeue operation was cancelled")

    # How they wait.

    def _check(self, components: Element, wanted: tuple[Dims, ...]) -> None:
        if len(components) != len(self.types):
            raise InvalidArgumentError(
                None, None,
                f"Wrong number of components in tuple. Expected {len(self.types)}, "
                f"got {len(components)}",
            )  # fmt: skip
        for i, (component, dims) in enumerate(zip(components, wanted, strict=True)):
            if dims is not None and not _fits(dims, tuple(component.shape)):
                raise InvalidArgumentError(
                    None, None,
                    f"Shape mismatch in tuple component {i}. Expected {dims_text(dims)}, "
                    f"got {dims_text(tuple(component.shape))}",
                )  # fmt: skip

    def _add(self, elements: list[Element]) -> None:
        at = 0

        def step() -> bool:
            nonlocal at
            if self.closed:
                raise CancelledError(None, None, f"{self.kind} '{self.name}' is closed.")
            while at < len(elements):
                if self.capacity is not None and len(self._elements) >= self.capacity:
                    return False
                self._put(elements[at])
                at += 1
            return True

        with self._lock:
            attempt = self._asked(self._enqueuers, step, _nothing)
        self._finish(attempt)

    def _taken(self, count: int, up_to: bool) -> list[Element]:
        found: list[Element] = []

        def step() -> bool:
            missing, left = count - len(found), len(self._elements)
            if self.closed and left < missing and not (up_to and (found or left)):
                raise OutOfRangeError(
                    None, None,
                    f"{self.kind} '{self.name}' is closed and has insufficient elements "
                    f"(requested {missing}, current size {left})",
                )  # fmt: skip
            while len(found) < count and self._available():
                found.append(self._take())
            return len(found) == count or (self.closed and up_to)

        with self._lock:
            attempt = self._asked(self._dequeuers, step, lambda: self._put_back(found))
        self._finish(attempt)
        return found

    def _asked(
        self, line: deque[_Attempt], step: Callable[[], bool], give_back: Callable[[], None]
    ) -> _Attempt:
        attempt = _Attempt(step, give_back)
        line.append(attempt)
        self._go_on()
        return attempt

    def _go_on(self) -> None:
        """Let the first ones of both lines go on until none can."""
        moved = True
        while moved:
            moved = False
            for line in (self._enqueuers, self._dequeuers):
                while line:
                    first, before = line[0], len(self._elements)
                    try:
                        first.done = first.step()
                    except Exception as error:
                        first.give_back()
                        first.error, first.done = error, True
                    moved = moved or first.done or len(self._elements) != before
                    if not first.done:
                        break
                    line.popleft()
                    first.turn.set()

    def _finish(self, attempt: _Attempt) -> None:
        try:
            if not attempt.done:
                with self._held.turn.given_up():
                    in_time = attempt.turn.wait(self._held.timeout)
                if not in_time:
                    raise DeadlineExceededError(
                        None,
                        None,
                        f"Timed out waiting for notification: {self.kind} '{self.name}'",
                    )
        except BaseException:  # out of time, or Ctrl-C: nobody waits for it any more
            with self._lock:
                for line in (self._enqueuers, self._dequeuers):
                    if attempt in line:
                        line.remove(attempt)
                        attempt.give_back()
                self._go_on()
            raise
        if attempt.error is not None:
            raise attempt.error

    def _cancel(self, line: deque[_Attempt], message: str) -> None:
        while line:
            attempt = line.popleft()
            attempt.give_back()
            attempt.error, attempt.done = CancelledError(None, None, message), True
            attempt.turn.set()


def _fits(dims: tuple[int | None, ...], shape: tuple[int, ...]) -> bool:
    return len(dims) == len(shape) and all(
        d is None or d == s for d, s in zip(dims, shape, strict=True)
    )


def _nothing() -> None:
    pass


def _own(component: Any) -> Any:
    """The queue's own copy: what is fed or a variable's may change later."""
    return component.copy() if isinstance(component, np.ndarray) else component.detach().clone()


def _row(component: Any, i: int) -> Any:
    """Slice i; that of a vector of strings is an array without dimensions."""
    row = component[i]
    if isinstance(component, np.ndarray) and not isinstance(row, np.ndarray):
        found = np.empty((), object)
        found[()] = row
        return found
    return row


class PaddingQueue(Queue):
    """Its elements' shapes may differ: those that are taken together are filled up with zeros."""

    kind = "PaddingFIFOQueue"

    def _stacked(self, parts: list[Any], dims: Dims) -> Any:
        shapes = {tuple(part.shape) for part in parts}
        if len(shapes) == 1:
            return super()._stacked(parts, dims)
        largest = tuple(max(sizes) for sizes in zip(*shapes, strict=True))
        size = (len(parts), *largest)
        if isinstance(parts[0], np.ndarray):
            found: Any = np.full(size, b"", object)
        else:
            found = parts[0].new_zeros(size)
        for i, part in enumerate(parts):
            found[(i, *(slice(n) for n in part.shape))] = part
        return found


class ShuffleQueue(Queue):
    """It gives out elements at random, and keeps `minimum` of them until it is closed."""

    kind = "RandomShuffleQueue"

    def __init__(self, *args: Any, minimum: int, seed: int) -> None:
        super().__init__(*args)
        self.minimum = minimum
        self._random = random.Random(seed)
        self._elements = []

    def _put_back(self, elements: list[Element]) -> None:
        self._elements.extend(elements)

    def _take(self) -> Element:
        elements = self._elements
        i = self._random.randrange(len(elements))
        elements[i], elements[-1] = elements[-1], elements[i]
        return elements.pop()

    def _available(self) -> int:
        return len(self._elements) if self.closed else max(len(self._elements) - self.minimum, 0)


class PriorityQueue(Queue):
    """It gives out the element with the smallest first component."""

    kind = "PriorityQueue"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._elements = []
        self._count = 0

    def _put(self, element: Element) -> None:
        self._count += 1
        heapq.heappush(self._elements, (int(element[0]), self._count, element))

    def _put_back(self, elements: list[Element]) -> None:
        for element in elements:
            self._put(element)

    def _take(self) -> Element:
        return heapq.heappop(self._elements)[2]
