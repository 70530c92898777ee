"""Coordinator: threads that stop together, and report what went wrong to whoever joins them."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import scopeflow as tf

_POLL = 0.05  # how often, in seconds, a join looks whether its threads ended by themselves


class Coordinator:
    """Stops several threads together.

    Any thread calls `request_stop()`, all look at `should_stop()` now and then, and the main one
    waits in `join()`, which raises the exception that a thread stopped with. The types in
    `clean_stop_exception_types` (OutOfRangeError) are ordinary ends and are not raised.

    >>> coord = tf.train.Coordinator()
    >>> threads = tf.train.start_queue_runners(session, coord)  # doctest: +SKIP
    >>> coord.request_stop()
    >>> coord.join(threads)  # doctest: +SKIP
    """

    def __init__(self, clean_stop_exception_types: Any = None) -> None:
        if clean_stop_exception_types is None:
            clean_stop_exception_types = (tf.errors.OutOfRangeError,)
        self._clean_stop_exception_types = tuple(clean_stop_exception_types)
        self._lock = threading.Lock()
        self._stop_event = threading.Event()
        self._failure: BaseException | None = None
        self._joined = False
        self._registered_threads: set[threading.Thread] = set()

    def request_stop(self, ex: Any = None) -> None:
        """Ask all threads to stop; `ex`, an exception or sys.exc_info(), is raised by `join`.

        Only the first one counts. After `join`, the exception is raised at once.
        """
        failure = ex[1] if isinstance(ex, tuple) else ex
        if failure is not None and not isinstance(failure, BaseException):
            raise TypeError(f"ex must be an exception or an exc_info tuple, not {ex!r}")
        with self._lock:
            clean = isinstance(failure, self._clean_stop_exception_types)
            if self._joined:
                if failure is not None and not clean:
                    raise failure
                return
            if self._stop_event.is_set():
                return
            if failure is not None and not clean:
                tf.logging.info(
                    "Error reported to Coordinator: %s, %s", type(failure), str(failure)
                )
                self._failure = failure
            self._stop_event.set()

    def clear_stop(self) -> None:
        """Forget the request to stop, so that the coordinator can be used again."""
        with self._lock:
            self._joined = False
            self._failure = None
            self._stop_event.clear()

    def should_stop(self) -> bool:
        """Whether a stop was requested."""
        return self._stop_event.is_set()

    @contextlib.contextmanager
    def stop_on_exception(*args: Any, **kwds: Any) -> Iterator[None]:
        """A `with` block whose exceptions become a request to stop, and go no further."""
        (self,) = args
        try:
            yield
        except BaseException:
            self.request_stop(ex=sys.exc_info())

    def wait_for_stop(self, timeout: float | None = None) -> bool:
        """Wait for a stop, at most `timeout` seconds. Returns whether one was requested."""
        return self._stop_event.wait(timeout)

    def register_thread(self, thread: threading.Thread) -> None:
        """Let `join` wait for this thread too."""
        with self._lock:
            self._registered_threads.add(thread)

    def join(
        self,
        threads: Any = None,
        stop_grace_period_secs: float = 120,
        ignore_live_threads: bool = False,
    ) -> None:
        """Wait for the threads (and the registered ones); raise what one of them stopped with.

        After a request to stop they have `stop_grace_period_secs` to end; RuntimeError where some
        do not, unless `ignore_live_threads`.
        """
        with self._lock:
            waited = self._registered_threads.union(threads or ())
        while any(thread.is_alive() for thread in waited) and not self.wait_for_stop(_POLL):
            pass
        deadline = time.monotonic() + stop_grace_period_secs
        for thread in waited:
            while thread.is_alive() and time.monotonic() < deadline:
                thread.join(min(1.0, max(deadline - time.monotonic(), 0.0)))
        stragglers = [thread.name for thread in waited if thread.is_alive()]
        with self._lock:
            self._joined = True
            self._registered_threads = set()
            failure = self._failure
        text = f"Coordinator stopped with threads still running: {' '.join(stragglers)}"
        if stragglers and (failure is not None or ignore_live_threads):
            tf.logging.info(text)
        if failure is not None:
            raise failure
        if stragglers and not ignore_live_threads:
            raise RuntimeError(text)

    @property
    def joined(self) -> bool:
        """Whether `join` has ended."""
        return self._joined

    def raise_requested_exception(self) -> None:
        """Raise the exception that was passed to `request_stop`, if any."""
        with self._lock:
            if self._failure is not None:
                raise self._failure


class LooperThread(threading.Thread):
    """A thread that calls its target again and again until the coordinator stops.

    It calls every `timer_interval_secs` seconds (None: without a pause). Exceptions become a
    request to stop. A subclass may have its own `start_loop`, `run_loop` and `stop_loop`.
    """

    def __init__(
        self,
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any] | None = None,
        args: Any = None,
        kwargs: Any = None,
    ) -> None:
        if not isinstance(coord, Coordinator):
            raise ValueError(f"'coord' argument must be a Coordinator: {coord}")
        super().__init__()
        self.daemon = True
        self._coord = coord
        self._interval = timer_interval_secs
        self._callable = target
        if target is None and (args is not None or kwargs is not None):
            raise ValueError("'args' and 'kwargs' argument require that you also pass 'target'")
        self._call_args = args or ()
        self._call_kwargs = kwargs or {}
        coord.register_thread(self)

    @staticmethod
    def loop(
        coord: Coordinator,
        timer_interval_secs: float | None,
        target: Callable[..., Any],
        args: Any = None,
        kwargs: Any = None,
    ) -> LooperThread:
        """Make such a thread and start it."""
        looper = LooperThread(coord, timer_interval_secs, target, args, kwargs)
        looper.start()
        return looper

    def run(self) -> None:
        """What the thread does."""
        with self._coord.stop_on_exception():
            self.start_loop()
            if self._interval is None:
                while not self._coord.should_stop():
                    self.run_loop()
            else:
                due = time.monotonic()
                while not self._coord.wait_for_stop(max(due - time.monotonic(), 0)):
                    due += self._interval
                    self.run_loop()
            self.stop_loop()

    def start_loop(self) -> None:
        """Called before the first round."""

    def stop_loop(self) -> None:
        """Called after the last one."""

    def run_loop(self) -> None:
        """One round: it calls the target."""
        if self._callable is not None:
            self._callable(*self._call_args, **self._call_kwargs)
