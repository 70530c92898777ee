"""Normalization of each example: over all its features, each channel, or groups of channels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope, model_variable
from . import utils
from .building import check_format


def _parameter(
    name: str, shape: Any, dtype: Any, initializers: Any, collections: Any, trainable: bool
) -> Any:
    first = tf.zeros_initializer() if name == "beta" else tf.ones_initializer()
    return model_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=(initializers or {}).get(name, first),
        collections=utils.get_variable_collections(collections, name),
        trainable=trainable,
    )


@add_arg_scope
def layer_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    activation_fn: Callable | None = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    begin_norm_axis: int = 1,
    begin_params_axis: int = -1,
    scope: Any = None,
) -> Any:
    """(inputs - mean) / stddev · gamma + beta, over all dimensions from `begin_norm_axis` on.

    `beta` and `gamma` have the dimensions from `begin_params_axis` on.
    """
    with tf.variable_scope(scope, "LayerNorm", [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank is None:
            raise ValueError(f"Inputs {inputs.name} has undefined rank.")
        dtype = inputs.dtype.base_dtype
        if begin_norm_axis < 0:
            begin_norm_axis = rank + begin_norm_axis
        if begin_params_axis >= rank or begin_norm_axis >= rank:
            raise ValueError(
                f"begin_params_axis ({begin_params_axis}) and begin_norm_axis ({begin_norm_axis}) "
                f"must be < rank(inputs) ({rank})"
            )
        shape = inputs.shape[begin_params_axis:]
        if not shape.is_fully_defined():
            raise ValueError(
                f"Inputs {inputs.name}: shape(inputs)[{begin_params_axis}:] is not fully defined: "
                f"{inputs.shape}"
            )
        given = (shape, dtype, None, variables_collections, trainable)
        beta = _parameter("beta", *given) if center else None
        gamma = _parameter("gamma", *given) if scale else None
        axes = list(range(begin_norm_axis, rank))
        mean, variance = tf.nn.moments(inputs, axes, keep_dims=True)
        epsilon = 1e-3 if dtype == tf.float16 else 1e-12
        outputs = tf.nn.batch_normalization(
            inputs, mean, variance, offset=beta, scale=gamma, variance_epsilon=epsilon
        )
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def instance_norm(
    inputs: Any,
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable | None = None,
    param_initializers: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """(inputs - mean) / stddev · gamma + beta, for each channel of each example."""
    inputs = tf.convert_to_tensor(inputs)
    shape, rank = inputs.shape, inputs.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    check_format(data_format, "NCHW", "NHWC")
    with tf.variable_scope(scope, "InstanceNorm", [inputs], reuse=reuse) as sc:
        axis = 1 if data_format == "NCHW" else rank - 1
        channels = shape.as_list()[axis]
        if channels is None:
            raise ValueError(
                f"Inputs {inputs.name} has undefined channels dimension {shape[axis : axis + 1]}."
            )
        given = ([channels], inputs.dtype.base_dtype, param_initializers, variables_collections)
        beta = _parameter("beta", *given, trainable) if center else None
        gamma = _parameter("gamma", *given, trainable) if scale else None
        if data_format == "NCHW":
            dims = [1, channels, *[1] * (rank - 2)]
            beta = None if beta is None else tf.reshape(beta, dims)
            gamma = None if gamma is None else tf.reshape(gamma, dims)
        axes = [each for each in range(1, rank) if each != axis]
        mean, variance = tf.nn.moments(inputs, axes, keep_dims=True)
        outputs = tf.nn.batch_normalization(
            inputs, mean, variance, beta, gamma, epsilon, name="instancenorm"
        )
        outputs.set_shape(shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def group_norm(
    inputs: Any,
    groups: int = 32,
    channels_axis: int = -1,
    reduction_axes: Any = (-3, -2),
    center: bool = True,
    scale: bool = True,
    epsilon: float = 1e-6,
    activation_fn: Callable | None = None,
    param_initializers: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    scope: Any = None,
    mean_close_to_zero: bool = False,
) -> Any:
    """(inputs - mean) / stddev · gamma + beta, for each of `groups` groups of channels.

    Over `reduction_axes` and the channels of the group. `mean_close_to_zero` computes the
    variance as the mean of the squares less the square of the mean.
    """
    inputs = tf.convert_to_tensor(inputs)
    original = inputs.shape
    rank = original.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    axis = channels_axis + rank if channels_axis < 0 else channels_axis
    if not 0 <= axis < rank:
        raise ValueError("Axis is out of bounds.")
    axes = [each + rank if each < 0 else each for each in reduction_axes]
    if any(not 0 <= each < rank for each in axes):
        raise ValueError("Axis is out of bounds.")
    if axis in axes:
        raise ValueError(
            "reduction_axes must be mutually exclusive with channels_axis: "
            f"{reduction_axes}, {channels_axis}"
        )
    channels = original.as_list()[axis]
    if channels is None:
        raise ValueError(f"Inputs {inputs.name} has undefined channel dimension: {channels}.")
    if groups > channels:
        raise ValueError(f"Invalid groups {groups} for {channels} channels.")
    if channels % groups:
        raise ValueError(f"{channels} channels is not commensurate with {groups} groups.")
    sizes = original.as_list()
    if None in sizes:
        dynamic = tf.shape(inputs)
        sizes = [dynamic[i] if size is None else size for i, size in enumerate(sizes)]
    split = [*sizes[:axis], groups, channels // groups, *sizes[axis + 1 :]]
    axes = [each + (each > axis) for each in axes]
    inputs = tf.reshape(inputs, split)
    dims = [1] * (rank + 1)
    dims[axis : axis + 2] = [groups, channels // groups]
    axes.append(axis + 1)
    with tf.variable_scope(scope, "GroupNorm", [inputs], reuse=reuse) as sc:
        given = ([channels], inputs.dtype.base_dtype, param_initializers, variables_collections)
        beta = tf.reshape(_parameter("beta", *given, trainable), dims) if center else None
        gamma = tf.reshape(_parameter("gamma", *given, trainable), dims) if scale else None
        if mean_close_to_zero:
            counts, means_ss, variance_ss, _ = tf.nn.sufficient_statistics(
                inputs, axes, keep_dims=True
            )
            mean, variance = tf.nn.normalize_moments(counts, means_ss, variance_ss, shift=None)
        else:
            mean, variance = tf.nn.moments(inputs, axes, keep_dims=True)
        gain = tf.rsqrt(variance + epsilon)
        offset = -mean * gain
        if gamma is not None:
            gain, offset = gain * gamma, offset * gamma
        if beta is not None:
            offset = offset + beta
        outputs = inputs * gain + offset
        outputs = tf.reshape(outputs, sizes)
        outputs.set_shape(original)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)
