"""Outputs of a model as signatures of a SavedModel."""

from __future__ import annotations

import abc
from typing import Any

import scopeflow as tf


class ExportOutput(metaclass=abc.ABCMeta):
    """What a head of a model gives out."""

    @abc.abstractmethod
    def as_signature_def(self, receiver_tensors: dict) -> Any:
        """The SignatureDef message, from these inputs to this output."""


def _single(receiver_tensors: dict, kind: str) -> Any:
    if len(receiver_tensors) != 1:
        raise ValueError(
            f"{kind} signatures can only accept a single tensor input of type tf.string. Please "
            f"check to make sure that you have structured the serving_input_receiver_fn: "
            f"{receiver_tensors}"
        )
    ((_, examples),) = receiver_tensors.items()
    if examples.dtype.base_dtype != tf.string:
        raise ValueError(f"{kind} signatures need serialized tf.Examples, not {examples}.")
    return examples


class ClassificationOutput(ExportOutput):
    """Classes (names, as strings), or scores of classes, or both."""

    def __init__(self, scores: Any = None, classes: Any = None) -> None:
        if scores is not None and not (isinstance(scores, tf.Tensor) and scores.dtype.is_floating):
            raise ValueError(f"Classification scores must be a float32 Tensor; got {scores}")
        if classes is not None and not (
            isinstance(classes, tf.Tensor) and classes.dtype.base_dtype == tf.string
        ):
            raise ValueError(f"Classification classes must be a string Tensor; got {classes}")
        if scores is None and classes is None:
            raise ValueError("At least one of scores and classes must be set.")
        self._scores = scores
        self._classes = classes

    @property
    def scores(self) -> Any:
        """The scores, or None."""
        return self._scores

    @property
    def classes(self) -> Any:
        """The classes, or None."""
        return self._classes

    def as_signature_def(self, receiver_tensors: dict) -> Any:
        """The signature "tensorflow/serving/classify"."""
        return tf.saved_model.signature_def_utils.classification_signature_def(
            _single(receiver_tensors, "Classification"), self.classes, self.scores
        )


class RegressionOutput(ExportOutput):
    """A number for each example."""

    def __init__(self, value: Any) -> None:
        if not (isinstance(value, tf.Tensor) and value.dtype.is_floating):
            raise ValueError(f"Regression output value must be a float32 Tensor; got {value}")
        self._value = value

    @property
    def value(self) -> Any:
        """The numbers."""
        return self._value

    def as_signature_def(self, receiver_tensors: dict) -> Any:
        """The signature "tensorflow/serving/regress"."""
        return tf.saved_model.signature_def_utils.regression_signature_def(
            _single(receiver_tensors, "Regression"), self.value
        )


class PredictOutput(ExportOutput):
    """Any tensors, by name (a single one is called "output")."""

    def __init__(self, outputs: Any) -> None:
        if not isinstance(outputs, dict):
            outputs = {"output": outputs}
        for key, value in outputs.items():
            if not isinstance(key, str):
                raise ValueError(f"Prediction output key must be a string; got {key}.")
            if not isinstance(value, tf.Tensor | tf.SparseTensor):
                raise ValueError(f"Prediction output value must be a Tensor; got {value}.")
        self._outputs = outputs

    @property
    def outputs(self) -> Any:
        """The tensors by name."""
        return self._outputs

    def as_signature_def(self, receiver_tensors: dict) -> Any:
        """The signature "tensorflow/serving/predict"."""
        return tf.saved_model.signature_def_utils.predict_signature_def(
            receiver_tensors, self.outputs
        )


def signature_defs(
    receiver_tensors: Any, export_outputs: dict, alternatives: Any = None
) -> dict[str, Any]:
    """The signatures by name; those of alternative inputs as "alternative:output"."""
    receiver_tensors = _by_name(receiver_tensors)
    found = {}
    excluded: dict[str, str] = {}
    for name, output in export_outputs.items():
        try:
            found[name] = output.as_signature_def(receiver_tensors)
        except ValueError as error:
            excluded[name] = str(error)
    for other, tensors in (alternatives or {}).items():
        for name, output in export_outputs.items():
            try:
                found[f"{other}:{name}"] = output.as_signature_def(_by_name(tensors))
            except ValueError as error:
                excluded[f"{other}:{name}"] = str(error)
    methods = {name: signature.method_name.rpartition("/")[2] for name, signature in found.items()}
    for title, method in (("Classify", "classify"), ("Regress", "regress"), ("Predict", "predict")):
        names = [name for name, own in methods.items() if own == method] or None
        tf.logging.info("Signatures INCLUDED in export for %s: %s", title, names)
    for name, why in excluded.items():
        tf.logging.info("Signature %r is not in the export: %s", name, why)
    default = tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
    if not found:
        raise ValueError(f"No signature can be made of the export_outputs: {excluded}")
    if default not in found:
        tf.logging.warning("Export includes no default signature!")
    return found


def _by_name(tensors: Any) -> dict:
    return tensors if isinstance(tensors, dict) else {"input": tensors}
