"""Elements made in threads while the consumer does other things; their order is kept.

A thread holds the shared state, not the iterator that the consumer has: when that one is collected
or closed, the threads end.
"""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..core.errors import InvalidArgumentError, OutOfRangeError
from .base import Choosing, Dataset, Derived, Element, Stage, close

_WAIT = 5.0  # seconds that closing waits for threads that are making an element
_END = object()
_SHORT, _LONG = 0.0005, 0.005  # seconds: between them should be the work for one place
_AT_ONCE = 32

_Made = tuple[Any, BaseException | None]
"""An element, or the end; or what its making raised."""
_works: weakref.WeakSet[_Work] = weakref.WeakSet()
_threads: weakref.WeakSet[threading.Thread] = weakref.WeakSet()


@atexit.register
def _end_threads() -> None:
    """A thread that is inside of torch when Python ends would abort the process."""
    for work in list(_works):
        work.stop()
    _join(_threads)


def _join(threads: Iterable[threading.Thread]) -> None:
    until = time.monotonic() + _WAIT
    for thread in list(threads):
        if thread is not threading.current_thread():
            thread.join(max(0.0, until - time.monotonic()))


class _Work:
    """What the threads of one iterator share.

    Each thread draws some items and the number of their place, makes the elements outside the lock
    and puts them into their place. It draws several at a time (up to `most`) where they are made
    so fast that handing them over would take longer.
    """

    def __init__(
        self, source: Iterator[Any], function: Callable[..., Any] | None, capacity: int, most: int
    ) -> None:
        self.source = source
        self.function = function
        self.capacity = capacity  # how many places may be drawn ahead of the consumer
        self.most = most
        self.at_once = 1
        self.drawing = threading.Lock()
        self.changed = threading.Condition(threading.Lock())
        self.places: dict[int, list[_Made]] = {}
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
        """Make the elements of one place. False where there is nothing more to do."""
        with self.drawing:  # one draws at a time: iterators are not made for several threads
            with self.changed:
                while self.drawn - self.taken >= self.capacity and not self.stopped:
                    self._wait()
                if self.stopped:
                    return False
                place = self.drawn
                self.drawn += 1
            begin = time.monotonic()
            made, ended = self._drawn()
            if ended:
                self.stopped = True
        if self.function is not None:
            made = [item if item[1] is not None else self._made(item[0]) for item in made]
        if ended:
            made.append((_END, None))
        spent = time.monotonic() - begin
        if spent < _SHORT:
            self.at_once = min(2 * self.at_once, self.most)
        elif spent > _LONG:
            self.at_once = max(self.at_once // 2, 1)
        with self.changed:
            self.places[place] = made
            self._tell()
        return not ended

    def _drawn(self) -> tuple[list[_Made], bool]:
        """The next items, and whether they are the last ones."""
        found: list[_Made] = []
        for _ in range(self.at_once):
            try:
                found.append((next(self.source), None))
            except StopIteration:
                return found, True
            except BaseException as error:
                found.append((None, error))
        return found, False

    def _made(self, item: Any) -> _Made:
        assert self.function is not None
        try:
            return self.function(*item), None
        except OutOfRangeError:
            return _END, None
        except BaseException as error:
            return None, error

    def take(self) -> list[_Made]:
        """What was made for the next place, once it is there."""
        with self.changed:
            while self.taken not in self.places:
                self._wait()
            found = self.places.pop(self.taken)
            self.taken += 1
            self._tell()
        return found

    def stop(self) -> None:
        """Make the threads end as soon as they have made what they are at."""
        with self.changed:
            self.stopped = True
            self.places.clear()
            self.places[self.taken] = [(_END, None)]
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
        most: int = 1,
    ) -> None:
        super().__init__(source)
        self.work = _Work(source, function, capacity, most)
        self.ready: deque[_Made] = deque()
        self.workers = workers
        self.threads: list[threading.Thread] = []
        self.finalizer = weakref.finalize(self, self.work.stop)
        self.finalizer.atexit = False

    def __next__(self) -> Any:
        if not self.ready:
            if not self.threads:
                self._start()
            self.ready.extend(self.work.take())
        found, failure = self.ready.popleft()
        if found is _END:
            self.ready.appendleft((_END, None))  # it stays at its end
            self.work.stop()
            raise StopIteration
        if failure is not None:
            raise failure
        return found

    def _start(self) -> None:
        work = self.work
        self.threads = [
            threading.Thread(target=work.run, name="scopeflow-data", daemon=True)
            for _ in range(self.workers)
        ]
        _works.add(work)
        _threads.update(self.threads)
        for thread in self.threads:
            thread.start()

    def close(self) -> None:
        """End the threads, and wait for them."""
        self.work.stop()
        _join(self.threads)
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
        return Background(source, self.workers, self.workers, self.function, _AT_ONCE)
