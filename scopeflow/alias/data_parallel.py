"""`scopeflow run --data-parallel`: a program for one worker trains on all that torchrun started."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .modules import horovod


def begin() -> None:
    """Let every optimizer of tf.train apply the mean of all processes' gradients.

    `tf.variables_initializer` then gives all processes the values of process 0.
    """
    horovod.init()
    if horovod.size() == 1:
        return
    compute = tf.train.Optimizer.compute_gradients
    own = horovod._DistributedOptimizer

    def compute_gradients(self: Any, *args: Any, **kwargs: Any) -> list:
        pairs = compute(self, *args, **kwargs)
        return own.averaged(pairs, self.get_name(), horovod.Compression.none, False, None)

    tf.train.Optimizer.compute_gradients = compute_gradients  # type: ignore[method-assign]
    initializer = tf.variables_initializer

    def variables_initializer(var_list: Any, name: str = "init") -> Any:
        if not var_list:
            return initializer(var_list, name)
        made = initializer(var_list, f"{name}_here")
        with tf.control_dependencies([made]):
            return tf.group(horovod.broadcast_variables(var_list, 0), name=name)

    def global_variables_initializer() -> Any:
        return variables_initializer(tf.global_variables())

    for name, function in (
        ("variables_initializer", variables_initializer),
        ("initialize_variables", variables_initializer),
        ("global_variables_initializer", global_variables_initializer),
        ("initialize_all_variables", global_variables_initializer),
    ):
        setattr(tf, name, function)
