"""Integers bit by bit."""

from __future__ import annotations

import operator

from ..core import dtypes
from ..core.errors import InvalidArgumentError
from ..core.host import elementwise
from ..core.lazy_torch import torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import broadcast, unchanged
from ..core.types import BOOL, INTEGER, SIGNED, TypeSet

_functions = {
    _type: define(
        _type,
        ["x", "y"],
        "T, T -> T",
        _torch,
        shape=broadcast,
        doc=_doc,
        T=INTEGER,
        host=elementwise(_python),
    )
    for _type, _torch, _python, _doc in [
        ("BitwiseAnd", "torch.bitwise_and", operator.and_, "x & y, bit by bit."),
        ("BitwiseOr", "torch.bitwise_or", operator.or_, "x | y, bit by bit."),
        ("BitwiseXor", "torch.bitwise_xor", operator.xor, "x ^ y, bit by bit."),
    ]
}

bitwise_and, bitwise_or = _functions["BitwiseAnd"], _functions["BitwiseOr"]
bitwise_xor = _functions["BitwiseXor"]


def _widened(x):
    """Has torch few functions of x's dtype? Then they are computed of wider integers."""
    return x.dtype in (torch.uint16, torch.uint32)


@op("T -> T", shape=unchanged, T=INTEGER)
def Invert(x):
    """All bits flipped: -1 - x for signed integers."""
    return x.long().bitwise_not().to(x.dtype) if _widened(x) else torch.bitwise_not(x)


invert = Invert


def _shift_count(x, y):
    """TensorFlow shifts by at least 0 and at most the number of bits minus 1."""
    return y.clamp(0, 8 * x.element_size() - 1)


@op("T, T -> T", shape=broadcast, T=INTEGER)
def LeftShift(x, y):
    """x << y, bit by bit."""
    if _widened(x):
        return torch.bitwise_left_shift(x.long(), _shift_count(x, y.long())).to(x.dtype)
    return torch.bitwise_left_shift(x, _shift_count(x, y))


@op("T, T -> T", shape=broadcast, T=INTEGER)
def RightShift(x, y):
    """x >> y, bit by bit; the sign of a signed x stays."""
    if _widened(x):
        return torch.bitwise_right_shift(x.long(), _shift_count(x, y.long())).to(x.dtype)
    return torch.bitwise_right_shift(x, _shift_count(x, y))


left_shift, right_shift = LeftShift, RightShift


def _packed_shape(input: Tensor, threshold: Tensor) -> Dims:
    dims = input._dims
    if dims is None:
        return None
    if not dims:
        raise ShapeError("Input should be at least a vector, but saw a scalar.")
    if dims[-1] is not None and dims[-1] % 8:
        raise ShapeError(f"Dimension size must be evenly divisible by 8 but is {dims[-1]}")
    return (*dims[:-1], None if dims[-1] is None else dims[-1] // 8)


_COMPARED = TypeSet(dtypes.float16, dtypes.float32, dtypes.float64) | SIGNED | BOOL


@op("T, T -> uint8", shape=_packed_shape, T=_COMPARED, differentiable=False)
def CompareAndBitpack(input, threshold):
    """`input > threshold` as bits, eight elements of the last dimension in one uint8.

    The first element is the highest bit. Booleans are taken as they are.
    """
    if not input.ndim:
        raise InvalidArgumentError(
            None, None, "Input should be at least a vector, but saw a scalar."
        )
    if input.shape[-1] % 8:
        raise InvalidArgumentError(
            None,
            None,
            "Inner dimension of input should be divisible by 8, but saw shape: "
            f"{dims_text(tuple(input.shape))}",
        )
    bits = input if input.dtype is torch.bool else input > threshold
    weights = torch.tensor([128, 64, 32, 16, 8, 4, 2, 1], dtype=torch.uint8, device=input.device)
    return (bits.unflatten(-1, (-1, 8)) * weights).sum(-1, dtype=torch.uint8)
