"""tensorflow.python.ops.nn_ops and gen_nn_ops: gradients of activations, for custom gradients."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def relu_grad(gradients: Any, features: Any, name: str | None = None) -> Any:
    """`gradients` where `features` are positive, else 0."""
    with tf.name_scope(name, "ReluGrad", [gradients, features]):
        gradients, features = tf.convert_to_tensor(gradients), tf.convert_to_tensor(features)
        return tf.where(features > 0, gradients, tf.zeros_like(gradients))


_relu_grad = relu_grad


def relu6_grad(gradients: Any, features: Any, name: str | None = None) -> Any:
    """`gradients` where `features` are between 0 and 6, else 0."""
    with tf.name_scope(name, "Relu6Grad", [gradients, features]):
        inside = tf.logical_and(features > 0, features < 6)
        return tf.where(inside, gradients, tf.zeros_like(gradients))


def elu_grad(gradients: Any, outputs: Any, name: str | None = None) -> Any:
    """The gradient of elu, from its outputs."""
    with tf.name_scope(name, "EluGrad", [gradients, outputs]):
        return tf.where(outputs < 0, gradients * (outputs + 1), gradients)


def softplus_grad(gradients: Any, features: Any, name: str | None = None) -> Any:
    """The gradient of softplus."""
    with tf.name_scope(name, "SoftplusGrad", [gradients, features]):
        return gradients * tf.sigmoid(features)


def fractional_max_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """`tf.nn.fractional_max_pool`; one number as `pooling_ratio` is that of rows and columns."""
    return _fractional_v2(
        tf.nn.fractional_max_pool, value, pooling_ratio, pseudo_random, overlapping, seed, name
    )


def fractional_avg_pool_v2(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    seed: int = 0,
    name: str | None = None,
) -> Any:
    """`tf.nn.fractional_avg_pool`; one number as `pooling_ratio` is that of rows and columns."""
    return _fractional_v2(
        tf.nn.fractional_avg_pool, value, pooling_ratio, pseudo_random, overlapping, seed, name
    )


def _fractional_v2(
    pool: Any, value: Any, ratio: Any, pseudo_random: bool, overlapping: bool, seed: int, name: Any
) -> Any:
    if not isinstance(ratio, list | tuple):
        ratio = [ratio]
    if len(ratio) in (1, 2):
        ratio = [1, ratio[0], ratio[-1], 1]
    seeds = tf.get_seed(seed) if seed else (0, 0)
    return pool(
        value, ratio, pseudo_random, overlapping, deterministic=bool(seed),
        seed=seeds[0], seed2=seeds[1], name=name,
    )  # fmt: skip
