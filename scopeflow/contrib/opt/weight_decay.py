"""Weight decay apart from the gradients (https://arxiv.org/abs/1711.05101)."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class DecoupledWeightDecayExtension:
    """Weights get weight_decay times themselves smaller, then the optimizer's update.

    To be mixed with an optimizer's class, see extend_with_decoupled_weight_decay. Only the
    variables of `decay_var_list` decay, by default all; of gathered ones the gathered rows. The
    decay is not scaled by the learning rate: pass a schedule of both.
    """

    def __init__(self, weight_decay: Any, **kwargs: Any) -> None:
        self._decay_var_list: Any = None
        self._weight_decay = weight_decay
        self._weight_decay_tensor: Any = None
        super().__init__(**kwargs)

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = tf.train.Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
        decay_var_list: Any = None,
    ) -> Any:
        """As an optimizer's `minimize`.

        As in TensorFlow 1.15.5 `decay_var_list` has no effect here: all variables decay. Call
        `compute_gradients` and `apply_gradients(…, decay_var_list=…)`.
        """
        parent: Any = super()
        return parent.minimize(
            loss, global_step=global_step, var_list=var_list, gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops, name=name,
            grad_loss=grad_loss,
        )  # fmt: skip

    def apply_gradients(
        self,
        grads_and_vars: Any,
        global_step: Any = None,
        name: str | None = None,
        decay_var_list: Any = None,
    ) -> Any:
        """As an optimizer's `apply_gradients`."""
        self._decay_var_list = set(decay_var_list) if decay_var_list else None
        parent: Any = super()
        return parent.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _prepare(self) -> None:
        decay = self._weight_decay
        self._weight_decay_tensor = tf.convert_to_tensor(
            decay() if callable(decay) else decay, name="weight_decay"
        )
        parent: Any = super()
        parent._prepare()

    def _decays(self, var: Any) -> bool:
        return self._decay_var_list is None or var in self._decay_var_list

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        parent: Any = super()
        if not self._decays(var):
            return parent._apply_dense(grad, var)
        factor = tf.cast(self._weight_decay_tensor, var.dtype.base_dtype)
        with tf.control_dependencies([tf.assign_sub(var, factor * var)]):
            return parent._apply_dense(grad, var)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        parent: Any = super()
        if not self._decays(var):
            return parent._apply_sparse(grad, var)
        factor = tf.cast(self._weight_decay_tensor, var.dtype.base_dtype)
        rows = factor * tf.gather(var, grad.indices)
        with tf.control_dependencies([tf.scatter_sub(var, grad.indices, rows)]):
            return parent._apply_sparse(grad, var)


def extend_with_decoupled_weight_decay(base_optimizer: Any) -> Any:
    """A class of optimizers: `base_optimizer` with weight decay, its first argument."""

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):
        """An optimizer with weight decay: `weight_decay`, then the base's arguments."""

        def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
            names = base_optimizer.__init__.__code__.co_varnames[1:]
            super().__init__(weight_decay, **dict(zip(names, args, strict=False)), **kwargs)

    return OptimizerWithDecoupledWeightDecay


class AdamWOptimizer(DecoupledWeightDecayExtension, tf.train.AdamOptimizer):
    """Adam with decoupled weight decay."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-08,
        use_locking: bool = False,
        name: str = "AdamW",
    ) -> None:
        super().__init__(
            weight_decay, learning_rate=learning_rate, beta1=beta1, beta2=beta2, epsilon=epsilon,
            use_locking=use_locking, name=name,
        )  # fmt: skip


class MomentumWOptimizer(DecoupledWeightDecayExtension, tf.train.MomentumOptimizer):
    """Momentum with decoupled weight decay."""

    def __init__(
        self,
        weight_decay: Any,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "MomentumW",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(
            weight_decay, learning_rate=learning_rate, momentum=momentum, use_locking=use_locking,
            name=name, use_nesterov=use_nesterov,
        )  # fmt: skip
