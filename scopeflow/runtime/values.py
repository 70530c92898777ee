"""Where the values of a program are found, and how they are written as source text."""

from __future__ import annotations

from copy import copy
from typing import Any, NamedTuple

from ..core import dtypes
from ..core.dtypes import DType
from ..core.operation import Operation, Tensor

NO_LITERAL = object()
"""Stands for a value that is not the same in every run."""


class Value:
    """Where a tensor's value is found in the program."""

    __slots__ = ("host", "literal", "torch")

    def __init__(
        self, torch: str | None = None, host: str | None = None, literal: Any = NO_LITERAL
    ) -> None:
        self.torch = torch  # an expression for the tensor
        self.host = host  # an expression for the ints
        self.literal = literal  # the ints, where they are the same in every run


class Values(dict[Tensor, Value]):
    """The values that a block of lines knows: its own, and those around it.

    The latter are copied when they are asked for: what is noted of them inside of the block, which
    may not run, is not known outside.
    """

    def __init__(self, around: Values | None = None) -> None:
        super().__init__()
        self.around = around

    def __missing__(self, tensor: Tensor) -> Value:
        if self.around is None:
            raise KeyError(tensor)
        value = self[tensor] = copy(self.around[tensor])
        return value

    def __contains__(self, tensor: object) -> bool:
        return super().__contains__(tensor) or (self.around is not None and tensor in self.around)

    def copied(self) -> Values:
        """The same, to go back to after a trial."""
        found = Values(self.around)
        found.update((tensor, copy(value)) for tensor, value in self.items())
        return found


class Line(NamedTuple):
    """A line of the program: its indentation, text, op, and the names it reads and sets."""

    depth: int
    text: str
    op: Operation | None
    reads: frozenset[str]
    writes: tuple[str, ...]


def listed(items: list[str]) -> str:
    """The source text of a tuple."""
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"


def torch_name(dtype: DType) -> str:
    """torch's name for a dtype."""
    base = dtype.base_dtype
    return {dtypes.qint8: "int8", dtypes.quint8: "uint8", dtypes.qint32: "int32"}.get(
        base, base.name
    )
