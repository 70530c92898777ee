"""The stock hooks that watch and stop: log tensors, stop at a step or at NaN, feed, wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .session_run_hook import SessionRunArgs, SessionRunHook


def required_global_step(hook: str) -> Any:
    """The graph's global step; RuntimeError where it has none."""
    step = tf.train.get_global_step()
    if step is None:
        raise RuntimeError(f"Global step should be created to use {hook}.")
    return step


class SecondOrStepTimer:
    """Says when it is time again: after `every_secs` seconds or `every_steps` steps."""

    def __init__(self, every_secs: float | None = None, every_steps: int | None = None) -> None:
        if every_secs is None and every_steps is None:
            raise ValueError("Either every_secs or every_steps should be provided.")
        if every_secs is not None and every_steps is not None:
            raise ValueError("Can not provide both every_secs and every_steps.")
        self._every_secs = every_secs
        self._every_steps = every_steps
        self.reset()

    def reset(self) -> None:
        """Forget the last time."""
        self._last_triggered_step: int | None = None
        self._last_triggered_time: float | None = None

    def should_trigger_for_step(self, step: int) -> bool:
        """Whether it is time at this step. The first time always; never twice for one step."""
        if self._last_triggered_step is None or self._last_triggered_time is None:
            return True
        if self._last_triggered_step == step:
            return False
        if self._every_secs is not None:
            return time.time() >= self._last_triggered_time + self._every_secs
        assert self._every_steps is not None
        return step >= self._last_triggered_step + self._every_steps

    def update_last_triggered_step(self, step: int) -> tuple[float | None, int | None]:
        """It was done at this step. Returns seconds and steps since the last time, or Nones."""
        now = time.time()
        seconds = steps = None
        if self._last_triggered_step is not None and self._last_triggered_time is not None:
            seconds = now - self._last_triggered_time
            steps = step - self._last_triggered_step
        self._last_triggered_time = now
        self._last_triggered_step = step
        return seconds, steps

    def last_triggered_step(self) -> int | None:
        """The step when it was done last, None before the first time."""
        return self._last_triggered_step


class _Never(SecondOrStepTimer):
    def __init__(self) -> None:
        super().__init__(every_steps=1)

    def should_trigger_for_step(self, step: int) -> bool:
        return False


def _element(graph: Any, item: Any) -> Any:
    return graph.as_graph_element(item)


