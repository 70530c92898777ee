"""How control flow is lowered: to Python's own `if` and `while`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.control_flow import blocks_of
from ..core.operation import Operation, Tensor
from ..core.storage import root
from .aliases import cells
from .dead import lower_merge, lower_switch
from .structure import lowers
from .values import NO_LITERAL, Line, Value, Values

if TYPE_CHECKING:
    from .lowering import Lowering


@lowers("If")
def _if(lowering: Lowering, op: Operation) -> None:
    recorded = lowering.records(op)
    decided = lowering.values[op.inputs[0]].literal
    if decided is not NO_LITERAL:  # the same in every run
        lowering.decided = True
        chosen = blocks_of(op)[0 if decided else 1]
        lowering.lower_all(lowering.inside.get(chosen.context, []))
        for output, value in zip(op.outputs, chosen.outputs, strict=True):
            if output not in lowering.fed:
                lowering.values[output] = Value(torch=lowering.tensor(value, recorded))
        return
    _prepare_leaves(lowering, op)
    names = [lowering.fresh(f"{op.name}_{i}") for i in range(len(op.outputs))]
    at, known = len(lowering.lines), leaves(lowering)
    condition = _condition(lowering, op.inputs[0])
    for header, block in zip((f"if {condition}:", "else:"), blocks_of(op), strict=True):
        with lowering.block(header, op, names):
            inside = lowering.inside.get(block.context, [])
            lowering.lower_all(inside)
            for name, output in zip(names, block.outputs, strict=True):
                lowering.line(f"{name} = {lowering.tensor(output, recorded)}")
            if not names and not inside:
                lowering.line("pass")
    _after(lowering, op, at, known)
    for name, output in zip(names, op.outputs, strict=True):
        if output not in lowering.fed:
            lowering.values[output] = Value(torch=name)


@lowers("While")
def _while(lowering: Lowering, op: Operation) -> None:
    _prepare_leaves(lowering, op)
    count = len(op.outputs)
    inputs = op.inputs[:count]
    # A loop counter stays a Python int as long as the body gives one for the next round.
    on_host = [_is_host_number(lowering, tensor) for tensor in inputs]
    at, known = len(lowering.lines), leaves(lowering)
    while True:
        before = lowering.saved()
        names = _lower_loop(lowering, op, on_host)
        if names is not None:
            break
        lowering.restore(before)
    _after(lowering, op, at, known)
    for name, host, output in zip(names, on_host, op.outputs, strict=True):
        if output not in lowering.fed:
            lowering.values[output] = Value(host=name) if host else Value(torch=name)


def _lower_loop(lowering: Lowering, op: Operation, on_host: list[bool]) -> list[str] | None:
    """The loop's lines; the names of its variables.

    None where a variable turned out not to be a host number: `on_host` then says so.
    """
    condition_block, body = blocks_of(op)
    recorded = lowering.records(op)
    names = []
    for tensor, argument, host in zip(op.inputs, condition_block.parameters, on_host, strict=False):
        name = lowering.fresh(argument.op.name)
        first = lowering.host(tensor) if host else lowering.tensor(tensor, recorded)
        lowering.line(f"{name} = {first}", op, [name])
        names.append(name)

    def set_parameters(parameters: list[Tensor]) -> None:
        for tensor, name, host in zip(parameters, names, on_host, strict=True):
            lowering.values[tensor] = Value(host=name) if host else Value(torch=name)

    inside = lowering.inside.get(body.context, [])  # the condition's ops come first
    decided = next((i for i, inner in enumerate(inside) if inner.type == "LoopCond"), -1) + 1
    with lowering.block("while True:", op):
        set_parameters(condition_block.parameters)
        lowering.lower_all(inside[:decided])
        go_on = _condition(lowering, condition_block.outputs[0])
        lowering.line(f"if not {go_on}: break", op)
        set_parameters(body.parameters)
        for tensor in body.parameters:
            lowering.begin_record(tensor)
        lowering.lower_all(inside[decided:])
        wrong = False
        following = []
        for i, output in enumerate(body.outputs):
            if on_host[i]:
                if _on_host(lowering, output):
                    following.append(lowering.host(output))
                else:
                    on_host[i], wrong = False, True
            else:
                following.append(lowering.tensor(output, recorded))
        changed = [(n, f) for n, f in zip(names, following, strict=False) if n != f]
        if changed and not wrong:
            for name, _ in changed:
                lowering.using(name)
            left, right = zip(*changed, strict=True)
            lowering.line(f"{', '.join(left)} = {', '.join(right)}", op)
    return None if wrong else names


def _condition(lowering: Lowering, tensor: Tensor) -> str:
    return lowering.host(tensor) if _on_host(lowering, tensor) else lowering.tensor(tensor)


def _on_host(lowering: Lowering, tensor: Tensor) -> bool:
    value = lowering.values[tensor]
    return value.literal is not NO_LITERAL or (value.host is not None and value.torch is None)


def _is_host_number(lowering: Lowering, tensor: Tensor) -> bool:
    number = tensor.dtype.is_integer or tensor.dtype.is_bool
    return number and tensor._dims == () and _known(lowering, tensor)


def _known(lowering: Lowering, tensor: Tensor) -> bool:
    return tensor in lowering.values and _on_host(lowering, tensor)


def leaves(lowering: Lowering) -> set[str]:
    return {leaf for versions in lowering.leaves.values() for leaf in versions}


def _after(lowering: Lowering, op: Operation, at: int, known: set[str]) -> None:
    """Behind a block: what it may have assigned is uncertain, what it set may be missing."""
    inside = [i for block in blocks_of(op) for i in lowering.inside.get(block.context, [])]
    after(lowering, inside, at, known)


def after(lowering: Lowering, inside: list[Operation], at: int, known: set[str]) -> None:
    """Behind ops that may not have run."""
    for variable in _assigned(lowering, inside):
        lowering.current.pop(variable, None)
    for leaf in leaves(lowering) - known:
        missing = Line(lowering.depth, f"{leaf} = None", None, frozenset(), (leaf,))
        lowering.lines.insert(at, missing)


def _assigned(lowering: Lowering, ops: list[Operation]) -> set[Operation]:
    """The variables that the ops, and those in their blocks, assign to.

    The others keep their leaf: one made anew in each round of a loop would get the last's gradient.
    """
    found: set[Operation] = set()
    for op in ops:
        found.update(root(tensor).op for tensor in cells(op))
        for block in blocks_of(op):
            found |= _assigned(lowering, lowering.inside.get(block.context, []))
    return found


def _prepare_leaves(lowering: Lowering, op: Operation) -> None:
    """Variables that a block differentiates must be leaves before it."""
    for block in blocks_of(op):
        prepare_leaves(lowering, lowering.inside.get(block.context, []))


def prepare_leaves(lowering: Lowering, ops: list[Operation]) -> None:
    """Variables that these ops, which may not run, differentiate must be leaves before."""
    for op in ops:
        for tensor in op.inputs:
            leaf = lowering.recording.leaf_of(tensor)
            if leaf is not None and op in lowering.recording.ops:
                lowering.leaf(leaf.op)
        _prepare_leaves(lowering, op)


@lowers("Switch")
def _switch(lowering: Lowering, op: Operation) -> None:
    lower_switch(lowering, op, _condition(lowering, op.inputs[1]))


@lowers("Merge", "Exit", "LoopCond")
def _same(lowering: Lowering, op: Operation) -> None:
    if len(op.inputs) > 1:
        lower_merge(lowering, op)
        return
    if op.type == "Merge" and _is_asked(lowering, op.outputs[1]):
        condition = lowering.tensor(op.inputs[0].op.inputs[0])
        name = lowering.fresh(f"{op.name}_index")
        lowering.line(f"{name} = int({condition})", op, [name])
        lowering.values[op.outputs[1]] = Value(host=name)
    if op.outputs[0] not in lowering.fed:
        lowering.values[op.outputs[0]] = lowering.values[op.inputs[0]]


def _is_asked(lowering: Lowering, tensor: Tensor) -> bool:
    """Whether the run takes the tensor, and it is not fed."""
    if tensor in lowering.fed:
        return False
    return tensor in lowering.fetched_tensors or bool(lowering.needed & {*tensor._consumers})


SAVED: tuple[tuple[str, Any], ...] = (
    ("lines", list),
    ("taken", set),
    ("read", set),
    ("values", Values.copied),
    ("cells", dict),
    ("generators", dict),
    ("leaves", lambda leaves: {variable: list(names) for variable, names in leaves.items()}),
    ("current", dict),
    ("detached", dict),
)
"""What a trial changes in a Lowering, and how it is copied."""
