"""Dense layers and what goes with them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

import scopeflow as tf

from ..framework import add_arg_scope, model_variable
from . import initializers, utils
from .building import check_format, finish, getter_of, note_weights


@add_arg_scope
def fully_connected(
    inputs: Any,
    num_outputs: int,
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
    """inputs · weights, then normalization (or biases), then activation.

    Along the last dimension. The variables are `weights` and `biases`, in the collections of
    `variables_collections` (a list, or a dict by those names).
    """
    if not isinstance(num_outputs, int | np.integer):
        raise ValueError(f"num_outputs type should be one of {[int]}, got {type(num_outputs)}.")
    getter, default = getter_of({"bias": "biases", "kernel": "weights"}), "fully_connected"
    with tf.variable_scope(scope, default, [inputs], reuse=reuse, custom_getter=getter) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.Dense(
            units=num_outputs,
            activation=None,
            use_bias=normalizer_fn is None and biases_initializer is not None,
            kernel_initializer=weights_initializer,
            bias_initializer=biases_initializer,
            kernel_regularizer=weights_regularizer,
            bias_regularizer=biases_regularizer,
            activity_regularizer=None,
            trainable=trainable,
            name=sc.name,
            dtype=inputs.dtype.base_dtype,
            _scope=sc,
            _reuse=reuse,
        )
        outputs = layer(inputs)
        note_weights(layer, variables_collections, kernel="weights", bias="biases")
        return finish(
            outputs, normalizer_fn, normalizer_params, activation_fn, outputs_collections, sc
        )


relu = partial(fully_connected, activation_fn=tf.nn.relu)
relu6 = partial(fully_connected, activation_fn=tf.nn.relu6)
elu = partial(fully_connected, activation_fn=tf.nn.elu)
linear = partial(fully_connected, activation_fn=None)


@add_arg_scope
def bias_add(
    inputs: Any,
    activation_fn: Any = None,
    initializer: Any = tf.zeros_initializer(),
    regularizer: Any = None,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    data_format: str = "NHWC",
    scope: Any = None,
) -> Any:
    """inputs + biases, then activation."""
    check_format(data_format, "NCHW", "NHWC")
    with tf.variable_scope(scope, "BiasAdd", [inputs], reuse=reuse) as sc:
        inputs = tf.convert_to_tensor(inputs)
        axis = 1 if data_format == "NCHW" else -1
        channels = inputs.shape.with_rank_at_least(2).as_list()[axis]
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        biases = model_variable(
            "biases",
            shape=[channels],
            dtype=inputs.dtype.base_dtype,
            initializer=initializer,
            regularizer=regularizer,
            collections=utils.get_variable_collections(variables_collections, "biases"),
            trainable=trainable,
        )
        outputs = tf.nn.bias_add(inputs, biases, data_format=data_format)
        return finish(outputs, None, None, activation_fn, outputs_collections, sc)


@add_arg_scope
def dropout(
    inputs: Any,
    keep_prob: Any = 0.5,
    noise_shape: Any = None,
    is_training: Any = True,
    outputs_collections: Any = None,
    scope: Any = None,
    seed: int | None = None,
) -> Any:
    """A share 1 - `keep_prob` of the elements set to 0 where `is_training`, the others scaled."""
    with tf.variable_scope(scope, "Dropout", [inputs], custom_getter=getter_of()) as sc:
        inputs = tf.convert_to_tensor(inputs)
        layer = tf.layers.Dropout(
            rate=1 - keep_prob, noise_shape=noise_shape, seed=seed, name=sc.name, _scope=sc
        )
        outputs = layer(inputs, training=is_training)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


@add_arg_scope
def flatten(inputs: Any, outputs_collections: Any = None, scope: Any = None) -> Any:
    """All dimensions but the first as one."""
    with tf.name_scope(scope, "Flatten", [inputs]) as sc:
        inputs = tf.convert_to_tensor(inputs)
        return utils.collect_named_outputs(outputs_collections, sc, tf.layers.flatten(inputs))


@add_arg_scope
def softmax(logits: Any, scope: Any = None) -> Any:
    """`tf.nn.softmax` along the last dimension, by way of a matrix."""
    with tf.variable_scope(scope, "softmax", [logits]):
        size = utils.last_dimension(logits.shape, min_rank=2)
        predictions = tf.nn.softmax(tf.reshape(logits, [-1, size]))
        predictions = tf.reshape(predictions, tf.shape(logits))
        predictions.set_shape(logits.shape)
        return predictions


@add_arg_scope
def one_hot_encoding(
    labels: Any,
    num_classes: int,
    on_value: float = 1.0,
    off_value: float = 0.0,
    outputs_collections: Any = None,
    scope: Any = None,
) -> Any:
    """`tf.one_hot` of labels [batch]."""
    with tf.name_scope(scope, "OneHotEncoding", [labels, num_classes]) as sc:
        labels = tf.convert_to_tensor(labels)
        if labels.dtype == tf.int32:
            labels = tf.cast(labels, tf.int64, name="ToInt64")
        outputs = tf.one_hot(labels, num_classes, on_value=on_value, off_value=off_value)
        return utils.collect_named_outputs(outputs_collections, sc, outputs)


def repeat(inputs: Any, repetitions: int, layer: Callable, *args: Any, **kwargs: Any) -> Any:
    """A layer function on its own outputs, `repetitions` times.

    The scopes are `<scope>/<last part of scope>_1`, …; without `scope` `Repeat/<layer>_1`, ….
    """
    return _chain(inputs, layer, [args] * repetitions, "Repeat", kwargs)


def stack(inputs: Any, layer: Callable, stack_args: Any, **kwargs: Any) -> Any:
    """A layer function on its own outputs, once for each of `stack_args`: its next arguments.

    The scopes are `<scope>/<last part of scope>_1`, …; without `scope` `Stack/<layer>_1`, ….
    """
    if not isinstance(stack_args, list | tuple):
        raise TypeError("stack_args need to be a list or tuple")
    given = [each if isinstance(each, list | tuple) else (each,) for each in stack_args]
    return _chain(inputs, layer, given, "Stack", kwargs)


def _chain(inputs: Any, layer: Any, args: list, default: str, kwargs: dict[str, Any]) -> Any:
    scope = kwargs.pop("scope", None)
    with tf.variable_scope(scope, default, [inputs]):
        outputs = tf.convert_to_tensor(inputs)
        if scope is None:
            base = getattr(getattr(layer, "func", layer), "__name__", default.lower())
        else:
            base = (scope if isinstance(scope, str) else scope.name).rpartition("/")[2]
        for number, given in enumerate(args, 1):
            outputs = layer(outputs, *given, scope=f"{base}_{number}", **kwargs)
        return outputs


@add_arg_scope
def unit_norm(inputs: Any, dim: int, epsilon: float = 1e-7, scope: Any = None) -> Any:
    """The inputs, scaled to norms of 1 along a dimension."""
    with tf.variable_scope(scope, "UnitNorm", [inputs]):
        if inputs.shape.ndims is None:
            raise ValueError("The input rank must be known.")
        if dim is not None and dim >= inputs.shape.ndims:
            raise ValueError("dim must be positive but smaller than the input rank.")
        return tf.div(inputs, tf.sqrt(epsilon + tf.reduce_sum(tf.square(inputs), dim, True)))


@add_arg_scope
def maxout(inputs: Any, num_units: int, axis: int = -1, scope: Any = None) -> Any:
    """The largest of each of `num_units` groups of channels."""
    with tf.variable_scope(scope, "MaxOut", [inputs]):
        inputs = tf.convert_to_tensor(inputs)
        dims = inputs.shape.as_list()
        channels = dims[axis]
        if channels % num_units:
            raise ValueError(
                f"number of features({channels}) is not a multiple of num_units({num_units})"
            )
        sizes = [tf.shape(inputs)[i] if size is None else size for i, size in enumerate(dims)]
        sizes[axis] = num_units
        sizes.append(channels // num_units)
        outputs = tf.reduce_max(tf.reshape(inputs, sizes), -1)
        dims[axis] = num_units
        outputs.set_shape(dims)
        return outputs
