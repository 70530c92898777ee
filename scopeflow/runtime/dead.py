"""Values that do not exist in a run: the other side of a `Switch`, and all that needs it.

Such a value is the object DEAD. An op runs only if none of the values that it needs is DEAD, which
goes back to the outputs of `Switch` ops (and of `Merge` ops that may have nothing to give): its
guards. Ops that stand together and have the same guards become one `if`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from ..core.errors import InvalidArgumentError
from ..core.operation import Operation, Tensor
from .values import Value, listed

if TYPE_CHECKING:
    from .lowering import Lowering

Guards = frozenset[Tensor]
NONE: Guards = frozenset()


class _Dead:
    def __repr__(self) -> str:
        return "DEAD"


DEAD = _Dead()


def first_alive(*values: Any) -> tuple[Any, Any]:
    """The first value that exists, and its index."""
    return next(((v, i) for i, v in enumerate(values) if v is not DEAD), (DEAD, DEAD))


def alive(value: Any, op: Operation) -> Any:
    """A fetched value; InvalidArgumentError where it does not exist."""
    if value is DEAD:
        raise InvalidArgumentError(
            None,
            op,
            f"Retval[0] does not have value: {op.name!r} is on the side of a switch that this run "
            "does not take.",
        )
    return value


class Fragile:
    """The guards of each op and tensor of a run; empty where there is no `Switch`."""

    def __init__(self, ops: Iterable[Operation], fed: set[Tensor]) -> None:
        self.ops: dict[Operation, Guards] = {}
        self.tensors: dict[Tensor, Guards] = {}
        ops = list(ops)
        if not any(op.type == "Switch" for op in ops):
            return
        for op in ops:
            own = [self.tensors.get(tensor, NONE) for tensor in op.inputs if tensor not in fed]
            waits = [self.ops.get(before, NONE) for before in op.control_inputs]
            merges = op.type == "Merge" and len(op.inputs) > 1
            guards = NONE if merges else NONE.union(*own, *waits)
            if guards:
                self.ops[op] = guards
            for tensor in op.outputs:
                given = guards
                if op.type == "Switch":
                    given = frozenset((tensor,))
                elif merges:
                    given = NONE if _always(own) else frozenset((op.outputs[0],))
                if given:
                    self.tensors[tensor] = given

    def __bool__(self) -> bool:
        return bool(self.tensors)


def _always(inputs: list[Guards]) -> bool:
    """Whether one of the inputs exists in every run: it is on no side, or two are on both."""
    if not all(inputs):
        return True
    sides = {next(iter(guards)) for guards in inputs if len(guards) == 1}
    taken = {
        (tensor.op.inputs[1], tensor.value_index) for tensor in sides if tensor.op.type == "Switch"
    }
    return any((pred, 1 - side) in taken for pred, side in taken)


def lower_guarded(lowering: Lowering, ops: list[Operation]) -> None:
    """Lower ops, in order, but constants first: those with guards inside of an `if`."""
    lowering.lower_plain([op for op in ops if op.type == "Const"])
    rest = [op for op in ops if op.type != "Const"]
    for guards, run in groupby(rest, lambda op: lowering.fragile.ops.get(op, NONE)):
        if guards:
            _lower_run(lowering, list(run), guards)
        else:
            lowering.lower_plain(list(run))


def _lower_run(lowering: Lowering, ops: list[Operation], guards: Guards) -> None:
    from .branches import after, leaves, prepare_leaves

    inside = set(ops)
    shown = [
        tensor
        for op in ops
        for tensor in op.outputs
        if tensor not in lowering.fed and _wanted(lowering, tensor, inside)
    ]
    prepare_leaves(lowering, ops)
    names = {tensor: lowering.fresh(tensor.op.name) for tensor in shown}
    at, known = len(lowering.lines), leaves(lowering)
    places = sorted(guards, key=lambda tensor: (tensor.op.id, tensor.value_index))
    tests = [f"{lowering.using(str(lowering.values[t].torch))} is not DEAD" for t in places]
    with lowering.block(f"if {' and '.join(tests)}:", ops[0], names.values()):
        begin = len(lowering.lines)
        lowering.lower_plain(ops)
        for tensor, name in names.items():
            if tensor in lowering.values:  # (a variable's reference has no value of its own)
                text = lowering.tensor(tensor, lowering.records(tensor.op))
                lowering.line(f"{name} = {text}")
        if len(lowering.lines) == begin:
            lowering.line("pass")
    if names:
        with lowering.block("else:", ops[0], names.values()):
            lowering.line(" = ".join((*names.values(), "DEAD")))
    after(lowering, ops, at, known)
    for tensor, name in names.items():
        lowering.values[tensor] = Value(torch=name)


def _wanted(lowering: Lowering, tensor: Tensor, inside: set[Operation]) -> bool:
    """Whether somebody else than these ops takes the tensor."""
    if tensor in lowering.fetched_tensors or tensor in lowering.block_outputs:
        return True
    return any(op in lowering.needed and op not in inside for op in tensor._consumers)


def lower_switch(lowering: Lowering, op: Operation, condition: str) -> None:
    """The line that gives the data to one side."""
    data = lowering.tensor(op.inputs[0], lowering.records(op))
    names = _named(lowering, op)
    lowering.line(f"{listed(names)} = (DEAD, {data}) if {condition} else ({data}, DEAD)", op, names)


def lower_merge(lowering: Lowering, op: Operation) -> None:
    """The line that takes what exists."""
    texts = [lowering.tensor(tensor, recorded=True) for tensor in op.inputs]
    names = _named(lowering, op)
    lowering.line(f"{listed(names)} = first_alive({', '.join(texts)})", op, names)
    if op.outputs[1] not in lowering.fed:
        lowering.values[op.outputs[1]] = Value(host=names[1])


def _named(lowering: Lowering, op: Operation) -> list[str]:
    names = []
    for tensor in op.outputs:
        names.append(lowering.fresh(f"{op.name}_{tensor.value_index}"))
        if tensor not in lowering.fed:
            lowering.values[tensor] = Value(torch=names[-1])
    return names
