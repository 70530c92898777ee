"""Comparisons and logic."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.graph import name_scope
from ..core.host import elementwise
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.operation import Tensor
from ..core.shape_rules import broadcast, unchanged
from ..core.types import BOOL, COMPLEX, FLOAT, REAL, STRING, WIDE, TypeSet

_SMALL = TypeSet(dtypes.int8, dtypes.int16, dtypes.uint8)
_COMPARED = WIDE | _SMALL | COMPLEX | BOOL | STRING
_functions: dict[str, Callable[..., Any]] = {}

_COMPARE = [
    ("Less", "torch.lt", REAL, operator.lt, "x < y."),
    ("LessEqual", "torch.le", REAL, operator.le, "x <= y."),
    ("Greater", "torch.gt", REAL, operator.gt, "x > y."),
    ("GreaterEqual", "torch.ge", REAL, operator.ge, "x >= y."),
]
for _type, _torch, _types, _python, _doc in _COMPARE:
    _functions[_type] = define(
        _type,
        ["x", "y"],
        "T, T -> bool",
        _torch,
        shape=broadcast,
        doc=_doc,
        T=_types,
        host=elementwise(_python),
    )
less, less_equal = _functions["Less"], _functions["LessEqual"]
greater, greater_equal = _functions["Greater"], _functions["GreaterEqual"]


@op("T, T -> bool", shape=broadcast, T=_COMPARED, host=elementwise(operator.eq))
def Equal(x, y):
    """x == y, element by element (also for strings)."""
    return torch.eq(x, y)


@op("T, T -> bool", shape=broadcast, T=_COMPARED, host=elementwise(operator.ne))
def NotEqual(x, y):
    """x != y, element by element (also for strings)."""
    return torch.ne(x, y)


for _type, _torch, _host, _doc in [
    ("LogicalAnd", "torch.logical_and", operator.and_, "x and y."),
    ("LogicalOr", "torch.logical_or", operator.or_, "x or y."),
]:
    _functions[_type] = define(
        _type,
        ["x", "y"],
        "bool, bool -> bool",
        _torch,
        shape=broadcast,
        host=elementwise(_host),
        doc=_doc,
    )
logical_and, logical_or = _functions["LogicalAnd"], _functions["LogicalOr"]
logical_not = define(
    "LogicalNot",
    ["x"],
    "bool -> bool",
    "torch.logical_not",
    shape=unchanged,
    host=elementwise(operator.not_),
    doc="not x.",
)
for _type, _torch, _doc in [
    ("IsNan", "torch.isnan", "Whether x is not a number."),
    ("IsInf", "torch.isinf", "Whether x is plus or minus infinity."),
    ("IsFinite", "torch.isfinite", "Whether x is neither infinite nor NaN."),
]:
    _functions[_type] = define(
        _type, ["x"], "T -> bool", _torch, shape=unchanged, doc=_doc, T=FLOAT
    )
is_nan, is_inf, is_finite = (_functions[t] for t in ("IsNan", "IsInf", "IsFinite"))


def logical_xor(x: Any, y: Any, name: str = "LogicalXor") -> Tensor:
    """x or y, but not both: (x | y) & ~(x & y)."""
    with name_scope(name) as scope:
        both = logical_not(logical_and(x, y))
        return logical_and(logical_or(x, y), both, name=scope)


def equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x == y, element by element; shapes broadcast."""
    return Equal(x, y, name)


def not_equal(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x != y, element by element; shapes broadcast."""
    return NotEqual(x, y, name)
