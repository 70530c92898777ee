"""Logits of linear and deep models, and their optimizers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..mode_keys import ModeKeys

_OPTIMIZERS = {
    "Adagrad": tf.train.AdagradOptimizer,
    "Adam": tf.train.AdamOptimizer,
    "Ftrl": tf.train.FtrlOptimizer,
    "RMSProp": tf.train.RMSPropOptimizer,
    "SGD": tf.train.GradientDescentOptimizer,
}


def optimizer_of(given: Any, learning_rate: float) -> Any:
    """An optimizer by name, made by a function, or as it is."""
    if isinstance(given, str):
        if given not in _OPTIMIZERS:
            raise ValueError(
                f"Unsupported optimizer name: {given}. Supported names are: "
                f"{tuple(sorted(_OPTIMIZERS))}"
            )
        return _OPTIMIZERS[given](learning_rate=learning_rate)
    if callable(given) and not isinstance(given, tf.train.Optimizer):
        given = given()
    if not isinstance(given, tf.train.Optimizer):
        raise ValueError(f"The given object is not an Optimizer instance. Given: {given}")
    return given


def linear_rate(columns: Any, most: float = 0.2) -> float:
    """The learning rate of a linear model with so many columns."""
    return min(most, 1.0 / math.sqrt(len(list(columns))))


def partitioner_of(given: Any, config: Any, min_slice_size: int) -> Any:
    """What splits the variables: the given one, or one by the number of parameter servers."""
    return given or tf.min_max_variable_partitioner(
        max_partitions=max(1, config.num_ps_replicas), min_slice_size=min_slice_size
    )


def linear_logits(features: Any, columns: Any, units: int, combiner: str) -> Any:
    """The logits of a linear model, with summaries of its weights."""
    by_column: dict[Any, Any] = {}
    logits = tf.feature_column.linear_model(
        features, columns, units=units, sparse_combiner=combiner, cols_to_vars=by_column
    )
    bias = by_column.pop("bias")
    weights = [part for group in by_column.values() for part in group]
    if units > 1:
        tf.summary.histogram("bias", tf.concat([tf.convert_to_tensor(b) for b in bias], 0))
    else:
        tf.summary.scalar("bias", tf.reshape(tf.convert_to_tensor(bias[0]), []))
    flat = tf.concat([tf.reshape(tf.convert_to_tensor(w), [-1]) for w in weights], 0)
    tf.summary.scalar("fraction_of_zero_weights", tf.nn.zero_fraction(flat))
    return logits


def deep_logits(
    features: Any, mode: str, columns: Any, hidden_units: Any, units: int,
    activation_fn: Callable, dropout: Any, partitioner: Any, batch_norm: bool,
) -> Any:  # fmt: skip
    """The logits of a network with hidden layers, in the scope "dnn"."""
    training = mode == ModeKeys.TRAIN
    with tf.variable_scope("input_from_feature_columns", partitioner=partitioner):
        net = tf.feature_column.input_layer(features, columns)
    for i, size in enumerate(hidden_units):
        with tf.variable_scope(f"hiddenlayer_{i}") as scope:
            net = _dense(net, size, activation_fn, scope)
            if dropout is not None and training:
                net = tf.layers.dropout(net, rate=dropout, training=True)
            if batch_norm:
                net = tf.layers.batch_normalization(
                    net, momentum=0.999, training=training, name=f"batchnorm_{i}"
                )
        _summaries(net, f"dnn/hiddenlayer_{i}")
    with tf.variable_scope("logits") as scope:
        logits = _dense(net, units, None, scope)
    _summaries(logits, "dnn/logits")
    return logits


def _dense(net: Any, units: int, activation: Any, scope: Any) -> Any:
    return tf.layers.dense(
        net, units=units, activation=activation,
        kernel_initializer=tf.glorot_uniform_initializer(), name=scope,
    )  # fmt: skip


def _summaries(value: Any, tag: str) -> None:
    tf.summary.scalar(f"{tag}/fraction_of_zero_values", tf.nn.zero_fraction(value))
    tf.summary.histogram(f"{tag}/activation", value)


def check_features(features: Any) -> None:
    """ValueError unless they are a dict."""
    if not isinstance(features, dict):
        raise ValueError(
            f"features should be a dictionary of `Tensor`s. Given type: {type(features)}"
        )
