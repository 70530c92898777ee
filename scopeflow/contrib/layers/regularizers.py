"""Regularizers: functions from a variable to its penalty, a scalar that is added to the loss."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def l1_regularizer(scale: float, scope: str | None = None) -> Callable:
    """`scale` times the sum of the absolute values. With a scale of 0.0 there is no penalty (None).

    ValueError for a scale that is negative or an int.

    >>> w = tf.get_variable("w", [3], regularizer=l1_regularizer(0.1))
    >>> tf.losses.get_regularization_losses()
    [<tf.Tensor 'w/Regularizer/l1_regularizer:0' shape=() dtype=float32>]
    """
    if not _is_active(scale):
        return lambda _: None

    def l1(weights: Any, name: str | None = None) -> Any:
        with tf.name_scope(scope, "l1_regularizer", [weights]) as name:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.reduce_sum(tf.abs(weights)), name=name)

    return l1


def l2_regularizer(scale: float, scope: str | None = None) -> Callable:
    """`scale` times `tf.nn.l2_loss`, half the sum of the squares. With a scale of 0.0: None.

    ValueError for a scale that is negative or an int.
    """
    if not _is_active(scale, end="."):
        return lambda _: None

    def l2(weights: Any) -> Any:
        with tf.name_scope(scope, "l2_regularizer", [weights]) as name:
            factor = tf.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return tf.multiply(factor, tf.nn.l2_loss(weights), name=name)

    return l2


def _is_active(scale: Any, end: str = "") -> bool:
    """Whether the scale is not 0. ValueError for one that is none."""
    _refuse_int(scale, "scale")
    if not isinstance(scale, numbers.Real):
        return True
    if scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}{end}")
    return scale != 0.0


def _refuse_int(scale: Any, name: str) -> None:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{name} cannot be an integer: {scale}\nWrite it as a float, {scale:d}.0.")


def l1_l2_regularizer(
    scale_l1: float = 1.0, scale_l2: float = 1.0, scope: str | None = None
) -> Callable:
    """The sum of `l1_regularizer(scale_l1)` and `l2_regularizer(scale_l2)`.

    ValueError for a scale that is negative or an int.
    """
    _refuse_int(scale_l1, "scale_l1")
    _refuse_int(scale_l2, "scale_l2")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    both = [l1_regularizer(scale_l1), l2_regularizer(scale_l2)]
    return sum_regularizer(both, scope=scope)  # type: ignore[return-value] # there are some


def sum_regularizer(regularizer_list: Any, scope: str | None = None) -> Callable | None:
    """The sum of several regularizers; None among them are left out. None if no others are left."""
    regularizers = [each for each in regularizer_list if each is not None]
    if not regularizers:
        return None

    def sum_reg(weights: Any) -> Any:
        with tf.name_scope(scope, "sum_regularizer", [weights]) as name:
            penalties = [regularizer(weights) for regularizer in regularizers]
            penalties = [penalty for penalty in penalties if penalty is not None]
            return tf.add_n(penalties, name=name) if penalties else None

    return sum_reg


def apply_regularization(regularizer: Callable, weights_list: Any = None) -> Any:
    """The sum of the penalties of all weights, which is also added to the regularization losses.

    Without a list of weights, those of the collection `tf.GraphKeys.WEIGHTS` are taken. ValueError
    where there are none, and for a penalty that is no scalar.
    """
    weights_list = list(weights_list or tf.get_collection(tf.GraphKeys.WEIGHTS))
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with tf.name_scope("get_regularization_penalty", values=weights_list) as scope:
        penalties = [regularizer(weights) for weights in weights_list]
        penalties = [tf.constant(0.0) if each is None else each for each in penalties]
        for penalty in penalties:
            if penalty.get_shape().ndims != 0:
                raise ValueError(
                    "regularizer must return a scalar Tensor instead of a Tensor with rank "
                    f"{penalty.get_shape().ndims}."
                )
        total = tf.add_n(penalties, name=scope)
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, total)
        return total
