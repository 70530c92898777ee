"""Elements made in threads while the consumer does other things; their order is kept.

A thread holds the shared state, not the iterator that the consumer has: when that one is collected
or closed, the threads end.
"""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from ..core.errors import InvalidArgumentError, OutOfRangeError
from .base import Choosing, Dataset, Derived, Element, Stage, close

_WAIT = 5.0  # seconds that closing waits for threads that are making an element
_END = object()


class _Work:
    """What the threads of one iterator share.

    Each thread draws an item and the number of its place, makes the element outside the lock and
    puts it into its place.
    """

    def __init__(
        self, source: Iterator[Any], function: Callable[..., Any] | None, capacity: int
    ) -> None:
        self.source = source
        self.function = function
        self.capacity = capacity  # how many places may be drawn ahead of the consumer
        self.drawing = threading.Lock()
        self.changed = threading.Condition(threading.Lock())
        self.places: dict[int, tuple[Any, BaseException | None]] = {}
        self.drawn = 0
        self.taken = 0
        self.stopped = False
        self.waiting = 0  # consumers and threads that wait for a change

    def run(self) -> None:
        """What each thread does."""
        while self.step():
            pass
        self.source = iter(())  # what it holds may end now

    def step(self) -> bool:
        with self.drawing:  # one draws at a time: iterators are not made for several threads
            with self.changed:
                while self.drawn - self.taken >= self.capacity and not self.stopped:
                    self._wait()
                if self.stopped:
                    return False
                place = self.drawn
                self.drawn += 1
            found: Any = None
            failure: BaseException | None = None
            try:
                found = next(self.source)
            except StopIteration:
                found = _END
            except BaseException as error:
                failure = error
            if found is _END:
                self.put(place, _END, None)
                with self.changed:
                    self.stopped = True
                    self._tell()
                return False
        if failure is None and self.function is not None:
            try:
                found = self.function(*found)
            except OutOfRangeError:
                found = _END
            except BaseException as error:
                failure = error
        self.put(place, found, failure)
        return True

    def put(self, place: int, found: Any, failure: BaseException | None) -> None:
        with self.changed:
            self.places[place] = (found, failure)
            self._tell()

    def take(self) -> Any:
        """The element of the next place, once it is there."""
        with self.changed:
            while self.taken not in self.places:
                self._wait()
            found, failure = self.places[self.taken]
            if found is _END:
                self.stopped = True
                self._tell()
                raise StopIteration
            del self.places[self.taken]
            self.taken += 1
            self._tell()
        if failure is not None:
            raise failure
        return found

    def stop(self) -> None:
        """Make the threads end as soon as they have made what they are at."""
        with self.changed:
            self.stopped = True
            self.places.clear()
            self.places[self.taken] = (_END, None)
            self.changed.notify_all()

    def _wait(self) -> None:
        self.waiting += 1
        self.changed.wait()
        self.waiting -= 1

    def _tell(self) -> None:
        if self.waiting:
            self.changed.notify_all()


class Background(Stage):
    """Elements of `source`, after `function`, made by `workers` threads from the first use on."""

    def __init__(
        self,
        source: Iterator[Any],
        capacity: int,
        workers: int = 1,
        function: Callable[..., Any] | None = None,
    ) -> None:
        super().__init__(source)
        self.work = _Work(source, function, capacity)
        self.workers = workers
        self.threads: list[threading.Thread] = []
        self.finalizer = weakref.finalize(self, self.work.stop)
        self.finalizer.atexit = False

    def __next__(self) -> Any:
        if not self.threads:
            self._start()
        return self.work.take()

    def _start(self) -> None:
        work = self.work
        self.threads = [
            threading.Thread(target=work.run, name="scopeflow-data", daemon=True)
            for _ in range(self.workers)
        ]
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """End the threads, and wait for them."""
        self.work.stop()
        until = time.monotonic() + _WAIT
        for thread in self.threads:
            if thread is not threading.current_thread():
                thread.join(max(0.0, until - time.monotonic()))
        close(self.source)


class Prefetch(Choosing):
    """Elements made up to `size` ahead, by a thread."""

    def __init__(self, source: Dataset, size: int) -> None:
        super().__init__(source)
        if size < -1:
            raise InvalidArgumentError(
                None, None, "buffer_size must be >= 0 or set buffer_size to be -1 for auto-tuning"
            )
        self.size = _AUTOMATIC if size == -1 else size

    def items(self) -> Iterator[Any]:
        """The elements; without a thread where there is nothing to make."""
        source = self.source.items()
        if self.rows is not None or not self.size:
            return source
        return Background(source, self.size)


_AUTOMATIC = 8


class ParallelMap(Derived):
    """What the function makes of each element, several at a time, in the elements' order."""

    def __init__(self, source: Dataset, function: Callable[..., tuple], workers: int) -> None:
        super().__init__(source)
        if workers < 1:
            raise InvalidArgumentError(None, None, "num_parallel_calls must be greater than zero.")
        self.function, self.workers = function, workers

    def cardinality(self) -> int:
        """How many elements there are."""
        return self.source.cardinality()

    def items(self) -> Iterator[Element]:
        """The results."""
        source = self.source.elements()
        return Background(source, self.workers, self.workers, self.function)
