"""The op types that draw from a generator, whose state is a variable.

The state is an int64 vector: the two halves of the counter, low one first, and the key. A draw
takes the words from the counter on, and moves the counter 256 steps on for each number, as TF
1.15.5 does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.static_value import dims_from
from ..core.types import INDEX, TypeSet
from . import philox

_FLOAT = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
_WHOLE = TypeSet(dtypes.int32, dtypes.int64)
_FULL = TypeSet(dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)
_STEPS = 256
"""How far one number moves the counter."""


def _stream(cell: Any, algorithm: int) -> philox.Philox:
    """The numbers from the counter on."""
    if algorithm != 1:
        raise NotImplementedError(f"algorithm {algorithm}: numbers are drawn by Philox (1) alone")
    low, high, key = (number % 2**64 for number in cell.value.tolist())
    return philox.Philox(key, low | high << 64)


def _move(cell: Any, stream: philox.Philox, count: int) -> None:
    """Set the state to what is behind `count` numbers of the stream."""
    after = (stream.counter + count * _STEPS) % 2**128
    words = (after % 2**64, after >> 64, stream.key)
    signed = [word - 2**64 if word >= 2**63 else word for word in words]
    cell.value = torch.tensor(signed, device=cell.value.device)


def _drawn_shape(resource: Tensor, algorithm: Tensor, shape: Tensor, *rest: Any, **_: Any) -> Dims:
    rank_is(shape, 1)
    return dims_from(shape)


def _drawn(
    cell: Any, algorithm: int, shape: tuple[int, ...], dtype: Any, draw: Callable[..., Any]
) -> Any:
    count = math.prod(shape)
    stream = _stream(cell, algorithm)
    found = draw(stream, count, dtype.name)
    if dtype.is_integer:
        found = found.view(dtype.as_numpy_dtype)
    kind = getattr(torch, dtype.name)
    drawn = torch.from_numpy(found).reshape(shape).to(cell.value.device, kind)
    _move(cell, stream, count)
    return drawn


def _float_op(op_type: str, draw: Callable[..., Any], what: str) -> Callable[..., Tensor]:
    def kernel(resource, algorithm, shape, *, op):
        return _drawn(resource, algorithm, shape, op.outputs[0].dtype, draw)

    return define(
        op_type,
        ["resource", "algorithm", "shape"],
        "resource, host int64, host shape_dtype -> dtype",
        kernel,
        shape=_drawn_shape,
        attrs={"dtype": dtypes.float32},
        differentiable=False,
        stateful=True,
        doc=f"{what}, drawn from a generator.",
        dtype=_FLOAT,
        shape_dtype=INDEX,
    )


StatefulUniform = _float_op("StatefulUniform", philox.uniform, "Numbers in [0, 1)")
StatefulStandardNormalV2 = _float_op(
    "StatefulStandardNormalV2", philox.normal, "Standard normal numbers"
)
StatefulTruncatedNormal = _float_op(
    "StatefulTruncatedNormal",
    philox.truncated_normal,
    "Standard normal numbers within two standard deviations",
)


@op(
    "resource, host int64, host shape_dtype, host dtype, host dtype -> dtype",
    shape=_drawn_shape,
    differentiable=False,
    stateful=True,
    dtype=_WHOLE,
    shape_dtype=INDEX,
)
def StatefulUniformInt(resource, algorithm, shape, minval, maxval, *, op):
    """Integers in [minval, maxval), drawn from a generator."""
    if minval >= maxval:
        raise ValueError(f"Need minval < maxval, got {minval} >= {maxval}")

    def draw(stream: Any, count: int, kind: str) -> Any:
        return philox.integers(stream, count, minval, maxval, kind)

    return _drawn(resource, algorithm, shape, op.outputs[0].dtype, draw)


@op(
    "resource, host int64, host shape_dtype -> dtype",
    shape=_drawn_shape,
    attrs={"dtype": dtypes.uint64},
    differentiable=False,
    stateful=True,
    dtype=_FULL,
    shape_dtype=INDEX,
)
def StatefulUniformFullInt(resource, algorithm, shape, *, op):
    """Integers over the whole range of the dtype, drawn from a generator."""
    return _drawn(resource, algorithm, shape, op.outputs[0].dtype, philox.full_integers)


@op("resource, host int64, host int64 ->", differentiable=False, stateful=True)
def RngSkip(resource, algorithm, delta):
    """Moves a generator's counter as if `delta` numbers had been drawn."""
    _move(resource, _stream(resource, algorithm), delta)
