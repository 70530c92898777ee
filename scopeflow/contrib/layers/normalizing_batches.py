"""Batch normalization."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import add_arg_scope, model_variable
from . import utils
from .building import check_format, getter_of, long_format, note_weights


@add_arg_scope
def batch_norm(
    inputs: Any,
    decay: float = 0.999,
    center: bool = True,
    scale: bool = False,
    epsilon: float = 0.001,
    activation_fn: Callable | None = None,
    param_initializers: Any = None,
    param_regularizers: Any = None,
    updates_collections: Any = tf.GraphKeys.UPDATE_OPS,
    is_training: Any = True,
    reuse: Any = None,
    variables_collections: Any = None,
    outputs_collections: Any = None,
    trainable: bool = True,
    batch_weights: Any = None,
    fused: bool | None = None,
    data_format: str = "NHWC",
    zero_debias_moving_mean: bool = False,
    scope: Any = None,
    renorm: bool = False,
    renorm_clipping: Any = None,
    renorm_decay: float = 0.99,
    adjustment: Any = None,
) -> Any:
    """(inputs - mean) / sqrt(variance + epsilon) · gamma + beta, then activation.

    Mean and variance are the batch's where `is_training`, else the moving ones, which follow the
    batch's by `decay`. That is done by ops in the collection `updates_collections`, which a
    training step must run; with None as part of the outputs. `param_initializers` and
    `param_regularizers` are dicts by "beta", "gamma", "moving_mean", "moving_variance".
    `batch_weights` weigh the examples. Variables and their collections have those names, too.
    """
    if fused is None:
        fused = True
    if fused:
        if batch_weights is not None:
            raise ValueError(
                "Weighted mean and variance is not currently supported for fused batch norm."
            )
        if param_regularizers is not None:
            raise ValueError("Regularizers are not currently supported for fused batch norm.")
        if renorm:
            raise ValueError("Renorm is not supported for fused batch norm.")
        if adjustment is not None:
            raise ValueError("Adjustment is not supported for fused batch norm.")
    check_format(data_format, "NCHW", "NHWC")
    inputs = tf.convert_to_tensor(inputs)
    rank = inputs.shape.ndims
    if rank is None:
        raise ValueError(f"Inputs {inputs.name} has undefined rank.")
    if rank not in (2, 4) and fused:
        fused = False
    plain = (
        batch_weights is None
        and updates_collections is tf.GraphKeys.UPDATE_OPS
        and not zero_debias_moving_mean
    )
    wanted = _Wanted(
        decay, center, scale, epsilon, param_initializers or {}, param_regularizers or {},
        updates_collections, is_training, variables_collections, trainable, batch_weights,
        data_format, zero_debias_moving_mean,
    )  # fmt: skip
    getter = getter_of()
    with tf.variable_scope(scope, "BatchNorm", [inputs], reuse=reuse, custom_getter=getter) as sc:
        if plain and (rank != 2 or not fused):
            outputs = wanted.by_layer(
                inputs, sc, reuse, fused, renorm, renorm_clipping, renorm_decay, adjustment
            )
        elif renorm:
            raise ValueError(
                "renorm is not supported with batch_weights, updates_collections or "
                "zero_debias_moving_mean"
            )
        else:
            outputs = wanted.fused(inputs) if fused else wanted.plain(inputs)
        outputs.set_shape(inputs.shape)
        if activation_fn is not None:
            outputs = activation_fn(outputs)
        return utils.collect_named_outputs(outputs_collections, sc.name, outputs)


class _Wanted:
    """What a call of `batch_norm` asked for."""

    def __init__(
        self, decay: float, center: bool, scale: bool, epsilon: float, initializers: Any,
        regularizers: Any, updates: Any, is_training: Any, collections: Any, trainable: bool,
        weights: Any, data_format: str, zero_debias: bool,
    ) -> None:  # fmt: skip
        self.decay = decay
        self.center = center
        self.scale = scale
        self.epsilon = epsilon
        self.initializers = initializers
        self.regularizers = regularizers
        self.updates = updates
        self.is_training = is_training
        self.collections = collections
        self.trainable = trainable
        self.weights = weights
        self.data_format = data_format
        self.zero_debias = zero_debias

    def by_layer(
        self, inputs: Any, sc: Any, reuse: Any, fused: bool, renorm: bool, clipping: Any,
        renorm_decay: float, adjustment: Any,
    ) -> Any:  # fmt: skip
        """By `tf.layers.BatchNormalization`."""
        zeros, ones = tf.zeros_initializer(), tf.ones_initializer()
        layer = tf.layers.BatchNormalization(
            axis=1 if long_format(self.data_format) == "channels_first" else -1,
            momentum=self.decay,
            epsilon=self.epsilon,
            center=self.center,
            scale=self.scale,
            beta_initializer=self.initializers.get("beta", zeros),
            gamma_initializer=self.initializers.get("gamma", ones),
            moving_mean_initializer=self.initializers.get("moving_mean", zeros),
            moving_variance_initializer=self.initializers.get("moving_variance", ones),
            beta_regularizer=self.regularizers.get("beta"),
            gamma_regularizer=self.regularizers.get("gamma"),
            trainable=self.trainable,
            renorm=renorm,
            renorm_clipping=clipping,
            renorm_momentum=renorm_decay,
            adjustment=adjustment,
            name=sc.name,
            _scope=sc,
            _reuse=reuse,
            fused=fused,
        )
        outputs = layer(inputs, training=self.is_training)
        note_weights(
            layer,
            self.collections,
            beta="beta",
            gamma="gamma",
            moving_mean="moving_mean",
            moving_variance="moving_variance",
        )
        return outputs

    def _variable(self, name: str, shape: list, dtype: Any) -> Any:
        first = tf.zeros_initializer() if name in ("beta", "moving_mean") else tf.ones_initializer()
        trained = name in ("beta", "gamma")
        return model_variable(
            name,
            shape=shape,
            dtype=dtype,
            initializer=self.initializers.get(name, first),
            regularizer=self.regularizers.get(name) if trained else None,
            collections=utils.get_variable_collections(self.collections, name),
            trainable=self.trainable and trained,
        )

    def _moving(self, shape: list, dtype: Any) -> tuple[Any, Any]:
        with tf.variable_scope(tf.get_variable_scope(), auxiliary_name_scope=False) as scope:
            scope.set_partitioner(None)
            return (
                self._variable("moving_mean", shape, dtype),
                self._variable("moving_variance", shape, dtype),
            )

    def _move(self, moving: Any, value: Any, zero_debias: bool = False) -> Any:
        return tf.train.moving_averages.assign_moving_average(
            moving, value, self.decay, zero_debias=zero_debias
        )

    def _note_updates(self, updates: list) -> None:
        for update in updates:
            tf.add_to_collections(self.updates, update)

    def fused(self, inputs: Any) -> Any:
        """By the fused op; vectors as images of one pixel."""
        shape, rank = inputs.shape.as_list(), inputs.shape.ndims
        original = inputs
        first = self.data_format == "NCHW"
        channels = shape[1] if first else shape[-1]
        if channels is None:
            raise ValueError("`C` dimension must be known but is None")
        if rank == 2:
            inputs = tf.reshape(inputs, [-1, channels, 1, 1] if first else [-1, 1, 1, channels])
        dtype, size = tf.float32, [channels]
        beta = self._variable("beta", size, dtype) if self.center else tf.constant(0.0, dtype, size)
        gamma = (
            self._variable("gamma", size, dtype) if self.scale else tf.constant(1.0, dtype, size)
        )
        moving_mean, moving_variance = self._moving(size, dtype)

        def by_batch() -> Any:
            return tf.nn.fused_batch_norm(
                inputs, gamma, beta, epsilon=self.epsilon, data_format=self.data_format
            )

        def by_moving() -> Any:
            return tf.nn.fused_batch_norm(
                inputs, gamma, beta, mean=moving_mean, variance=moving_variance,
                epsilon=self.epsilon, is_training=False, data_format=self.data_format,
            )  # fmt: skip

        outputs, mean, variance = utils.smart_cond(self.is_training, by_batch, by_moving)
        truth = utils.constant_value(self.is_training)
        if truth is not False:
            updates = self._updates(moving_mean, mean, moving_variance, variance, truth)
            if self.updates is None:
                with tf.control_dependencies(updates):
                    outputs = tf.identity(outputs)
            else:
                self._note_updates(updates)
        if rank == 2:
            outputs = tf.reshape(outputs, tf.shape(original))
        return outputs

    def _updates(
        self, moving_mean: Any, mean: Any, moving_variance: Any, variance: Any, truth: Any
    ) -> list:
        def move() -> list:
            return [
                self._move(moving_mean, mean, self.zero_debias),
                self._move(moving_variance, variance),
            ]

        if truth:
            return move()
        return list(
            tf.cond(
                self.is_training,
                move,
                lambda: [tf.identity(moving_mean), tf.identity(moving_variance)],
            )
        )

    def plain(self, inputs: Any) -> Any:
        """By plain ops, for vectors, images and more."""
        shape, rank = inputs.shape.as_list(), inputs.shape.ndims
        dtype = inputs.dtype.base_dtype
        first = self.data_format == "NCHW" and rank > 2
        axis = 1 if first else rank - 1
        others = [each for each in range(rank) if each != axis]
        channels = shape[axis]
        if channels is None:
            raise ValueError(f"Inputs {inputs.name} has undefined channels dimension {channels}.")
        size = [channels]
        if self.weights is not None:
            self.weights = tf.reshape(tf.convert_to_tensor(self.weights), [-1, *[1] * (rank - 1)])
        beta = self._variable("beta", size, dtype) if self.center else None
        gamma = self._variable("gamma", size, dtype) if self.scale else None
        moving_mean, moving_variance = self._moving(size, dtype)
        truth = utils.constant_value(self.is_training)
        if truth is False:
            mean, variance = moving_mean, moving_variance
        else:
            if self.weights is None:
                mean, variance = tf.nn.moments(inputs, others)
            else:
                mean, variance = tf.nn.weighted_moments(inputs, others, self.weights)
            batch = mean, variance
            if truth is None:
                mean, variance = tf.cond(
                    self.is_training,
                    lambda: batch,
                    lambda: (tf.identity(moving_mean), tf.identity(moving_variance)),
                )
            updates = self._updates(moving_mean, batch[0], moving_variance, batch[1], truth)
            if self.updates is None:
                with tf.control_dependencies(updates):
                    mean, variance = tf.identity(mean), tf.identity(variance)
            else:
                self._note_updates(updates)

        def spread(value: Any) -> Any:
            if value is None or not first:
                return value
            return tf.reshape(value, [1, channels, *[1] * (rank - 2)])

        return tf.nn.batch_normalization(
            inputs, spread(mean), spread(variance), spread(beta), spread(gamma), self.epsilon
        )
