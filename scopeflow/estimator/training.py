"""train_and_evaluate: a training that is evaluated after its checkpoints."""

from __future__ import annotations

import os
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .estimator import Estimator
from .exporter import Exporter
from .model_fn import hooks as checked_hooks


class TrainSpec(namedtuple("TrainSpec", ["input_fn", "max_steps", "hooks"])):
    """What is trained: the input, until which step (None: until the input ends), the hooks."""

    __slots__ = ()

    def __new__(
        cls, input_fn: Callable, max_steps: int | None = None, hooks: Any = None
    ) -> TrainSpec:
        _check_input(input_fn)
        if max_steps is not None and max_steps <= 0:
            raise ValueError(f"Must specify max_steps > 0, given: {max_steps}")
        return super().__new__(cls, input_fn, max_steps, checked_hooks(hooks))


class EvalSpec(
    namedtuple(
        "EvalSpec",
        ["input_fn", "steps", "name", "hooks", "exporters", "start_delay_secs", "throttle_secs"],
    )
):
    """How it is evaluated: the input, how many batches, what is exported.

    Evaluations are at least `throttle_secs` apart. `start_delay_secs` is for other processes'
    evaluations.
    """

    __slots__ = ()

    def __new__(
        cls,
        input_fn: Callable,
        steps: int | None = 100,
        name: str | None = None,
        hooks: Any = None,
        exporters: Any = None,
        start_delay_secs: float = 120,
        throttle_secs: float = 600,
    ) -> EvalSpec:
        _check_input(input_fn)
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` must be string, given: {name}")
        if start_delay_secs < 0:
            raise ValueError(f"Must specify start_delay_secs >= 0, given: {start_delay_secs}")
        if throttle_secs < 0:
            raise ValueError(f"Must specify throttle_secs >= 0, given: {throttle_secs}")
        return super().__new__(
            cls, input_fn, steps, name, checked_hooks(hooks), _exporters(exporters),
            start_delay_secs, throttle_secs,
        )  # fmt: skip


def _check_input(input_fn: Any) -> None:
    if not callable(input_fn):
        raise TypeError(f"`input_fn` must be callable, given: {input_fn}")


def _exporters(given: Any) -> tuple:
    if not given:
        return ()
    found = (given,) if isinstance(given, Exporter) else tuple(given)
    names: set[str] = set()
    for exporter in found:
        if not isinstance(exporter, Exporter):
            raise TypeError(f"`exporters` must be Exporters, given: {exporter}")
        if not exporter.name or exporter.name in names:
            raise ValueError(f"`exporters` must have different names, given: {exporter.name!r}")
        names.add(exporter.name)
    return found


class _Evaluating(tf.train.CheckpointSaverListener):
    """Evaluates after checkpoints."""

    def __init__(self, estimator: Any, train_spec: TrainSpec, eval_spec: EvalSpec) -> None:
        self._estimator = estimator
        self._train_spec = train_spec
        self._spec = eval_spec
        self.result: Any = None
        self.exports: list = []
        self._timer = tf.train.SecondOrStepTimer(every_secs=eval_spec.throttle_secs)
        self._first = True

    def begin(self) -> None:
        self._timer.reset()
        self._first = True

    def after_save(self, session: Any, global_step_value: int) -> Any:
        if self._first:  # that of the beginning
            self._first = False
            return
        if self._timer.should_trigger_for_step(global_step_value):
            self._evaluate(global_step_value)
        else:
            tf.logging.info("Skip the current checkpoint eval due to throttle secs (%s secs).",
                            self._spec.throttle_secs)  # fmt: skip

    def end(self, session: Any, global_step_value: int) -> None:
        if global_step_value != self._timer.last_triggered_step():
            self._evaluate(global_step_value)

    def _evaluate(self, step: int) -> None:
        self._timer.update_last_triggered_step(step)
        estimator, spec = self._estimator, self._spec
        path = estimator.latest_checkpoint()
        self.result = estimator.evaluate(
            input_fn=spec.input_fn,
            steps=spec.steps,
            name=spec.name,
            checkpoint_path=path,
            hooks=spec.hooks,
        )
        limit = self._train_spec.max_steps
        final = bool(limit) and self.result[tf.GraphKeys.GLOBAL_STEP] >= limit
        self.exports = [
            exporter.export(
                estimator=estimator,
                export_path=os.path.join(estimator.model_dir, "export", exporter.name),
                checkpoint_path=path,
                eval_result=self.result,
                is_the_final_export=final,
            )
            for exporter in spec.exporters
        ]


def train_and_evaluate(estimator: Any, train_spec: Any, eval_spec: Any) -> Any:
    """Train, and evaluate after each checkpoint and at the end.

    Returns (the metrics of the last evaluation, what its exporters returned).
    """
    if not isinstance(estimator, Estimator):
        raise TypeError(f"`estimator` must have type `tf.estimator.Estimator`, given {estimator}")
    if not isinstance(train_spec, TrainSpec):
        raise TypeError(f"`train_spec` must have type `tf.estimator.TrainSpec`, given {train_spec}")
    if not isinstance(eval_spec, EvalSpec):
        raise TypeError(f"`eval_spec` must have type `tf.estimator.EvalSpec`, given {eval_spec}")
    config = estimator.config
    tf.logging.info("Not using Distribute Coordinator.")
    tf.logging.info("Running training and evaluation locally (non-distributed).")
    tf.logging.info(
        "Start train and evaluate loop. The evaluate will happen after every checkpoint. "
        "Checkpoint frequency is determined based on RunConfig arguments: save_checkpoints_steps "
        "%s or save_checkpoints_secs %s.",
        config.save_checkpoints_steps, config.save_checkpoints_secs,
    )  # fmt: skip
    listener = _Evaluating(estimator, train_spec, eval_spec)
    estimator.train(
        input_fn=train_spec.input_fn,
        max_steps=train_spec.max_steps,
        hooks=train_spec.hooks,
        saving_listeners=[listener],
    )
    return listener.result, listener.exports
