"""Inputs of a model that is served."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def _checked(features: Any, receiver_tensors: Any, alternatives: Any, single: bool) -> tuple:
    if features is None:
        raise ValueError("features must be defined.")
    if single and isinstance(features, dict):
        raise ValueError("features must be a Tensor, as the model function gets one; use "
                         "ServingInputReceiver for a dict.")  # fmt: skip
    if not isinstance(features, dict) and not single:
        features = {"feature": features}
    for name, tensor in features.items() if isinstance(features, dict) else [("", features)]:
        if isinstance(features, dict) and not isinstance(name, str):
            raise ValueError(f"feature keys must be strings: {name}.")
        if not isinstance(tensor, tf.Tensor | tf.SparseTensor):
            raise ValueError(f"feature {name} must be a Tensor or SparseTensor.")
    if receiver_tensors is None:
        raise ValueError("receiver_tensors must be defined.")
    if not isinstance(receiver_tensors, dict):
        receiver_tensors = {"receiver": receiver_tensors}
    for name, tensor in receiver_tensors.items():
        if not isinstance(name, str):
            raise ValueError(f"receiver_tensors keys must be strings: {name}.")
        if not isinstance(tensor, tf.Tensor):
            raise ValueError(f"receiver_tensor {name} must be a Tensor.")
    if alternatives is not None and not isinstance(alternatives, dict):
        raise ValueError(f"receiver_tensors_alternatives must be a dict: {alternatives}.")
    return features, receiver_tensors, alternatives


class ServingInputReceiver(
    namedtuple(
        "ServingInputReceiver", ["features", "receiver_tensors", "receiver_tensors_alternatives"]
    )
):
    """The model's features, and the placeholders that they are made of."""

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> ServingInputReceiver:
        return super().__new__(
            cls, *_checked(features, receiver_tensors, receiver_tensors_alternatives, False)
        )


class TensorServingInputReceiver(
    namedtuple(
        "TensorServingInputReceiver",
        ["features", "receiver_tensors", "receiver_tensors_alternatives"],
    )
):
    """As ServingInputReceiver, for model functions whose features are one tensor."""

    __slots__ = ()

    def __new__(
        cls, features: Any, receiver_tensors: Any, receiver_tensors_alternatives: Any = None
    ) -> TensorServingInputReceiver:
        return super().__new__(
            cls, *_checked(features, receiver_tensors, receiver_tensors_alternatives, True)
        )


def build_parsing_serving_input_receiver_fn(
    feature_spec: dict, default_batch_size: int | None = None
) -> Callable[[], Any]:
    """A serving_input_receiver_fn that parses serialized tf.Examples."""

    def serving_input_receiver_fn() -> Any:
        serialized = tf.placeholder(
            tf.string, shape=[default_batch_size], name="input_example_tensor"
        )
        features = tf.parse_example(serialized, feature_spec)
        return ServingInputReceiver(features, {"examples": serialized})

    return serving_input_receiver_fn


def build_raw_serving_input_receiver_fn(
    features: dict, default_batch_size: int | None = None
) -> Callable[[], Any]:
    """A serving_input_receiver_fn that takes the features themselves, of any batch size."""

    def serving_input_receiver_fn() -> Any:
        made = {}
        for name, tensor in features.items():
            shape = tensor.get_shape().as_list()
            shape[0] = default_batch_size
            made[name] = tf.placeholder(tensor.dtype, shape=shape, name=tensor.op.name)
        return ServingInputReceiver(made, made)

    return serving_input_receiver_fn
