"""Integers bit by bit."""

from __future__ import annotations

import operator

from ..core.host import elementwise
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.shape_rules import broadcast, unchanged
from ..core.types import INTEGER

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
