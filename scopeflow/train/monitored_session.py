"""Sessions that initialize, restore, call hooks and recover by themselves."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .saving_hooks import CheckpointSaverHook, StepCounterHook, SummarySaverHook
from .scaffold import USE_DEFAULT, Scaffold
from .session_creators import ChiefSessionCreator, SessionCreator, WorkerSessionCreator
from .session_run_hook import SessionRunHook
from .wrapped_sessions import CoordinatedSession, HookedSession, RecoverableSession


class _StepContext:
    """What `run_step_fn` gives to its function: the bare session, a run with hooks, a stop."""

    def __init__(self, session: Any, run_with_hooks_fn: Callable) -> None:
        self._session = session
        self._run_with_hooks_fn = run_with_hooks_fn

    @property
    def session(self) -> Any:
        """The tf.Session: its runs do not call hooks."""
        return self._session

    def run_with_hooks(self, *args: Any, **kwargs: Any) -> Any:
        """As the monitored session's `run`."""
        return self._run_with_hooks_fn(*args, **kwargs)

    def request_stop(self) -> None:
        """Leave the `with` block of the session: raises StopIteration."""
        raise StopIteration("step_fn has requested the iterations to stop.")


class _CoordinatedCreator:
    """Makes sessions with their hooks and threads; knows the newest one and its coordinator."""

    def __init__(self, creator: Any, hooks: Any, stop_grace_period_secs: float) -> None:
        self._creator = creator
        self._hooks = hooks
        self._stop_grace_period_secs = stop_grace_period_secs
        self.tf_sess: Any = None
        self.coord: Any = None

    def create_session(self) -> Any:
        self.tf_sess = self._creator.create_session()
        self.coord = tf.train.Coordinator(clean_stop_exception_types=[])
        with self.tf_sess.graph.as_default():
            if tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
                tf.train.start_queue_runners(sess=self.tf_sess, coord=self.coord)
        for hook in self._hooks:
            hook.after_create_session(self.tf_sess, self.coord)
        return CoordinatedSession(
            HookedSession(self.tf_sess, self._hooks), self.coord, self._stop_grace_period_secs
        )

    def forget(self) -> None:
        """The session is closed."""
        self.tf_sess = self.coord = None


class _MonitoredSession:
    """What MonitoredSession and SingularMonitoredSession share."""

    def __init__(
        self, session_creator: Any, hooks: Any, should_recover: bool, stop_grace_period_secs: float
    ) -> None:
        self._graph_was_finalized = tf.get_default_graph().finalized
        self._hooks = hooks or []
        for hook in self._hooks:
            hook.begin()
        self._coordinated_creator = _CoordinatedCreator(
            session_creator or ChiefSessionCreator(), self._hooks, stop_grace_period_secs
        )
        creator = self._coordinated_creator
        self._sess: Any = (
            RecoverableSession(creator) if should_recover else creator.create_session()
        )

    @property
    def graph(self) -> Any:
        """The graph; None when closed."""
        return None if self._tf_sess() is None else self._tf_sess().graph

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """As tf.Session.run, with the hooks called around it."""
        self._check_open()
        return self._sess.run(
            fetches, feed_dict=feed_dict, options=options, run_metadata=run_metadata
        )

    def run_step_fn(self, step_fn: Callable) -> Any:
        """Call `step_fn(step_context)`, which may use the bare session and run with hooks."""
        names = list(inspect.signature(step_fn).parameters)
        if names[:1] == ["self"]:
            names = names[1:]
        if names != ["step_context"]:
            raise ValueError(
                "`step_fn` may either have one `step_context` argument, or `self` and "
                f"`step_context`, but it has {names}."
            )
        self._check_open()
        return self._sess.run_step_fn(lambda run: step_fn(_StepContext(self._tf_sess(), run)))

    def should_stop(self) -> bool:
        """Whether a hook or a thread asked for a stop, or the session is closed."""
        return self._sess is None or self._sess.should_stop()

    def close(self) -> None:
        """Call the hooks' `end`, stop the threads, close the session."""
        self._close()

    def _check_open(self) -> None:
        if self._sess is None:
            raise RuntimeError("Session is already closed.")

    def _is_closed(self) -> bool:
        return self._tf_sess() is None

    def _tf_sess(self) -> Any:
        return self._coordinated_creator.tf_sess

    def _close(self, exception_type: Any = None) -> None:
        graph = self.graph or tf.get_default_graph()
        try:
            if not exception_type and self._tf_sess() is not None:
                for hook in self._hooks:
                    hook.end(self._tf_sess())
        finally:
            try:
                self._check_open()
                self._sess.close()
            finally:
                self._sess = None
                self._coordinated_creator.forget()
                if not self._graph_was_finalized:
                    graph._unsafe_unfinalize()

    def __enter__(self) -> Any:
        return self

    def __exit__(self, exception_type: Any, exception_value: Any, traceback: Any) -> bool:
        # The end of the input is an ordinary end.
        ordinary = exception_type in (tf.errors.OutOfRangeError, StopIteration)
        kind = None if ordinary else exception_type
        if self._sess is not None or kind is None:
            self._close(kind)
        return kind is None


