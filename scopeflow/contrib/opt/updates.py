"""Update ops for variables of both kinds."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def update_op(op_type: str, **arguments: Any) -> tf.Operation:
    """The op that updates variable `var`: of that type, or its like for a resource variable."""
    if hasattr(arguments["var"], "handle"):
        return getattr(tf.raw_ops, f"Resource{op_type}")(**arguments)
    return getattr(tf.raw_ops, op_type)(**arguments).op
