"""Nested structures: lists, tuples, namedtuples and dicts of things."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .composite import CompositeTensor


def is_namedtuple(value: Any) -> bool:
    """Whether it is an instance of a namedtuple class."""
    return isinstance(value, tuple) and hasattr(value, "_fields")


def sorted_keys(mapping: Mapping) -> list:
    """A dict's keys in the order in which nested structures visit them."""
    try:
        return sorted(mapping)
    except TypeError:
        raise TypeError("nest only supports dicts with sortable keys.") from None


def children(value: Any, expand: bool = False) -> list | None:
    """The parts of a structure, None for what is not one.

    With `expand` a composite (an IndexedSlices, a SparseTensor) is a structure of its tensors.
    """
    if isinstance(value, list | tuple):
        return list(value)
    if isinstance(value, Mapping):
        return [value[key] for key in sorted_keys(value)]
    if expand and isinstance(value, CompositeTensor):
        return value._components
    return None


def flatten(value: Any, expand: bool = False) -> list:
    """The leaves of a structure, in order (dicts by sorted key).

    >>> flatten([1, (2, {"b": 4, "a": 3})])
    [1, 2, 3, 4]
    """
    parts = children(value, expand)
    if parts is None:
        return [value]
    return [leaf for part in parts for leaf in flatten(part, expand)]


def pack_like(structure: Any, leaves: Iterable, expand: bool = False) -> Any:
    """`leaves` in the shape of `structure`.

    >>> pack_like([1, (2, 3)], "abc")
    ['a', ('b', 'c')]
    """
    return _pack(structure, iter(leaves), expand)


def _pack(structure: Any, leaves: Any, expand: bool) -> Any:
    parts = children(structure, expand)
    if parts is None:
        return next(leaves)
    return pack_level(structure, [_pack(part, leaves, expand) for part in parts])


def mapping_like(structure: Mapping, found: dict) -> Any:
    """The items of `found` as a mapping of the type and order of `structure`."""
    kind: Any = type(structure)
    items = [(key, found[key]) for key in structure]
    if hasattr(structure, "default_factory"):
        return kind(structure.default_factory, items)
    return kind(items)


def assert_same_structure(
    first: Any, second: Any, check_types: bool = True, expand: bool = False
) -> None:
    """TypeError unless the sequences at each place are of one type, ValueError unless alike."""
    problem = _difference(first, second, check_types, expand)
    if problem is not None:
        raise problem(
            "The two structures don't have the same nested structure.\n"
            f"First structure: {first!r}\nSecond structure: {second!r}"
        )


def _difference(first: Any, second: Any, check_types: bool, expand: bool) -> Any:
    parts, others = children(first, expand), children(second, expand)
    if parts is None or others is None:
        return None if parts is others else ValueError
    if check_types and not _one_type(first, second):
        return TypeError
    if len(parts) != len(others):
        return ValueError
    if isinstance(first, Mapping) and isinstance(second, Mapping) and set(first) != set(second):
        return ValueError
    found = (_difference(a, b, check_types, expand) for a, b in zip(parts, others, strict=True))
    return next((problem for problem in found if problem is not None), None)


def _one_type(first: Any, second: Any) -> bool:
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return True
    if is_namedtuple(first) and is_namedtuple(second):
        return (type(first).__name__, first._fields) == (type(second).__name__, second._fields)
    return type(first) is type(second)


def pack_level(structure: Any, parts: list) -> Any:
    """`structure` with other parts (in the order of `children`)."""
    if isinstance(structure, CompositeTensor):
        return structure._from_components(parts)
    if isinstance(structure, Mapping):
        return mapping_like(structure, dict(zip(sorted_keys(structure), parts, strict=True)))
    if is_namedtuple(structure):
        return type(structure)(*parts)
    return type(structure)(parts)
