"""`tf.raw_ops`: a function for each op type, which takes keyword arguments only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..core.op import registry as _registry
from ..ops import training as _training


def __getattr__(name: str) -> Callable[..., Any]:
    op_def = _registry.get(name)
    if op_def is None:
        raise AttributeError(f"module 'tensorflow.raw_ops' has no attribute {name!r}")
    add = op_def.function

    @wraps(add)
    def raw_op(**kwargs: Any) -> Any:
        return add(**kwargs)

    globals()[name] = raw_op
    return raw_op


def __dir__() -> list[str]:
    return sorted(_registry)
