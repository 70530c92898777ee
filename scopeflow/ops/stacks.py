"""Stacks: lists of values that one run pushes and pops."""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op


class Stack:
    """The values of a stack in one run."""

    __slots__ = ("closed", "items", "limit", "name")

    def __init__(self, name: str, limit: int) -> None:
        self.items: list[Any] = []
        self.limit, self.name, self.closed = limit, name, False

    def check(self) -> None:
        """ValueError where it is closed."""
        if self.closed:
            raise ValueError(f"Stack[{self.name}] has already been closed.")


@op("host int32 -> local resource", shape=lambda max_size, **_: (), stateful=True)
def StackV2(max_size, *, elem_type, stack_name="", op):
    """A stack of at most `max_size` values (negative: of any number), the run's own."""
    return Stack(stack_name or op.name, max_size)


@op("local resource, T -> T", shape=lambda handle, elem, **_: elem._dims, view=True, stateful=True)
def StackPushV2(handle, elem, *, swap_memory=False):
    """Puts a value on top; gives it back."""
    handle.check()
    if 0 <= handle.limit <= len(handle.items):
        raise ValueError(f"Stack[{handle.name}] overflowed its max_size ({handle.limit})")
    # A copy: the memory may be a variable's, which changes.
    handle.items.append(elem.clone() if isinstance(elem, torch.Tensor) else elem)
    return elem


@op("local resource -> elem_type", attrs={"elem_type": REQUIRED}, stateful=True)
def StackPopV2(handle):
    """Takes the value on top."""
    handle.check()
    if not handle.items:
        raise ValueError(f"Stack[{handle.name}] is empty when calling Pop().")
    return handle.items.pop()


@op("local resource", stateful=True)
def StackCloseV2(handle):
    """Forgets the values; the stack cannot be used any more."""
    handle.items.clear()
    handle.closed = True
