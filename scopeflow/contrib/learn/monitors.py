"""`tf.contrib.learn.monitors`: what watches a training; the form before SessionRunHook."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

import scopeflow as tf

__all__ = [
    "BaseMonitor",
    "CaptureVariable",
    "CheckpointSaver",
    "EveryN",
    "LoggingTrainable",
    "NanLoss",
    "NanLossDuringTrainingError",
    "PrintTensor",
    "RunHookAdapterForMonitors",
    "StepCounter",
    "StopAtStep",
    "SummarySaver",
    "ValidationMonitor",
    "get_default_monitors",
    "replace_monitors_with_hooks",
]

NanLossDuringTrainingError = tf.train.NanLossDuringTrainingError


class BaseMonitor:
    """Is told of each step, and may ask for tensors and for an end.

    Steps count from 1. A subclass calls the methods that it replaces.
    """

    def __init__(self) -> None:
        self._estimator: Any = None

    def set_estimator(self, estimator: Any) -> None:
        """Tells for which estimator the monitor works."""
        if estimator is None:
            raise ValueError("Missing estimator.")
        self._estimator = estimator

    def begin(self, max_steps: int | None = None) -> None:
        """Before the session is made: the graph may still be changed."""

    def end(self, session: Any = None) -> None:
        """After the last step."""

    def epoch_begin(self, epoch: int) -> None:
        """Before an epoch; an Estimator has none."""

    def epoch_end(self, epoch: int) -> None:
        """After an epoch; an Estimator has none."""

    def step_begin(self, step: int) -> list:
        """Before a step; returns the tensors, or their names, to be fetched in it."""
        return []

    def step_end(self, step: int, output: dict) -> bool:
        """After a step, with the values of the tensors by name; true asks for an end."""
        return False

    def post_step(self, step: int, session: Any) -> None:
        """After a step, when the session may be used again."""


class EveryN(BaseMonitor):
    """Works in the first `first_n_steps` steps and in each `every_n_steps`-th from there."""

    def __init__(self, every_n_steps: int = 100, first_n_steps: int = 1) -> None:
        super().__init__()
        self._every_n_steps = every_n_steps
        self._first_n_steps = first_n_steps
        self._last_active = 0
        self._last_step: int | None = None
        self._active = False

    def every_n_step_begin(self, step: int) -> list:
        """As `step_begin`, in the steps that count."""
        return []

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """As `step_end`, in the steps that count."""
        return False

    def every_n_post_step(self, step: int, session: Any) -> None:
        """As `post_step`, in the steps that count, and after the last step."""

    def step_begin(self, step: int) -> list:
        """As the class says."""
        self._active = (
            step <= self._first_n_steps or step >= self._last_active + self._every_n_steps
        )
        return self.every_n_step_begin(step) if self._active else []

    def step_end(self, step: int, output: dict) -> bool:
        """As the class says."""
        return bool(self.every_n_step_end(step, output)) if self._active else False

    def post_step(self, step: int, session: Any) -> None:
        """As the class says."""
        self._last_step = step
        if self._active:
            self._last_active = step
            self.every_n_post_step(step, session)

    def end(self, session: Any = None) -> None:
        """As the class says."""
        super().end(session)
        if self._last_step is not None and self._last_step != self._last_active:
            self.every_n_post_step(self._last_step, session)


def _name(tensor: Any) -> str:
    return tensor if isinstance(tensor, str) else tensor.name


class PrintTensor(EveryN):
    """Logs tensors; `tensor_names` is a list of names, or a dict from tags to names."""

    def __init__(self, tensor_names: Any, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        if not isinstance(tensor_names, dict):
            tensor_names = {name: name for name in tensor_names}
        self._tensor_names = {tag: _name(tensor) for tag, tensor in tensor_names.items()}

    def every_n_step_begin(self, step: int) -> list:
        """Asks for the tensors."""
        super().every_n_step_begin(step)
        return list(self._tensor_names.values())

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Logs them."""
        super().every_n_step_end(step, outputs)
        values = [f"{tag} = {outputs[name]}" for tag, name in self._tensor_names.items()]
        tf.logging.info("Step %d: %s", step, ", ".join(values))
        return False


