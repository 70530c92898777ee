"""Convolutions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope
from . import initializers
from .building import check_format, finish, getter_of, long_format, note_weights

_RENAMED = {"bias": "biases", "kernel": "weights"}


def _layer(kind: Any, sc: Any, inputs: Any, weights: tuple, biases: tuple, **kwargs: Any) -> Any:
    """A `tf.layers` layer in a scope that is open."""
    return kind(
        use_bias=biases[0] is not None,
        kernel_initializer=weights[0],
        bias_initializer=biases[0],
        kernel_regularizer=weights[1],
        bias_regularizer=biases[1],
        activity_regularizer=None,
        name=sc.name,
        dtype=inputs.dtype.base_dtype,
        _scope=sc,
        **kwargs,
    )


@add_arg_scope
def convolution(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
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
    conv_dims: int | None = None,
) -> Any:
    """A convolution, then normalization (or biases), then activation.

    In as many dimensions as the inputs have beside batch and channels (`conv_dims`, where it is
    given, must be that). `rate` is the dilation. The variables are `weights` and `biases`, in the
    collections of `variables_collections` (a list, or a dict by those names).
    """
    check_format(data_format, None, "NWC", "NCW", "NHWC", "NCHW", "NDHWC", "NCDHW")
    getter = getter_of(_RENAMED)
    with tf.variable_scope(scope, "Conv", [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if conv_dims is not None and conv_dims + 2 != rank:
            raise ValueError(f"Convolution expects input with rank {conv_dims + 2}, got {rank}")
        kinds = {3: tf.layers.Conv1D, 4: tf.layers.Conv2D, 5: tf.layers.Conv3D}
        if rank not in kinds:
            raise ValueError("Convolution not supported for input with rank", rank)
        layer = _layer(
            kinds[rank],
            sc,
            inputs,
            (weights_initializer, weights_regularizer),
            (None if normalizer_fn else biases_initializer, biases_regularizer),
            filters=num_outputs,
            kernel_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            dilation_rate=rate,
            trainable=trainable,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        note_weights(layer, variables_collections, kernel="weights", bias="biases")
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


@add_arg_scope
def convolution1d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
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
    """`convolution` of sequences."""
    return convolution(**locals(), conv_dims=1)


@add_arg_scope
def convolution2d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
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
    """`convolution` of images."""
    return convolution(**locals(), conv_dims=2)


@add_arg_scope
def convolution3d(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    rate: Any = 1,
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
    """`convolution` of volumes."""
    return convolution(**locals(), conv_dims=3)


@add_arg_scope
def convolution2d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NHWC",
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
    """The transpose of a convolution of images, then normalization (or biases), then activation."""
    check_format(data_format, "NCHW", "NHWC")
    getter, default = getter_of(_RENAMED), "Conv2d_transpose"
    with tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = _layer(
            tf.layers.Conv2DTranspose,
            sc,
            inputs,
            (weights_initializer, weights_regularizer),
            (None if normalizer_fn else biases_initializer, biases_regularizer),
            filters=num_outputs,
            kernel_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            trainable=trainable,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        note_weights(layer, variables_collections, kernel="weights", bias="biases")
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


@add_arg_scope
def convolution3d_transpose(
    inputs: Any,
    num_outputs: int,
    kernel_size: Any,
    stride: Any = 1,
    padding: str = "SAME",
    data_format: str = "NDHWC",
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
    """As `convolution2d_transpose`, of volumes."""
    check_format(data_format, "NCDHW", "NDHWC")
    getter, default = getter_of(_RENAMED), "Conv3d_transpose"
    with tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = _layer(
            tf.layers.Conv3DTranspose,
            sc,
            inputs,
            (weights_initializer, weights_regularizer),
            (None if normalizer_fn else biases_initializer, biases_regularizer),
            filters=num_outputs,
            kernel_size=kernel_size,
            strides=stride,
            padding=padding,
            data_format=long_format(data_format),
            trainable=trainable,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        note_weights(layer, variables_collections, kernel="weights", bias="biases")
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


conv1d, conv2d, conv3d = convolution1d, convolution2d, convolution3d
conv2d_transpose, conv3d_transpose = convolution2d_transpose, convolution3d_transpose
