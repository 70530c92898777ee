"""Adagrad that can leave its accumulators alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

from .updates import update_op


class RegAdagradOptimizer(tf.train.AdagradOptimizer):
    """Adagrad; in `with optimizer.avoid_updating_slots()` the accumulators stay as they are.

    For losses of regularization, whose gradients are not to make the steps smaller.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "RegAdagrad",
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._should_update_slots = True

    @contextmanager
    def avoid_updating_slots(self) -> Iterator[None]:
        """While it is open, update ops are made that read the accumulators only."""
        before = self._should_update_slots
        self._should_update_slots = False
        try:
            yield
        finally:
            self._should_update_slots = before

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyAdagrad", **self._all(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyAdagrad", **self._all(var), grad=grad.values, indices=grad.indices
        )

    def _all(self, var: Any) -> dict[str, Any]:
        return {**self._arguments(var), "update_slots": self._should_update_slots}