class LoggingTrainable(EveryN):
    """Logs the trainable variables of a scope."""

    def __init__(self, scope: str | None = None, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        self._scope = scope

    def every_n_step_begin(self, step: int) -> list:
        """Asks for the variables."""
        super().every_n_step_begin(step)
        variables = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, self._scope)
        self._names = [variable.name for variable in variables]
        return self._names

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Logs them."""
        super().every_n_step_end(step, outputs)
        values = [f"{name} = {outputs[name]}" for name in self._names]
        tf.logging.info("Logging Trainable: Step %d: %s", step, ", ".join(values))
        return False


class CaptureVariable(EveryN):
    """Keeps the values of a variable: `values` is a dict from steps to arrays."""

    def __init__(self, var_name: str, every_n: int = 100, first_n: int = 1) -> None:
        super().__init__(every_n, first_n)
        self._var_name = var_name
        self._var_values: dict[int, Any] = {}

    @property
    def values(self) -> dict:
        """The values, by step."""
        return self._var_values

    def every_n_step_begin(self, step: int) -> list:
        """Asks for the variable."""
        super().every_n_step_begin(step)
        return [self._var_name]

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Keeps it."""
        super().every_n_step_end(step, outputs)
        self._var_values[step] = outputs[self._var_name]
        return False


class StopAtStep(BaseMonitor):
    """Ends the training after `num_steps` steps, or after the step `last_step`."""

    def __init__(self, num_steps: int | None = None, last_step: int | None = None) -> None:
        super().__init__()
        if (num_steps is None) == (last_step is None):
            raise ValueError("Exactly one of num_steps and last_step must be specified.")
        self._num_steps = num_steps
        self._last_step = last_step

    def step_begin(self, step: int) -> list:
        """Finds the last step in the first one."""
        super().step_begin(step)
        if self._last_step is None:
            assert self._num_steps is not None
            self._last_step = step + self._num_steps - 1
        return []

    def step_end(self, step: int, output: dict) -> bool:
        """Whether this was the last step."""
        super().step_end(step, output)
        assert self._last_step is not None
        return step >= self._last_step


class NanLoss(EveryN):
    """Raises NanLossDuringTrainingError, or ends the training, when the loss is no number."""

    def __init__(
        self, loss_tensor: Any, every_n_steps: int = 100, fail_on_nan_loss: bool = True
    ) -> None:
        super().__init__(every_n_steps)
        self._loss_tensor = loss_tensor
        self._fail_on_nan_loss = fail_on_nan_loss

    def every_n_step_begin(self, step: int) -> list:
        """Asks for the loss."""
        super().every_n_step_begin(step)
        return [self._loss_tensor]

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Looks at it."""
        super().every_n_step_end(step, outputs)
        if not np.isnan(outputs[_name(self._loss_tensor)]):
            return False
        if self._fail_on_nan_loss:
            tf.logging.error("Model diverged with loss = NaN.")
            raise NanLossDuringTrainingError
        tf.logging.warning("Model diverged with loss = NaN.")
        return True


class _Writing(EveryN):
    """Writes to `summary_writer`, or in `output_dir`, or else in the estimator's directory."""

    def __init__(self, every_n_steps: int, output_dir: str | None, summary_writer: Any) -> None:
        super().__init__(every_n_steps)
        self._summary_writer = summary_writer
        if summary_writer is None and output_dir:
            self._summary_writer = tf.summary.FileWriterCache.get(output_dir)

    def set_estimator(self, estimator: Any) -> None:
        """Writes in the estimator's directory if no other was given."""
        super().set_estimator(estimator)
        if self._summary_writer is None:
            self._summary_writer = tf.summary.FileWriterCache.get(estimator.model_dir)


