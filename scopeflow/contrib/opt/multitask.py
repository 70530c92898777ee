"""Optimizers that leave alone what has no gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

_METHODS = (
    "_apply_dense", "_resource_apply_dense", "_apply_sparse", "_resource_apply_sparse",
)  # fmt: skip


class MultitaskOptimizerWrapper:
    """The optimizer `opt`, which it changes so that a gradient of zeros alone changes nothing.

    Where several tasks share variables and each run trains one of them, the variables of the
    others have gradients of zeros. Momentum and Adam would move them all the same; here they and
    their slots keep their values. Clip with `clip_gradients_by_global_norm`, which keeps zeros. All
    attributes are those of `opt`. TypeError unless it is an optimizer.
    """

    def __init__(self, opt: Any) -> None:
        if not isinstance(opt, tf.train.Optimizer):
            raise TypeError("Supplied optimizer must be an instance of tf.train.Optimizer")
        self._opt = opt
        for name in _METHODS:
            if getattr(type(opt), name) is not getattr(tf.train.Optimizer, name):
                setattr(opt, name, _unless_zero(getattr(opt, name)))

    def __getattr__(self, name: str) -> Any:
        if name == "_opt":  # not there yet: copying makes an object without calling __init__
            raise AttributeError(name)
        return getattr(self._opt, name)


def _unless_zero(apply: Callable) -> Callable:
    """The method, which does nothing where all of its gradient is 0."""

    def apply_unless_zero(grad: Any, *args: Any, **kwargs: Any) -> Any:
        values = grad.values if isinstance(grad, tf.IndexedSlices) else grad
        is_zero = tf.equal(tf.count_nonzero(values), 0)
        return tf.cond(is_zero, tf.no_op, lambda: tf.group(apply(grad, *args, **kwargs)))

    return apply_unless_zero
