"""The structures of elements: tuples, namedtuples and dicts. A list is a tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import scopeflow as tf


def _parts(value: Any) -> list | None:
    if isinstance(value, tuple):
        return None if isinstance(value, tf.SparseTensorValue) else list(value)
    if isinstance(value, Mapping):
        return [value[key] for key in sorted(value)]
    return None


def flatten(value: Any) -> list:
    """The leaves, in order (dicts by sorted key)."""
    parts = _parts(value)
    if parts is None:
        return [value]
    return [leaf for part in parts for leaf in flatten(part)]


def pack(structure: Any, leaves: Iterable[Any]) -> Any:
    """`leaves` in the shape of `structure`."""
    return _pack(structure, iter(leaves))


def _pack(structure: Any, leaves: Iterator[Any]) -> Any:
    parts = _parts(structure)
    if parts is None:
        return next(leaves)
    found = [_pack(part, leaves) for part in parts]
    if isinstance(structure, Mapping):
        by_key = dict(zip(sorted(structure), found, strict=True))
        kind: Any = type(structure)
        items = [(key, by_key[key]) for key in structure]
        if hasattr(structure, "default_factory"):
            return kind(structure.default_factory, items)
        return kind(items)
    if hasattr(structure, "_fields"):
        return type(structure)(*found)
    return tuple(found)


def mapped(function: Callable[..., Any], structure: Any, *others: Any) -> Any:
    """`function` of each leaf, and of the leaves at the same place of structures alike."""
    for other in others:
        assert_same(structure, other)
    rows = zip(flatten(structure), *map(flatten, others), strict=True)
    return pack(structure, (function(*row) for row in rows))


def same(first: Any, second: Any) -> bool:
    """Whether two structures have the same parts."""
    parts, others = _parts(first), _parts(second)
    if parts is None or others is None:
        return parts is None and others is None
    if isinstance(first, Mapping) != isinstance(second, Mapping) or len(parts) != len(others):
        return False
    if isinstance(first, Mapping) and set(first) != set(second):
        return False
    return all(same(a, b) for a, b in zip(parts, others, strict=True))


def assert_same(first: Any, second: Any) -> None:
    """ValueError unless two structures have the same parts."""
    if not same(first, second):
        raise ValueError(
            "The two structures don't have the same nested structure."
            f"\n\nFirst structure: {first}\n\nSecond structure: {second}"
        )


def sorted_like(structure: Any, value: Any) -> list:
    """The parts of `value` at the leaves of `structure`. TypeError where it has other parts."""
    parts = _parts(structure)
    if parts is None:
        return [value]
    if isinstance(structure, Mapping):
        if not isinstance(value, Mapping) or set(value) != set(structure):
            raise TypeError("other keys")
        others = [value[key] for key in sorted(structure)]
    else:
        if not isinstance(value, tuple | list) or len(value) != len(parts):
            raise TypeError("other parts")
        others = list(value)
    return [leaf for p, v in zip(parts, others, strict=True) for leaf in sorted_like(p, v)]
