"""tensorflow.contrib.tpu.python.tpu.session_support: what is done when TPU workers go away.

There are none, so that nothing of it ever happens.
"""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class _OnShutdown:
    """What a GracefulShutdownHook would do when workers go away."""

    def __init__(self, timeout_ms: int = 60_000) -> None:
        self.timeout_ms = timeout_ms

    def __call__(self, run_context: Any, all_workers: Any, lame_workers: Any) -> None:
        """Nothing: there are no workers."""


class ShutdownLameWorkers(_OnShutdown):
    """Would shut the workers down that are about to go."""


class ShutdownAllWorkers(_OnShutdown):
    """Would shut all workers down."""


class ResetComputation(_OnShutdown):
    """Would begin the computation anew from its checkpoint."""


RestartComputation = ResetComputation


class GracefulShutdownHook(tf.train.SessionRunHook):
    """Would save a checkpoint when a worker is about to go away: none does."""

    def __init__(self, checkpoint_prefix: str, saver: Any = None, on_shutdown_hooks: Any = None):
        self.checkpoint_prefix = checkpoint_prefix
        self._saver = saver
        self.on_shutdown_hooks = list(on_shutdown_hooks or ())

    def saver(self) -> Any:
        """The saver that was given, or that of the graph."""
        if self._saver is not None:
            return self._saver
        savers = tf.get_collection(tf.GraphKeys.SAVERS)
        return savers[0] if savers else None


def start_worker_watchdog(
    session: Any, devices: Any = None, ping_interval: int = 60, shutdown_timeout: int = 3600
) -> None:
    """Nothing: there are no workers to watch."""
