"""An optimizer that keeps running means of what it trains, and a saver that swaps them in."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class MovingAverageOptimizer(tf.train.Optimizer):
    """The optimizer `opt`; after each of its steps the means of the variables follow.

    The means are `tf.train.ExponentialMovingAverage(average_decay, num_updates)`'s. With
    `sequential_update` they follow when the variables have changed; without, in no given order.
    Save with `swapping_saver()`: programs that evaluate then find the means under the names of
    the variables and need not know of them. Slots and name are the inner optimizer's (TensorFlow
    1.15.5 raises AttributeError for them).
    """

    def __init__(
        self,
        opt: Any,
        average_decay: Any = 0.9999,
        num_updates: Any = None,
        sequential_update: bool = True,
    ) -> None:
        super().__init__(use_locking=False, name=opt.get_name())
        self._optimizer = opt
        self._ema = tf.train.ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._averaged: list | None = None
        self._sequential_update = sequential_update

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """The inner optimizer's."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> tf.Operation:
        """An op: the inner optimizer's step, and the means of the variables given."""
        pairs = list(grads_and_vars)
        train_op = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
        variables = [var for _, var in pairs]
        with tf.control_dependencies([train_op] if self._sequential_update else []):
            follow = self._ema.apply(variables)
        known = self._averaged or []
        self._averaged = known + [v for v in variables if not any(v is k for k in known)]
        return tf.group(train_op, follow, name="train_with_avg")

    def get_slot(self, var: Any, name: str) -> Any:
        """The inner optimizer's."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """The inner optimizer's."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list:
        """The inner optimizer's."""
        return self._optimizer.variables()

    def swapping_saver(
        self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any
    ) -> tf.train.Saver:
        """A saver that writes the means under the variables' names, and the variables under theirs.

        `var_list` (a list, or a dict by name) is by default all global variables; `kwargs` go to
        `tf.train.Saver`. RuntimeError before `minimize` or `apply_gradients`, ValueError where
        only one of a variable and its mean is to be saved.
        """
        if self._averaged is None:
            raise RuntimeError(
                "Must call apply_gradients or minimize before creating the swapping_saver: "
                "there are no means yet."
            )
        saved = _named(tf.global_variables() if var_list is None else var_list)
        swapped = set()
        for var in self._averaged:
            own, mean = _full_name(var), _full_name(self._ema.average(var))
            if own in swapped:  # another part of the same variable
                continue
            swapped.add(own)
            missing = [key for key in (own, mean) if key not in saved]
            if not missing:
                saved[own], saved[mean] = saved[mean], saved[own]
            elif len(missing) == 1 and own == var.op.name:
                raise ValueError(
                    f"Variable to swap {missing[0]} is not part of variables to save. Save both "
                    f"{own} and {mean}, or none of them."
                )
        return tf.train.Saver(saved, name=name, **kwargs)


def _full_name(var: Any) -> str:
    """The name that it is saved under, with the other parts where it is one of several."""
    return tf.contrib.framework.get_variable_full_name(var)


def _named(var_list: Any) -> dict[str, Any]:
    """A dict of what is to be saved, the parts of one variable as a list."""
    if isinstance(var_list, dict):
        return dict(var_list)
    if not isinstance(var_list, list | tuple | set | frozenset):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {var_list}")
    found: dict[str, Any] = {}
    for item in var_list:
        for var in [item] if isinstance(item, tf.Variable) else item:
            if var._save_slice_info is None:
                found[var.op.name] = var
            else:
                found.setdefault(var._save_slice_info.full_name, []).append(var)
    return found
