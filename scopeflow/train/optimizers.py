"""Gradient descent, momentum, Adam. The others: `adagrad`, `rmsprop`, `ftrl`, `sync_replicas`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .optimizer import Optimizer, update_op


def hyperparameter(value: Any, name: str) -> tf.Tensor:
    """A hyperparameter (a number, a tensor or a function that returns one) as a tensor."""
    return tf.convert_to_tensor(value() if callable(value) else value, name=name)


def like(scalar: Any, var: Any) -> tf.Tensor:
    """A hyperparameter in the variable's dtype."""
    return tf.cast(scalar, var.dtype.base_dtype)


class GradientDescentOptimizer(Optimizer):
    """var -= learning_rate · gradient. A float, a tensor or a function that returns one."""

    def __init__(
        self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent"
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op(
            "ApplyGradientDescent",
            var=var,
            alpha=like(self._learning_rate_tensor, var),
            delta=grad,
            use_locking=self._use_locking,
        )

    def _apply_sparse_duplicate_indices(self, grad: tf.IndexedSlices, var: Any) -> Any:
        delta = grad.values * like(self._learning_rate_tensor, var)
        return tf.scatter_sub(var, grad.indices, delta, use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(
        self, grad: tf.Tensor, handle: Any, indices: tf.Tensor
    ) -> Any:
        rate = self._call_if_callable(self._learning_rate)
        if isinstance(rate, tf.Tensor | tf.Variable):
            rate = like(rate, handle)
        return tf.raw_ops.ResourceScatterAdd(
            resource=handle.handle, indices=indices, updates=-grad * rate
        )


class ProximalGradientDescentOptimizer(Optimizer):
    """Gradient descent with l1 and l2 regularization, by forward-backward splitting (FOBOS).

    Each step first moves by -learning_rate · gradient, then towards 0 by learning_rate · l1 (not
    across it), then divides by 1 + learning_rate · l2.
    """

    def __init__(
        self,
        learning_rate: Any,
        l1_regularization_strength: Any = 0.0,
        l2_regularization_strength: Any = 0.0,
        use_locking: bool = False,
        name: str = "ProximalGradientDescent",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._l1_regularization_strength = l1_regularization_strength
        self._l2_regularization_strength = l2_regularization_strength

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
            "alpha": like(self._learning_rate_tensor, var),
            "l1": like(self._l1_regularization_strength_tensor, var),
            "l2": like(self._l2_regularization_strength_tensor, var),
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyProximalGradientDescent", **self._arguments(var), delta=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyProximalGradientDescent",
            **self._arguments(var),
            grad=grad.values,
            indices=grad.indices,
        )


class MomentumOptimizer(Optimizer):
    """accumulation = momentum · accumulation + gradient; var -= learning_rate · accumulation.

    With `use_nesterov` the step is gradient + momentum · accumulation (Sutskever et al. 2013).
    The slot is `<variable>/Momentum`. For gathered variables only the gathered rows and their
    accumulations change.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = hyperparameter(self._learning_rate, "learning_rate")
        self._momentum_tensor = hyperparameter(self._momentum, "momentum")

    def _arguments(self, var: Any) -> dict[str, Any]:
        return {
            "var": var,
            "accum": self.get_slot(var, "momentum"),
            "lr": like(self._learning_rate_tensor, var),
            "momentum": like(self._momentum_tensor, var),
            "use_nesterov": self._use_nesterov,
            "use_locking": self._use_locking,
        }

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return update_op("ApplyMomentum", **self._arguments(var), grad=grad)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return update_op(
            "SparseApplyMomentum", **self._arguments(var), grad=grad.values, indices=grad.indices
        )


class AdamOptimizer(Optimizer):
    """Adam (Kingma and Ba 2015), with `epsilon` as the paper's "epsilon hat".

    rate = learning_rate · sqrt(1 - beta2^t) / (1 - beta1^t); m and v are running means of the
    gradient and its square; var -= rate · m / (sqrt(v) + epsilon). For gathered variables m and v
    of all rows decay. Slots `<variable>/Adam` (m) and `<variable>/Adam_1` (v), and the variables
    `beta1_power` and `beta2_power`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = tf.get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _create_slots(self, var_list: list) -> None:
        first = min(var_list, key=lambda v: v.name)
        for value, name in ((self._beta1, "beta1_power"), (self._beta2, "beta2_power")):
            self._create_non_slot_variable(self._call_if_callable(value), name, first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _prepare(self) -> None:
        self._lr_t = hyperparameter(self._lr, "learning_rate")
        self._beta1_t = hyperparameter(self._beta1, "beta1")
        self._beta2_t = hyperparameter(self._beta2, "beta2")
        self._epsilon_t = hyperparameter(self._epsilon, "epsilon")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        power1, power2 = self._get_beta_accumulators()
        return update_op(
            "ApplyAdam",
            var=var,
            m=self.get_slot(var, "m"),
            v=self.get_slot(var, "v"),
            beta1_power=like(power1, var),
            beta2_power=like(power2, var),
            lr=like(self._lr_t, var),
            beta1=like(self._beta1_t, var),
            beta2=like(self._beta2_t, var),
            epsilon=like(self._epsilon_t, var),
            grad=grad,
            use_locking=self._use_locking,
        )

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        power1, power2 = (like(p, var) for p in self._get_beta_accumulators())
        rate, beta1, beta2, epsilon = (
            like(s, var) for s in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        )
        rate = rate * tf.sqrt(1 - power2) / (1 - power1)
        mean = self._decayed(var, "m", beta1, grad.values * (1 - beta1), grad.indices)
        scaled = (grad.values * grad.values) * (1 - beta2)
        square = self._decayed(var, "v", beta2, scaled, grad.indices)
        root = tf.sqrt(square)
        step = rate * mean / (root + epsilon)
        update = tf.assign_sub(var, step, use_locking=self._use_locking)
        return tf.group(update, mean, square)

    def _decayed(
        self, var: Any, slot_name: str, beta: tf.Tensor, rows: tf.Tensor, indices: tf.Tensor
    ) -> tf.Tensor:
        """The slot: all of it times beta, then `rows` added at `indices`."""
        slot = self.get_slot(var, slot_name)
        decayed = tf.assign(slot, slot * beta, use_locking=self._use_locking)
        with tf.control_dependencies([decayed]):
            if not hasattr(slot, "handle"):
                return tf.scatter_add(slot, indices, rows, use_locking=self._use_locking)
            added = tf.raw_ops.ResourceScatterAdd(
                resource=slot.handle, indices=indices, updates=rows
            )
            with tf.control_dependencies([added]):
                return slot.value()

    def _finish(self, update_ops: list, name_scope: str) -> Any:
        power1, power2 = self._get_beta_accumulators()
        with tf.control_dependencies(update_ops):
            updates = [
                power1.assign(power1 * self._beta1_t, use_locking=self._use_locking),
                power2.assign(power2 * self._beta2_t, use_locking=self._use_locking),
            ]
        return tf.group(*update_ops, *updates, name=name_scope)
