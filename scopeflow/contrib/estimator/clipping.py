"""An optimizer that clips gradients before another one applies them."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class _ClippingOptimizer(tf.train.Optimizer):
    """Computes and applies as `optimizer` does; all gradients together have at most a norm."""

    def __init__(self, optimizer: tf.train.Optimizer, clip_norm: float) -> None:
        super().__init__(use_locking=False, name="ClipGradientsByNorm")
        self._optimizer, self._clip_norm = optimizer, clip_norm

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list:
        """The gradients of the optimizer, as they are."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """Apply the gradients, scaled so that their global norm is `clip_norm` where it is more."""
        grads, variables = zip(*grads_and_vars, strict=True)
        clipped, _ = tf.clip_by_global_norm(grads, self._clip_norm)
        pairs = list(zip(clipped, variables, strict=True))
        return self._optimizer.apply_gradients(pairs, global_step, name)

    def get_slot(self, var: Any, name: str) -> Any:
        """A slot of the optimizer."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """The names of the optimizer's slots."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list:
        """The optimizer's variables."""
        return self._optimizer.variables()


def clip_gradients_by_norm(optimizer: tf.train.Optimizer, clip_norm: float) -> tf.train.Optimizer:
    """An optimizer that clips all gradients together to a norm, then does as `optimizer` does.

    The formula is that of `tf.clip_by_global_norm` (Pascanu et al., 2012).
    """
    return _ClippingOptimizer(optimizer, clip_norm)
