"""Where idioms may be used: where nobody else sees the values in between.

A pattern (`idiom_patterns`) looks at an op, and the ops before it, and says what the whole
computes. `scopeflow.options(fuse=False)` leaves all ops as they are; in a program's listing the
line says which idiom it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.operation import Operation
from ..core.storage import root
from . import dense_idiom, idiom_patterns  # noqa: F401 (they define them)
from .aliases import cells, reads_variable
from .idiom import PATTERNS, Idiom, NoMatch
from .lstm_loop import lstm_loop
from .summed_rows import summed_rows
from .table_updates import ENDS, table_update

if TYPE_CHECKING:
    from .lowering import Lowering

# Idioms that do more than give their last op's result tell by themselves where they fit.
_MORE_THAN_A_RESULT: dict[str, Any] = {
    "UnsortedSegmentSum": summed_rows,
    "While": lstm_loop,
    **dict.fromkeys(ENDS, table_update),
}


class Idioms:
    """The idioms of a run: by the op that ends them; and the ops that need no line any more."""

    def __init__(self, lowering: Lowering, fetches: list[Any], use: bool) -> None:
        self.at: dict[Operation, Idiom] = {}
        self.absorbed: set[Operation] = set()
        if not use or lowering.fragile:  # (which ops run, a `Switch` decides)
            return
        self._lowering = lowering
        waited = {before for op in lowering.ops for before in op.control_inputs}
        edges = lowering.watch.edges.values()
        self._seen = {
            *lowering.fetched_tensors,
            *(t for f in fetches if isinstance(f, Operation) for t in f.outputs),
            *(t for pair in edges for side in pair for t in side),
            *lowering.block_outputs,
        }
        for op in reversed(lowering.ops):
            if op.type in _MORE_THAN_A_RESULT:
                found = _MORE_THAN_A_RESULT[op.type](lowering, op, self._seen)
                if found is not None:
                    self._use(found, op)
                    continue
            if op in self.absorbed or len(op.outputs) != 1 or op.outputs[0] in lowering.fed:
                continue
            for name, pattern in PATTERNS.get(op.type, ()):
                idiom = Idiom(name)
                try:
                    pattern(idiom, op)
                except (NoMatch, ValueError, IndexError):  # (a wrong number of operands)
                    continue
                if self._fits(idiom, op, waited):
                    self._use(idiom, op)
                    break

    def _use(self, idiom: Idiom, op: Operation) -> None:
        """Compute the idiom in place of the op; what it takes is needed until there."""
        self.at[op] = idiom
        self.absorbed.update(idiom.inner)
        aliases = self._lowering.aliases
        for tensor in idiom.inputs:
            aliases.last_use[tensor] = max(aliases.last_use.get(tensor, -1), aliases.position[op])

    def _fits(self, idiom: Idiom, op: Operation, waited: set) -> bool:
        """Whether nobody needs what the idiom leaves out."""
        lowering, members = self._lowering, {op, *idiom.inner}
        recorded = op in lowering.recording.ops
        if lowering.backward.keys() & members or lowering.watch.last.keys() & idiom.inner.keys():
            return False
        if idiom.once and (lowering.recording.twice or not lowering.owns_state):
            return False  # what a module computes may be differentiated again
        for inner in idiom.inner:
            if inner not in lowering.needed or inner in waited:
                return False
            if inner in self.absorbed or inner in self.at:
                return False
            if inner.control_flow is not op.control_flow:
                return False
            if not set(inner.control_inputs) <= set(op.control_inputs):
                return False
            output = inner.outputs[0]
            if output in lowering.fed or output in self._seen:
                return False
            if output in lowering.recording.targets:
                return False
            if any(user in lowering.needed and user not in members for user in output._consumers):
                return False
            if recorded and inner not in lowering.recording.ops and self._carries(inner):
                return False
        return self._unchanged(idiom, op)

    def _carries(self, inner: Operation) -> bool:
        """Whether gradients would now pass through an op that stops them."""
        if inner.type in ("StopGradient", "Cast", "GreaterEqual", "Shape", "RandomUniform"):
            return False  # an idiom that has these knows what it does
        return any(t in self._lowering.recording.tensors for t in inner.inputs)

    def _unchanged(self, idiom: Idiom, op: Operation) -> bool:
        """Whether the variables that it reads are assigned by nobody in between."""
        lowering = self._lowering
        read = {root(t).op for t in idiom.inputs if reads_variable(t, lowering.fed)}
        if not read:
            return True
        position = lowering.aliases.position
        first = min(position[inner] for inner in idiom.inner)
        for between in lowering.ops[first : position[op]]:
            if any(root(t).op in read for t in cells(between)):
                return False
        return True
