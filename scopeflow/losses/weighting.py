"""How a loss for each element becomes one number: weights, and by what their sum is divided."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .collected import add_loss


class Reduction:
    """What `reduction=` may be.

    NONE: the weighted loss of each element. SUM: their sum. The others divide the sum by
    a number: MEAN by the sum of the weights, SUM_OVER_BATCH_SIZE by the number of elements,
    SUM_BY_NONZERO_WEIGHTS (also SUM_OVER_NONZERO_WEIGHTS, the default) by the number of elements
    whose weight is not 0.
    """

    NONE = "none"
    SUM = "weighted_sum"
    MEAN = "weighted_mean"
    SUM_OVER_BATCH_SIZE = "weighted_sum_over_batch_size"
    SUM_BY_NONZERO_WEIGHTS = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All values."""
        return (
            cls.NONE,
            cls.SUM,
            cls.MEAN,
            cls.SUM_OVER_BATCH_SIZE,
            cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )

    @classmethod
    def validate(cls, key: Any) -> None:
        """ValueError for what is no reduction."""
        if key not in cls.all():
            raise ValueError(
                f"Invalid Reduction Key {key}. Choose one of {', '.join(sorted(set(cls.all())))}."
            )


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: str | None = tf.GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> tf.Tensor:
    """The losses times their weights, reduced to one number, which is added to `loss_collection`.

    `weights` is a scalar or has the rank of `losses`, each dimension 1 or that of `losses`
    (ValueError or InvalidArgumentError otherwise). The result has the dtype of `losses`.
    """
    Reduction.validate(reduction)
    with tf.name_scope(scope, "weighted_loss", (losses, weights)):
        with tf.control_dependencies([assert_broadcastable(weights, losses)]):
            losses = tf.convert_to_tensor(losses)
            dtype = losses.dtype.base_dtype
            losses = tf.cast(losses, tf.float32)
            weights = tf.cast(weights, tf.float32)
            loss = tf.multiply(losses, weights)
            if reduction != Reduction.NONE:
                loss = tf.reduce_sum(loss)
                if reduction == Reduction.MEAN:
                    loss = _safe_mean(loss, tf.reduce_sum(tf.ones_like(losses) * weights))
                elif reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
                    loss = _safe_mean(loss, num_present(losses, weights))
                elif reduction == Reduction.SUM_OVER_BATCH_SIZE:
                    loss = _safe_mean(loss, _num_elements(losses))
            loss = tf.cast(loss, dtype)
            add_loss(loss, loss_collection)
            return loss


def _safe_mean(losses: tf.Tensor, number: tf.Tensor) -> tf.Tensor:
    """The sum divided by `number`; 0 where that is 0."""
    return tf.div_no_nan(tf.reduce_sum(losses), number, name="value")


def _num_elements(losses: tf.Tensor) -> tf.Tensor:
    with tf.name_scope(None, "num_elements", [losses]) as scope:
        return tf.cast(tf.size(losses, name=scope), losses.dtype)


def num_present(losses: tf.Tensor, weights: Any, per_batch: bool = False) -> tf.Tensor:
    """The number of elements whose weight is not 0: of all, or of each row [batch, 1, …]."""
    with tf.name_scope(None, "num_present", (losses, weights)) as scope:
        weights = tf.cast(weights, tf.float32)
        present = tf.where(tf.equal(weights, 0.0), tf.zeros_like(weights), tf.ones_like(weights))
        present = broadcast_weights(present, losses)
        if not per_batch:
            return tf.reduce_sum(present, name=scope)
        axes = tf.range(1, tf.rank(present))
        return tf.reduce_sum(present, axis=axes, keepdims=True, name=scope)


def broadcast_weights(weights: tf.Tensor, values: tf.Tensor) -> tf.Tensor:
    """The weights in the shape of `values`."""
    with tf.name_scope(None, "broadcast_weights", (weights, values)) as scope:
        shape = weights.get_shape()
        if shape.is_fully_defined() and shape == values.get_shape():
            return weights
        with tf.control_dependencies([assert_broadcastable(weights, values)]):
            return tf.multiply(weights, tf.ones_like(values), name=scope)


def assert_broadcastable(weights: Any, values: Any) -> tf.Operation:
    """An op that fails unless `weights` can be weights of `values` (ValueError where known now)."""
    with tf.name_scope(None, "assert_broadcastable", (weights, values)) as scope:
        weights, weights_shape, weights_rank = _measured(weights, "weights")
        values, values_shape, values_rank = _measured(values, "values")
        known, wanted = weights.get_shape(), values.get_shape()
        if known.ndims == 0:
            return tf.no_op(name="static_scalar_check_success")
        if known.ndims is not None and wanted.ndims is not None:
            if known.ndims != wanted.ndims:
                raise ValueError(
                    f"{_MISFIT} values.rank={wanted.ndims}. weights.rank={known.ndims}. "
                    f"values.shape={wanted}. weights.shape={known}."
                )
            if known.is_fully_defined() and wanted.is_fully_defined():
                pairs = zip(known.as_list(), wanted.as_list(), strict=True)
                for axis, (size, limit) in enumerate(pairs):
                    if size not in (1, limit):
                        raise ValueError(
                            f"{_MISFIT} Mismatch at dim {axis}. "
                            f"values.shape={wanted} weights.shape={known}."
                        )
                return tf.no_op(name="static_dims_check_success")
        is_scalar = tf.equal(0, weights_rank, name="is_scalar")
        data = (
            _MISFIT,
            "weights.shape=",
            weights.name,
            weights_shape,
            "values.shape=",
            values.name,
            values_shape,
            "is_scalar=",
            is_scalar,
        )

        def same_size_or_one() -> tf.Tensor:
            with tf.name_scope(None, "has_invalid_dims") as inner:
                fits = tf.logical_or(
                    tf.equal(weights_shape, values_shape), tf.equal(weights_shape, 1)
                )
                return tf.reduce_all(fits, name=inner)

        def not_scalar() -> tf.Tensor:
            with tf.name_scope(None, "has_valid_nonscalar_shape") as inner:
                same_rank = tf.equal(values_rank, weights_rank, name="is_same_rank")
                return tf.cond(same_rank, same_size_or_one, lambda: same_rank, name=inner)

        valid = tf.cond(is_scalar, lambda: is_scalar, not_scalar, name="is_valid_shape")
        return tf.Assert(valid, data, name=scope)


_MISFIT = "weights can not be broadcast to values."


def _measured(value: Any, name: str) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The tensor, its shape and its rank."""
    with tf.name_scope(None, name, [value]) as scope:
        tensor = tf.convert_to_tensor(value, name=scope)
        return tensor, tf.shape(tensor, name="shape"), tf.rank(tensor, name="rank")
