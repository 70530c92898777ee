"""Python's operators on tensors (and variables, which use the same functions)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.operation import Tensor
from ..core.sparse_tensor import SparseTensor
from . import compare, math
from .slicing import _slice_helper
from .sparse_dense import times_dense

OPERATORS: dict[str, Callable] = {}
"""Dunder name -> function(self, other)."""


def _binary(function: Callable, name: str, dunder: str) -> None:
    def forward(x: Any, y: Any) -> Any:
        with name_scope(None, name, [x, y]) as scope:
            if not isinstance(x, Tensor):
                x = convert_to_tensor(x, name="x")
            if not isinstance(y, Tensor | IndexedSlices | SparseTensor):
                try:
                    y = convert_to_tensor(y, dtype_hint=x.dtype.base_dtype, name="y")
                except TypeError:
                    if hasattr(type(y), f"__r{dunder}__"):
                        return NotImplemented
                    raise
            elif isinstance(y, IndexedSlices):
                y = convert_to_tensor(y)
            return function(x, y, name=scope)

    def backward(y: Any, x: Any) -> Any:
        with name_scope(None, name, [x, y]) as scope:
            if not isinstance(y, Tensor):
                y = convert_to_tensor(y, name="y")
            x = convert_to_tensor(x, dtype=y.dtype.base_dtype, name="x")
            return function(x, y, name=scope)

    OPERATORS[f"__{dunder}__"] = forward
    OPERATORS[f"__r{dunder}__"] = backward


def _plus(x: Tensor, y: Any, name: str | None = None) -> Tensor:
    kind = math.Add if x.dtype.base_dtype is dtypes.string else math.AddV2
    return kind(x, y, name=name)


_binary(_plus, "add", "add")
_binary(math.Sub, "sub", "sub")


def _times(x: Tensor, y: Any, name: str | None = None) -> Any:
    if isinstance(y, SparseTensor):
        return times_dense(y, x, name)
    return math.Mul(x, y, name=name)


_binary(_times, "mul", "mul")
_binary(math.truediv, "truediv", "truediv")
_binary(math.div, "div", "div")
_binary(math.FloorDiv, "floordiv", "floordiv")
_binary(math.FloorMod, "mod", "mod")
_binary(math.Pow, "pow", "pow")
_binary(compare.logical_and, "and", "and")
_binary(compare.logical_or, "or", "or")
_binary(compare.logical_xor, "xor", "xor")
_binary(math.matmul, "matmul", "matmul")

OPERATORS["__neg__"] = lambda x: math.negative(x)
OPERATORS["__abs__"] = lambda x: math.abs(x)
OPERATORS["__invert__"] = lambda x: compare.logical_not(x)
OPERATORS["__lt__"] = lambda x, y: compare.less(x, y)
OPERATORS["__le__"] = lambda x, y: compare.less_equal(x, y)
OPERATORS["__gt__"] = lambda x, y: compare.greater(x, y)
OPERATORS["__ge__"] = lambda x, y: compare.greater_equal(x, y)
OPERATORS["__getitem__"] = _slice_helper

for _dunder, _function in OPERATORS.items():
    Tensor._override_operator(_dunder, _function)
