"""The optimizers."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .optimizer import Optimizer


def _like(scalar: Any, var: Any) -> tf.Tensor:
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
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = tf.convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return tf.raw_ops.ApplyGradientDescent(
            var=var, alpha=_like(self._learning_rate_tensor, var), delta=grad,
            use_locking=self._use_locking,
        ).op

    def _apply_sparse_duplicate_indices(self, grad: tf.IndexedSlices, var: Any) -> Any:
        delta = grad.values * _like(self._learning_rate_tensor, var)
        return tf.scatter_sub(var, grad.indices, delta, use_locking=self._use_locking)


class MomentumOptimizer(Optimizer):
    """accumulation = momentum · accumulation + gradient; var -= learning_rate · accumulation.

    With `use_nesterov` the step is gradient + momentum · accumulation (Sutskever et al. 2013).
    The slot is `<variable>/Momentum`.
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
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = tf.convert_to_tensor(rate, name="learning_rate")
        momentum = self._call_if_callable(self._momentum)
        self._momentum_tensor = tf.convert_to_tensor(momentum, name="momentum")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        return tf.raw_ops.ApplyMomentum(
            var=var, accum=self.get_slot(var, "momentum"),
            lr=_like(self._learning_rate_tensor, var), grad=grad,
            momentum=_like(self._momentum_tensor, var), use_nesterov=self._use_nesterov,
            use_locking=self._use_locking,
        ).op

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        return tf.raw_ops.SparseApplyMomentum(
            var=var, accum=self.get_slot(var, "momentum"),
            lr=_like(self._learning_rate_tensor, var), grad=grad.values, indices=grad.indices,
            momentum=_like(self._momentum_tensor, var), use_nesterov=self._use_nesterov,
            use_locking=self._use_locking,
        ).op


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

    def _beta_powers(self) -> tuple[Any, Any]:
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
        self._lr_t = tf.convert_to_tensor(self._call_if_callable(self._lr), name="learning_rate")
        self._beta1_t = tf.convert_to_tensor(self._call_if_callable(self._beta1), name="beta1")
        self._beta2_t = tf.convert_to_tensor(self._call_if_callable(self._beta2), name="beta2")
        self._epsilon_t = tf.convert_to_tensor(self._call_if_callable(self._epsilon), name="epsilon")

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        power1, power2 = self._beta_powers()
        return tf.raw_ops.ApplyAdam(
            var=var, m=self.get_slot(var, "m"), v=self.get_slot(var, "v"),
            beta1_power=_like(power1, var), beta2_power=_like(power2, var),
            lr=_like(self._lr_t, var), beta1=_like(self._beta1_t, var),
            beta2=_like(self._beta2_t, var), epsilon=_like(self._epsilon_t, var), grad=grad,
            use_locking=self._use_locking,
        ).op

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        power1, power2 = (_like(p, var) for p in self._beta_powers())
        rate, beta1, beta2, epsilon = (
            _like(s, var) for s in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        )
        rate = rate * tf.sqrt(1 - power2) / (1 - power1)
        means = []
        for slot_name, beta, values in (
            ("m", beta1, grad.values), ("v", beta2, grad.values * grad.values)
        ):
            slot = self.get_slot(var, slot_name)
            scaled = values * (1 - beta)
            decayed = tf.assign(slot, slot * beta, use_locking=self._use_locking)
            with tf.get_default_graph().control_dependencies([decayed]):
                means.append(tf.scatter_add(slot, grad.indices, scaled, self._use_locking))
        step = rate * means[0] / (tf.sqrt(means[1]) + epsilon)
        update = tf.assign_sub(var, step, use_locking=self._use_locking)
        return tf.group(update, *means)

    def _finish(self, update_ops: list, name_scope: str) -> Any:
        power1, power2 = self._beta_powers()
        with tf.get_default_graph().control_dependencies(update_ops):
            updates = [
                power1.assign(power1 * self._beta1_t, use_locking=self._use_locking),
                power2.assign(power2 * self._beta2_t, use_locking=self._use_locking),
            ]
        return tf.group(*update_ops, *updates, name=name_scope)
