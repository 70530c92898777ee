"""Networks that are a chain of convolutions and pools, with convolutions as their head."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import arg_scope
from ...layers import utils


def classify(
    body: Callable[[Any], Any],
    head: list[tuple[int, int]],
    head_defaults: dict[str, Any],
    inputs: Any,
    num_classes: int,
    is_training: Any,
    dropout_keep_prob: Any,
    spatial_squeeze: bool,
    scope: Any,
    default: str,
    last_defaults: dict[str, Any] | None = None,
) -> tuple[Any, Any]:
    """(logits, a dict of all outputs by name): the body, then fc6, fc7, fc8 as convolutions.

    `head` has filters and window of fc6 and fc7.
    """
    with tf.variable_scope(scope, default, [inputs]) as sc:
        collection = sc.name + "_end_points"
        noted = [layers.conv2d, layers.fully_connected, layers.max_pool2d]
        with arg_scope(noted, outputs_collections=[collection]):
            net = body(inputs)
            with arg_scope([layers.conv2d], **head_defaults):
                for number, (filters, window) in enumerate(head, 6):
                    padding = {"padding": "VALID"} if window > 1 else {}
                    net = layers.conv2d(
                        net, filters, [window, window], scope=f"fc{number}", **padding
                    )
                    net = layers.dropout(
                        net, dropout_keep_prob, is_training=is_training, scope=f"dropout{number}"
                    )
                net = layers.conv2d(
                    net,
                    num_classes,
                    [1, 1],
                    activation_fn=None,
                    normalizer_fn=None,
                    scope="fc8",
                    **(last_defaults or {}),
                )
        end_points = utils.convert_collection_to_dict(collection)
        if spatial_squeeze:
            net = tf.squeeze(net, [1, 2], name="fc8/squeezed")
            end_points[sc.name + "/fc8"] = net
        return net, end_points


def trunc_normal(stddev: float) -> Any:
    """An initializer: the truncated normal distribution around 0."""
    return tf.truncated_normal_initializer(0.0, stddev)
