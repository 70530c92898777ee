"""Pooling."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope
from . import utils
from .building import check_format, long_format


@add_arg_scope
def max_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """The largest of each window of images."""
    check_format(data_format, "NCHW", "NHWC")
    with tf.name_scope(scope, "MaxPool2D", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.MaxPooling2D(
            pool_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            _scope=sc,
        )
        return utils.collect_named_outputs(outputs_collections, sc, layer(inputs))


@add_arg_scope
def avg_pool2d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NHWC",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """The mean of each window of images."""
    check_format(data_format, "NCHW", "NHWC")
    with tf.name_scope(scope, "AvgPool2D", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.AveragePooling2D(
            pool_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            _scope=sc,
        )
        return utils.collect_named_outputs(outputs_collections, sc, layer(inputs))


@add_arg_scope
def max_pool3d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NDHWC",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """The largest of each window of volumes."""
    check_format(data_format, "NCDHW", "NDHWC")
    with tf.name_scope(scope, "MaxPool3D", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.MaxPooling3D(
            pool_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            _scope=sc,
        )
        return utils.collect_named_outputs(outputs_collections, sc, layer(inputs))


@add_arg_scope
def avg_pool3d(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 2,
    padding: str = "VALID",
    data_format: str = "NDHWC",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """The mean of each window of volumes."""
    check_format(data_format, "NCDHW", "NDHWC")
    with tf.name_scope(scope, "AvgPool3D", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.AveragePooling3D(
            pool_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            _scope=sc,
        )
        return utils.collect_named_outputs(outputs_collections, sc, layer(inputs))
