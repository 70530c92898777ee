"""Element-wise arithmetic on host values: ints, and tuples of ints, with None for unknown."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from .dtypes import DType


def unbounded(host: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a host function that may find numbers which the op's dtype does not have."""
    host.unbounded = True  # type: ignore[attr-defined]
    return host


@functools.cache
def _limits(dtype: DType) -> tuple[int, int]:
    limits = np.iinfo(dtype.as_numpy_dtype)
    return int(limits.min), int(limits.max)


def within(dtype: DType, value: Any) -> Any:
    """A host value as the dtype has it: an integer is cut to its bits, as a processor cuts it."""
    if dtype.is_bool:
        return _as_bools(value)
    return _cut(value, *_limits(dtype))


def _as_bools(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(_as_bools(item) for item in value)
    return None if value is None else bool(value)


def _cut(value: Any, least: int, most: int) -> Any:
    if value is None:
        return None
    if isinstance(value, tuple):
        return tuple(_cut(item, least, most) for item in value)
    return value if least <= value <= most else (value - least) % (most - least + 1) + least


def bounded(host: Callable[..., Any], dtype: DType) -> Callable[..., Any]:
    """The host function with results as the dtype has them."""
    if dtype.is_bool:
        return lambda *args, **kwargs: _as_bools(host(*args, **kwargs))
    least, most = _limits(dtype)

    def compute(*args: Any, **kwargs: Any) -> Any:
        value = host(*args, **kwargs)
        if value.__class__ is int and least <= value <= most:
            return value
        return _cut(value, least, most)

    return compute


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
