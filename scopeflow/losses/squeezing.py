"""A last dimension of size 1 that labels, predictions or weights have too many is dropped."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def remove_squeezable_dimensions(
    labels: Any, predictions: Any, weights: Any, expected_rank_diff: int
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The three tensors, such that predictions have `expected_rank_diff` dimensions more.

    Whether something is dropped is decided while running where ranks are not known before.
    """
    with tf.name_scope(None, "remove_squeezable_dimensions", [labels, predictions]):
        predictions = tf.convert_to_tensor(predictions)
        labels = tf.convert_to_tensor(labels)
        ranks = predictions.get_shape().ndims, labels.get_shape().ndims
        if ranks[0] is not None and ranks[1] is not None:
            difference = ranks[0] - ranks[1]
            if difference == expected_rank_diff + 1:
                predictions = tf.squeeze(predictions, [-1])
            elif difference == expected_rank_diff - 1:
                labels = tf.squeeze(labels, [-1])
        else:
            found = tf.rank(predictions) - tf.rank(labels)
            if _may_be_one(predictions):
                predictions = _squeezed_if(found, expected_rank_diff + 1, predictions)
            if _may_be_one(labels):
                labels = _squeezed_if(found, expected_rank_diff - 1, labels)
    weights = tf.convert_to_tensor(weights)
    ranks = weights.get_shape().ndims, labels.get_shape().ndims
    if ranks[0] is not None and ranks[1] is not None:
        if ranks[0] - ranks[1] == 1:
            weights = tf.squeeze(weights, [-1])
    else:
        found = tf.rank(weights) - tf.rank(labels)
        if _may_be_one(weights):
            weights = _squeezed_if(found, 1, weights)
    return labels, predictions, weights


def _may_be_one(tensor: tf.Tensor) -> bool:
    """Whether the last dimension could have size 1."""
    dims = tensor.get_shape().dims
    return dims is None or (len(dims) > 0 and dims[-1].is_compatible_with(1))


def _squeezed_if(difference: tf.Tensor, expected: int, tensor: tf.Tensor) -> tf.Tensor:
    return tf.cond(tf.equal(expected, difference), lambda: tf.squeeze(tensor, [-1]), lambda: tensor)
