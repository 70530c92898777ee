"""Steps by whether gradient and running mean agree (https://arxiv.org/abs/1709.07417)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .updates import update_op


class _Sign(tf.train.Optimizer):
    """What both share: the mean of the gradients, in slot `m`, and the decay of its part."""

    def __init__(
        self, learning_rate: Any, beta: Any, sign_decay_fn: Any, use_locking: bool, name: str
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta = beta
        self._sign_decay_fn: Callable | None = sign_decay_fn
        self._scalars: dict[str, tf.Tensor] = {}
        self._sign_decay: Any = None

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """As an optimizer's `apply_gradients`; a `sign_decay_fn` needs `global_step`."""
        if self._sign_decay_fn is not None:
            if global_step is None:
                raise ValueError(
                    "sign_decay_fn is a function of the step: pass global_step to minimize or "
                    "apply_gradients"
                )
            self._sign_decay = self._sign_decay_fn(global_step)
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _weight(self) -> tuple[str, Any, str]:
        """The agreement's weight: what the op calls it, its value, its name in the graph."""
        raise NotImplementedError

    def _prepare(self) -> None:
        argument, weight, weight_name = self._weight()
        self._scalars = {
            "lr": tf.convert_to_tensor(self._lr, name="learning_rate"),
            "beta": tf.convert_to_tensor(self._beta, name="beta"),
            argument: tf.convert_to_tensor(weight, name=weight_name),
        }
        decay = 1.0 if self._sign_decay_fn is None else self._sign_decay
        self._scalars["sign_decay"] = tf.convert_to_tensor(decay, name="sign_decay")

    def _apply(self, op_type: str, grad: tf.Tensor, var: Any) -> Any:
        scalars = {
            name: tf.cast(value, var.dtype.base_dtype) for name, value in self._scalars.items()
        }
        m = self.get_slot(var, "m")
        return update_op(op_type, var=var, m=m, **scalars, grad=grad, use_locking=self._use_locking)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        raise NotImplementedError(
            f"{type(self).__name__} has no rule for gathered rows, in TensorFlow neither: make "
            f"the gradient of {var.op.name} dense with tf.convert_to_tensor."
        )


class AddSignOptimizer(_Sign):
    """var -= learning_rate · (alpha + sign_decay · sign(gradient) · sign(m)) · gradient.

    m = beta · m + (1 - beta) · gradient is the slot `<variable>/AddSignOptimizer`;
    `sign_decay_fn(global_step)` gives sign_decay, without it 1.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        alpha: Any = 1.0,
        beta: Any = 0.9,
        sign_decay_fn: Any = None,
        use_locking: bool = False,
        name: str = "AddSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha

    def _weight(self) -> tuple[str, Any, str]:
        return "alpha", self._alpha, "alpha"

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return self._apply("ApplyAddSign", grad, var)


class PowerSignOptimizer(_Sign):
    """var -= learning_rate · base^(sign_decay · sign(gradient) · sign(m)) · gradient.

    m = beta · m + (1 - beta) · gradient is the slot `<variable>/PowerSignOptimizer`;
    `sign_decay_fn(global_step)` gives sign_decay, without it 1.
    """

    def __init__(
        self,
        learning_rate: Any = 0.1,
        base: float = math.e,
        beta: Any = 0.9,
        sign_decay_fn: Any = None,
        use_locking: bool = False,
        name: str = "PowerSignOptimizer",
    ) -> None:
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)

    def _weight(self) -> tuple[str, Any, str]:
        return "logbase", self._logbase, "logbase"

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return self._apply("ApplyPowerSign", grad, var)
