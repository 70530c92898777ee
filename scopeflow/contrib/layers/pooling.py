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


@add_arg_scope
def pool(
    inputs: Any,
    kernel_size: Any,
    pooling_type: str,
    padding: str = "VALID",
    data_format: str | None = None,
    dilation_rate: Any = 1,
    stride: Any = 1,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """The largest ("MAX") or the mean ("AVG") of each window, in one to three dimensions."""
    with tf.name_scope(scope, f"{pooling_type.lower()}_pool", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        if inputs.shape.ndims is None:
            raise ValueError("Rank of inputs must be known")
        if inputs.shape.ndims < 3:
            raise ValueError("Rank of inputs must be >= 3")
        spatial = inputs.shape.ndims - 2
        result = tf.nn.pool(
            input=inputs,
            window_shape=utils.n_positive_integers(spatial, kernel_size),
            pooling_type=pooling_type,
            padding=padding,
            data_format=data_format,
            dilation_rate=utils.n_positive_integers(spatial, dilation_rate),
            strides=utils.n_positive_integers(spatial, stride),
            name=sc,
        )
        return utils.collect_named_outputs(outputs_collections, sc, result)
