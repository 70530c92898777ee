"""Relatives of Adam."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .updates import update_op


class _Rows(tf.train.AdamOptimizer):
    """What the optimizers below share: hyperparameters in a variable's dtype."""

    def _cast(self, var: Any) -> tuple:
        dtype = var.dtype.base_dtype
        power1, power2 = (tf.cast(p, dtype) for p in self._get_beta_accumulators())
        rate, beta1, beta2, epsilon = (
            tf.cast(value, dtype)
            for value in (self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        )
        return rate * tf.sqrt(1 - power2) / (1 - power1), beta1, beta2, epsilon


class LazyAdamOptimizer(_Rows):
    """Adam; of gathered variables only the rows that were gathered change, their means too."""

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        rows, places = grad.values, grad.indices
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = beta1 * tf.gather(m, places) + (1 - beta1) * rows
        square = beta2 * tf.gather(v, places) + (1 - beta2) * tf.square(rows)
        step = rate * mean / (tf.sqrt(square) + epsilon)
        return tf.group(
            tf.scatter_update(m, places, mean),
            tf.scatter_update(v, places, square),
            tf.scatter_sub(var, places, step, use_locking=self._use_locking),
        )


class NadamOptimizer(_Rows):
    """Adam with Nesterov's momentum (http://cs229.stanford.edu/proj2015/054_report.pdf)."""

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = tf.assign(m, beta1 * m + (1 - beta1) * grad, use_locking=self._use_locking)
        square = tf.assign(
            v, beta2 * v + (1 - beta2) * tf.square(grad), use_locking=self._use_locking
        )
        step = rate * (beta1 * mean + (1 - beta1) * grad) / (tf.sqrt(square) + epsilon)
        return tf.group(tf.assign_sub(var, step, use_locking=self._use_locking), mean, square)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        rate, beta1, beta2, epsilon = self._cast(var)
        rows, places = (1 - beta1) * grad.values, grad.indices
        scaled = (1 - beta2) * tf.square(grad.values)
        mean = self._decayed(var, "m", beta1, rows, places)
        square = self._decayed(var, "v", beta2, scaled, places)
        step = rate * (beta1 * tf.gather(mean, places) + rows)
        step /= tf.sqrt(tf.gather(square, places)) + epsilon
        update = tf.scatter_sub(var, places, step, use_locking=self._use_locking)
        return tf.group(update, mean, square)


class AdaMaxOptimizer(_Rows):
    """Adam with the greatest gradient instead of the mean square (Kingma and Ba 2015, section 7).

    m is a running mean of the gradient, v = max(beta2 · v, |gradient|); var -= learning_rate /
    (1 - beta1^t) · m / (v + epsilon). Of gathered variables only the rows that were gathered
    change, and their m and v. Slots `<variable>/AdaMax` (m) and `<variable>/AdaMax_1` (v), and the
    variable `beta1_power`.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "AdaMax",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _get_beta_accumulators(self) -> Any:
        return self._get_non_slot_variable("beta1_power", tf.get_default_graph())

    def _create_slots(self, var_list: list) -> None:
        first = min(var_list, key=lambda v: v.name)
        self._create_non_slot_variable(self._call_if_callable(self._beta1), "beta1_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _hyperparameters(self, var: Any) -> dict[str, tf.Tensor]:
        values = {
            "beta1_power": self._get_beta_accumulators(), "lr": self._lr_t,
            "beta1": self._beta1_t, "beta2": self._beta2_t, "epsilon": self._epsilon_t,
        }  # fmt: skip
        return {name: tf.cast(value, var.dtype.base_dtype) for name, value in values.items()}

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        return update_op(
            "ApplyAdaMax", var=var, m=m, v=v, **self._hyperparameters(var), grad=grad,
            use_locking=self._use_locking,
        )  # fmt: skip

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        rows, places = grad.values, grad.indices
        scalars = self._hyperparameters(var)
        beta1, beta2 = scalars["beta1"], scalars["beta2"]
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        mean = beta1 * tf.gather(m, places) + (1 - beta1) * rows
        greatest = tf.maximum(beta2 * tf.gather(v, places), tf.abs(rows))
        rate = scalars["lr"] / (1 - scalars["beta1_power"])
        step = rate * (mean / (greatest + scalars["epsilon"]))
        return tf.group(
            tf.scatter_sub(var, places, step, use_locking=self._use_locking),
            tf.scatter_update(m, places, mean),
            tf.scatter_update(v, places, greatest),
        )

    def _finish(self, update_ops: list, name_scope: str) -> Any:
        power = self._get_beta_accumulators()
        with tf.control_dependencies(update_ops):
            update = power.assign(power * self._beta1_t, use_locking=self._use_locking)
        return tf.group(*update_ops, update, name=name_scope)


class AdamGSOptimizer(_Rows):
    """Adam that takes t from `global_step` + 1, so that it needs no powers of beta as variables."""

    def __init__(
        self,
        global_step: Any = 0,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)
        self._global_step = global_step
        self._global_step_on_worker: Any = None

    def _get_beta_accumulators(self) -> tuple[tf.Tensor, tf.Tensor]:
        step = self._global_step_on_worker
        return tf.pow(self._beta1_t, step), tf.pow(self._beta2_t, step)

    def _create_slots(self, var_list: list) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _prepare(self) -> None:
        super()._prepare()
        self._global_step_on_worker = tf.cast(tf.identity(self._global_step) + 1, tf.float32)

    def _finish(self, update_ops: list, name_scope: str) -> Any:
        return tf.group(*update_ops, name=name_scope)


class LazyAdamGSOptimizer(AdamGSOptimizer):
    """AdamGSOptimizer, of gathered variables only the gathered rows and their means."""

    _apply_sparse = LazyAdamOptimizer._apply_sparse
