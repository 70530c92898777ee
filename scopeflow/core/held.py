"""Objects that live in a session from run to run: queues, tables, readers, iterators.

The op that stands for one gives out the object itself, as a tensor of dtype `resource` (or
`string_ref`, …); its kernel asks for `held` and calls `held_object`. Ops that use the object take
it as an input of type `held resource`.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakSet

from .operation import Operation, Tensor

_computing: list[None] = []
"""An item for each run that computes now, in whatever thread and session."""
_exiting = False
_PATIENCE = 5.0  # seconds that the end of the process waits for runs of other threads


def begin_computing() -> None:
    """A run begins to compute, or goes on after it waited. At the end of the process it stops here.

    A thread that is inside of torch when Python ends would abort the process.
    """
    if _exiting and threading.current_thread() is not threading.main_thread():
        threading.Event().wait()
    _computing.append(None)


def end_computing() -> None:
    """The run is done, or waits for another thread."""
    if _computing:
        _computing.pop()


@atexit.register
def _let_runs_end() -> None:
    global _exiting
    _exiting = True
    end = time.monotonic() + _PATIENCE
    while _computing and time.monotonic() < end:
        time.sleep(0.001)


class Turn:
    """A lock that its thread may take again, and that gives way where the thread must wait.

    Runs that take gradients or change variables have the session's turn while they compute: an
    update in place must not reach what another thread's gradients still need.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._depth = 0

    def __enter__(self) -> None:
        me = threading.get_ident()
        if self._owner != me:
            self._lock.acquire()
            self._owner = me
        self._depth += 1

    def __exit__(self, *exc_info: Any) -> None:
        self._depth -= 1
        if not self._depth:
            self._owner = None
            self._lock.release()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """A block in which other threads may have the turn, for example to fill a queue."""
        end_computing()
        mine = self._owner == threading.get_ident()
        depth = self._depth
        if mine:
            self._depth, self._owner = 0, None
            self._lock.release()
        try:
            yield
        finally:
            begin_computing()
            if mine:
                self._lock.acquire()
                self._owner, self._depth = threading.get_ident(), depth


class Held(dict):
    """What a session holds, by (container, shared name or op name), and its turn.

    `evaluate` gives a tensor's value in the session: an object that needs it when it is made asks
    for it then, instead of having it as an input that is computed in every run.
    """

    def __init__(self, evaluate: Callable[[Tensor], Any]) -> None:
        super().__init__()
        self.turn = Turn()
        self.evaluate = evaluate
        self._limits = threading.local()
        self.locks: WeakSet[Any] = WeakSet()
        """The locks (see `ops/critical_section.py`) that runs have."""

    def let_go(self) -> None:
        """A run of this thread failed: let go of the locks that it has."""
        for lock in [*self.locks]:
            if lock.thread == threading.get_ident():
                lock.release()

    @property
    def timeout(self) -> float | None:
        """How many seconds the present run of this thread may wait for another thread."""
        return getattr(self._limits, "timeout", None)

    @contextmanager
    def limited(self, timeout: float) -> Iterator[None]:
        """A block in which this thread waits at most so many seconds."""
        before, self._limits.timeout = self.timeout, timeout
        try:
            yield
        finally:
            self._limits.timeout = before


def held_object(held: dict, op: Operation, make: Callable[[], Any]) -> Any:
    """The session's object for the op, made at the first call.

    Ops with the same `container` and `shared_name` share one; without a `shared_name` it is the
    op's own. A session that closes calls the object's `session_closed()`, if it has that.
    """
    shared = op.attrs.get("shared_name") or op.name
    key = (op.attrs.get("container") or "", shared)
    found = held.get(key)
    if found is None:
        found = held.setdefault(key, make())
    return found
