"""What model functions and input functions of `tf.contrib.learn` return."""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class ModeKeys:
    """The names of what a model function is called for; `tf.estimator.ModeKeys` has the same."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


class ProblemType:
    """What a head computes."""

    UNSPECIFIED = 0
    CLASSIFICATION = 1
    LINEAR_REGRESSION = 2
    LOGISTIC_REGRESSION = 3


InputFnOps = namedtuple("InputFnOps", ["features", "labels", "default_inputs"])
"""What a serving input function returns: features, labels (None), and the placeholders."""


GraphRewriteSpec = namedtuple("GraphRewriteSpec", ["tags", "transforms"])
"""How an export would change the graph of some tags."""


class ModelFnOps(
    namedtuple(
        "ModelFnOps",
        [
            "predictions",
            "loss",
            "train_op",
            "eval_metric_ops",
            "output_alternatives",
            "training_chief_hooks",
            "training_hooks",
            "scaffold",
            "mode",
        ],
    )
):
    """What a model function returns.

    Args:
      mode: Of ModeKeys.
      predictions: A tensor or a dict of tensors; needed to predict.
      loss: Scalar; needed to train and to evaluate.
      train_op: An op; needed to train.
      eval_metric_ops: A dict, name to (value, update op).
      output_alternatives: A dict, name to (ProblemType, dict of tensors): what an export has.
      training_chief_hooks: SessionRunHooks.
      training_hooks: SessionRunHooks.
      scaffold: A tf.train.Scaffold.

    Raises:
      ValueError: For an unknown mode, or if what the mode needs is missing.
    """

    __slots__ = ()

    def __new__(
        cls,
        mode: str,
        predictions: Any = None,
        loss: Any = None,
        train_op: Any = None,
        eval_metric_ops: dict | None = None,
        output_alternatives: dict | None = None,
        training_chief_hooks: list | None = None,
        training_hooks: list | None = None,
        scaffold: Any = None,
    ) -> ModelFnOps:
        needs = {
            ModeKeys.TRAIN: {"train_op": train_op, "loss": loss},
            ModeKeys.EVAL: {"loss": loss},
            ModeKeys.INFER: {"predictions": predictions},
        }
        if mode not in needs:
            raise ValueError(f"Invalid mode {mode}.")
        for name, value in needs[mode].items():
            if value is None:
                raise ValueError(f"Missing {name}.")
        return super().__new__(
            cls,
            predictions,
            loss,
            train_op,
            eval_metric_ops or {},
            output_alternatives,
            training_chief_hooks or [],
            training_hooks or [],
            scaffold,
            mode,
        )

    def estimator_spec(self, default_serving_output_alternative_key: str | None = None) -> Any:
        """The same as a `tf.estimator.EstimatorSpec`."""
        outputs = None
        if self.mode == ModeKeys.INFER:
            outputs = _export_outputs(
                self.predictions, self.output_alternatives, default_serving_output_alternative_key
            )
        return tf.estimator.EstimatorSpec(
            mode=self.mode,
            # Programs return all kinds of things where nobody asks for them.
            predictions=self.predictions if self.mode == ModeKeys.INFER else None,
            loss=self.loss,
            train_op=self.train_op,
            eval_metric_ops=self.eval_metric_ops if self.mode == ModeKeys.EVAL else None,
            export_outputs=outputs,
            training_chief_hooks=self.training_chief_hooks,
            training_hooks=self.training_hooks,
            scaffold=self.scaffold,
        )


def _export_outputs(predictions: Any, alternatives: Any, default: str | None) -> dict:
    key = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    made = tf.estimator.export.PredictOutput
    if not alternatives:
        return {key: made(predictions)}
    outputs = {name: made(tensors) for name, (_, tensors) in alternatives.items()}
    if default is None:
        if len(outputs) > 1:
            raise ValueError(
                "Please specify a default_output_alternative. Available output_alternatives are: "
                f"{sorted(outputs)}"
            )
        default = next(iter(outputs))
    if default not in outputs:
        raise ValueError(
            f"default_output_alternative_key {default!r} is none of the output_alternatives "
            f"{sorted(outputs)}"
        )
    return {**outputs, key: outputs[default]}


class ExportStrategy(
    namedtuple("ExportStrategy", ["name", "export_fn", "strip_default_attrs"], defaults=[None])
):
    """How an experiment exports a model.

    `export_fn(estimator, export_path)`, which may also take `checkpoint_path`, `eval_result` and
    `strip_default_attrs`, writes below `export_path`, bytes, and returns where.
    """

    __slots__ = ()

    def export(
        self,
        estimator: Any,
        export_path: Any,
        checkpoint_path: str | None = None,
        eval_result: dict | None = None,
    ) -> Any:
        """What `export_fn` returns."""
        names = _names(self.export_fn)
        given = {
            "checkpoint_path": checkpoint_path,
            "eval_result": eval_result,
            "strip_default_attrs": self.strip_default_attrs,
        }
        if eval_result is not None and "eval_result" in names and "checkpoint_path" not in names:
            raise ValueError("An export_fn accepting eval_result must also accept checkpoint_path.")
        return self.export_fn(
            estimator, export_path, **{name: given[name] for name in given if name in names}
        )


def _names(function: Callable) -> list[str]:
    return list(inspect.signature(function).parameters)
