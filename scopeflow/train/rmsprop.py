"""RMSProp and Adadelta: steps scaled by running means of squared gradients."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .optimizer import Optimizer, update_op
from .optimizers import hyperparameter, like


class RMSPropOptimizer(Optimizer):
    """Steps divided by the root of a running mean of the squared gradient (Tieleman, Hinton 2012).

    rms = decay · rms + (1 - decay) · gradient²;
    momentum = momentum · momentum + learning_rate · gradient / sqrt(rms + epsilon);
    var -= momentum. With `centered` the square of the gradient's running mean is subtracted from
    rms under the root. rms starts with ones. For gathered variables only the gathered rows and
    their slots change.

    Slots: `<variable>/RMSProp` (rms), `<variable>/RMSProp_1` (momentum); with `centered`
    `<variable>/RMSProp_1` is the gradient's mean and `<variable>/RMSProp_2` momentum.
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            shape = var.get_shape()
            if shape.is_fully_defined():
                self._get_or_make_slot_with_initializer(
                    var, tf.ones_initializer(), shape, var.dtype.base_dtype, "rms", self._name
                )
            else:
                ones = tf.ones_like(var.initialized_value())
                self._get_or_make_slot(var, ones, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")
        self._decay_tensor = hyperparameter(self._decay, "decay")
        self._momentum_tensor = hyperparameter(self._momentum, "momentum")
        self._epsilon_tensor = hyperparameter(self._epsilon, "epsilon")

    def _arguments(self, var: Any) -> dict[str, Any]:
        found = {
            "var": var,
            "ms": self.get_slot(var, "rms"),
            "mom": self.get_slot(var, "momentum"),
            "lr": like(self._learning_rate_tensor, var),
            "rho": like(self._decay_tensor, var),
            "momentum": like(self._momentum_tensor, var),
            "epsilon": like(self._epsilon_tensor, var),
            "use_locking": self._use_locking,
        }
        if self._centered:
            found["mg"] = self.get_slot(var, "mg")
        return found

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        op_type = "ApplyCenteredRMSProp" if self._centered else "ApplyRMSProp"
        return update_op(op_type, **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        op_type = "SparseApplyCenteredRMSProp" if self._centered else "SparseApplyRMSProp"
        return update_op(op_type, **self._arguments(var), grad=grad.values, indices=grad.indices)


class AdadeltaOptimizer(Optimizer):
    """Steps whose scale follows from earlier steps and gradients (Zeiler 2012).

    accum = rho · accum + (1 - rho) · gradient²;
    step = sqrt(accum_update + epsilon) / sqrt(accum + epsilon) · gradient;
    accum_update = rho · accum_update + (1 - rho) · step²; var -= learning_rate · step. For
    gathered variables only the gathered rows and their slots change.

    Slots: `<variable>/Adadelta` (accum) and `<variable>/Adadelta_1` (accum_update).
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _prepare(self) -> None:
        self._lr_t = hyperparameter(self._lr, "lr")
        self._rho_t = hyperparameter(self._rho, "rho")
        self._epsilon_t = hyperparameter(self._epsilon, "epsilon")

    def _arguments(self, var: Any) -> dict[str, Any]:
        return {
            "var": var,
            "accum": self.get_slot(var, "accum"),
            "accum_update": self.get_slot(var, "accum_update"),
            "lr": like(self._lr_t, var),
            "rho": like(self._rho_t, var),
            "epsilon": like(self._epsilon_t, var),
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyAdadelta", **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyAdadelta", **self._arguments(var), grad=grad.values, indices=grad.indices
        )
