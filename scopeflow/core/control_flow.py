"""Blocks of ops inside the graph: the branches of a condition."""

from __future__ import annotations

from .operation import Operation, Tensor


class Context:
    """The ops made inside one block. Contexts nest; `outer` is the one around."""

    def __init__(self, outer: Context | None, name: str) -> None:
        self.outer = outer
        self.name = name
        self.ops: list[Operation] = []

    def add(self, op: Operation) -> None:
        """Called by the graph for each op made inside."""
        self.ops.append(op)
        op.graph.prevent_fetching(op)

    def contains(self, op: Operation) -> bool:
        """Whether the op was made in this block or in one inside it."""
        context = op.control_flow
        while context is not None:
            if context is self:
                return True
            context = context.outer
        return False

    def captured(self) -> list[Tensor]:
        """The tensors from outside that ops inside use."""
        found: dict[Tensor, None] = {}
        for op in self.ops:
            for tensor in op.inputs:
                if not self.contains(tensor.op):
                    found[tensor] = None
        return list(found)

    def control_captured(self) -> list[Operation]:
        """The ops outside that ops inside wait for."""
        return list(
            dict.fromkeys(
                before
                for op in self.ops
                for before in op.control_inputs
                if not self.contains(before)
            )
        )


class Block:
    """A block as the control-flow op holds it: its outputs tell which of its ops are needed."""

    def __init__(self, context: Context, outputs: list[Tensor], ops: list[Operation]) -> None:
        self.context = context
        self.outputs = outputs
        self.ops = ops  # what must run beside what the outputs need


def blocks_of(op: Operation) -> tuple[Block, ...]:
    """The blocks of a control-flow op; none for others."""
    return op.attrs.get("blocks", ())
