"""What lies around the tf.Session of a monitored session: hooks, coordination, recovery.

Each layer's `_sess` is the next one inwards; the innermost is the tf.Session.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .session_run_hook import SessionRunArgs, SessionRunContext, SessionRunValues

RECOVERABLE = (tf.errors.AbortedError, tf.errors.UnavailableError)
"""After these the session is made anew."""


class WrappedSession:
    """A session that hands everything on."""

    def __init__(self, sess: Any) -> None:
        self._sess = sess

    @property
    def graph(self) -> Any:
        return self._sess.graph

    @property
    def sess_str(self) -> Any:
        return self._sess.sess_str

    def should_stop(self) -> bool:
        """Whether it is closed, or something asked for a stop."""
        return self._sess is None or self._check_stop()

    def _check_stop(self) -> bool:
        inner = getattr(self._sess, "should_stop", None)
        return inner() if inner else False

    def close(self) -> None:
        if self._sess is not None:
            try:
                self._sess.close()
            finally:
                self._sess = None

    def run(self, *args: Any, **kwargs: Any) -> Any:
        return self._sess.run(*args, **kwargs)

    def run_step_fn(self, step: Callable[[Callable], Any]) -> Any:
        """Call `step(run)`, where `run` is this session's own, with its hooks."""
        return step(self.run)


class HookedSession(WrappedSession):
    """Calls the hooks around each run."""

    def __init__(self, sess: Any, hooks: Any) -> None:
        super().__init__(sess)
        self._hooks = hooks
        self._should_stop = False

    def _check_stop(self) -> bool:
        return self._should_stop

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        if self.should_stop():
            raise RuntimeError("Run called even after should_stop requested.")
        args = SessionRunArgs(fetches, feed_dict)
        options = options or tf.RunOptions()
        feeds = feed_dict
        contexts = []
        asked = []
        for hook in self._hooks:
            context = SessionRunContext(args, self._sess)
            contexts.append(context)
            request = hook.before_run(context)
            fetched = None
            if request is not None:
                fetched = request.fetches
                if request.feed_dict:
                    feeds = _with_feeds(feeds, request.feed_dict, feed_dict)
                if request.options:
                    options = _merged(options, request.options)
            asked.append(fetched)
        wanted = [fetched for fetched in asked if fetched is not None]
        run_metadata = run_metadata or tf.RunMetadata()
        found = self._sess.run(
            fetches=[fetches, *wanted],
            feed_dict=feeds,
            options=options,
            run_metadata=run_metadata,
        )
        values = iter(found[1:])
        for hook, context, fetched in zip(self._hooks, contexts, asked, strict=True):
            results = None if fetched is None else next(values)
            hook.after_run(context, SessionRunValues(results, options, run_metadata))
        self._should_stop = self._should_stop or any(c.stop_requested for c in contexts)
        return found[0]


def _with_feeds(feeds: Any, added: dict, callers: Any) -> dict:
    feeds = dict(feeds or {})
    both = [key for key in added if key in feeds]
    if both:
        caller = any(key in (callers or {}) for key in both)
        who = "a SessionRunHook and user" if caller else "two hooks"
        raise RuntimeError(f"Same tensor is fed by {who}. Conflict(s): {both}")
    return {**feeds, **added}


def _merged(options: Any, more: Any) -> Any:
    """Options that do what either asks for."""
    made = tf.RunOptions()
    made.CopyFrom(options)
    made.trace_level = max(options.trace_level, more.trace_level)
    made.timeout_in_ms = max(options.timeout_in_ms, more.timeout_in_ms)
    made.inter_op_thread_pool = max(options.inter_op_thread_pool, more.inter_op_thread_pool)
    for flag in ("output_partition_graphs", "report_tensor_allocations_upon_oom"):
        setattr(made, flag, getattr(options, flag) or getattr(more, flag))
    made.debug_options.MergeFrom(more.debug_options)
    return made


class CoordinatedSession(WrappedSession):
    """Stops with the coordinator's threads, and raises what they failed with."""

    def __init__(self, sess: Any, coord: Any, stop_grace_period_secs: float = 120) -> None:
        super().__init__(sess)
        self._coord = coord
        self._stop_grace_period_secs = stop_grace_period_secs

    def _check_stop(self) -> bool:
        try:
            self._coord.raise_requested_exception()
        except RECOVERABLE:
            raise
        except Exception:
            return True  # what a thread failed with is raised when the session is closed
        return self._coord.should_stop() or super()._check_stop()

    def close(self) -> None:
        self._coord.request_stop()
        try:
            self._coord.join(
                stop_grace_period_secs=self._stop_grace_period_secs, ignore_live_threads=True
            )
        finally:
            # What a thread failed with was told by now.
            with contextlib.suppress(*RECOVERABLE):
                super().close()

    def run(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return self._sess.run(*args, **kwargs)
        except RECOVERABLE:
            raise
        except Exception:
            # A thread's failure is the cause, and what this run failed with follows from it.
            self._coord.raise_requested_exception()
            raise


class RecoverableSession(WrappedSession):
    """Makes its session anew, by its creator, when a run was aborted."""

    def __init__(self, sess_creator: Any) -> None:
        self._sess_creator = sess_creator
        super().__init__(self._new())

    def _new(self) -> Any:
        while True:
            try:
                return self._sess_creator.create_session()
            except RECOVERABLE as error:
                tf.logging.info(
                    "An error was raised while a session was being created; it is tried again. "
                    "Error: %s", error,
                )  # fmt: skip

    def _check_stop(self) -> bool:
        try:
            return super()._check_stop()
        except RECOVERABLE as error:
            self._drop(error)
            return False

    def _drop(self, error: Exception) -> None:
        tf.logging.info(
            "An error was raised. The current session will be closed and a new session will be "
            "created. Error: %s", error,
        )  # fmt: skip
        with contextlib.suppress(*RECOVERABLE):
            self._sess.close()
        self._sess = self._new()

    def run(self, *args: Any, **kwargs: Any) -> Any:
        while True:
            try:
                return self._sess.run(*args, **kwargs)
            except RECOVERABLE as error:
                self._drop(error)

    def run_step_fn(self, step: Callable[[Callable], Any]) -> Any:
        """Call `step(run)` until it is not aborted; `run` alone does not come back."""
        while True:
            try:
                return self._sess.run_step_fn(step)
            except RECOVERABLE as error:
                self._drop(error)
