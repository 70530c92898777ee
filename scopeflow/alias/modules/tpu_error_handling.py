"""tensorflow.contrib.tpu.python.tpu.error_handling: errors of several loops, told together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


class ErrorRendezvous:
    """Gathers the errors of loops that run side by side, and raises the one that tells most.

    An error that a session was aborted, or closed, is most often another one's consequence; it is
    raised where there is no other.
    """

    def __init__(self, num_sources: int) -> None:
        self._num_sources = num_sources
        self._errors: dict[str, BaseException | None] = {}
        self._changed = threading.Condition()

    def record_error(self, source: str, exc_info: Any, session: Any = None) -> None:
        """Note the error of a loop (as `sys.exc_info()` gives it), and close its session."""
        _, value, _ = exc_info
        tf.logging.error("Error recorded from %s: %s", source, value)
        if session is not None:
            session.close()
        self._record(source, value)

    def record_done(self, source: str) -> None:
        """Note that a loop has ended well, unless it has told an error."""
        tf.logging.info("%s marked as finished", source)
        if self._errors.get(source) is None:
            self._record(source, None)

    def _record(self, source: str, value: BaseException | None) -> None:
        with self._changed:
            self._errors[source] = value
            self._changed.notify_all()

    @contextmanager
    def catch_errors(self, source: str, session: Any = None) -> Iterator[None]:
        """A block whose error is noted, and raised by `raise_errors` instead."""
        try:
            yield
        except Exception as error:
            self.record_error(source, (type(error), error, error.__traceback__), session)

    def raise_errors(self, timeout_sec: float = 0) -> None:
        """Raise an error that was noted. Waits up to `timeout_sec` seconds for all loops' ends."""
        with self._changed:
            if timeout_sec:
                self._changed.wait_for(lambda: len(self._errors) >= self._num_sources, timeout_sec)
            found = [error for error in self._errors.values() if error is not None]
        followers = (tf.errors.AbortedError, tf.errors.CancelledError)
        for error in sorted(found, key=lambda error: isinstance(error, followers)):
            raise error
