"""What the metrics share: their variables, their inputs made to fit, value and update op."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def metric_variable(shape: Any, dtype: tf.DType, name: str) -> Any:
    """A local variable of zeros, in the collections LOCAL_VARIABLES and METRIC_VARIABLES."""
    return tf.Variable(
        lambda: tf.zeros(shape, dtype),
        trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES, tf.GraphKeys.METRIC_VARIABLES],
        validate_shape=True,
        name=name,
    )


def collected(value: Any, update: Any, metrics_collections: Any, updates_collections: Any) -> Any:
    """Both, after they were added to their collections."""
    if metrics_collections:
        tf.add_to_collections(metrics_collections, value)
    if updates_collections:
        tf.add_to_collections(updates_collections, update)
    return value, update


def ratio(above: Any, below: Any, name: str | None = None) -> tf.Tensor:
    """above / below; 0 where `below` is not positive."""
    return tf.div_no_nan(above, tf.maximum(below, tf.zeros_like(below)), name=name)


def _rank(tensor: Any) -> int | None:
    return tensor.shape.ndims


def fitted(labels: Any, predictions: Any, weights: Any) -> tuple[Any, Any, Any]:
    """Tensors in which labels, predictions and weights have the same rank.

    A last dimension of size 1 that only one of them has goes; weights of one dimension less get it.
    """
    predictions = tf.convert_to_tensor(predictions)
    labels = None if labels is None else tf.convert_to_tensor(labels)
    if labels is not None:
        have, wanted = _rank(predictions), _rank(labels)
        if have is not None and wanted is not None:
            if have - wanted == 1 and predictions.shape[-1].is_compatible_with(1):
                predictions = tf.squeeze(predictions, [-1])
            elif wanted - have == 1 and labels.shape[-1].is_compatible_with(1):
                labels = tf.squeeze(labels, [-1])
        else:
            more = tf.rank(predictions) - tf.rank(labels)
            predictions = _squeezed_if(tf.equal(more, 1), predictions)
            labels = _squeezed_if(tf.equal(more, -1), labels)
        predictions.shape.assert_is_compatible_with(labels.shape)
    if weights is None:
        return labels, predictions, None
    weights = tf.convert_to_tensor(weights)
    have, wanted = _rank(weights), _rank(predictions)
    if have is None or (have and wanted is None):
        weights = _with_rank(weights, predictions)
    elif have and wanted is not None:
        if have - wanted == 1:
            weights = tf.squeeze(weights, [-1])
        elif wanted - have == 1:
            weights = tf.expand_dims(weights, [-1])
    return labels, predictions, weights


def _with_rank(weights: Any, values: Any) -> Any:
    """Weights with a last dimension of size 1 more or less where that makes the ranks equal."""
    rank = tf.rank(weights)
    more = rank - tf.rank(values)
    weights = tf.cond(
        tf.equal(more, -1) & (rank > 0), lambda: tf.expand_dims(weights, [-1]), lambda: weights
    )
    return _squeezed_if(tf.equal(more, 1), weights)


def _squeezed_if(condition: Any, tensor: Any) -> Any:
    """Without the last dimension, which is 1, where that is known only while running."""
    dims = tensor.shape.dims
    if dims is not None and not (dims and dims[-1].is_compatible_with(1)):
        return tensor
    return tf.cond(condition, lambda: tf.squeeze(tensor, [-1]), lambda: tensor)


def _check_weights(weights: Any, values: Any) -> tf.Operation:
    """An op that fails unless the weights are a scalar or spread over `values`."""
    shape, limit = tf.shape(weights), tf.shape(values)

    def alike() -> Any:
        return tf.reduce_all(tf.equal(shape, limit) | tf.equal(shape, 1))

    fits = tf.cond(
        tf.equal(tf.size(shape), tf.size(limit)), alike, lambda: tf.equal(tf.size(shape), 0)
    )
    texts = ["weights can not be broadcast to values. weights.shape=", "values.shape="]
    return tf.Assert(fits, [texts[0], shape, texts[1], limit])


def spread(weights: Any, values: tf.Tensor) -> tf.Tensor:
    """The weights in the shape of `values`. ValueError where they do not broadcast to it.

    They are a scalar, or have the same rank with each dimension 1 or the same size. What is known
    only then is checked while running: InvalidArgumentError.
    """
    weights = tf.cast(weights, values.dtype)
    have, wanted = weights.shape.ndims, values.shape.ndims
    if have and wanted is not None:
        alike = have == wanted and all(
            w.value is None or v.value is None or w.value in (1, v.value)
            for w, v in zip(weights.shape, values.shape, strict=True)
        )
        if not alike:
            raise ValueError(
                f"weights can not be broadcast to values. values.rank={wanted}. "
                f"weights.rank={have}. values.shape={values.shape}. weights.shape={weights.shape}."
            )
    if have != 0 and not (weights.shape.is_fully_defined() and values.shape.is_fully_defined()):
        with tf.control_dependencies([_check_weights(weights, values)]):
            weights = tf.identity(weights)
    return weights * tf.ones_like(values)
