"""AlexNet, in the version of "One weird trick for parallelizing convolutional neural networks"."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import arg_scope
from .chain import classify, trunc_normal

__all__ = ["alexnet_v2", "alexnet_v2_arg_scope", "trunc_normal"]


def alexnet_v2_arg_scope(weight_decay: float = 0.0005) -> dict:
    """The default arguments of the network's layers."""
    with (
        arg_scope(
            [layers.conv2d, layers.fully_connected],
            activation_fn=tf.nn.relu,
            biases_initializer=tf.constant_initializer(0.1),
            weights_regularizer=layers.l2_regularizer(weight_decay),
        ),
        arg_scope([layers.conv2d], padding="SAME"),
        arg_scope([layers.max_pool2d], padding="VALID") as scope,
    ):
        return scope


def _body(net: Any) -> Any:
    net = layers.conv2d(net, 64, [11, 11], 4, padding="VALID", scope="conv1")
    net = layers.max_pool2d(net, [3, 3], 2, scope="pool1")
    net = layers.conv2d(net, 192, [5, 5], scope="conv2")
    net = layers.max_pool2d(net, [3, 3], 2, scope="pool2")
    net = layers.conv2d(net, 384, [3, 3], scope="conv3")
    net = layers.conv2d(net, 384, [3, 3], scope="conv4")
    net = layers.conv2d(net, 256, [3, 3], scope="conv5")
    return layers.max_pool2d(net, [3, 3], 2, scope="pool5")


def alexnet_v2(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: Any = 0.5,
    spatial_squeeze: bool = True,
    scope: Any = "alexnet_v2",
) -> tuple[Any, Any]:
    """(logits, a dict of all outputs by name)."""
    defaults = {
        "weights_initializer": trunc_normal(0.005),
        "biases_initializer": tf.constant_initializer(0.1),
    }
    return classify(
        _body, [(4096, 5), (4096, 1)], defaults, inputs, num_classes, is_training,
        dropout_keep_prob, spatial_squeeze, scope, "alexnet_v2",
        {"biases_initializer": tf.zeros_initializer()},
    )  # fmt: skip


alexnet_v2.default_image_size = 224  # type: ignore[attr-defined]
