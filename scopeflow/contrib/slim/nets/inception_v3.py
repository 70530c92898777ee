"""Inception, version 3 (Szegedy et al., 2015)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import arg_scope
from .chain import trunc_normal

__all__ = ["inception_v3", "inception_v3_arg_scope", "inception_v3_base", "trunc_normal"]

# A layer is (scope, filters), its window stands in the name; "+" before a name: beside the last.
# With "/2" at its end the stride is 2, without padding. A branch is a list of layers.
_STEM = [
    ("Conv2d_1a_3x3/2", 32), ("Conv2d_2a_3x3", 32), ("Conv2d_2b_3x3", 64), ("MaxPool_3a_3x3/2", 0),
    ("Conv2d_3b_1x1", 80), ("Conv2d_4a_3x3", 192), ("MaxPool_5a_3x3/2", 0),
]  # fmt: skip


def _five(pooled: int, second: tuple[str, str] = ("Conv2d_0a_1x1", "Conv2d_0b_5x5")) -> list:
    return [
        [("Conv2d_0a_1x1", 64)],
        [(second[0], 48), (second[1], 64)],
        [("Conv2d_0a_1x1", 64), ("Conv2d_0b_3x3", 96), ("Conv2d_0c_3x3", 96)],
        [("AvgPool_0a_3x3", 0), ("Conv2d_0b_1x1", pooled)],
    ]


def _seven(inner: int) -> list:
    return [
        [("Conv2d_0a_1x1", 192)],
        [("Conv2d_0a_1x1", inner), ("Conv2d_0b_1x7", inner), ("Conv2d_0c_7x1", 192)],
        [
            ("Conv2d_0a_1x1", inner), ("Conv2d_0b_7x1", inner), ("Conv2d_0c_1x7", inner),
            ("Conv2d_0d_7x1", inner), ("Conv2d_0e_1x7", 192),
        ],
        [("AvgPool_0a_3x3", 0), ("Conv2d_0b_1x1", 192)],
    ]  # fmt: skip


def _last(beside: str) -> list:
    return [
        [("Conv2d_0a_1x1", 320)],
        [("Conv2d_0a_1x1", 384), ("Conv2d_0b_1x3", 384), ("+" + beside, 384)],
        [
            ("Conv2d_0a_1x1", 448), ("Conv2d_0b_3x3", 384), ("Conv2d_0c_1x3", 384),
            ("+Conv2d_0d_3x1", 384),
        ],
        [("AvgPool_0a_3x3", 0), ("Conv2d_0b_1x1", 192)],
    ]  # fmt: skip


# Some names and windows are not as one would think: so they are in the published checkpoints.
_MIXED = {
    "Mixed_5b": _five(32),
    "Mixed_5c": _five(64, ("Conv2d_0b_1x1", "Conv_1_0c_5x5")),
    "Mixed_5d": _five(64),
    "Mixed_6a": [
        [("Conv2d_1a_1x1=3x3/2", 384)],
        [("Conv2d_0a_1x1", 64), ("Conv2d_0b_3x3", 96), ("Conv2d_1a_1x1=3x3/2", 96)],
        [("MaxPool_1a_3x3/2", 0)],
    ],
    "Mixed_6b": _seven(128),
    "Mixed_6c": _seven(160),
    "Mixed_6d": _seven(160),
    "Mixed_6e": _seven(192),
    "Mixed_7a": [
        [("Conv2d_0a_1x1", 192), ("Conv2d_1a_3x3/2", 320)],
        [
            ("Conv2d_0a_1x1", 192), ("Conv2d_0b_1x7", 192), ("Conv2d_0c_7x1", 192),
            ("Conv2d_1a_3x3/2", 192),
        ],
        [("MaxPool_1a_3x3/2", 0)],
    ],
    "Mixed_7b": _last("Conv2d_0b_3x1"),
    "Mixed_7c": _last("Conv2d_0c_3x1"),
}  # fmt: skip


def inception_v3_arg_scope(
    weight_decay: float = 0.00004,
    batch_norm_var_collection: str = "moving_vars",
    batch_norm_decay: float = 0.9997,
    batch_norm_epsilon: float = 0.001,
    updates_collections: Any = tf.GraphKeys.UPDATE_OPS,
    use_fused_batchnorm: bool = True,
) -> dict:
    """The default arguments of the network's layers."""
    params = {
        "decay": batch_norm_decay,
        "epsilon": batch_norm_epsilon,
        "updates_collections": updates_collections,
        "fused": use_fused_batchnorm,
        "variables_collections": {
            "beta": None,
            "gamma": None,
            "moving_mean": [batch_norm_var_collection],
            "moving_variance": [batch_norm_var_collection],
        },
    }
    with (
        arg_scope(
            [layers.conv2d, layers.fully_connected],
            weights_regularizer=layers.l2_regularizer(weight_decay),
        ),
        arg_scope(
            [layers.conv2d],
            weights_initializer=layers.variance_scaling_initializer(),
            activation_fn=tf.nn.relu,
            normalizer_fn=layers.batch_norm,
            normalizer_params=params,
        ) as scope,
    ):
        return scope


