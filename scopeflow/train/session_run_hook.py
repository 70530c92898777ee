"""Hooks of a monitored session: what is called around its runs, and what they say to each other."""

from __future__ import annotations

from collections import namedtuple
from typing import Any


class SessionRunArgs(namedtuple("SessionRunArgs", ["fetches", "feed_dict", "options"])):
    """What a hook adds to a run: fetches, feeds and a tf.RunOptions."""

    __slots__ = ()

    def __new__(cls, fetches: Any, feed_dict: Any = None, options: Any = None) -> SessionRunArgs:
        return super().__new__(cls, fetches, feed_dict, options)


class SessionRunValues(namedtuple("SessionRunValues", ["results", "options", "run_metadata"])):
    """What a hook gets of a run: the values of its fetches, the options, the tf.RunMetadata."""

    __slots__ = ()


class SessionRunContext:
    """What a hook may know of a run: the session, what the caller asked for; and it may stop."""

    def __init__(self, original_args: Any, session: Any) -> None:
        self._original_args = original_args
        self._session = session
        self._stop_requested = False

    @property
    def original_args(self) -> Any:
        """The SessionRunArgs of the caller."""
        return self._original_args

    @property
    def session(self) -> Any:
        """The tf.Session."""
        return self._session

    @property
    def stop_requested(self) -> bool:
        """Whether the session's `should_stop()` is to be True after this run."""
        return self._stop_requested

    def request_stop(self) -> None:
        """Let the session's `should_stop()` be True after this run."""
        self._stop_requested = True


class SessionRunHook:
    """Base class of hooks: all of its methods do nothing, override those that you need."""

    def begin(self) -> None:
        """Called once, before the session is made: ops may still be added to the graph."""

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Called for each new session (also one after a failure); the graph is finalized."""

    def before_run(self, run_context: Any) -> Any:
        """Called before each run. May return SessionRunArgs, to be added to it."""

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Called after each run that did not fail, with the SessionRunValues."""

    def end(self, session: Any) -> None:
        """Called when the session ends without an error, while it can still run."""
