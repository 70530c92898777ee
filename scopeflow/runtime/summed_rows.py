"""Rows of a sparse gradient, with those of one index summed: one call in place of four ops.

Optimizers that keep slots for rows must see each index once. They write that as the distinct
indices (`Unique`) and the sums over each one's rows (`UnsortedSegmentSum`), whose number is the
former's shape. Found by its last op, it is one call that knows that its segments are in range, and
that hands the rows on where all indices differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.operation import Operation, Tensor
from ..core.static_value import static_value
from ..ops import fused
from .idiom import Idiom, NoMatch
from .values import Value

if TYPE_CHECKING:
    from .lowering import Lowering


class SummedRows(Idiom):
    """The ops that end in `op`, an UnsortedSegmentSum over the places of distinct indices."""

    def __init__(self, op: Operation) -> None:
        super().__init__("summed_rows")
        rows, places, count = op.inputs
        self.unique = unique = places.op
        if unique.type != "Unique" or places.value_index != 1:
            raise NoMatch
        picked = self.take(count, "StridedSlice")
        shape = self.take(picked.inputs[0], "Shape")
        one = picked.attrs["shrink_axis_mask"] == 1 and static_value(picked.inputs[1]) == (0,)
        if not one or shape.inputs[0] is not unique.outputs[0]:
            raise NoMatch
        self.inner[unique] = None
        self.inputs = [rows, unique.inputs[0]]

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """One line for all ops of the idiom, which has the results of two."""
        rows, indices = [lowering.tensor(t) for t in self.inputs]
        names = []
        for tensor in (op.outputs[0], self.unique.outputs[0]):
            name = lowering.fresh(tensor.op.name)
            lowering.values[tensor] = Value(torch=name)
            names.append(name)
        text = f"{', '.join(names)} = {lowering.fused(fused.summed_rows)}({rows}, {indices})"
        lowering.line(text, self.unique, names)


def summed_rows(lowering: Lowering, op: Operation, seen: set[Tensor]) -> SummedRows | None:
    """The idiom that ends in `op`, if nobody else needs what it leaves out; `seen` is needed."""
    try:
        found = SummedRows(op)
    except (NoMatch, ValueError, IndexError):
        return None
    position = lowering.aliases.position
    members = {op, *found.inner}
    distinct = found.unique.outputs[0]
    if any(m not in position or m.control_flow is not op.control_flow for m in members):
        return None
    if (lowering.watch.last.keys() | lowering.backward.keys() | lowering.recording.ops) & members:
        return None
    for member in members:
        for output in member.outputs:
            if output in lowering.fed or output in lowering.recording.targets:
                return None
            users = [u for u in output._consumers if u in position and u not in members]
            if member is op:
                continue
            if output is not distinct and (users or output in seen):
                return None
            if output is distinct and any(position[user] < position[op] for user in users):
                return None  # it is made as late as the sums are
    return found
