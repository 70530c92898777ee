"""Functions of one tensor that also take a sparse one, and keep its places."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..core.graph import name_scope
from ..core.sparse_tensor import SparseTensor


def of_values(function: Callable[..., Any], label: str, name: str) -> Callable[..., Any]:
    """`function(x, name)`, of a SparseTensor on its values, in a name scope `label`.

    Pickle finds it as `name` in math.py.
    """

    @wraps(function)
    def on_values(x: Any, name: str | None = None) -> Any:
        if not isinstance(x, SparseTensor):
            return function(x, name)
        with name_scope(name, label, [x]) as scope:
            return SparseTensor(x.indices, function(x.values, scope), x.dense_shape)

    on_values.__module__, on_values.__name__, on_values.__qualname__ = (
        f"{__package__}.math",
        name,
        name,
    )
    return on_values
