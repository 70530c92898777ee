"""The losses of a graph: each loss function adds its result to a collection."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def add_loss(loss: tf.Tensor, loss_collection: str | None = tf.GraphKeys.LOSSES) -> None:
    """Add a loss of your own to those that `get_total_loss` sums up."""
    if loss_collection:
        tf.add_to_collection(loss_collection, loss)


def get_losses(
    scope: str | None = None, loss_collection: str = tf.GraphKeys.LOSSES
) -> list[tf.Tensor]:
    """The losses so far; with `scope` those whose names begin with it (a regular expression)."""
    return tf.get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[tf.Tensor]:
    """The losses that variables' regularizers have made, in `scope` if given."""
    return tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(
    scope: str | None = None, name: str = "total_regularization_loss"
) -> tf.Tensor:
    """The sum of the regularization losses, 0 where there are none."""
    losses = get_regularization_losses(scope)
    return tf.add_n(losses, name=name) if losses else tf.constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> tf.Tensor:
    """The sum of all losses, by default with the regularization losses.

    Raises ValueError where there are none.
    """
    losses: list[Any] = get_losses(scope=scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope=scope)
    return tf.add_n(losses, name=name)
