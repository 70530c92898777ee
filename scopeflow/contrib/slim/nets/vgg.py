"""VGG networks (Simonyan and Zisserman, 2014)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import arg_scope
from .chain import classify

__all__ = ["vgg_16", "vgg_19", "vgg_a", "vgg_arg_scope", "vgg_d", "vgg_e"]


def vgg_arg_scope(weight_decay: float = 0.0005) -> dict:
    """The default arguments of the networks' layers."""
    with (
        arg_scope(
            [layers.conv2d, layers.fully_connected],
            activation_fn=tf.nn.relu,
            weights_regularizer=layers.l2_regularizer(weight_decay),
            biases_initializer=tf.zeros_initializer(),
        ),
        arg_scope([layers.conv2d], padding="SAME") as scope,
    ):
        return scope


def _network(name: str, repetitions: list[int], doc: str) -> Callable[..., Any]:
    def body(net: Any) -> Any:
        filters = (64, 128, 256, 512, 512)
        for number, (times, depth) in enumerate(zip(repetitions, filters, strict=True), 1):
            net = layers.repeat(net, times, layers.conv2d, depth, [3, 3], scope=f"conv{number}")
            net = layers.max_pool2d(net, [2, 2], scope=f"pool{number}")
        return net

    def network(
        inputs: Any,
        num_classes: int = 1000,
        is_training: Any = True,
        dropout_keep_prob: Any = 0.5,
        spatial_squeeze: bool = True,
        scope: Any = name,
    ) -> tuple[Any, Any]:
        head = [(4096, 7), (4096, 1)]
        return classify(
            body, head, {}, inputs, num_classes, is_training, dropout_keep_prob, spatial_squeeze,
            scope, name,
        )  # fmt: skip

    network.__name__ = network.__qualname__ = name
    network.__doc__ = f"""{doc} (logits, a dict of all outputs by name).

    The logits are [batch, num_classes], or with `spatial_squeeze` False a map for larger images.
    """
    network.default_image_size = 224  # type: ignore[attr-defined]
    return network


vgg_a = _network("vgg_a", [1, 1, 2, 2, 2], "Version A, with 11 layers.")
vgg_16 = _network("vgg_16", [2, 2, 3, 3, 3], "Version D, with 16 layers.")
vgg_19 = _network("vgg_19", [2, 2, 4, 4, 4], "Version E, with 19 layers.")
vgg_d, vgg_e = vgg_16, vgg_19