class SummarySaver(_Writing):
    """Writes a summary every `save_steps` steps, to `summary_writer` or in `output_dir`."""

    def __init__(
        self,
        summary_op: Any,
        save_steps: int = 100,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
    ) -> None:
        super().__init__(save_steps, output_dir, summary_writer)
        self._summary_op = summary_op
        self._scaffold = scaffold

    def _op(self) -> Any:
        if self._summary_op is None and self._scaffold is not None:
            return self._scaffold.summary_op
        return self._summary_op

    def every_n_step_begin(self, step: int) -> list:
        """Asks for the summary."""
        super().every_n_step_begin(step)
        return [] if self._op() is None else [self._op()]

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Writes it."""
        super().every_n_step_end(step, outputs)
        if self._op() is not None and self._summary_writer is not None:
            self._summary_writer.add_summary(outputs[_name(self._op())], step)
        return False

    def end(self, session: Any = None) -> None:
        """Flushes."""
        super().end(session)
        if self._summary_writer is not None:
            self._summary_writer.flush()


class StepCounter(_Writing):
    """Writes how many steps were made a second, under "global_step/sec"."""

    def __init__(
        self, every_n_steps: int = 100, output_dir: str | None = None, summary_writer: Any = None
    ) -> None:
        super().__init__(every_n_steps, output_dir, summary_writer)
        self._timer = tf.train.SecondOrStepTimer(every_steps=every_n_steps)

    def every_n_step_end(self, current_step: int, outputs: dict) -> bool:
        """Writes the rate since the last time."""
        super().every_n_step_end(current_step, outputs)
        seconds, steps = self._timer.update_last_triggered_step(current_step)
        if seconds is not None and self._summary_writer is not None:
            rate = steps / max(seconds, 1e-9)
            value = tf.Summary.Value(tag="global_step/sec", simple_value=rate)
            self._summary_writer.add_summary(tf.Summary(value=[value]), current_step)
        return False


class CheckpointSaver(BaseMonitor):
    """Saves a checkpoint every `save_steps` steps or `save_secs` seconds, and at the end."""

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
    ) -> None:
        super().__init__()
        if saver is None and scaffold is None:
            raise ValueError("`scaffold` or `saver` must be provided.")
        if (save_secs is None) == (save_steps is None):
            raise ValueError("Either save_steps or save_secs should be provided.")
        self._saver = saver
        self._scaffold = scaffold
        self._path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._timer = tf.train.SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._last_step: int | None = None

    def post_step(self, step: int, session: Any) -> None:
        """Saves when it is time."""
        super().post_step(step, session)
        self._last_step = step
        if self._timer.should_trigger_for_step(step):
            self._save(step, session)

    def end(self, session: Any = None) -> None:
        """Saves the last step."""
        super().end(session)
        if self._last_step is not None and self._timer.last_triggered_step() != self._last_step:
            self._save(self._last_step, session)

    def _save(self, step: int, session: Any) -> None:
        saver = self._scaffold.saver if self._saver is None else self._saver
        saver.save(session, self._path, step)
        self._timer.update_last_triggered_step(step)


class ValidationMonitor(EveryN):
    """Evaluates the estimator while it is trained, and may end the training.

    Evaluates when there is a new checkpoint (so set `save_checkpoints_secs` or
    `save_checkpoints_steps` of the RunConfig to match).

    Args:
      x: See `Estimator.evaluate`, as for y, input_fn, batch_size, metrics, hooks and name.
      eval_steps: How many batches.
      every_n_steps: How many steps lie between two evaluations, at least.
      early_stopping_rounds: The training ends when the metric has not become better for this many
        steps.
      early_stopping_metric: Of the evaluation's results.
      early_stopping_metric_minimize: Whether less is better.
      check_interval_secs: How many seconds lie between two looks for a new checkpoint, at least.

    Raises:
      ValueError: If neither x nor input_fn is given.
    """

    def __init__(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable | None = None,
        batch_size: int | None = None,
        eval_steps: int | None = None,
        every_n_steps: int = 100,
        metrics: dict | None = None,
        hooks: Any = None,
        early_stopping_rounds: int | None = None,
        early_stopping_metric: str = "loss",
        early_stopping_metric_minimize: bool = True,
        name: str | None = None,
        check_interval_secs: float | None = 5,
    ) -> None:
        super().__init__(every_n_steps, -1)
        if x is None and input_fn is None:
            raise ValueError("Either x or input_fn should be provided.")
        self.x = x
        self.y = y
        self.input_fn = input_fn
        self.batch_size = batch_size
        self.eval_steps = eval_steps
        self.metrics = metrics
        self.hooks = hooks
        self.early_stopping_rounds = early_stopping_rounds
        self.early_stopping_metric = early_stopping_metric
        self.early_stopping_metric_minimize = early_stopping_metric_minimize
        self.name = name
        self.check_interval_secs = check_interval_secs
        self._best_value_step: int | None = None
        self._best_value: Any = None
        self._best_metrics: dict | None = None
        self._early_stopped = False
        self._latest_path: str | None = None
        self._looked: float | None = None

    @property
    def early_stopped(self) -> bool:
        """Whether this monitor ended the training."""
        return self._early_stopped

    @property
    def best_step(self) -> int | None:
        """The step of the best value."""
        return self._best_value_step

    @property
    def best_value(self) -> Any:
        """The best value of the metric."""
        return self._best_value

    @property
    def best_metrics(self) -> dict | None:
        """All results of the best evaluation."""
        return self._best_metrics

    def _evaluate(self) -> dict:
        if isinstance(self._estimator, tf.estimator.Estimator):
            if any(value is not None for value in (self.x, self.y, self.batch_size, self.metrics)):
                raise ValueError("tf.estimator.Estimator does not support following arguments: x, "
                                 "y, batch_size, metrics. Should set as `None` in "
                                 "ValidationMonitor")  # fmt: skip
            return self._estimator.evaluate(
                input_fn=self.input_fn, steps=self.eval_steps, hooks=self.hooks, name=self.name
            )
        return self._estimator.evaluate(
            x=self.x, y=self.y, input_fn=self.input_fn, batch_size=self.batch_size,
            steps=self.eval_steps, metrics=self.metrics, hooks=self.hooks, name=self.name,
        )  # fmt: skip

    def every_n_step_end(self, step: int, outputs: dict) -> bool:
        """Evaluates a new checkpoint; true if the metric has not become better for long."""
        super().every_n_step_end(step, outputs)
        now = time.time()
        wait = self.check_interval_secs
        if wait is not None and self._looked is not None and now - self._looked < wait:
            return False
        self._looked = now
        path = tf.train.latest_checkpoint(self._estimator.model_dir)
        if path is None or path == self._latest_path:
            tf.logging.debug("Skipping evaluation at step %d: no new checkpoint.", step)
            return False
        self._latest_path = path
        found = self._evaluate()
        tf.logging.info(
            "Validation (step %d): %s", step,
            ", ".join(f"{key} = {value}" for key, value in found.items()),
        )  # fmt: skip
        if self.early_stopping_rounds is None:
            return False
        if self.early_stopping_metric not in found:
            raise ValueError(
                f"Metric {self.early_stopping_metric} missing from outputs {sorted(found)}."
            )
        value = found[self.early_stopping_metric]
        best = self._best_value
        less = self.early_stopping_metric_minimize
        if best is None or (value < best if less else value > best):
            self._best_value, self._best_value_step, self._best_metrics = value, step, found
        assert self._best_value_step is not None
        if step - self._best_value_step < self.early_stopping_rounds:
            return False
        tf.logging.info(
            "Stopping. Best step: %d with %s = %s.",
            self._best_value_step, self.early_stopping_metric, self._best_value,
        )  # fmt: skip
        self._early_stopped = True
        return True


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
    """Monitors as a SessionRunHook."""

    def __init__(self, monitors: Iterable) -> None:
        self._monitors = list(monitors)

    def begin(self) -> None:
        """As tf.train.SessionRunHook says."""
        self._next_step: int | None = None
        self._global_step = tf.train.get_global_step()
        for monitor in self._monitors:
            monitor.begin(max_steps=None)

    def before_run(self, run_context: Any) -> Any:
        """Asks for what the monitors ask for."""
        session = run_context.session
        if self._next_step is None:
            self._next_step = int(session.run(self._global_step)) + 1
        self._wanted: list[list[str]] = []
        fetches: dict[str, Any] = {}
        for monitor in self._monitors:
            tensors = monitor.step_begin(self._next_step) or []
            self._wanted.append([_name(tensor) for tensor in tensors])
            for tensor in tensors:
                element = session.graph.as_graph_element(tensor)
                fetches[_name(tensor)] = element
        return tf.train.SessionRunArgs(fetches)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Tells the monitors."""
        step = self._next_step
        values = run_values.results
        for monitor, names in zip(self._monitors, self._wanted, strict=True):
            if monitor.step_end(step, {name: values[name] for name in names}):
                run_context.request_stop()
        for monitor in self._monitors:
            monitor.post_step(step, run_context.session)
        self._next_step = int(run_context.session.run(self._global_step)) + 1

    def end(self, session: Any) -> None:
        """As tf.train.SessionRunHook says."""
        for monitor in self._monitors:
            monitor.end(session=session)


def replace_monitors_with_hooks(monitors_or_hooks: Any, estimator: Any) -> list:
    """The SessionRunHooks of the list, and one more for all of its monitors."""
    hooks, monitors = [], []
    for item in monitors_or_hooks or []:
        if isinstance(item, tf.train.SessionRunHook):
            hooks.append(item)
        else:
            item.set_estimator(estimator)
            monitors.append(item)
    return [*hooks, RunHookAdapterForMonitors(monitors)] if monitors else hooks


def get_default_monitors(
    loss_op: Any = None,
    summary_op: Any = None,
    save_summary_steps: int = 100,
    output_dir: str | None = None,
    summary_writer: Any = None,
) -> list:
    """Monitors that log the loss and write the summary, of what is given."""
    made: list[BaseMonitor] = []
    if loss_op is not None:
        made.append(PrintTensor({"loss": loss_op.name}))
    if summary_op is not None:
        made.append(SummarySaver(summary_op, save_summary_steps, output_dir, summary_writer))
    return made
