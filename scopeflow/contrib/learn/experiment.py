"""`tf.contrib.learn.Experiment`: an estimator, its inputs, and when to train and to evaluate."""

from __future__ import annotations

import inspect
import os
import time
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .estimators import Estimator
from .model_fn import ExportStrategy
from .monitors import ValidationMonitor, replace_monitors_with_hooks


class Experiment:
    """Trains and evaluates an estimator as its methods say.

    Args:
      estimator: A `tf.contrib.learn.Estimator` or a `tf.estimator.Estimator`.
      train_input_fn: A function that returns features and labels to train with.
      eval_input_fn: The same for evaluating.
      eval_metrics: Name to MetricSpec; None for a `tf.estimator.Estimator`.
      train_steps: How many steps in all; without end if None.
      eval_steps: How many batches an evaluation takes; until the input ends if None.
      train_monitors: Monitors and SessionRunHooks.
      eval_hooks: SessionRunHooks.
      local_eval_frequency: Of `local_run`: steps between evaluations; only at the end if None.
      eval_delay_secs: How long `evaluate` and `continuous_eval` wait first.
      continuous_eval_throttle_secs: How long lies between two evaluations of `continuous_eval`.
      min_eval_frequency: Of `train_and_evaluate`: steps between evaluations, at least (1 if None);
        only at the end if 0.
      delay_workers_by_global_step: Accepted; there is one worker, which starts at once.
      export_strategies: An ExportStrategy or several.
      train_steps_per_iteration: Of `continuous_train_and_eval`: steps between evaluations; a tenth
        of `train_steps`, or 1000, if None.
      checkpoint_and_export: Whether `train_and_evaluate` evaluates and exports at each checkpoint,
        rather than by `min_eval_frequency`.
      saving_listeners: tf.train.CheckpointSaverListeners, for a `tf.estimator.Estimator`.
      check_interval_secs: How long lies between two looks for a new checkpoint.

    Raises:
      ValueError: If the estimator is none, or has no use for an argument.
    """

    def __init__(
        self,
        estimator: Any,
        train_input_fn: Callable,
        eval_input_fn: Callable,
        eval_metrics: dict | None = None,
        train_steps: int | None = None,
        eval_steps: int | None = 100,
        train_monitors: Any = None,
        eval_hooks: Any = None,
        local_eval_frequency: int | None = None,
        eval_delay_secs: float = 120,
        continuous_eval_throttle_secs: float = 60,
        min_eval_frequency: int | None = None,
        delay_workers_by_global_step: bool = False,
        export_strategies: Any = None,
        train_steps_per_iteration: int | None = None,
        checkpoint_and_export: bool = False,
        saving_listeners: Any = None,
        check_interval_secs: float = 5,
    ) -> None:
        if isinstance(estimator, tf.estimator.Estimator):
            if eval_metrics is not None:
                raise ValueError(
                    "`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use "
                    "`eval_metric_ops` in `tf.estimator.EstimatorSpec` instead."
                )
        elif not isinstance(estimator, Estimator):
            raise ValueError("`estimator` must implement `tf.contrib.learn.Evaluable` or "
                             "`tf.estimator.Estimator`.")  # fmt: skip
        elif saving_listeners is not None:
            raise ValueError("`saving_listeners` must be `None` with `tf.contrib.learn.Estimator`.")
        if train_steps_per_iteration is not None and not isinstance(train_steps_per_iteration, int):
            raise ValueError("`train_steps_per_iteration` must be an integer.")
        self._estimator = estimator
        self._train_input_fn = train_input_fn
        self._eval_input_fn = eval_input_fn
        self._eval_metrics = eval_metrics
        self._train_steps = train_steps
        self._eval_steps = eval_steps
        self._local_eval_frequency = local_eval_frequency
        self._eval_delay_secs = eval_delay_secs
        self._continuous_eval_throttle_secs = continuous_eval_throttle_secs
        self._min_eval_frequency = 1 if min_eval_frequency is None else min_eval_frequency
        self._checkpoint_and_export = checkpoint_and_export
        self._saving_listeners = saving_listeners
        self._check_interval_secs = check_interval_secs
        self._train_steps_per_iteration = train_steps_per_iteration
        self._train_monitors = list(train_monitors or [])
        self._eval_hooks = list(eval_hooks or [])
        self._export_strategies = _strategies(export_strategies)

    @property
    def estimator(self) -> Any:
        """The estimator."""
        return self._estimator

    @property
    def eval_metrics(self) -> dict | None:
        """The metrics besides the model's own."""
        return self._eval_metrics

    @property
    def train_steps(self) -> int | None:
        """How many steps in all."""
        return self._train_steps

    @property
    def eval_steps(self) -> int | None:
        """How many batches an evaluation takes."""
        return self._eval_steps

    def reset_export_strategies(self, new_export_strategies: Any = None) -> list:
        """Takes other export strategies; returns those from before."""
        before, self._export_strategies = (
            self._export_strategies,
            _strategies(new_export_strategies),
        )
        return before

    def extend_train_hooks(self, additional_hooks: list) -> None:
        """Adds hooks to those of the training."""
        self._train_monitors.extend(additional_hooks)

    def train(self, delay_secs: float | None = None) -> Any:
        """Trains, after `delay_secs`; returns the estimator."""
        _wait(delay_secs or 0, "training")
        return self._call_train(
            input_fn=self._train_input_fn,
            max_steps=self._train_steps,
            hooks=self._train_monitors,
            saving_listeners=self._saving_listeners,
        )

    def evaluate(self, delay_secs: float | None = None, name: str | None = None) -> dict:
        """Evaluates the newest checkpoint, after `delay_secs`; returns the results."""
        _wait(self._eval_delay_secs if delay_secs is None else delay_secs, "eval")
        return self._call_evaluate(
            input_fn=self._eval_input_fn,
            steps=self._eval_steps,
            metrics=self._eval_metrics,
            name=name or "one_pass",
            hooks=self._eval_hooks,
        )

    def train_and_evaluate(self) -> tuple:
        """Trains and, in between and at the end, evaluates; returns (results, exports)."""
        monitors = list(self._train_monitors)
        if self._checkpoint_and_export:
            config = self._estimator.config
            monitors.append(
                tf.train.CheckpointSaverHook(
                    self._estimator.model_dir,
                    save_secs=config.save_checkpoints_secs,
                    save_steps=config.save_checkpoints_steps,
                    listeners=[_EvaluateAndExport(self)],
                )
            )
        elif self._min_eval_frequency:
            monitors.append(
                ValidationMonitor(
                    input_fn=self._eval_input_fn,
                    eval_steps=self._eval_steps,
                    metrics=self._eval_metrics,
                    every_n_steps=self._min_eval_frequency,
                    hooks=self._eval_hooks,
                    check_interval_secs=self._check_interval_secs,
                )
            )
        self._call_train(
            input_fn=self._train_input_fn,
            max_steps=self._train_steps,
            hooks=monitors,
            saving_listeners=self._saving_listeners,
        )
        return self._evaluate_and_export()

    def local_run(self) -> tuple:
        """`train_and_evaluate` with `local_eval_frequency`."""
        self._min_eval_frequency = self._local_eval_frequency or 0
        return self.train_and_evaluate()

    def test(self) -> dict:
        """Trains for a step, evaluates a batch and exports; returns the results."""
        self._call_train(input_fn=self._train_input_fn, steps=1, hooks=self._train_monitors)
        found = self._call_evaluate(
            input_fn=self._eval_input_fn, steps=1, metrics=self._eval_metrics, name="one_pass"
        )
        self._maybe_export(found)
        return found

    def continuous_train_and_eval(
        self, continuous_eval_predicate_fn: Callable | None = None
    ) -> tuple:
        """Trains some steps and evaluates, in turns; returns (last results, exports).

        Ends after `train_steps`, or when the predicate, a function of the last results (None at
        first) and perhaps their checkpoint, is false.
        """
        predicate = _predicate(continuous_eval_predicate_fn)
        steps = self._train_steps_per_iteration
        if steps is None:
            steps = 1000 if self._train_steps is None else max(1, self._train_steps // 10)
        found, path, exports = None, None, []
        while predicate(found, path) and not self._has_training_stopped(found):
            self._call_train(
                input_fn=self._train_input_fn,
                steps=steps,
                hooks=self._train_monitors,
                saving_listeners=self._saving_listeners,
            )
            path = tf.train.latest_checkpoint(self._estimator.model_dir)
            found = self._call_evaluate(
                input_fn=self._eval_input_fn,
                steps=self._eval_steps,
                metrics=self._eval_metrics,
                name="one_pass",
                checkpoint_path=path,
                hooks=self._eval_hooks,
            )
            exports = self._maybe_export(found, path)
        return found, exports

    def continuous_eval(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        evaluate_checkpoint_only_once: bool = True,
        continuous_eval_predicate_fn: Callable | None = None,
        name: str = "continuous",
    ) -> dict | None:
        """Evaluates the checkpoints that another process writes, as they come.

        Ends with a checkpoint of `train_steps`, or when the predicate is false.
        """
        return self._continuous_eval(
            self._eval_input_fn, name, delay_secs, throttle_delay_secs,
            evaluate_checkpoint_only_once, continuous_eval_predicate_fn,
        )  # fmt: skip

    def continuous_eval_on_train_data(
        self,
        delay_secs: float | None = None,
        throttle_delay_secs: float | None = None,
        continuous_eval_predicate_fn: Callable | None = None,
        name: str = "continuous_on_train_data",
    ) -> dict | None:
        """`continuous_eval` with the input of the training; exports nothing."""
        return self._continuous_eval(
            self._train_input_fn, name, delay_secs, throttle_delay_secs, True,
            continuous_eval_predicate_fn, export=False,
        )  # fmt: skip

    def run_std_server(self) -> None:
        """There are no servers: raises NotImplementedError."""
        raise NotImplementedError(
            "Experiment.run_std_server: there are no servers that graphs are sent to. Train in one "
            "process, or under torchrun with horovod.tensorflow (docs/pytorch.md)."
        )

    def _continuous_eval(
        self,
        input_fn: Callable,
        name: str,
        delay_secs: float | None,
        throttle_delay_secs: float | None,
        evaluate_checkpoint_only_once: bool = True,
        continuous_eval_predicate_fn: Callable | None = None,
        export: bool = True,
    ) -> dict | None:
        predicate = _predicate(continuous_eval_predicate_fn)
        _wait(self._eval_delay_secs if delay_secs is None else delay_secs, "eval")
        if throttle_delay_secs is None:
            throttle_delay_secs = self._continuous_eval_throttle_secs
        found, evaluated = None, None
        while predicate(found, evaluated) and not self._has_training_stopped(found):
            start = time.time()
            path = tf.train.latest_checkpoint(self._estimator.model_dir)
            if path and (path != evaluated or not evaluate_checkpoint_only_once):
                found = self._call_evaluate(
                    input_fn=input_fn,
                    steps=self._eval_steps,
                    metrics=self._eval_metrics,
                    name=name,
                    checkpoint_path=path,
                    hooks=self._eval_hooks,
                )
                evaluated = path
                if export:
                    self._maybe_export(found, path)
            else:
                tf.logging.warning("No new checkpoint to evaluate in %s.",
                                   self._estimator.model_dir)  # fmt: skip
            if not self._has_training_stopped(found):
                time.sleep(max(0.0, throttle_delay_secs - (time.time() - start)))
        return found

    def _has_training_stopped(self, eval_result: dict | None) -> bool:
        if not eval_result or self._train_steps is None:
            return False
        return eval_result.get(tf.GraphKeys.GLOBAL_STEP, 0) >= self._train_steps

    def _evaluate_and_export(self) -> tuple:
        found = self._call_evaluate(
            input_fn=self._eval_input_fn,
            steps=self._eval_steps,
            metrics=self._eval_metrics,
            hooks=self._eval_hooks,
        )
        return found, self._maybe_export(found)

    def _maybe_export(self, eval_result: dict | None, checkpoint_path: str | None = None) -> list:
        """What the export strategies return."""
        base = os.fsencode(self._estimator.model_dir)
        return [
            strategy.export(
                self._estimator,
                os.path.join(base, b"export", os.fsencode(strategy.name)),
                checkpoint_path=checkpoint_path or tf.train.latest_checkpoint(os.fsdecode(base)),
                eval_result=eval_result,
            )
            for strategy in self._export_strategies
        ]

    def _call_train(
        self, *, input_fn: Callable, steps: int | None = None, hooks: Any = None,
        max_steps: int | None = None, saving_listeners: Any = None,
    ) -> Any:  # fmt: skip
        if isinstance(self._estimator, tf.estimator.Estimator):
            return self._estimator.train(
                input_fn=input_fn,
                steps=steps,
                max_steps=max_steps,
                hooks=replace_monitors_with_hooks(hooks, self._estimator),
                saving_listeners=saving_listeners,
            )
        return self._estimator.fit(
            input_fn=input_fn, steps=steps, max_steps=max_steps, monitors=hooks
        )

    def _call_evaluate(
        self, *, input_fn: Callable, steps: int | None = None, metrics: Any = None,
        name: str | None = None, checkpoint_path: str | None = None, hooks: Any = None,
    ) -> dict:  # fmt: skip
        given: dict[str, Any] = {"metrics": metrics}
        if isinstance(self._estimator, tf.estimator.Estimator):
            given = {}
        return self._estimator.evaluate(
            input_fn=input_fn, steps=steps, name=name, checkpoint_path=checkpoint_path,
            hooks=hooks, **given,
        )  # fmt: skip


class _EvaluateAndExport(tf.train.CheckpointSaverListener):
    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment

    def after_save(self, session: Any, global_step_value: int) -> None:
        self._experiment._evaluate_and_export()


def _strategies(given: Any) -> list:
    strategies = [given] if isinstance(given, ExportStrategy) else list(given or [])
    names = set()
    for strategy in strategies:
        if not isinstance(strategy, ExportStrategy):
            raise ValueError(
                "`export_strategies` must be an ExportStrategy, an iterable of ExportStrategy, or "
                f"`None`, found {strategy!r}."
            )
        if strategy.name in names:
            raise ValueError(f"Two export_strategies have the name {strategy.name!r}.")
        names.add(strategy.name)
    return strategies


def _predicate(function: Callable | None) -> Callable:
    """As a function of results and checkpoint."""
    if function is None:
        return lambda found, path: True
    if len(inspect.signature(function).parameters) > 1:
        return function
    return lambda found, path: function(found)


def _wait(seconds: float, what: str) -> None:
    if seconds:
        tf.logging.info("Waiting %d secs before starting %s.", seconds, what)
        time.sleep(seconds)
