"""OverFeat (Sermanet et al., 2014)."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import arg_scope
from .chain import classify, trunc_normal

__all__ = ["overfeat", "overfeat_arg_scope", "trunc_normal"]


def overfeat_arg_scope(weight_decay: float = 0.0005) -> dict:
    """The default arguments of the network's layers."""
    with (
        arg_scope(
            [layers.conv2d, layers.fully_connected],
            activation_fn=tf.nn.relu,
            weights_regularizer=layers.l2_regularizer(weight_decay),
            biases_initializer=tf.zeros_initializer(),
        ),
        arg_scope([layers.conv2d], padding="SAME"),
        arg_scope([layers.max_pool2d], padding="VALID") as scope,
    ):
        return scope


def _body(net: Any) -> Any:
    net = layers.conv2d(net, 64, [11, 11], 4, padding="VALID", scope="conv1")
    net = layers.max_pool2d(net, [2, 2], scope="pool1")
    net = layers.conv2d(net, 256, [5, 5], padding="VALID", scope="conv2")
    net = layers.max_pool2d(net, [2, 2], scope="pool2")
    net = layers.conv2d(net, 512, [3, 3], scope="conv3")
    net = layers.conv2d(net, 1024, [3, 3], scope="conv4")
    net = layers.conv2d(net, 1024, [3, 3], scope="conv5")
    return layers.max_pool2d(net, [2, 2], scope="pool5")


def overfeat(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: Any = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "overfeat",
) -> tuple[Any, Any]:
    """(logits, a dict of all outputs by name)."""
    defaults = {
        "weights_initializer": trunc_normal(0.005),
        "biases_initializer": tf.constant_initializer(0.1),
    }
    return classify(
        _body, [(3072, 6), (4096, 1)], defaults, inputs, num_classes, is_training,
        dropout_keep_prob, spatial_squeeze, scope, "overfeat",
        {"biases_initializer": tf.zeros_initializer()},
    )  # fmt: skip


overfeat.default_image_size = 231  # type: ignore[attr-defined]
