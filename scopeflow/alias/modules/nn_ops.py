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