def _layer(net: Any, name: str, filters: int, depth: Callable[[int], int], padding: str) -> Any:
    name, halved, _ = name.partition("/2")
    name, _, window = name.partition("=")
    sizes = [int(size) for size in (window or name.rpartition("_")[2]).split("x")]
    stride, padding = (2, "VALID") if halved else (1, padding)
    if name.startswith("MaxPool"):
        return layers.max_pool2d(net, sizes, stride=stride, padding=padding, scope=name)
    if name.startswith("AvgPool"):
        return layers.avg_pool2d(net, sizes, stride=stride, padding=padding, scope=name)
    return layers.conv2d(net, depth(filters), sizes, stride=stride, padding=padding, scope=name)


def _branch(net: Any, parts: list, depth: Callable[[int], int]) -> Any:
    before = net
    for name, filters in parts:
        if name.startswith("+"):
            return tf.concat([net, _layer(before, name[1:], filters, depth, "SAME")], 3)
        before, net = net, _layer(net, name, filters, depth, "SAME")
    return net


def inception_v3_base(
    inputs: Any,
    final_endpoint: str = "Mixed_7c",
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    scope: Any = None,
) -> tuple[Any, dict[str, Any]]:
    """(the outputs of a layer, a dict of those up to it) of the network without its head.

    `depth_multiplier` scales the numbers of filters, to no less than `min_depth`.
    """
    if depth_multiplier <= 0:
        raise ValueError("depth_multiplier is not greater than zero.")

    def depth(filters: int) -> int:
        return max(int(filters * depth_multiplier), min_depth)

    end_points: dict[str, Any] = {}
    with tf.variable_scope(scope, "InceptionV3", [inputs]):
        net = inputs
        for name, filters in _STEM:
            padding = "SAME" if name == "Conv2d_2b_3x3" else "VALID"
            net = _layer(net, name, filters, depth, padding)
            name = name.partition("/")[0]
            end_points[name] = net
            if name == final_endpoint:
                return net, end_points
        for name, branches in _MIXED.items():
            with tf.variable_scope(name):
                found = []
                for number, parts in enumerate(branches):
                    with tf.variable_scope(f"Branch_{number}"):
                        found.append(_branch(net, parts, depth))
                net = tf.concat(found, 3)
            end_points[name] = net
            if name == final_endpoint:
                return net, end_points
    raise ValueError(f"Unknown final endpoint {final_endpoint}")


def _reduced(tensor: Any, sizes: list[int]) -> list[int]:
    """A window that is no larger than the images."""
    dims = tensor.shape.as_list()[1:3]
    return sizes if None in dims else [min(d, s) for d, s in zip(dims, sizes, strict=True)]


def inception_v3(
    inputs: Any,
    num_classes: int = 1000,
    is_training: Any = True,
    dropout_keep_prob: Any = 0.8,
    min_depth: int = 16,
    depth_multiplier: float = 1.0,
    prediction_fn: Any = layers.softmax,
    spatial_squeeze: bool = True,
    reuse: Any = None,
    scope: Any = "InceptionV3",
) -> tuple[Any, dict[str, Any]]:
    """(logits, a dict of outputs by name). The latter has "AuxLogits" and "Predictions", too."""

    def depth(filters: int) -> int:
        return max(int(filters * depth_multiplier), min_depth)

    head = {"activation_fn": None, "normalizer_fn": None}
    with (
        tf.variable_scope(scope, "InceptionV3", [inputs, num_classes], reuse=reuse) as sc,
        arg_scope([layers.batch_norm, layers.dropout], is_training=is_training),
    ):
        net, end_points = inception_v3_base(
            inputs, scope=sc, min_depth=min_depth, depth_multiplier=depth_multiplier
        )
        with tf.variable_scope("AuxLogits"):
            aux = end_points["Mixed_6e"]
            aux = layers.avg_pool2d(aux, [5, 5], stride=3, padding="VALID", scope="AvgPool_1a_5x5")
            aux = layers.conv2d(aux, depth(128), [1, 1], scope="Conv2d_1b_1x1")
            sizes = _reduced(aux, [5, 5])
            aux = layers.conv2d(
                aux, depth(768), sizes, weights_initializer=trunc_normal(0.01), padding="VALID",
                scope="Conv2d_2a_{}x{}".format(*sizes),
            )  # fmt: skip
            aux = layers.conv2d(
                aux, num_classes, [1, 1], weights_initializer=trunc_normal(0.001),
                scope="Conv2d_2b_1x1", **head,
            )  # fmt: skip
            if spatial_squeeze:
                aux = tf.squeeze(aux, [1, 2], name="SpatialSqueeze")
            end_points["AuxLogits"] = aux
        with tf.variable_scope("Logits"):
            sizes = _reduced(net, [8, 8])
            net = layers.avg_pool2d(
                net, sizes, padding="VALID", scope="AvgPool_1a_{}x{}".format(*sizes)
            )
            net = layers.dropout(net, keep_prob=dropout_keep_prob, scope="Dropout_1b")
            end_points["PreLogits"] = net
            logits = layers.conv2d(net, num_classes, [1, 1], scope="Conv2d_1c_1x1", **head)
            if spatial_squeeze:
                logits = tf.squeeze(logits, [1, 2], name="SpatialSqueeze")
        end_points["Logits"] = logits
        end_points["Predictions"] = prediction_fn(logits, scope="Predictions")
    return logits, end_points


inception_v3.default_image_size = 299  # type: ignore[attr-defined]
