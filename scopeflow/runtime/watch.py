"""Watched scopes: a function sees what goes into a scope's ops and comes out, and may change it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ..core.control_flow import blocks_of
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, root
from .values import Value, listed

if TYPE_CHECKING:
    from .lowering import Lowering


class Place(NamedTuple):
    """Ops that compute in a scope, one time that it was entered; their names begin alike."""

    prefix: str
    ops: list[Operation]


class Watch:
    """For each place of the watched scopes, which of the run's ops are in it."""

    def __init__(self, functions: dict[str, Any], ops: list[Operation], fetches: list[Any]) -> None:
        self.functions = functions
        self.last: dict[Operation, list[tuple]] = {}  # the last op of these places
        self.edges: dict[tuple, tuple[list[Tensor], list[Tensor]]] = {}
        results = [t for op in ops for block in blocks_of(op) for t in block.outputs] + fetches
        for scope in sorted(functions, key=lambda name: -name.count("/")):  # the inner ones first
            for place in places_of(scope, ops):
                inside = place.ops
                members = set(inside)
                below = {op for op in ops if op.name.startswith(place.prefix)}  # in branches, say
                entering = dict.fromkeys(
                    t
                    for op in inside
                    for t in op.inputs
                    if t.op not in members and not _state(t.op)
                )
                leaving = dict.fromkeys(
                    t for op in ops if op not in below for t in op.inputs if t.op in members
                )
                leaving |= dict.fromkeys(r for r in results if getattr(r, "op", None) in members)
                key = (scope, len(self.edges))
                self.edges[key] = (list(entering), list(leaving))
                self.last.setdefault(inside[-1], []).append(key)

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """Behind a place's last op: the function, which gives the outputs again."""
        for key in self.last[op]:
            scope = key[0]
            entering, leaving = self.edges[key]
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


def places_of(scope: str, ops: list[Operation]) -> list[Place]:
    """Where the scope computes: a place for each time that it was entered.

    A scope that is entered again, or in a loop, a branch or a Keras model, has a name scope of
    another name (`tower_1`, `rnn/while/cell`). Those are places where a variable of the scope is
    used. Of ops with one name scope, those outside of loops count, or of the first loop.
    """
    found: dict[str, dict[Any, list[Operation]]] = {}
    sure = set()
    wanted = scope.split("/")
    for op in ops:
        if wanted[-1] in op.name and not _state(op):
            prefix = _prefix(wanted, op.name)
            if prefix is not None:
                found.setdefault(prefix, {}).setdefault(op.control_flow, []).append(op)
                if _within(op).startswith(f"{scope}/") or _uses(op, scope):
                    sure.add(prefix)
    return [
        Place(prefix, by_block.get(None) or next(iter(by_block.values())))
        for prefix, by_block in found.items()
        if prefix in sure
    ]


def _prefix(wanted: list[str], name: str) -> str | None:
    """The name scope in an op's name that stands for the scope with these parts, if any."""
    parts = name.split("/")[:-1]
    missing = iter(wanted)
    part = next(missing)
    for i, found in enumerate(parts):
        if found == part or re.fullmatch(r"_\d+", found.removeprefix(part)):
            part = next(missing, "")
            if not part:
                return "/".join(parts[: i + 1]) + "/"
    return None


def _uses(op: Operation, scope: str) -> bool:
    """Whether the op takes a variable of the scope."""
    for tensor in op.inputs:
        if _state(tensor.op) and tensor.op.type != "Const":
            if root(tensor).op.name.startswith(f"{scope}/"):
                return True
    return False


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
