"""Update ops of one kind that stand together are one call: all variables of a train op at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..core.storage import root
from ..ops.training_packed import Packed
from ..ops.training_together import TOGETHER
from .aliases import cells
from .options import current

if TYPE_CHECKING:
    from .lowering import Lowering

FEWEST = 2
"""So many are worth a common call."""


def groups(lowering: Lowering, ops: list[Operation]) -> Iterator[list[Operation]]:
    """The ops in order, those that can be one call together."""
    waiting: list[Operation] = []
    variables: set[Operation] = set()
    key: Any = None
    for op in ops:
        if waiting and op.type == "ReadVariableOp" and root(op.inputs[0]).op not in variables:
            yield [op]  # as well before the updates as between them
            continue
        own = _key(lowering, op) if current.fuse and op.type in TOGETHER else None
        touched = {root(t).op for t in cells(op)} if own is not None else set()
        if own is None or own != key or not variables.isdisjoint(touched):
            if waiting:
                yield waiting
            waiting, variables, key = [], set(), own
        waiting.append(op)
        variables |= touched
        if own is None:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _key(lowering: Lowering, op: Operation) -> Any:
    """What ops must have in common for one call; None for an op that stands alone."""
    if op.control_flow is not None or not lowering.aliases.may_overwrite(op):
        return None
    for output in op.outputs:  # a later op that reads the new value by the update's output
        if lowering.aliases.last_use.get(output, -1) >= 0:
            return None
    scalars = tuple(
        root(t.op.inputs[0]) if t.op.type == "ReadVariableOp" else t
        for i, t in enumerate(op.inputs)
        if _role(op, i) == "scalar"
    )
    attrs = tuple((key, op.attrs[key]) for key in op.op_def.kernel_parameters if key in op.attrs)
    dtype = op.inputs[_gradient(op)].dtype
    return op.type, scalars, attrs, dtype


def _gradient(op: Operation) -> int:
    names = [arg.name for arg in op.op_def.inputs]
    return names.index("grad") if "grad" in names else names.index("delta")


def _role(op: Operation, index: int) -> str:
    if op.op_def.inputs[index].cell:
        return "cell"
    return "grad" if index == _gradient(op) else "scalar"


def lower_together(lowering: Lowering, ops: list[Operation]) -> None:
    """One line for all of these ops."""
    first = ops[0]
    count = len(first.inputs)
    columns = [
        f"[{', '.join(lowering.cell(op.inputs[i]) for op in ops)}]"
        for i in range(count)
        if _role(first, i) == "cell"
    ]
    at = _gradient(first)
    grads = [lowering.tensor(op.inputs[at]) for op in ops]
    scalars = [
        lowering.tensor(first.inputs[i]) for i in range(count) if _role(first, i) == "scalar"
    ]
    keywords = [
        f"{key}={lowering.literal(key, first.attrs[key])}"
        for key in first.op_def.kernel_parameters
        if key in first.attrs
    ]
    if lowering.owns_state:
        keywords.append(f"packed={lowering.bind('packed', Packed())}")
    function = TOGETHER[first.type]
    setattr(lowering.space["together"], first.type, lowering.ready(function, True))
    arguments = [
        f"[{', '.join(columns)}]", f"[{', '.join(grads)}]", f"[{', '.join(scalars)}]", *keywords,
    ]  # fmt: skip
    lowering.line(f"together.{first.type}({', '.join(arguments)})", first)
    for op in ops:
        for tensor in cells(op):
            lowering.current.pop(root(tensor).op, None)
