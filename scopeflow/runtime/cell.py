"""The state of a session: a cell for each variable, holding its tensor."""

from __future__ import annotations

from typing import Any

from ..core.operation import Operation


class Cell:
    """One variable's value in one session; `value` is missing until it is initialized."""

    __slots__ = ("dims", "op", "value")

    def __init__(self, op: Operation) -> None:
        self.op = op
        dims = op.attrs["shape"]._dims
        self.dims = dims if dims is not None and None not in dims else None
        self.value: Any
