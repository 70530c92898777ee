"""Running means of variables and tensors."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import slot_creator


def assign_moving_average(
    variable: Any, value: Any, decay: Any, zero_debias: bool = True, name: str | None = None
) -> tf.Tensor:
    """An op that moves `variable` towards `value`: variable -= (1 - decay) · (variable - value).

    With `zero_debias` the mean is that of a variable that started with zeros (the variables
    `<variable>/biased` and `<variable>/local_step` are made for it), divided by
    1 - decay^(number of updates): right from the first update on.
    """
    with tf.name_scope(name, "AssignMovingAvg", [variable, value, decay]) as scope:
        rate = tf.convert_to_tensor(1.0 - decay, name="decay")
        if rate.dtype.base_dtype != variable.dtype.base_dtype:
            rate = tf.cast(rate, variable.dtype.base_dtype)
        if not zero_debias:
            return tf.assign_sub(variable, (variable - value) * rate, name=scope)
        biased, local_step = _shadows(variable)
        mean = tf.assign_sub(biased, (biased - value) * rate)
        updates = tf.assign_add(local_step, 1)
        share = 1 - tf.pow(1.0 - rate, updates)
        return tf.assign(variable, mean / share, name=scope)


def _shadows(variable: Any) -> tuple[Any, Any]:
    """What a mean without bias needs beside it: the biased mean and the number of updates."""
    with tf.variable_scope(variable.op.name), tf.control_dependencies(None):
        zeros = tf.zeros_initializer()
        biased = tf.get_variable(
            _free("biased"),
            shape=variable.get_shape(),
            dtype=variable.dtype.base_dtype,
            initializer=zeros,
            trainable=False,
        )
        local_step = tf.get_variable(
            _free("local_step"),
            shape=[],
            dtype=variable.dtype.base_dtype,
            initializer=zeros,
            trainable=False,
        )
    return biased, local_step


def _free(name: str) -> str:
    """`name`, with a number where the current scope has such a variable and does not reuse it."""
    scope = tf.get_variable_scope()
    if scope.reuse:
        return name
    taken = {v.op.name for v in tf.global_variables()}
    found, count = name, 0
    while f"{scope.name}/{found}" in taken:
        count += 1
        found = f"{name}_{count}"
    return found


class ExponentialMovingAverage:
    """Running means of variables and tensors, kept in variables `<name of it>/<name>`.

    Each update is mean = decay · mean + (1 - decay) · value. With `num_updates` (a counter, say
    the global step) the decay is at most (1 + num_updates) / (10 + num_updates), so that the means
    follow faster at the beginning. A variable's mean starts with its initial value, a tensor's with
    zeros; `zero_debias` corrects the latter. `name` is also the name of the update op.
    """

    def __init__(
        self,
        decay: Any,
        num_updates: Any = None,
        zero_debias: bool = False,
        name: str = "ExponentialMovingAverage",
    ) -> None:
        self._decay = decay
        self._num_updates = num_updates
        self._zero_debias = zero_debias
        self._name = name
        self._averages: dict[tuple[Any, str], Any] = {}

    @property
    def name(self) -> str:
        """The name of this object: the last part of the means' names."""
        return self._name

    def apply(self, var_list: Any = None) -> tf.Operation:
        """An op that updates the means of `var_list` (by default all trainable variables).

        Makes the means that there are not yet. Raises TypeError for values that are not floating
        point.
        """
        targets = tf.trainable_variables() if var_list is None else list(var_list)
        from_zero = []
        for target in targets:
            dtype = target.dtype.base_dtype
            if dtype not in (tf.bfloat16, tf.float16, tf.float32, tf.float64):
                raise TypeError(
                    f"A moving average needs floating point values, {target.name} has "
                    f"{dtype.name}. Take the average of tf.cast({target.op.name}, tf.float32)."
                )
            if _key(target) not in self._averages:
                self._averages[_key(target)] = self._made(target)
                if self._zero_debias and not isinstance(target, tf.Variable):
                    from_zero.append(target)
        with tf.name_scope(self._name) as scope:
            decay = tf.convert_to_tensor(self._decay, name="decay")
            if self._num_updates is not None:
                count = tf.cast(self._num_updates, tf.float32, name="num_updates")
                decay = tf.minimum(decay, (1.0 + count) / (10.0 + count))
            updates = [
                assign_moving_average(
                    self._averages[_key(target)],
                    target,
                    decay,
                    zero_debias=any(target is other for other in from_zero),
                )
                for target in targets
            ]
            return tf.group(*updates, name=scope)

    def _made(self, target: Any) -> Any:
        """The variable that will hold the mean of a variable or tensor."""
        with tf.control_dependencies(None):
            if not isinstance(target, tf.Variable):
                return slot_creator.create_zeros_slot(target, self._name)
            tf.add_to_collection(tf.GraphKeys.MOVING_AVERAGE_VARIABLES, target)
            return slot_creator.create_slot(target, target.initialized_value(), self._name)

    def average(self, var: Any) -> Any:
        """The variable that holds the mean of `var`, None where `apply` was not asked for it."""
        return self._averages.get(_key(var))

    def average_name(self, var: Any) -> str:
        """The name of the variable that holds, or would hold, the mean of `var`."""
        average = self.average(var)
        if average is not None:
            return average.op.name
        return tf.get_default_graph().unique_name(f"{var.op.name}/{self._name}", mark_as_used=False)

    def variables_to_restore(self, moving_avg_variables: Any = None) -> dict[str, Any]:
        """For a Saver: {name in the checkpoint: variable}, so that means replace the variables.

        `moving_avg_variables` (by default the trainable ones and all that have a mean) are read
        from their means; all other variables from their own values.
        """
        if moving_avg_variables is None:
            moving_avg_variables = tf.trainable_variables() + tf.moving_average_variables()
        averaged = list(dict.fromkeys(moving_avg_variables))
        found = {self.average_name(variable): variable for variable in averaged}
        names = {variable.name for variable in averaged}
        for variable in tf.global_variables():
            if variable.name not in names:
                found.setdefault(variable.op.name, variable)
        return found


def _key(target: Any) -> tuple[Any, str]:
    return target.graph, target.name
