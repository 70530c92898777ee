"""Ftrl: follow the regularized leader."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .adagrad import filled
from .optimizer import Optimizer, update_op
from .optimizers import hyperparameter, like


class FtrlOptimizer(Optimizer):
    """FTRL-Proximal (McMahan et al. 2013), for linear models that shall stay sparse.

    accum_new = accum + gradient², p = -learning_rate_power;
    linear += gradient - (accum_new^p - accum^p) / learning_rate · var;
    var = (clip(linear, -l1, l1) - linear) / (accum_new^p / learning_rate + 2 · l2).
    With `l2_shrinkage_regularization_strength` s, linear gets gradient + 2 · s · var. For
    gathered variables only the gathered rows and their slots change.

    Slots: `<variable>/Ftrl` (accum) and `<variable>/Ftrl_1` (linear), or named `accum_name` and
    `linear_name`. Raises ValueError for a negative strength or accumulator and for a positive
    power.
    """

    def __init__(
        self,
        learning_rate: Any,
        learning_rate_power: float = -0.5,
        initial_accumulator_value: float = 0.1,
        l1_regularization_strength: float = 0.0,
        l2_regularization_strength: float = 0.0,
        use_locking: bool = False,
        name: str = "Ftrl",
        accum_name: str | None = None,
        linear_name: str | None = None,
        l2_shrinkage_regularization_strength: float = 0.0,
    ) -> None:
        super().__init__(use_locking, name)
        for label, value in (
            ("initial_accumulator_value", initial_accumulator_value),
            ("l1_regularization_strength", l1_regularization_strength),
            ("l2_regularization_strength", l2_regularization_strength),
            ("l2_shrinkage_regularization_strength", l2_shrinkage_regularization_strength),
        ):
            if value < 0.0:
                raise ValueError(f"{label} must not be negative: {value}")
        if learning_rate_power > 0.0:
            raise ValueError(f"learning_rate_power must not be positive: {learning_rate_power}")
        self._learning_rate = learning_rate
        self._learning_rate_power = learning_rate_power
        self._initial_accumulator_value = initial_accumulator_value
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength
        self._l2_shrinkage_regularization_strength = l2_shrinkage_regularization_strength
        self._accum_name = accum_name
        self._linear_name = linear_name

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            initial = filled(var, self._initial_accumulator_value)
            self._get_or_make_slot(var, initial, "accum", self._accum_name or self._name)
            self._zeros_slot(var, "linear", self._linear_name or self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")
        self._l1_regularization_strength_tensor = hyperparameter(
            self._l1_regularization_strength, "l1_regularization_strength"
        )
        self._l2_regularization_strength_tensor = hyperparameter(
            self._l2_regularization_strength, "l2_regularization_strength"
        )
        self._l2_shrinkage_regularization_strength_tensor = hyperparameter(
            self._l2_shrinkage_regularization_strength, "l2_shrinkage_regularization_strength"
        )
        self._learning_rate_power_tensor = hyperparameter(
            self._learning_rate_power, "learning_rate_power"
        )

    @property
    def _shrinks(self) -> bool:
        return self._l2_shrinkage_regularization_strength > 0.0

    def _arguments(self, var: Any) -> dict[str, Any]:
        found = {
            "var": var,
            "accum": self.get_slot(var, "accum"),
            "linear": self.get_slot(var, "linear"),
            "lr": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_regularization_strength_tensor, var),
            "l2": like(self._l2_regularization_strength_tensor, var),
        }
        if self._shrinks:
            found["l2_shrinkage"] = like(self._l2_shrinkage_regularization_strength_tensor, var)
        found["lr_power"] = like(self._learning_rate_power_tensor, var)
        return {**found, "use_locking": self._use_locking}

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        op_type = "ApplyFtrlV2" if self._shrinks else "ApplyFtrl"
        return update_op(op_type, **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        op_type = "SparseApplyFtrlV2" if self._shrinks else "SparseApplyFtrl"
        return update_op(op_type, **self._arguments(var), grad=grad.values, indices=grad.indices)
