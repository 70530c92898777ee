"""Adagrad, Adagrad with dual averaging, proximal Adagrad: steps that shrink with each gradient."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .optimizer import Optimizer, update_op
from .optimizers import hyperparameter, like


def filled(var: Any, value: Any) -> tf.Tensor:
    """A tensor in the variable's shape and dtype with the same value everywhere."""
    shape, dtype = var.get_shape(), var.dtype.base_dtype
    if shape.is_fully_defined():
        return tf.constant(value, dtype=dtype, shape=shape)
    return tf.fill(tf.shape(var.initialized_value()), tf.constant(value, dtype=dtype))


class AdagradOptimizer(Optimizer):
    """accumulator += gradient²; var -= learning_rate · gradient / sqrt(accumulator).

    (Duchi, Hazan, Singer 2011.) The slot is `<variable>/Adagrad`; it starts with
    `initial_accumulator_value`, which must be positive (else ValueError). For gathered variables
    only the gathered rows and their accumulators change.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        _positive("initial_accumulator_value", initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            shape, dtype = var.get_shape(), var.dtype.base_dtype
            if shape.is_fully_defined():
                start = tf.constant_initializer(self._initial_accumulator_value, dtype=dtype)
                self._get_or_make_slot_with_initializer(
                    var, start, shape, dtype, "accumulator", self._name
                )
            else:
                initial = filled(var, self._initial_accumulator_value)
                self._get_or_make_slot(var, initial, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")

    def _arguments(self, var: Any) -> dict[str, Any]:
        return {
            "var": var,
            "accum": self.get_slot(var, "accumulator"),
            "lr": like(self._learning_rate_tensor, var),
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyAdagrad", **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyAdagrad", **self._arguments(var), grad=grad.values, indices=grad.indices
        )


class AdagradDAOptimizer(Optimizer):
    """Adagrad with dual averaging, for sparse linear models with l1 (Duchi, Hazan, Singer 2011).

    With the sums of all gradients and of their squares so far and t = `global_step` + 1,
    var = -learning_rate · shrunk(sum) / (l2 · t · learning_rate + sqrt(sum of squares)), where
    shrunk() moves towards 0 by l1 · t, not across it. The variable's own value plays no part.
    `global_step` is an int64 scalar. For gathered variables only the gathered rows change.

    Slots: `<variable>/AdagradDA` (gradient_accumulator) and `<variable>/AdagradDA_1`
    (gradient_squared_accumulator). Raises ValueError where the latter does not start positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        global_step: Any,
        initial_gradient_squared_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "AdagradDA",
    ) -> None:
        _positive(
            "initial_gradient_squared_accumulator_value",
            initial_gradient_squared_accumulator_value,
        )
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_gradient_squared_accumulator_value = (
            initial_gradient_squared_accumulator_value
        )
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._global_step = global_step

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            sums = filled(var, 0.0)
            squares = filled(var, self._initial_gradient_squared_accumulator_value)
            self._get_or_make_slot(var, sums, "gradient_accumulator", self._name)
            self._get_or_make_slot(var, squares, "gradient_squared_accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")
        self._global_step_on_worker = tf.identity(self._global_step) + 1

    def _arguments(self, var: Any) -> dict[str, Any]:
        return {
            "var": var,
            "gradient_accumulator": self.get_slot(var, "gradient_accumulator"),
            "gradient_squared_accumulator": self.get_slot(var, "gradient_squared_accumulator"),
            "global_step": tf.identity(self._global_step_on_worker),
            "lr": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_regularization_strength, var),
            "l2": like(self._l2_regularization_strength, var),
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyAdagradDA", **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyAdagradDA", **self._arguments(var), grad=grad.values, indices=grad.indices
        )


class ProximalAdagradOptimizer(Optimizer):
    """Adagrad with l1 and l2 regularization, by forward-backward splitting (FOBOS).

    accumulator += gradient²; rate = learning_rate / sqrt(accumulator); var moves by
    -rate · gradient, then towards 0 by rate · l1 (not across it), then is divided by
    1 + rate · l2. For gathered variables only the gathered rows and their accumulators change.

    The slot is `<variable>/ProximalAdagrad`; it starts with `initial_accumulator_value`, which
    must be positive (else ValueError).
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalAdagrad",
    ) -> None:
        _positive("initial_accumulator_value", initial_accumulator_value)
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            initial = filled(var, self._initial_accumulator_value)
            self._get_or_make_slot(var, initial, "accumulator", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")
        self._l1_regularization_strength_tensor = hyperparameter(
            self._l1_regularization_strength, "l1_regularization_strength"
        )
        self._l2_regularization_strength_tensor = hyperparameter(
            self._l2_regularization_strength, "l2_regularization_strength"
        )

    def _arguments(self, var: Any) -> dict[str, Any]:
        return {
            "var": var,
            "accum": self.get_slot(var, "accumulator"),
            "lr": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_regularization_strength_tensor, var),
            "l2": like(self._l2_regularization_strength_tensor, var),
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyProximalAdagrad", **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyProximalAdagrad",
            **self._arguments(var),
            grad=grad.values,
            indices=grad.indices,
        )


def _positive(name: str, value: Any) -> None:
    if value <= 0.0:
        raise ValueError(f"{name} must be positive: {value}")
