"""Hooks that end an Estimator's training by what its evaluations have found."""

from __future__ import annotations

import glob
import operator
import os
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def read_eval_metrics(eval_dir: str) -> dict[int, dict[str, float]]:
    """The numbers of each evaluation by step, in the steps' order, from the summaries there."""
    found: dict[int, dict[str, float]] = {}
    for path in sorted(glob.glob(os.path.join(eval_dir, "*tfevents*"))):
        for event in tf.train.summary_iterator(path):
            values = event.summary.value
            numbers = {v.tag: v.simple_value for v in values if v.HasField("simple_value")}
            if numbers:
                found.setdefault(event.step, {}).update(numbers)
    return dict(sorted(found.items()))


def make_early_stopping_hook(
    estimator: Any,
    should_stop_fn: Callable[[], bool],
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> tf.train.SessionRunHook:
    """A hook that ends the training once `should_stop_fn()` is true.

    It asks every so many seconds or steps, but only one of both may be given (ValueError).
    TypeError where `estimator` is no tf.estimator.Estimator.
    """
    if not isinstance(estimator, tf.estimator.Estimator):
        raise TypeError(
            f"`estimator` must have type `tf.estimator.Estimator`. Got: {type(estimator)}"
        )
    if run_every_secs is not None and run_every_steps is not None:
        raise ValueError("Only one of `run_every_secs` and `run_every_steps` must be set.")
    return _StopWhenHook(should_stop_fn, run_every_secs, run_every_steps)


class _StopWhenHook(tf.train.SessionRunHook):
    def __init__(
        self, should_stop: Callable[[], bool], every_secs: float | None, every_steps: int | None
    ) -> None:
        self._should_stop = should_stop
        self._timer = tf.train.SecondOrStepTimer(every_secs, every_steps)

    def begin(self) -> None:
        """Find the global step."""
        self._step = tf.train.get_global_step()
        self._timer.reset()

    def before_run(self, run_context: Any) -> Any:
        """Ask for the global step."""
        return tf.train.SessionRunArgs(self._step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Ask whether to stop, if it is time."""
        step = int(run_values.results)
        if self._timer.should_trigger_for_step(step):
            self._timer.update_last_triggered_step(step)
            if self._should_stop():
                tf.logging.info("Requesting early stopping at global step %d", step)
                run_context.request_stop()


class _AtCheckpointStepHook(tf.train.SessionRunHook):
    def __init__(self, model_dir: str, last_step: int, wait_after_file_check_secs: float) -> None:
        self._model_dir, self._last_step = model_dir, last_step
        self._timer = tf.train.SecondOrStepTimer(every_secs=wait_after_file_check_secs)
        self._checks = 0

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Look at the newest checkpoint, if it is time."""
        self._checks += 1
        if not self._timer.should_trigger_for_step(self._checks):
            return
        self._timer.update_last_triggered_step(self._checks)
        path = tf.train.latest_checkpoint(self._model_dir)
        if path and tf.train.load_variable(path, tf.GraphKeys.GLOBAL_STEP) >= self._last_step:
            run_context.request_stop()


def make_stop_at_checkpoint_step_hook(
    estimator: Any, last_step: int, wait_after_file_check_secs: float = 30
) -> tf.train.SessionRunHook:
    """A hook that ends the training once a checkpoint has the step `last_step`.

    On a chief the step itself is looked at; another worker looks at the newest checkpoint, and
    waits so many seconds between two looks.
    """
    if estimator.config.is_chief:
        return tf.train.StopAtStepHook(last_step=last_step)
    return _AtCheckpointStepHook(estimator.model_dir, last_step, wait_after_file_check_secs)


def _beyond(better: Callable[[Any, Any], bool], what: str) -> Callable[..., Any]:
    def stop_if(
        estimator: Any,
        metric_name: str,
        threshold: float,
        eval_dir: str | None = None,
        min_steps: int = 0,
        run_every_secs: float | None = 60,
        run_every_steps: int | None = None,
    ) -> tf.train.SessionRunHook:
        directory = eval_dir or estimator.eval_dir()

        def should_stop() -> bool:
            for step, metrics in read_eval_metrics(directory).items():
                if step >= min_steps and better(metrics[metric_name], threshold):
                    tf.logging.info(
                        "At step %s, metric %r has value %s, which is %s than the threshold (%s).",
                        step, metric_name, metrics[metric_name], what, threshold,
                    )  # fmt: skip
                    return True
            return False

        return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)

    stop_if.__name__ = stop_if.__qualname__ = f"stop_if_{what}_hook"
    stop_if.__doc__ = f"""A hook that ends the training once an evaluation's metric is {what}.

    It compares the metric `metric_name` of the evaluations in `eval_dir` (the Estimator's own, if
    None) with `threshold`, from step `min_steps` on.
    """
    return stop_if


stop_if_higher_hook = _beyond(operator.gt, "higher")
stop_if_lower_hook = _beyond(operator.lt, "lower")


def _stalled(
    better: Callable[[Any, Any], bool],
    estimator: Any,
    metric_name: str,
    patience: int,
    eval_dir: str | None,
    min_steps: int,
    run_every_secs: float | None,
    run_every_steps: int | None,
) -> tf.train.SessionRunHook:
    directory = eval_dir or estimator.eval_dir()

    def should_stop() -> bool:
        best: float | None = None
        best_step = 0
        for step, metrics in read_eval_metrics(directory).items():
            if step < min_steps:
                continue
            value = metrics[metric_name]
            if best is None or better(value, best):
                best, best_step = value, step
            if step - best_step >= patience:
                tf.logging.info(
                    "No better value of %r for %s steps: the best is %s, of step %s.",
                    metric_name, step - best_step, best, best_step,
                )  # fmt: skip
                return True
        return False

    return make_early_stopping_hook(estimator, should_stop, run_every_secs, run_every_steps)


def stop_if_no_increase_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_increase: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> tf.train.SessionRunHook:
    """A hook that ends the training where a metric has not grown for so many steps.

    The evaluations' summaries in `eval_dir` (the Estimator's own, if None) tell, from step
    `min_steps` on.
    """
    return _stalled(
        operator.gt, estimator, metric_name, max_steps_without_increase, eval_dir, min_steps,
        run_every_secs, run_every_steps,
    )  # fmt: skip


def stop_if_no_decrease_hook(
    estimator: Any,
    metric_name: str,
    max_steps_without_decrease: int,
    eval_dir: str | None = None,
    min_steps: int = 0,
    run_every_secs: float | None = 60,
    run_every_steps: int | None = None,
) -> tf.train.SessionRunHook:
    """A hook that ends the training where a metric has not fallen for so many steps.

    The evaluations' summaries in `eval_dir` (the Estimator's own, if None) tell, from step
    `min_steps` on.
    """
    return _stalled(
        operator.lt, estimator, metric_name, max_steps_without_decrease, eval_dir, min_steps,
        run_every_secs, run_every_steps,
    )  # fmt: skip