class LoggingTensorHook(SessionRunHook):
    """Logs values every `every_n_iter` runs, every `every_n_secs` seconds, or `at_end`.

    `tensors` is a dict by tag, or a list, of tensors or their names. `formatter` makes the text
    from a dict of values by tag.
    """

    def __init__(
        self,
        tensors: Any,
        every_n_iter: int | None = None,
        every_n_secs: float | None = None,
        at_end: bool = False,
        formatter: Callable[[dict], str] | None = None,
    ) -> None:
        only_at_end = at_end and every_n_iter is None and every_n_secs is None
        if not only_at_end and (every_n_iter is None) == (every_n_secs is None):
            raise ValueError(
                "either at_end and/or exactly one of every_n_iter and every_n_secs must be "
                "provided."
            )
        if every_n_iter is not None and every_n_iter <= 0:
            raise ValueError(f"invalid every_n_iter={every_n_iter}.")
        if isinstance(tensors, dict):
            self._tag_order: Any = sorted(tensors.keys())
        else:
            self._tag_order = tensors
            tensors = {item: item for item in tensors}
        self._tensors = tensors
        self._formatter = formatter
        self._timer: SecondOrStepTimer = (
            _Never()
            if only_at_end
            else SecondOrStepTimer(every_secs=every_n_secs, every_steps=every_n_iter)
        )
        self._log_at_end = at_end

    def begin(self) -> None:
        """Find the tensors."""
        self._timer.reset()
        self._iter_count = 0
        graph = tf.get_default_graph()
        self._current_tensors = {tag: _element(graph, t) for tag, t in self._tensors.items()}

    def before_run(self, run_context: Any) -> Any:
        """Ask for the values if it is time."""
        self._should_trigger = self._timer.should_trigger_for_step(self._iter_count)
        return SessionRunArgs(self._current_tensors) if self._should_trigger else None

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Log the values."""
        if self._should_trigger:
            self._log_tensors(run_values.results)
        self._iter_count += 1

    def end(self, session: Any) -> None:
        """Log the last values, if wanted."""
        if self._log_at_end:
            self._log_tensors(session.run(self._current_tensors))

    def _log_tensors(self, values: dict) -> None:
        seconds, _ = self._timer.update_last_triggered_step(self._iter_count)
        if self._formatter:
            tf.logging.info(self._formatter(values))
            return
        with np.printoptions(suppress=True):
            text = ", ".join("%s = %s" % (tag, values[tag]) for tag in self._tag_order)  # noqa: UP031
        if seconds is not None:
            tf.logging.info("%s (%.3f sec)", text, seconds)
        else:
            tf.logging.info("%s", text)


class StopAtStepHook(SessionRunHook):
    """Stops after `num_steps` more steps, or at the step `last_step`."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        if num_steps is None and last_step is None:
            raise ValueError("One of num_steps or last_step must be specified.")
        if num_steps is not None and last_step is not None:
            raise ValueError("Only one of num_steps or last_step can be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    def begin(self) -> None:
        """Find the global step."""
        self._global_step_tensor = required_global_step("StopAtStepHook")

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Settle where to stop."""
        if self._last_step is None:
            assert self._num_steps is not None
            self._last_step = int(session.run(self._global_step_tensor)) + self._num_steps

    def before_run(self, run_context: Any) -> Any:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Stop if it is the last step."""
        assert self._last_step is not None
        if run_values.results + 1 >= self._last_step:
            # The value may be of before or after the step: look again.
            if run_context.session.run(self._global_step_tensor) >= self._last_step:
                run_context.request_stop()


class NanLossDuringTrainingError(RuntimeError):
    """The loss became NaN."""

    def __str__(self) -> str:
        return "NaN loss during training."


class NanTensorHook(SessionRunHook):
    """Raises NanLossDuringTrainingError when the loss is NaN, or just stops."""

    def __init__(self, loss_tensor: Any, fail_on_nan_loss: bool = True) -> None:
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def before_run(self, run_context: Any) -> Any:
        """Ask for the loss."""
        return SessionRunArgs(self._loss_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Look at the loss."""
        if np.isnan(run_values.results):
            message = "Model diverged with loss = NaN."
            if self._fail_on_nan_loss:
                tf.logging.error(message)
                raise NanLossDuringTrainingError
            tf.logging.warning(message)
            run_context.request_stop()


class FinalOpsHook(SessionRunHook):
    """Runs `final_ops` when the session ends; their values are `final_ops_values`."""

    def __init__(self, final_ops: Any, final_ops_feed_dict: Any = None) -> None:
        self._final_ops = final_ops
        self._final_ops_feed_dict = final_ops_feed_dict
        self._final_ops_values = None

    @property
    def final_ops_values(self) -> Any:
        """The values at the end."""
        return self._final_ops_values

    def end(self, session: Any) -> None:
        """Compute them."""
        if self._final_ops is not None:
            self._final_ops_values = session.run(
                self._final_ops, feed_dict=self._final_ops_feed_dict
            )


class FeedFnHook(SessionRunHook):
    """Feeds each run with what `feed_fn()` returns: a dict from tensors to values."""

    def __init__(self, feed_fn: Callable[[], dict]) -> None:
        self.feed_fn = feed_fn

    def before_run(self, run_context: Any) -> Any:
        """Feed the run."""
        return SessionRunArgs(fetches=None, feed_dict=self.feed_fn())


class GlobalStepWaiterHook(SessionRunHook):
    """Lets the first run wait until the global step, which somebody else counts, is there."""

    def __init__(self, wait_until_step: int) -> None:
        self._wait_until_step = wait_until_step

    def begin(self) -> None:
        """Find the global step."""
        self._worker_is_started = False
        self._global_step_tensor = required_global_step("_GlobalStepWaiterHook")

    def before_run(self, run_context: Any) -> Any:
        """Wait, the first time."""
        if self._worker_is_started:
            return
        if self._wait_until_step > 0:
            tf.logging.info("Waiting for global step %d before starting training.",
                            self._wait_until_step)  # fmt: skip
            logged = 0
            while True:
                step = run_context.session.run(self._global_step_tensor)
                if step >= self._wait_until_step:
                    break
                if step - logged > 1000:
                    tf.logging.info("Waiting for global step %d before starting training. "
                                    "Current step is %d.", self._wait_until_step, step)  # fmt: skip
                    logged = step
                time.sleep(0.5)
        self._worker_is_started = True
