"""Sets of dtypes, as the op definitions name them."""

from __future__ import annotations

from . import dtypes
from .dtypes import DType


class TypeSet:
    """The dtypes that a type attribute may have, and the one a bare Python value gets."""

    def __init__(self, *members: DType, default: DType | None = None) -> None:
        self.default = default
        self.order = members
        self._ids = frozenset(id(t) for t in members)  # dtypes are singletons

    def __contains__(self, dtype: DType) -> bool:
        return id(dtype) in self._ids

    def __or__(self, other: TypeSet) -> TypeSet:
        return TypeSet(*self.order, *(t for t in other.order if t not in self))

    def __str__(self) -> str:
        return ", ".join(t.name for t in self.order)


FLOAT = TypeSet(dtypes.bfloat16, dtypes.float16, dtypes.float32, dtypes.float64)
COMPLEX = TypeSet(dtypes.complex64, dtypes.complex128)
SIGNED = TypeSet(dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)
INTEGER = SIGNED | TypeSet(dtypes.uint8, dtypes.uint16, dtypes.uint32, dtypes.uint64)
REAL = FLOAT | INTEGER
WIDE = FLOAT | TypeSet(dtypes.int32, dtypes.int64)
"""What most arithmetic takes: no small and no unsigned integers."""
NUMBER = REAL | COMPLEX
INEXACT = FLOAT | COMPLEX
BOOL = TypeSet(dtypes.bool)
STRING = TypeSet(dtypes.string)
INDEX = TypeSet(dtypes.int32, dtypes.int64, default=dtypes.int32)
"""Shapes, axes, indices: int32 where the program gives bare Python values."""
