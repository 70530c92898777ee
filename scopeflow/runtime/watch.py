"""Watched scopes: a function sees what goes into a scope's ops and comes out, and may change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation, Tensor
from ..core.storage import is_storage
from .values import Value, listed

if TYPE_CHECKING:
    from .lowering import Lowering


class Watch:
    """For each watched scope, which of the run's ops are in it."""

    def __init__(self, functions: dict[str, Any], ops: list[Operation], fetches: list[Any]) -> None:
        self.functions = functions
        self.last: dict[Operation, list[str]] = {}  # the last op of these scopes
        self.edges: dict[str, tuple[list[Tensor], list[Tensor]]] = {}
        for scope in functions:
            inside = members_of(scope, ops)
            members = set(inside)
            below = {op for op in ops if f"/{scope}/" in f"/{op.name}"}  # in branches, say
            entering = dict.fromkeys(
                t for op in inside for t in op.inputs if t.op not in members and not _state(t.op)
            )
            leaving = dict.fromkeys(
                t for op in ops if op not in below for t in op.inputs if t.op in members
            )
            leaving |= dict.fromkeys(f for f in fetches if getattr(f, "op", None) in members)
            self.edges[scope] = (list(entering), list(leaving))
            self.last.setdefault(inside[-1], []).append(scope)

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """Behind the scope's last op: the function, which gives the outputs again."""
        for scope in self.last[op]:
            entering, leaving = self.edges[scope]
            inputs = [lowering.tensor(t, recorded=True) for t in entering]
            outputs = [lowering.tensor(t, recorded=True) for t in leaving]
            if not outputs:
                continue
            function = lowering.bind(f"watch_{scope}", self.functions[scope])
            names = [lowering.fresh(f"{name}_watched") for name in outputs]
            lowering.line(
                f"{listed(names)} = {function}({listed(inputs) if inputs else '()'}, "
                f"{listed(outputs)})  # {scope}",
                None,
                names,
            )
            for tensor, name in zip(leaving, names, strict=True):
                lowering.values[tensor] = Value(torch=name)


def members_of(scope: str, ops: list[Operation]) -> list[Operation]:
    """The ops that compute in the scope; in a loop or a branch that is a scope below its own.

    Those of one place alone: outside of loops, or in the first loop that has some.
    """
    found: dict[Any, list[Operation]] = {}
    for op in ops:
        if f"{scope}/" in op.name and _within(op).startswith(f"{scope}/") and not _state(op):
            found.setdefault(op.control_flow, []).append(op)
    return found.get(None) or next(iter(found.values()), [])


def _within(op: Operation) -> str:
    """The op's name without the name scopes of the loops and branches that it is in."""
    context = op.control_flow
    while context is not None and context.owner is None:
        context = context.outer
    if context is None or context.owner is None:
        return op.name
    return op.name.removeprefix(op_scope(context.owner.name))


def op_scope(name: str) -> str:
    """The name scope that an op is in, with its slash."""
    return name[: name.rfind("/") + 1]


def _state(op: Operation) -> bool:
    """Whether the op only stands for a variable or a constant."""
    return (
        is_storage(op)
        or op.type in ("Const", "ReadVariableOp")
        or (op.type == "Identity" and bool(op.inputs) and is_storage(op.inputs[0].op))
    )
