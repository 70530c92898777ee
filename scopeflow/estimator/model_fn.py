"""EstimatorSpec: what a model function returns."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import scopeflow as tf

from .export.export_outputs import ExportOutput, PredictOutput
from .mode_keys import ModeKeys

_DEFAULT = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY


class EstimatorSpec(
    namedtuple(
        "EstimatorSpec",
        [
            "mode", "predictions", "loss", "train_op", "eval_metric_ops", "export_outputs",
            "training_chief_hooks", "training_hooks", "scaffold", "evaluation_hooks",
            "prediction_hooks",
        ],
    )
):  # fmt: skip
    """A model: its predictions, its loss and how to train it, its metrics; by mode.

    TRAIN needs `loss` and `train_op`, EVAL `loss`, PREDICT `predictions`. `eval_metric_ops` has
    (value, update op) pairs by name, as tf.metrics makes them.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: Any = None,
        export_outputs: Any = None,
        training_chief_hooks: Any = None,
        training_hooks: Any = None,
        scaffold: Any = None,
        evaluation_hooks: Any = None,
        prediction_hooks: Any = None,
    ) -> EstimatorSpec:
        if train_op is None and mode == ModeKeys.TRAIN:
            raise ValueError("Missing train_op.")
        if train_op is not None and not isinstance(train_op, tf.Operation | tf.Tensor):
            if not isinstance(train_op, tf.Variable):
                raise TypeError(f"train_op must be Operation or Tensor, given: {train_op}")
            train_op = train_op.op
        return super().__new__(
            cls,
            mode,
            _predictions(predictions, mode),
            _loss(loss, mode),
            train_op,
            metric_ops(eval_metric_ops),
            _export_outputs(export_outputs, predictions, mode),
            hooks(training_chief_hooks),
            hooks(training_hooks),
            _scaffold(scaffold),
            hooks(evaluation_hooks),
            hooks(prediction_hooks),
        )


def _loss(loss: Any, mode: str) -> Any:
    if loss is None:
        if mode in (ModeKeys.TRAIN, ModeKeys.EVAL):
            raise ValueError("Missing loss.")
        return None
    loss = _tensor(loss, "loss")
    shape = loss.get_shape()
    if shape.num_elements() not in (None, 1):
        raise ValueError(f"Loss must be scalar, given: {loss}")
    if not shape.is_compatible_with([]):
        loss = tf.reshape(loss, [])
    return loss


def _tensor(value: Any, name: str) -> Any:
    if isinstance(value, tf.Variable):
        value = tf.convert_to_tensor(value)
    if not isinstance(value, tf.Tensor | tf.SparseTensor):
        raise TypeError(f"{name} must be Tensor, given: {value}")
    return value


def _predictions(predictions: Any, mode: str) -> Any:
    if predictions is None:
        if mode == ModeKeys.PREDICT:
            raise ValueError("Missing predictions.")
        return {}
    if isinstance(predictions, dict):
        return {key: _tensor(v, f"predictions[{key}]") for key, v in predictions.items()}
    return _tensor(predictions, "predictions")


def metric_ops(given: Any) -> dict:
    """The metrics, looked at: (value, update op) pairs by name."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise TypeError(f"eval_metric_ops must be a dict, given: {given}")
    for key, pair in given.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(
                "Values of eval_metric_ops must be (metric_value, update_op) tuples, given: "
                f"{pair} for key: {key}"
            )
    return given


def _export_outputs(given: Any, predictions: Any, mode: str) -> Any:
    if mode != ModeKeys.PREDICT:
        return None
    if given is None:
        outputs = predictions if isinstance(predictions, dict) else {"output": predictions}
        return {_DEFAULT: PredictOutput(outputs)}
    if not isinstance(given, dict):
        raise TypeError(f"export_outputs must be dict, given: {given}")
    if not all(isinstance(value, ExportOutput) for value in given.values()):
        raise TypeError(f"Values in export_outputs must be ExportOutput objects. Given: {given}")
    if len(given) == 1:
        ((_, output),) = given.items()
        return {**given, _DEFAULT: output}
    if len(given) > 1 and _DEFAULT not in given:
        raise ValueError(
            "Multiple export_outputs were provided, but none of them is specified as the default. "
            f"Name one of them {_DEFAULT!r}."
        )
    return given


def hooks(given: Any) -> tuple:
    """The hooks, looked at."""
    found = tuple(given or ())
    for hook in found:
        if not isinstance(hook, tf.train.SessionRunHook):
            raise TypeError(f"All hooks must be SessionRunHook instances, given: {hook}")
    return found


def _scaffold(given: Any) -> Any:
    made = given or tf.train.Scaffold()
    if not isinstance(made, tf.train.Scaffold):
        raise TypeError(f"scaffold must be tf.train.Scaffold. Given: {made}")
    return made
