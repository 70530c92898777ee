"""Functions of `tf` that belong to no family."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import all_alike
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX
from .array import expand_dims


def _args_shape(s0: Tensor, s1: Tensor) -> Dims:
    lengths = [None if s._dims is None else s._dims[0] for s in (s0, s1)]
    return (None if None in lengths else max(lengths),)  # type: ignore[type-var]


def _broadcast_args(s0, s1):
    """Two shapes broadcast."""
    length = max(len(s0), len(s1))
    found = []
    pairs = zip(*((1,) * (length - len(s)) + tuple(s) for s in (s0, s1)), strict=True)
    for a, b in pairs:
        if a is None or b is None:
            known = b if a is None else a
            found.append(known if known not in (None, 1) else None)
        elif a == b or b == 1:
            found.append(a)
        elif a == 1:
            found.append(b)
        else:
            raise ValueError(f"Incompatible shapes: {list(s0)} vs. {list(s1)}")
    return tuple(found)


@op("host T, host T -> host T", shape=_args_shape, T=INDEX)
def BroadcastArgs(s0, s1):
    """The shape that two shapes broadcast to."""
    return _broadcast_args(s0, s1)


def broadcast_dynamic_shape(shape_x: Any, shape_y: Any) -> Tensor:
    """The shape (an integer vector) that tensors of two shapes broadcast to."""
    return BroadcastArgs(shape_x, shape_y)


@op(
    "N * T -> T",
    shape=lambda values, **_: (len(values), *(all_alike(*values) or (None,))[1:]),
)
def ParallelConcat(values, *, shape):
    """Tensors whose first dimension is 1, joined along it."""
    return torch.cat(values)


def parallel_stack(values: Any, name: str = "parallel_stack") -> Tensor:
    """`tf.stack(values)` along the first dimension; the tensors need a known shape."""
    with name_scope(name):
        tensors = [convert_to_tensor(v) for v in values]
        dims = all_alike(*tensors)
        if dims is None or None in dims:
            raise ValueError("tf.parallel_stack needs tensors of fully known shape; use tf.stack.")
        rows = [expand_dims(t, 0) for t in tensors]
        return ParallelConcat(rows, shape=(len(rows), *dims))


@op(" -> double", shape=lambda: (), stateful=True, differentiable=False)
def Timestamp(*, device):
    """The time when it runs, in seconds since 1970."""
    return torch.tensor(time.time(), dtype=torch.float64, device=device)


def timestamp(name: str | None = None) -> Tensor:
    """The time when it runs, in seconds since 1970 (float64)."""
    return Timestamp(name=name)


@contextmanager
def init_scope() -> Iterator[None]:
    """A `with` block whose ops leave control dependencies, conditionals and loops behind."""
    with get_default_graph().control_dependencies(None):
        yield


@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """`tf.name_scope(name, default_name, values)` in the order of arguments that came before."""
    with name_scope(name, default_name, values) as scope:
        yield scope


def get_static_value(tensor: Any, partial: bool = False) -> Any:
    """The value of `tensor` as an array where the graph alone tells it, else None.

    With `partial` a stack of known and unknown scalars gives an array with None for the unknown.
    """
    found = constant_value(tensor)
    if found is None and partial:
        known = static_value(tensor)
        if isinstance(known, tuple):
            return np.array([None if k is None else np.array(k) for k in known], dtype=object)
    return found
