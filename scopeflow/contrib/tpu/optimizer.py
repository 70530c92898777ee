"""An optimizer over shards, of which there is one."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def cross_replica_sum(x: Any, group_assignment: Any = None, name: str | None = None) -> Any:
    """The sum over the replicas: `x`, as there is one."""
    return tf.identity(x, name=name)


class CrossShardOptimizer(tf.train.Optimizer):
    """Hands everything on to `opt`: there is one shard, over which nothing must be summed."""

    def __init__(
        self,
        opt: Any,
        reduction: str = tf.losses.Reduction.MEAN,
        name: str = "CrossShardOptimizer",
        group_assignment: Any = None,
    ) -> None:
        if reduction not in (tf.losses.Reduction.SUM, tf.losses.Reduction.MEAN):
            raise ValueError(f"Unsupported reduction: {reduction}.")
        super().__init__(False, name)
        self._opt = opt
        self._reduction = reduction
        self._group_assignment = group_assignment

    def compute_gradients(  # type: ignore[override]
        self, loss: Any, var_list: Any = None, **kwargs: Any
    ) -> Any:
        """As `opt`'s."""
        return self._opt.compute_gradients(loss, var_list=var_list, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """As `opt`'s."""
        return self._opt.apply_gradients(grads_and_vars, global_step, name)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """As `opt`'s."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """As `opt`'s."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> Any:
        """As `opt`'s."""
        return self._opt.variables()
