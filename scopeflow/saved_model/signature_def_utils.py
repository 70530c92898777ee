"""`tf.saved_model.signature_def_utils`: what a graph takes and gives, as SignatureDef messages."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .signature_constants import (
    CLASSIFY_INPUTS,
    CLASSIFY_METHOD_NAME,
    CLASSIFY_OUTPUT_CLASSES,
    CLASSIFY_OUTPUT_SCORES,
    PREDICT_METHOD_NAME,
    REGRESS_INPUTS,
    REGRESS_METHOD_NAME,
    REGRESS_OUTPUTS,
)
from .utils import build_tensor_info

__all__ = [
    "build_signature_def",
    "classification_signature_def",
    "is_valid_signature",
    "predict_signature_def",
    "regression_signature_def",
]


def build_signature_def(inputs: Any = None, outputs: Any = None, method_name: Any = None) -> Any:
    """A SignatureDef of dicts from names to TensorInfo messages, and the method's name."""
    from tensorboard.compat.proto.meta_graph_pb2 import SignatureDef

    made = SignatureDef(method_name=method_name)
    for key, info in (inputs or {}).items():
        made.inputs[key].CopyFrom(info)
    for key, info in (outputs or {}).items():
        made.outputs[key].CopyFrom(info)
    return made


def _checked(value: Any, what: str, dtype: Any) -> Any:
    if value.dtype.base_dtype != dtype:
        kind = "string" if dtype == tf.string else "float"
        raise ValueError(f"{what} must be a {kind} Tensor.")
    return build_tensor_info(value)


def regression_signature_def(examples: Any, predictions: Any) -> Any:
    """The signature of a regression: serialized tf.Examples to floats."""
    if examples is None:
        raise ValueError("Regression examples cannot be None.")
    if predictions is None:
        raise ValueError("Regression predictions cannot be None.")
    inputs = {REGRESS_INPUTS: _checked(examples, "Regression examples", tf.string)}
    outputs = {REGRESS_OUTPUTS: _checked(predictions, "Regression output", tf.float32)}
    return build_signature_def(inputs, outputs, REGRESS_METHOD_NAME)


def classification_signature_def(examples: Any, classes: Any, scores: Any) -> Any:
    """The signature of a classification: serialized tf.Examples to class names and scores."""
    if examples is None:
        raise ValueError("Classification examples cannot be None.")
    if classes is None and scores is None:
        raise ValueError("Classification classes and scores cannot both be None.")
    inputs = {CLASSIFY_INPUTS: _checked(examples, "Classification examples", tf.string)}
    outputs = {}
    if classes is not None:
        outputs[CLASSIFY_OUTPUT_CLASSES] = _checked(classes, "Classification classes", tf.string)
    if scores is not None:
        outputs[CLASSIFY_OUTPUT_SCORES] = _checked(scores, "Classification scores", tf.float32)
    return build_signature_def(inputs, outputs, CLASSIFY_METHOD_NAME)


def predict_signature_def(inputs: dict[str, Any], outputs: dict[str, Any]) -> Any:
    """The signature of a prediction, of dicts from names to tensors."""
    if not inputs:
        raise ValueError("Prediction inputs cannot be None or empty.")
    if not outputs:
        raise ValueError("Prediction outputs cannot be None or empty.")
    return build_signature_def(
        {key: build_tensor_info(tensor) for key, tensor in inputs.items()},
        {key: build_tensor_info(tensor) for key, tensor in outputs.items()},
        PREDICT_METHOD_NAME,
    )


def is_valid_signature(signature_def: Any) -> bool:
    """Whether it has what its method asks for."""
    if signature_def is None:
        return False
    inputs, outputs = signature_def.inputs, signature_def.outputs
    string, float32 = tf.string.as_datatype_enum, tf.float32.as_datatype_enum
    method = signature_def.method_name
    if method == PREDICT_METHOD_NAME:
        return bool(inputs) and bool(outputs)
    if method == REGRESS_METHOD_NAME:
        return (
            set(inputs) == {REGRESS_INPUTS}
            and inputs[REGRESS_INPUTS].dtype == string
            and set(outputs) == {REGRESS_OUTPUTS}
            and outputs[REGRESS_OUTPUTS].dtype == float32
        )
    if method == CLASSIFY_METHOD_NAME:
        kinds = {CLASSIFY_OUTPUT_CLASSES: string, CLASSIFY_OUTPUT_SCORES: float32}
        return (
            set(inputs) == {CLASSIFY_INPUTS}
            and inputs[CLASSIFY_INPUTS].dtype == string
            and bool(outputs)
            and all(kinds.get(key) == info.dtype for key, info in outputs.items())
        )
    return False
