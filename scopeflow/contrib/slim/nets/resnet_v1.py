"""Residual networks, version 1 (activation after the sum; He et al., 2015)."""

from __future__ import annotations

import sys
from typing import Any

import scopeflow as tf

from ... import layers
from ...framework import add_arg_scope
from ...layers import utils
from . import resnet_utils
from .resnet_utils import resnet_arg_scope

__all__ = [
    "bottleneck", "resnet_arg_scope", "resnet_v1", "resnet_v1_101", "resnet_v1_152",
    "resnet_v1_200", "resnet_v1_50", "resnet_v1_block",
]  # fmt: skip


@add_arg_scope
def bottleneck(
    inputs: Any,
    depth: int,
    depth_bottleneck: int,
    stride: int,
    rate: int = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """A residual unit: 1x1, 3x3 and 1x1 convolutions beside a shortcut."""
    with tf.variable_scope(scope, "bottleneck_v1", [inputs]) as sc:
        depth_in = utils.last_dimension(inputs.shape, min_rank=4)
        if depth == depth_in:
            shortcut = resnet_utils.subsample(inputs, stride, "shortcut")
        else:
            shortcut = layers.conv2d(
                inputs, depth, [1, 1], stride=stride, activation_fn=None, scope="shortcut"
            )
        residual = layers.conv2d(inputs, depth_bottleneck, [1, 1], stride=1, scope="conv1")
        residual = resnet_utils.conv2d_same(
            residual, depth_bottleneck, 3, stride, rate=rate, scope="conv2"
        )
        residual = layers.conv2d(
            residual, depth, [1, 1], stride=1, activation_fn=None, scope="conv3"
        )
        output = tf.nn.relu(shortcut + residual)
        return utils.collect_named_outputs(outputs_collections, sc.name, output)


def resnet_v1(
    inputs: Any,
    blocks: Any,
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    include_root_block: bool = True,
    reuse: Any = None,
    scope: Any = None,
) -> tuple[Any, Any]:
    """(outputs, a dict of the layers' outputs by name) of a network of blocks.

    The outputs are logits [batch, 1, 1, num_classes], or features where `num_classes` is None.
    `output_stride` makes strides dilations from there on.
    """
    return resnet_utils.network(
        sys.modules[__name__], inputs, blocks, num_classes, is_training, global_pool,
        output_stride, include_root_block, reuse, scope, before_activation=False,
    )  # fmt: skip


def resnet_v1_block(scope: str, base_depth: int, num_units: int, stride: int) -> Any:
    """A block of units, of which the last one has the stride."""
    unit = {"depth": base_depth * 4, "depth_bottleneck": base_depth}
    args = [{**unit, "stride": 1}] * (num_units - 1) + [{**unit, "stride": stride}]
    return resnet_utils.Block(scope, bottleneck, args)


def resnet_v1_50(
    inputs: Any,
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    reuse: Any = None,
    scope: Any = "resnet_v1_50",
) -> tuple[Any, Any]:
    """`resnet_v1` with 50 layers."""
    blocks = resnet_utils.blocks_of(resnet_v1_block, 50)
    return resnet_v1(
        inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope
    )


resnet_v1_50.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v1_101(
    inputs: Any,
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    reuse: Any = None,
    scope: Any = "resnet_v1_101",
) -> tuple[Any, Any]:
    """`resnet_v1` with 101 layers."""
    blocks = resnet_utils.blocks_of(resnet_v1_block, 101)
    return resnet_v1(
        inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope
    )


resnet_v1_101.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v1_152(
    inputs: Any,
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    reuse: Any = None,
    scope: Any = "resnet_v1_152",
) -> tuple[Any, Any]:
    """`resnet_v1` with 152 layers."""
    blocks = resnet_utils.blocks_of(resnet_v1_block, 152)
    return resnet_v1(
        inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope
    )


resnet_v1_152.default_image_size = 224  # type: ignore[attr-defined]


def resnet_v1_200(
    inputs: Any,
    num_classes: int | None = None,
    is_training: Any = True,
    global_pool: bool = True,
    output_stride: int | None = None,
    reuse: Any = None,
    scope: Any = "resnet_v1_200",
) -> tuple[Any, Any]:
    """`resnet_v1` with 200 layers."""
    blocks = resnet_utils.blocks_of(resnet_v1_block, 200)
    return resnet_v1(
        inputs, blocks, num_classes, is_training, global_pool, output_stride, True, reuse, scope
    )


resnet_v1_200.default_image_size = 224  # type: ignore[attr-defined]