class MonitoredSession(_MonitoredSession):
    """A session that initializes or restores, calls hooks, and comes back after a failure.

    >>> with tf.train.MonitoredSession() as session:  # doctest: +SKIP
    ...     while not session.should_stop():
    ...         session.run(train_op)

    The `with` block ends quietly at the end of the input (OutOfRangeError). The session is no
    default session while inside. The graph is finalized until the session is closed.
    """

    StepContext = _StepContext

    def __init__(
        self, session_creator: Any = None, hooks: Any = None, stop_grace_period_secs: float = 120
    ) -> None:
        super().__init__(session_creator, hooks, True, stop_grace_period_secs)


class SingularMonitoredSession(_MonitoredSession):
    """A monitored session that fails where MonitoredSession would come back."""

    StepContext = _StepContext

    def __init__(
        self,
        hooks: Any = None,
        scaffold: Any = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        stop_grace_period_secs: float = 120,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        creator = ChiefSessionCreator(
            scaffold=scaffold,
            master=master,
            config=config,
            checkpoint_dir=checkpoint_dir,
            checkpoint_filename_with_path=checkpoint_filename_with_path,
        )
        super().__init__(creator, hooks, False, stop_grace_period_secs)

    def raw_session(self) -> Any:
        """The tf.Session."""
        return self._tf_sess()


def MonitoredTrainingSession(
    master: str = "",
    is_chief: bool = True,
    checkpoint_dir: str | None = None,
    scaffold: Any = None,
    hooks: Any = None,
    chief_only_hooks: Any = None,
    save_checkpoint_secs: Any = USE_DEFAULT,
    save_summaries_steps: Any = USE_DEFAULT,
    save_summaries_secs: Any = USE_DEFAULT,
    config: Any = None,
    stop_grace_period_secs: float = 120,
    log_step_count_steps: int | None = 100,
    max_wait_secs: float = 7200,
    save_checkpoint_steps: Any = USE_DEFAULT,
    summary_dir: str | None = None,
) -> Any:
    """A MonitoredSession that also saves checkpoints and summaries, and counts steps.

    With a `checkpoint_dir` it begins with the newest checkpoint there. A checkpoint is saved every
    `save_checkpoint_steps` or `save_checkpoint_secs` (600 seconds unless given), summaries every
    `save_summaries_steps` (100) or `save_summaries_secs` to `summary_dir` (the checkpoints'). A
    worker (`is_chief` False) waits at most `max_wait_secs` for its model to be ready.
    """
    if save_summaries_steps is USE_DEFAULT and save_summaries_secs is USE_DEFAULT:
        save_summaries_steps, save_summaries_secs = 100, None
    save_summaries_steps = _given(save_summaries_steps)
    save_summaries_secs = _given(save_summaries_secs)
    if save_checkpoint_steps is USE_DEFAULT and save_checkpoint_secs is USE_DEFAULT:
        save_checkpoint_steps, save_checkpoint_secs = None, 600
    save_checkpoint_steps = _given(save_checkpoint_steps)
    save_checkpoint_secs = _given(save_checkpoint_secs)
    scaffold = scaffold or Scaffold()
    if not is_chief:
        creator: SessionCreator = WorkerSessionCreator(
            scaffold=scaffold, master=master, config=config, max_wait_secs=max_wait_secs
        )
        return MonitoredSession(creator, hooks or [], stop_grace_period_secs)
    all_hooks: list[SessionRunHook] = list(chief_only_hooks or [])
    creator = ChiefSessionCreator(
        scaffold=scaffold, checkpoint_dir=checkpoint_dir, master=master, config=config
    )
    summary_dir = summary_dir or checkpoint_dir
    if summary_dir:
        if log_step_count_steps and log_step_count_steps > 0:
            all_hooks.append(
                StepCounterHook(output_dir=summary_dir, every_n_steps=log_step_count_steps)
            )
        if (save_summaries_steps and save_summaries_steps > 0) or (
            save_summaries_secs and save_summaries_secs > 0
        ):
            all_hooks.append(
                SummarySaverHook(
                    scaffold=scaffold,
                    save_steps=save_summaries_steps,
                    save_secs=save_summaries_secs,
                    output_dir=summary_dir,
                )
            )
    if checkpoint_dir and (
        (save_checkpoint_secs and save_checkpoint_secs > 0)
        or (save_checkpoint_steps and save_checkpoint_steps > 0)
    ):
        all_hooks.append(
            CheckpointSaverHook(
                checkpoint_dir,
                save_steps=save_checkpoint_steps,
                save_secs=save_checkpoint_secs,
                scaffold=scaffold,
            )
        )
    all_hooks.extend(hooks or [])
    return MonitoredSession(creator, all_hooks, stop_grace_period_secs)


def _given(value: Any) -> Any:
    return None if value is USE_DEFAULT else value
