"""Convolutions of each channel alone, and those followed by one across the channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope
from . import initializers, utils
from .building import check_format, finish, getter_of, long_format, note_variable, note_weights

_RENAMED = {
    "bias": "biases",
    "depthwise_kernel": "depthwise_weights",
    "pointwise_kernel": "pointwise_weights",
}


@add_arg_scope
def separable_convolution2d(
    inputs: Any,
    num_outputs: int | None,
    kernel_size: Any,
    depth_multiplier: int = 1,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
    rate: Any = 1,
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Callable | None = None,
    normalizer_params: Any = None,
    weights_initializer: Any = initializers.xavier_initializer(),
    pointwise_initializer: Any = None,
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer(),
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """A convolution of each channel, then (unless `num_outputs` is None) one across them.

    Then normalization (or biases), then activation.
    """
    check_format(data_format, "NCHW", "NHWC")
    getter, default = getter_of(_RENAMED), "SeparableConv2d"
    with tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        if pointwise_initializer is None:
            pointwise_initializer = weights_initializer
        biases = None if normalizer_fn else biases_initializer
        if num_outputs is None:
            outputs = _depthwise(
                inputs,
                [*utils.two_element_tuple(kernel_size), depth_multiplier],
                stride,
                padding,
                rate,
                data_format,
                variables_collections,
                {
                    "initializer": weights_initializer,
                    "regularizer": weights_regularizer,
                    "trainable": trainable,
                },
                biases
                and {
                    "initializer": biases,
                    "regularizer": biases_regularizer,
                    "trainable": trainable,
                },
            )
        else:
            layer = tf.layers.SeparableConv2D(
                filters=num_outputs,
                kernel_size=kernel_size,
                strides=stride,
                padding=padding,
                data_format=long_format(data_format),
                dilation_rate=utils.two_element_tuple(rate),
                activation=None,
                depth_multiplier=depth_multiplier,
                use_bias=biases is not None,
                depthwise_initializer=weights_initializer,
                pointwise_initializer=pointwise_initializer,
                bias_initializer=biases,
                depthwise_regularizer=weights_regularizer,
                pointwise_regularizer=weights_regularizer,
                bias_regularizer=biases_regularizer,
                activity_regularizer=None,
                trainable=trainable,
                name=sc.name,
                dtype=inputs.dtype.base_dtype,
                _scope=sc,
                _reuse=reuse,
            )
            outputs = layer(inputs)
            note_weights(
                layer,
                variables_collections,
                depthwise_kernel="weights",
                pointwise_kernel="weights",
                bias="biases",
            )
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


def _depthwise(
    inputs: Any,
    window: list[int],
    stride: Any,
    padding: str,
    rate: Any,
    data_format: str,
    collections: Any,
    weights_by: dict[str, Any],
    biases_by: dict[str, Any] | None,
) -> Any:
    """A convolution of each channel with kernels of its own, then biases."""
    channels = utils.channel_dimension(inputs.shape, data_format, min_rank=4)
    dtype = inputs.dtype.base_dtype
    height, width, many = window
    weights = tf.get_variable(
        "depthwise_weights", shape=[height, width, channels, many], dtype=dtype, **weights_by
    )
    note_variable(weights, collections, "weights")
    steps = utils.two_element_tuple(stride)
    outputs = tf.nn.depthwise_conv2d(
        inputs,
        weights,
        [1, 1, *steps] if data_format.startswith("NC") else [1, *steps, 1],
        padding,
        rate=utils.two_element_tuple(rate),
        data_format=data_format,
    )
    if biases_by:
        biases = tf.get_variable("biases", shape=[channels * many], dtype=dtype, **biases_by)
        note_variable(biases, collections, "biases")
        outputs = tf.nn.bias_add(outputs, biases, data_format=data_format)
    return outputs


@add_arg_scope
def convolution2d_in_plane(
    inputs: Any,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    activation_fn: Any = tf.nn.relu,
    normalizer_fn: Callable | None = None,
    normalizer_params: Any = None,
    weights_initializer: Any = initializers.xavier_initializer(),
    weights_regularizer: Any = None,
    biases_initializer: Any = tf.zeros_initializer(),
    biases_regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
) -> Any:
    """A convolution of each channel with one kernel for all of them."""
    getter, default = getter_of(), "ConvInPlane"
    with tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        dtype = inputs.dtype.base_dtype
        channels = utils.last_dimension(inputs.shape, min_rank=4)
        weights = tf.get_variable(
            "weights",
            shape=[*utils.two_element_tuple(kernel_size), 1, 1],
            dtype=dtype,
            initializer=weights_initializer,
            regularizer=weights_regularizer,
            trainable=trainable,
        )
        note_variable(weights, variables_collections, "weights")
        steps = [1, *utils.two_element_tuple(stride), 1]
        weights = tf.tile(weights, [1, 1, channels, 1])
        outputs = tf.nn.depthwise_conv2d(inputs, weights, steps, padding)
        if normalizer_fn is None and biases_initializer is not None:
            biases = tf.get_variable(
                "biases",
                shape=[channels],
                dtype=dtype,
                initializer=biases_initializer,
                regularizer=biases_regularizer,
                trainable=trainable,
            )
            note_variable(biases, variables_collections, "biases")
            outputs = tf.nn.bias_add(outputs, biases)
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


separable_conv2d = separable_convolution2d
conv2d_in_plane = convolution2d_in_plane
