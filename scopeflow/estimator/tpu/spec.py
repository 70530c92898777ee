"""TPUEstimatorSpec: what a model function of a TPUEstimator returns."""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..model_fn import EstimatorSpec
from ..model_fn import hooks as checked_hooks

Fields = namedtuple(  # type: ignore[name-match]
    "TPUEstimatorSpec",
    [
        "mode", "predictions", "loss", "train_op", "eval_metrics", "export_outputs",
        "scaffold_fn", "host_call", "training_hooks", "evaluation_hooks", "prediction_hooks",
    ],
)  # fmt: skip


class TPUEstimatorSpec(Fields):
    """As EstimatorSpec, with metrics, scaffold and summaries as functions.

    `eval_metrics` is (function, tensors): called with the tensors (a list, or a dict by argument)
    the function returns the dict of metrics. `host_call`, likewise, returns an op that runs with
    each step. `scaffold_fn` returns the tf.train.Scaffold.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metrics: Any = None,
        export_outputs: Any = None,
        scaffold_fn: Callable | None = None,
        host_call: Any = None,
        training_hooks: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> TPUEstimatorSpec:
        for name, call in (("eval_metrics", eval_metrics), ("host_call", host_call)):
            if call is not None:
                _check_call(name, call)
        checked = EstimatorSpec(
            mode, predictions=predictions, loss=loss, train_op=train_op,
            export_outputs=export_outputs,
        )  # fmt: skip
        return super().__new__(
            cls,
            mode,
            checked.predictions,
            checked.loss,
            checked.train_op,
            eval_metrics,
            checked.export_outputs,
            scaffold_fn,
            host_call,
            checked_hooks(training_hooks),
            checked_hooks(evaluation_hooks),
            checked_hooks(prediction_hooks),
        )

    def as_estimator_spec(self) -> Any:
        """The EstimatorSpec for a CPU or GPU: the functions are called."""
        hooks: list[Any] = []
        metrics = _called(self.eval_metrics) if self.eval_metrics is not None else None
        if self.host_call is not None:
            result = _called(self.host_call)
            if result is None or (isinstance(result, list | tuple) and not result):
                raise ValueError("host_call should return an op or tensors, not nothing.")
            hooks.append(_HostCallHook(result))
        return EstimatorSpec(
            self.mode,
            predictions=self.predictions,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=metrics,
            export_outputs=self.export_outputs,
            scaffold=self.scaffold_fn() if self.scaffold_fn else None,
            training_hooks=[*self.training_hooks, *hooks],
            evaluation_hooks=[*self.evaluation_hooks, *hooks],
            prediction_hooks=[*self.prediction_hooks, *hooks],
        )


def _check_call(name: str, call: Any) -> None:
    if not isinstance(call, list | tuple):
        raise ValueError(f"{name} should be tuple or list")
    if len(call) != 2:
        raise ValueError(f"{name} should have two elements.")
    function, tensors = call
    if not callable(function):
        raise TypeError(f"{name}[0] should be callable.")
    if not isinstance(tensors, list | tuple | dict):
        raise ValueError(f"{name}[1] should be tuple or list, or dict.")
    if isinstance(tensors, list | tuple):
        parameters = inspect.signature(function).parameters.values()
        if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD) for p in parameters):
            return
        names = [p.name for p in parameters if p.default is p.empty]
        if not len(names) <= len(tensors) <= len(parameters):
            raise RuntimeError(
                f"In TPUEstimatorSpec.{name}, length of tensors {len(tensors)} does not match "
                f"method args of the function, which takes {len(parameters)}."
            )


def _called(call: Any) -> Any:
    function, tensors = call
    if isinstance(tensors, dict):
        try:
            return function(**tensors)
        except TypeError as error:
            tf.logging.warning(
                "Exception while calling %s: %s. It is likely the tensors (dict) do not match the "
                "function's arguments", function.__name__, error,
            )  # fmt: skip
            raise
    return function(*tensors)


class _HostCallHook(tf.train.SessionRunHook):
    """Runs the host call with each step."""

    def __init__(self, tensors: Any) -> None:
        self._tensors = tensors

    def begin(self) -> None:
        # The writers of tf.contrib.summary, which the call may have made.
        self._openings = tf.contrib.summary.summary_writer_initializer_op()
        self._flushes = [tf.contrib.summary.flush(op.inputs[0]) for op in self._openings]

    def after_create_session(self, session: Any, coord: Any) -> None:
        session.run(self._openings)

    def end(self, session: Any) -> None:
        session.run(self._flushes)

    def before_run(self, run_context: Any) -> Any:
        return tf.train.SessionRunArgs(self._tensors)
