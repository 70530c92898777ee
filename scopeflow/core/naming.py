"""Names in a graph: which are valid, and how a second use of one is made unique."""

from __future__ import annotations

import re

_ROOT_NAME = re.compile(r"[A-Za-z0-9.][A-Za-z0-9_.\-/]*")
_INNER_NAME = re.compile(r"[A-Za-z0-9_.\-/]*")


def check_scope_name(name: str, at_root: bool) -> None:
    """ValueError unless `name` may name an op or a scope (at the root: no `_` in front)."""
    if not (_ROOT_NAME if at_root else _INNER_NAME).fullmatch(name):
        raise ValueError(f"'{name}' is not a valid scope name")


def check_node_name(name: str) -> None:
    """ValueError unless `name` may be an op's full name."""
    if not _ROOT_NAME.fullmatch(name):
        raise ValueError(f"'{name}' is not a valid node name")


class UniqueNames:
    """Hands out names, appending `_1`, `_2`, … to those already taken, whatever their case.

    >>> names = UniqueNames()
    >>> [names.take(n) for n in ("x", "X", "x", "x_1")]
    ['x', 'X_1', 'x_2', 'x_1_1']
    """

    __slots__ = ("_uses",)

    def __init__(self) -> None:
        self._uses: dict[str, int] = {}  # lower-cased name -> how often it was asked for

    def take(self, name: str, mark_as_used: bool = True) -> str:
        """A free name made from `name`; taken from now on unless `mark_as_used` is False."""
        uses, key = self._uses, name.lower()
        count = uses.get(key, 0)
        if mark_as_used:
            uses[key] = count + 1
        if not count:
            return name
        suffix = count
        while f"{key}_{suffix}" in uses:
            suffix += 1
        if mark_as_used:
            uses[f"{key}_{suffix}"] = 1
        return f"{name}_{suffix}"


def snake(op_type: str) -> str:
    """The name of an op type in small letters.

    >>> [snake(name) for name in ("MatMul", "Conv2D", "LRN", "AvgPool3D", "ResourceApplyAdam")]
    ['mat_mul', 'conv2d', 'lrn', 'avg_pool3d', 'resource_apply_adam']
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", op_type)
    return text.lower()
