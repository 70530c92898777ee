"""`tf.contrib.eager` as it acts while a graph is built, which is all that scopeflow does.

What works in eager execution alone (GradientTape, tfe.Saver, callbacks of single ops) is not here.
"""

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import metrics
from .gradients import (
    gradients_function,
    implicit_gradients,
    implicit_value_and_gradients,
    value_and_gradients_function,
)
from .modes import (
    ASYNC,
    DEVICE_PLACEMENT_EXPLICIT,
    DEVICE_PLACEMENT_SILENT,
    DEVICE_PLACEMENT_WARN,
    SYNC,
    async_clear_error,
    async_wait,
    enable_eager_execution,
    execution_mode,
    in_eager_mode,
    list_devices,
    num_gpus,
    run,
    set_execution_mode,
)
from .network import Network, Sequential
from .objects import (
    EagerVariableStore,
    Iterator,
    Variable,
    defun,
    function,
    get_optimizer_variables,
    make_template,
    restore_variables_on_create,
)

custom_gradient = tf.custom_gradient
executing_eagerly = tf.executing_eagerly
TensorSpec = tf.TensorSpec


def py_func(func: Callable, inp: list, Tout: Any, name: str | None = None) -> Any:
    """`tf.py_func`: an op that calls a Python function with NumPy arrays."""
    return tf.py_func(func, inp, Tout, name=name)


__all__ = [
    "ASYNC", "DEVICE_PLACEMENT_EXPLICIT", "DEVICE_PLACEMENT_SILENT", "DEVICE_PLACEMENT_WARN",
    "EagerVariableStore", "Iterator", "Network", "SYNC", "Sequential", "TensorSpec", "Variable",
    "async_clear_error", "async_wait", "custom_gradient", "defun", "enable_eager_execution",
    "executing_eagerly", "execution_mode", "function", "get_optimizer_variables",
    "gradients_function", "implicit_gradients", "implicit_value_and_gradients", "in_eager_mode",
    "list_devices", "make_template", "metrics", "num_gpus", "py_func",
    "restore_variables_on_create", "run", "set_execution_mode", "value_and_gradients_function",
]  # fmt: skip
