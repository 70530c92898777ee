"""The functions of the ops by their names in small letters: where pickle looks for them.

Programs save `tf.nn.relu` among the arguments of a network, and get the same function back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.naming import snake
from ..core.op import registry


def __getattr__(name: str) -> Callable[..., Any]:
    for op_type, op_def in registry.items():
        if snake(op_type) == name:
            return op_def.function
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
