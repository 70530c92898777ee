"""Variables that are kept within a norm, gradients that are."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class VariableClippingOptimizer(tf.train.Optimizer):
    """The optimizer `opt`; after each of its steps variables are clipped to the norm `max_norm`.

    `vars_to_clip_dims` maps a variable to the dimensions over which its norm is taken: for an
    embedding [1] keeps each row within `max_norm`. Of a gathered variable only the gathered rows
    are clipped, unless dimension 0 is among them (and a row that was gathered twice is clipped
    twice, as in TensorFlow 1.15.5). Slots are `opt`'s.
    `colocate_clip_ops_with_vars` has no effect: the ops of a run are on one device.
    """

    def __init__(
        self,
        opt: Any,
        vars_to_clip_dims: dict,
        max_norm: Any,
        use_locking: bool = False,
        colocate_clip_ops_with_vars: bool = False,
        name: str = "VariableClipping",
    ) -> None:
        super().__init__(use_locking, name)
        self._opt = opt
        self._dims = {id(var): (var, list(dims)) for var, dims in vars_to_clip_dims.items()}
        self._max_norm = max_norm

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The inner optimizer's."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """The inner optimizer's."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """The inner optimizer's."""
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> tf.Operation:
        """An op: the inner optimizer's step, then the clipping."""
        pairs = list(grads_and_vars)
        with tf.name_scope(name, self._name) as scope:
            step = self._opt.apply_gradients(pairs, global_step=global_step)
            clipped = []
            with tf.control_dependencies([step]):
                for grad, var in pairs:
                    if grad is not None and id(var) in self._dims:
                        with tf.name_scope(f"clip_{var.op.name}"):
                            clipped.append(self._clip(grad, var, self._dims[id(var)][1]))
            return tf.group(step, *clipped, name=scope)

    def _clip(self, grad: Any, var: Any, dims: list[int]) -> Any:
        if not isinstance(grad, tf.IndexedSlices) or 0 in dims:
            value = var.read_value()
            excess = value - tf.clip_by_norm(value, self._max_norm, dims)
            return var.assign_sub(excess, use_locking=self._use_locking)
        rows = tf.gather(var, grad.indices)
        excess = rows - tf.clip_by_norm(rows, self._max_norm, dims)
        return tf.scatter_sub(var, grad.indices, excess, use_locking=self._use_locking)


def clip_gradients_by_global_norm(
    gradients_variables: Any, clip_norm: Any = 20.0
) -> tuple[list, Any]:
    """([(gradient, variable)] with all gradients together clipped to that norm, their norm).

    A gradient of exactly zero stays so: see MultitaskOptimizerWrapper.
    """
    gradients, variables = zip(*gradients_variables, strict=True)
    norm = tf.global_norm(gradients)
    clipped, _ = tf.clip_by_global_norm(gradients, clip_norm, use_norm=norm)
    return list(zip(clipped, variables, strict=True)), norm
