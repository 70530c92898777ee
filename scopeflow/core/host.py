"""Element-wise arithmetic on host values: ints, and tuples of ints, with None for unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def elementwise(function: Callable[..., int]) -> Callable[..., Any]:
    """`function` of ints as a function of host values, which broadcast as vectors do.

    >>> elementwise(lambda x, y: x * y)((2, None), 3)
    (6, None)
    """

    def on_ints(*numbers: Any) -> Any:
        return None if None in numbers else function(*numbers)

    def compute(*values: Any) -> Any:
        lengths = {len(v) for v in values if isinstance(v, tuple)}
        if not lengths:
            return on_ints(*values)
        length = max(lengths)
        if lengths - {1, length}:
            raise IndexError(f"vectors of lengths {sorted(lengths)} do not broadcast")
        columns = []
        for value in values:
            if not isinstance(value, tuple):
                columns.append((value,) * length)
            else:
                columns.append(value * length if len(value) == 1 else value)
        return tuple(on_ints(*row) for row in zip(*columns, strict=True))

    return compute
