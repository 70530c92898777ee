"""tensorflow.python.ops.state_ops: the op of a variable, by itself."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.ops.state import VariableV2

__all__ = ["variable", "variable_op", "variable_op_v2"]


def variable_op(
    shape: Any, dtype: Any, name: str = "Variable", set_shape: bool = True, container: str = "",
    shared_name: str = "",
) -> Any:  # fmt: skip
    """The reference to new storage for a tensor, which nothing initializes."""
    known = tf.TensorShape(shape if set_shape else None)
    return VariableV2(known, dtype, container, shared_name, name=name)


def variable_op_v2(
    shape: Any, dtype: Any, name: str = "Variable", container: str = "", shared_name: str = ""
) -> Any:
    """As variable_op, of a known shape."""
    return variable_op(shape, dtype, name, True, container, shared_name)


def variable(
    shape: Any, dtype: Any, container: str = "", shared_name: str = "", name: str | None = None
) -> Any:
    """As variable_op, with the arguments in the order of the op type."""
    return variable_op(shape, dtype, name or "Variable", True, container, shared_name)
