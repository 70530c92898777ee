"""Adam's update of a table of which some rows have gradients: a pass over the table, not a dozen.

TensorFlow's optimizer writes it as ops, each of which goes through all rows: both slots decay,
get the gradients of the rows, and the table moves by their quotient. Found by its last op, it is
one call, where nobody else sees the values in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation, Tensor
from ..core.storage import root
from ..ops import training_together
from .aliases import reads_variable
from .idiom import ADD, DIV, Idiom, NoMatch

if TYPE_CHECKING:
    from .lowering import Lowering

ENDS = ("AssignSub", "AssignSubVariableOp")
_ASSIGNS = ("Assign", "AssignVariableOp")
_SCATTERS = ("ScatterAdd", "ResourceScatterAdd")


class _Slot:
    """A slot that decays and gets rows: its reference or handle, and the ops' other inputs."""

    def __init__(self, update: TableUpdate, value: Tensor) -> None:
        scatter = value.op
        if scatter.type == "ReadVariableOp":  # through a handle it is read once it is updated
            update.inner[scatter] = None
            scatter = _only(scatter.control_inputs, *_SCATTERS)
        update.member(scatter, *_SCATTERS)
        self.scatter = scatter
        self.ref, self.indices, self.rows = scatter.inputs
        assign = update.member(_only(scatter.control_inputs, *_ASSIGNS), *_ASSIGNS)
        self.assign = assign
        decayed = update.take(assign.inputs[1], "Mul")
        before, self.beta = decayed.inputs
        if before.op.type == "ReadVariableOp":
            update.inner[before.op] = None
        elif not reads_variable(before, ()):
            raise NoMatch
        handles = (before.op.inputs[0], assign.inputs[0], self.ref)
        if any(root(t) is not root(value.op.inputs[0]) for t in handles):
            raise NoMatch
        self.storage = root(self.ref).op


def _only(ops: Any, *types: str) -> Operation:
    found = [op for op in ops if op.type in types]
    if len(found) != 1:
        raise NoMatch
    return found[0]


class TableUpdate(Idiom):
    """The ops that end in `op`, an AssignSub, if they are Adam's update of a table."""

    def __init__(self, op: Operation) -> None:
        super().__init__("sparse_adam")
        quotient = self.take(op.inputs[1], *DIV)
        self.rate, mean = self.take(quotient.inputs[0], "Mul").inputs
        root_of, self.epsilon = self.take(quotient.inputs[1], *ADD).inputs
        self.means = _Slot(self, mean)
        self.squares = _Slot(self, self.take(root_of, "Sqrt").inputs[0])
        if self.means.indices is not self.squares.indices:
            raise NoMatch
        means, squares = self.means, self.squares
        self.inputs = [
            means.indices, means.rows, squares.rows, self.rate, means.beta, squares.beta,
            self.epsilon,
        ]  # fmt: skip

    def member(self, op: Operation, *types: str) -> Operation:
        """An op of the update that is known by its place, not by its output."""
        if op.type not in types:
            raise NoMatch
        self.inner[op] = None
        return op

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """One line; what does not fit the slots is told of the op that adds the rows."""
        means, squares = self.means, self.squares
        cells = [lowering.cell(t) for t in (op.inputs[0], means.ref, squares.ref)]
        arguments = [*cells, *(lowering.tensor(t) for t in self.inputs)]
        function = lowering.ready(training_together.table_adam, True)
        lowering.space["together"].table_adam = function
        lowering.line(f"together.table_adam({', '.join(arguments)})", means.scatter)
        for tensor in (op.inputs[0], means.ref, squares.ref):
            lowering.current.pop(root(tensor).op, None)


def table_update(lowering: Lowering, op: Operation, seen: set[Tensor]) -> TableUpdate | None:
    """The update that ends in `op`, if it is one and only its result is needed; `seen` is not
    to be left out."""
    try:
        update = TableUpdate(op)
    except (NoMatch, ValueError):
        return None
    position, aliases = lowering.aliases.position, lowering.aliases
    members = {op, *update.inner}
    if any(m not in position or m.control_flow is not None for m in members):
        return None
    if (lowering.watch.last.keys() | lowering.backward.keys()) & members:
        return None
    for member in members:
        for output in member.outputs:
            if output in seen or output in lowering.fed or output in lowering.recording.targets:
                return None
            if any(user in position and user not in members for user in output._consumers):
                return None
    slots = (update.means, update.squares)
    writers = [op, *(w for slot in slots for w in (slot.assign, slot.scatter))]
    if not all(map(aliases.may_overwrite, writers)):
        return None
    # From the first op to the last the slots are the update's own, and nothing else changes what
    # the one call, which comes last, reads.
    own = {slot.storage for slot in slots}
    read = {root(t).op for t in update.inputs if reads_variable(t, lowering.fed)}
    for between in lowering.ops[min(position[m] for m in members) : position[op]]:
        if between in members:
            continue
        arguments = zip(between.op_def.argument_of(between.attrs), between.inputs, strict=True)
        for arg, tensor in arguments:
            if arg.cell or arg.read or reads_variable(tensor, lowering.fed):
                storage = root(tensor).op
                if storage in own or (arg.cell and storage in read):
                    return None
    return update
