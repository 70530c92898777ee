"""Losses scaled up, so that small gradients survive in 16 bits."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class LossScaleManager:
    """Says what the loss is multiplied by, and learns whether the gradients were finite."""

    def get_loss_scale(self) -> Any:
        """The scale, a scalar tensor."""
        raise NotImplementedError(f"{type(self).__name__} does not say its loss scale.")

    def update_loss_scale(self, finite_grads: Any) -> Any:
        """The op that adapts the scale to a step's gradients."""
        raise NotImplementedError(f"{type(self).__name__} does not update its loss scale.")


class FixedLossScaleManager(LossScaleManager):
    """Always the same scale. ValueError for one below 1."""

    def __init__(self, loss_scale: float) -> None:
        if loss_scale < 1:
            raise ValueError("loss scale must be at least 1.")
        self._loss_scale = tf.convert_to_tensor(loss_scale, dtype=tf.float32)

    def get_loss_scale(self) -> Any:
        """The scale."""
        return self._loss_scale

    def update_loss_scale(self, finite_grads: Any) -> Any:
        """Nothing."""
        return tf.no_op()


class ExponentialUpdateLossScaleManager(LossScaleManager):
    """A scale that grows after good steps and shrinks after bad ones.

    It is multiplied by `incr_ratio` after `incr_every_n_steps` finite steps in a row, and by
    `decr_ratio` after `decr_every_n_nan_or_inf` steps with gradients that are not finite; it does
    not fall below 1.
    """

    def __init__(
        self,
        init_loss_scale: float,
        incr_every_n_steps: int,
        decr_every_n_nan_or_inf: int = 2,
        incr_ratio: float = 2,
        decr_ratio: float = 0.8,
    ) -> None:
        self._increase_after = incr_every_n_steps
        self._decrease_after = decr_every_n_nan_or_inf
        self._increase_by, self._decrease_by = incr_ratio, decr_ratio
        self._loss_scale: Any = tf.Variable(
            float(init_loss_scale), dtype=tf.float32, trainable=False, name="loss_scale"
        )
        self._good: Any = tf.Variable(0, dtype=tf.int32, trainable=False, name="good_steps")
        self._bad: Any = tf.Variable(0, dtype=tf.int32, trainable=False, name="bad_steps")

    def get_loss_scale(self) -> Any:
        """The present scale."""
        return tf.convert_to_tensor(self._loss_scale)

    def _reset(self) -> Any:
        return tf.group(self._good.assign(0), self._bad.assign(0))

    def _scaled(self, scale: Any) -> Any:
        return tf.group(self._loss_scale.assign(scale), self._reset())

    def update_loss_scale(self, finite_grads: Any) -> Any:
        """The op that counts a step, and changes the scale where it is time."""

        def good() -> Any:
            grown = self._loss_scale * self._increase_by
            return tf.cond(
                self._good + 1 >= self._increase_after,
                lambda: self._scaled(tf.where(tf.is_finite(grown), grown, self._loss_scale + 0.0)),
                lambda: tf.group(self._good.assign_add(1)),
            )

        def bad() -> Any:
            return tf.cond(
                self._bad + 1 >= self._decrease_after,
                lambda: self._scaled(tf.maximum(1.0, self._loss_scale * self._decrease_by)),
                lambda: tf.group(self._bad.assign_add(1), self._good.assign(0)),
            )

        return tf.cond(finite_grads, good, bad)


class LossScaleOptimizer(tf.train.Optimizer):
    """An optimizer around another one: the loss is scaled up, the gradients down again.

    Where a gradient is not finite the variables stay as they are, and the manager learns of it.
    """

    def __init__(self, opt: Any, loss_scale_manager: LossScaleManager) -> None:
        super().__init__(use_locking=False, name=f"LossScaleOptimizer{opt.get_name()}")
        self._opt = opt
        self._manager = loss_scale_manager

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = tf.train.Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list:
        """The gradients of the loss, which is scaled meanwhile."""
        scale = self._manager.get_loss_scale()
        value = loss() if callable(loss) else loss
        pairs = self._opt.compute_gradients(
            value * tf.cast(scale, value.dtype.base_dtype), var_list=var_list,
            gate_gradients=gate_gradients, aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops, grad_loss=grad_loss,
        )  # fmt: skip
        return [(_scaled_down(grad, scale), var) for grad, var in pairs]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """The inner optimizer's update where all gradients are finite; the scale's update."""
        pairs = list(grads_and_vars)
        finite = tf.reduce_all(
            tf.stack(
                [
                    tf.reduce_all(tf.is_finite(_values(grad)))
                    for grad, _ in pairs
                    if grad is not None
                ]
            )
        )
        update = tf.cond(
            finite,
            lambda: tf.group(self._opt.apply_gradients(pairs, global_step, name)),
            tf.no_op,
        )
        return tf.group(update, self._manager.update_loss_scale(finite))


def _values(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient


def _scaled_down(gradient: Any, scale: Any) -> Any:
    if gradient is None:
        return None
    factor = tf.cast(1.0 / scale, gradient.dtype.base_dtype)
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(gradient.values * factor, gradient.indices, gradient.dense_shape)
    return gradient * factor
