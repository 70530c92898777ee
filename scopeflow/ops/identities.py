"""Ops that hand several tensors on, or one with a promise."""

from __future__ import annotations

from typing import Any

from ..core.op import op
from ..core.operation import Tensor
from ..core.shape_rules import unchanged


@op("[T] -> [T]", shape=lambda input, **_: [x._dims for x in input], view=True)
def IdentityN(input):
    """The inputs unchanged."""
    return list(input)


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Tensors with the values of the list `input`, all of them or none computed."""
    return IdentityN(list(input), name=name)


@op("T -> T", shape=unchanged, view=True, differentiable=None)
def GuaranteeConst(input):
    """The input, which the program promises never to change."""
    return input


def guarantee_const(input: Any, name: str | None = None) -> Tensor:
    """`input` itself. The promise that it never changes has no effect."""
    return GuaranteeConst(input, name=name)
