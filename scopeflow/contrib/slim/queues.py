"""`slim.queues`: queues that are filled while a block runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

__all__ = ["NestedQueueRunnerError", "QueueRunners"]

_running: set[int] = set()  # the graphs whose queues are being filled


class NestedQueueRunnerError(Exception):
    """Raised for a block inside another one."""


@contextmanager
def QueueRunners(session: Any) -> Iterator[None]:
    """A `with` block in which the session's queues are filled by threads."""
    key = id(session.graph)
    if key in _running:
        raise NestedQueueRunnerError("You cannot nest calls to QueueRunners.")
    _running.add(key)
    coordinator = tf.train.Coordinator()
    try:
        with session.graph.as_default():
            threads = tf.train.start_queue_runners(session, coordinator)
        yield
    finally:
        _running.discard(key)
        coordinator.request_stop()
        try:
            coordinator.join(threads, stop_grace_period_secs=120)
        except RuntimeError:
            session.close()
