"""`tf.nest`: functions on nested structures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.nest import assert_same_structure as _assert_same_structure
from ..core.nest import children as _children
from ..core.nest import flatten as _flatten
from ..core.nest import pack_like as _pack_like


def is_nested(seq: Any) -> bool:
    """Whether it is a list, tuple, namedtuple or dict."""
    return _children(seq) is not None


def flatten(structure: Any, expand_composites: bool = False) -> list:
    """The leaves, in order (dicts by sorted key); composites are taken apart when asked for."""
    return _flatten(structure, expand_composites)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """`flat_sequence` in the shape of `structure`. ValueError where the numbers differ."""
    count = len(_flatten(structure, expand_composites))
    if count != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had "
            f"{len(flat_sequence)} elements."
        )
    return _pack_like(structure, flat_sequence, expand_composites)


def assert_same_structure(
    nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """ValueError unless both have the same nesting; TypeError where the sequence types differ."""
    _assert_same_structure(nest1, nest2, check_types, expand_composites)


def map_structure(func: Callable, *structure: Any, **kwargs: Any) -> Any:
    """`func` of the leaves at each place of structures that are alike.

    Keywords: `check_types` (True), `expand_composites` (False).
    """
    check_types = kwargs.pop("check_types", True)
    expand = kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(
            f"Only valid keyword arguments are check_types and expand_composites: {kwargs}"
        )
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types, expand)
    leaves = [_flatten(s, expand) for s in structure]
    return _pack_like(structure[0], [func(*row) for row in zip(*leaves, strict=True)], expand)
