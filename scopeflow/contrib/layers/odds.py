"""Layers that few programs use."""

from __future__ import annotations

from functools import partial
from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope, model_variable
from . import utils
from .building import check_format
from .initializers import xavier_initializer


def spatial_softmax(
    features: Any,
    temperature: Any = None,
    name: str | None = None,
    variables_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
) -> Any:
    """Where in images each channel has its weight: row and column of each channel.

    The mean position, from -1 to 1, under the softmax over the pixels of features / temperature
    (None: a variable `temperature`).
    """
    check_format(data_format, "NCHW", "NHWC")
    with tf.variable_scope(name, "spatial_softmax"):
        static = features.shape.as_list()
        dims = tf.shape(features)
        order = (2, 3, 1) if data_format == "NCHW" else (1, 2, 3)
        height, width, channels = (dims[i] if static[i] is None else static[i] for i in order)
        if data_format == "NHWC":
            features = tf.transpose(features, [0, 3, 1, 2])
        flat = tf.reshape(features, [-1, height * width])
        if temperature is None:
            temperature = model_variable(
                "temperature",
                shape=(),
                dtype=tf.float32,
                initializer=tf.ones_initializer(),
                collections=utils.get_variable_collections(variables_collections, "temperature"),
                trainable=trainable,
            )
        attention = tf.nn.softmax(flat / temperature)
        y, x = tf.meshgrid(
            tf.linspace(-1.0, 1.0, num=height), tf.linspace(-1.0, 1.0, num=width), indexing="ij"
        )
        x, y = (tf.reshape(each, [height * width]) for each in (x, y))
        means = [tf.reduce_sum(each * attention, 1, keepdims=True) for each in (y, x)]
        found = tf.reshape(tf.concat(means, 1), [-1, channels * 2])
        last = static[order[2]]
        found.set_shape([static[0], None if last is None else 2 * last])
        return found


@add_arg_scope
def images_to_sequence(
    inputs: Any, data_format: str = "NHWC", outputs_collections: Any = None, scope: Any = None
) -> Any:
    """Images as sequences of their columns: [width, batch · height, channels]."""
    check_format(data_format, "NCHW", "NHWC")
    with tf.name_scope(scope, "ImagesToSequence", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        if data_format == "NCHW":
            inputs = tf.transpose(inputs, [0, 2, 3, 1])
        _, _, width, channels = inputs.shape.as_list()
        dims = tf.shape(inputs)
        flat = tf.reshape(inputs, [-1, dims[2], channels])
        flat.set_shape([None, width, channels])
        outputs = tf.transpose(flat, [1, 0, 2])
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


@add_arg_scope
def sequence_to_images(
    inputs: Any,
    height: int,
    output_data_format: str = "channels_last",
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """What `images_to_sequence` made of images of a height, as images again."""
    with tf.name_scope(scope, "SequenceToImages", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        width, _, channels = inputs.shape.as_list()
        dims = tf.shape(inputs)
        outputs = tf.reshape(tf.transpose(inputs, [1, 0, 2]), [-1, height, dims[0], channels])
        outputs.set_shape([None, height, width, channels])
        if output_data_format == "channels_first":
            outputs = tf.transpose(outputs, [0, 3, 1, 2])
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


@add_arg_scope
def dense_to_sparse(
    tensor: Any, eos_token: int = 0, outputs_collections: Any = None, scope: Any = None
) -> Any:
    """A sparse tensor of the elements that are not `eos_token`."""
    with tf.variable_scope(scope, "dense_to_sparse", [tensor]) as sc:
        tensor = tf.convert_to_tensor(tensor)
        indices = tf.where(tf.not_equal(tensor, tf.constant(eos_token, tensor.dtype)))
        values = tf.gather_nd(tensor, indices)
        shape = tf.shape(tensor, out_type=tf.int64)
        outputs = tf.SparseTensor(indices, values, shape)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


def scale_gradient(inputs: Any, gradient_multiplier: Any) -> Any:
    """The inputs; their gradient is multiplied by a factor."""
    kept = inputs * gradient_multiplier
    return kept + tf.stop_gradient(inputs - kept)


def legacy_fully_connected(
    x: Any,
    num_output_units: int,
    activation_fn: Any = None,
    weight_init: Any = xavier_initializer(),
    bias_init: Any = tf.zeros_initializer(),
    name: str | None = None,
    weight_collections: Any = (tf.GraphKeys.WEIGHTS,),
    bias_collections: Any = (tf.GraphKeys.BIASES,),
    output_collections: Any = (tf.GraphKeys.ACTIVATIONS,),
    trainable: bool = True,
    weight_regularizer: Any = None,
    bias_regularizer: Any = None,
) -> Any:
    """x · weights + bias, then activation, along the last dimension. See `fully_connected`."""
    with tf.variable_scope(name, "fully_connected", [x]):
        x = tf.convert_to_tensor(x)
        dims = x.shape.as_list()
        if x.shape.ndims is None or len(dims) < 2 or dims[-1] is None:
            raise ValueError("last dimension of x must be known but is None")
        everywhere = [tf.GraphKeys.GLOBAL_VARIABLES]
        weights = tf.get_variable(
            "weights",
            shape=[dims[-1], num_output_units],
            dtype=x.dtype.base_dtype,
            initializer=weight_init,
            collections=[*(weight_collections or ()), *everywhere],
            regularizer=weight_regularizer,
            trainable=trainable,
        )
        y = tf.matmul(tf.reshape(x, [-1, dims[-1]]), weights)
        if bias_init is not None:
            bias = tf.get_variable(
                "bias",
                shape=[num_output_units],
                dtype=x.dtype.base_dtype,
                initializer=bias_init,
                collections=[*(bias_collections or ()), *everywhere],
                regularizer=bias_regularizer,
                trainable=trainable,
            )
            y = tf.nn.bias_add(y, bias)
        if len(dims) > 2:
            y = tf.reshape(y, tf.concat([tf.shape(x)[:-1], [num_output_units]], 0))
            y.set_shape([*dims[:-1], num_output_units])
        outputs = y if activation_fn is None else activation_fn(y)
        for collection in output_collections:
            tf.add_to_collection(collection, outputs)
        return outputs


legacy_linear = partial(legacy_fully_connected, activation_fn=None)
legacy_relu = partial(legacy_fully_connected, activation_fn=tf.nn.relu)
