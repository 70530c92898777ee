"""Layer-wise adaptive rates (https://arxiv.org/abs/1708.03888)."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .updates import update_op


class LARSOptimizer(tf.train.Optimizer):
    """Momentum with a learning rate for each variable, from its norm and its gradient's.

    The rate is learning_rate · eeta · |var| / (|gradient| + weight_decay · |var| + epsilon), and
    just learning_rate where one of the norms is 0; weight_decay · var is added to the gradient.
    Variables whose names contain an item of `skip_list` get neither. Gathered rows get the plain
    update of MomentumOptimizer. Raises ValueError for a negative momentum or weight decay.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: float = 0.9,
        weight_decay: float = 0.0001,
        eeta: float = 0.001,
        epsilon: float = 0.0,
        name: str = "LARSOptimizer",
        skip_list: Any = None,
        use_nesterov: bool = False,
    ) -> None:
        for argument, value in (("momentum", momentum), ("weight_decay", weight_decay)):
            if value < 0.0:
                raise ValueError(f"{argument} should be positive: {value}")
        super().__init__(use_locking=False, name=name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._weight_decay = weight_decay
        self._eeta = eeta
        self._epsilon = epsilon
        self._skip_list = skip_list
        self._use_nesterov = use_nesterov
        self._learning_rate_tensor: Any = None
        self._momentum_tensor: Any = None

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def compute_lr(self, grad: Any, var: Any) -> tuple[Any, Any]:
        """(the variable's learning rate, its gradient with the decay of its weights)."""
        rate = self._learning_rate
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return rate, grad
        size, slope = tf.norm(var, ord=2), tf.norm(grad, ord=2)
        trust = self._eeta * size / (slope + self._weight_decay * size + self._epsilon)
        trust = tf.where(tf.greater(slope, 0.0), trust, 1.0)
        trust = tf.where(tf.greater(size, 0.0), trust, 1.0)
        return rate * trust, grad + self._weight_decay * var

    def _prepare(self) -> None:
        rate, momentum = (
            self._call_if_callable(value) for value in (self._learning_rate, self._momentum)
        )
        self._learning_rate_tensor = tf.convert_to_tensor(rate, name="learning_rate")
        self._momentum_tensor = tf.convert_to_tensor(momentum, name="momentum")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        rate, slope = self.compute_lr(grad, var)
        return update_op(
            "ApplyMomentum", var=var, accum=self.get_slot(var, "momentum"),
            lr=tf.constant(1.0, var.dtype.base_dtype), grad=slope * rate,
            momentum=tf.cast(self._momentum_tensor, var.dtype.base_dtype),
            use_nesterov=self._use_nesterov,
        )  # fmt: skip

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        dtype = var.dtype.base_dtype
        return update_op(
            "SparseApplyMomentum", var=var, accum=self.get_slot(var, "momentum"),
            lr=tf.cast(self._learning_rate_tensor, dtype), grad=grad.values, indices=grad.indices,
            momentum=tf.cast(self._momentum_tensor, dtype), use_nesterov=self._use_nesterov,
        )  # fmt: skip
