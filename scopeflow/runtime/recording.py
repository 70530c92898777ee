"""Which ops autograd has to record: those between the xs and the ys of a run's gradients."""

from __future__ import annotations

from ..core.control_flow import sources
from ..core.gradient_override import passes_gradient
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, root
from .aliases import reads_variable


class Recording:
    """The recorded part of a run.

    `targets` are the tensors that gradients are taken of (a variable stands for all its reads);
    `ops` are the ops on the way from them to the ys; `tensors` are those that carry a gradient.
    """

    def __init__(self, ops: list[Operation], fed: set[Tensor]) -> None:
        self.targets: set[Tensor] = set()
        self.ops: set[Operation] = set()
        self.tensors: set[Tensor] = set()
        self.last: Operation | None = None
        self.twice: set[Operation] = set()  # gradients that are themselves differentiated
        self.fed = fed
        nodes = [op for op in ops if op.type == "Gradients"]
        if not nodes:
            return
        self.last = nodes[-1]
        self.loops = any(op.type == "While" for op in ops)
        reached: set[Operation] = set()
        for node in nodes:
            targets = node.inputs[node.attrs["first_target"] :]
            self.targets.update(targets)
            forward = self._from(set(targets), ops, fed)
            between = self._to(node, forward, fed)
            reached |= between
        self.ops = reached
        self.twice = {op for op in reached if op.type == "Gradients"}
        self.tensors = set(self.targets)
        for op in reached:
            self.tensors.update(t for t in op.outputs if carries(t) and t not in fed)

    def _from(self, targets: set[Tensor], ops: list[Operation], fed: set[Tensor]) -> set[Operation]:
        """The ops whose outputs depend on a target, differentiably."""
        live = set(targets)
        found: set[Operation] = set()
        known = -1
        while known < len(live):  # a loop's variables depend on what stands behind them
            known = len(live)
            for op in ops:
                if not passes_gradient(op):
                    continue
                for output in op.outputs:
                    if any(t in live and carries(t) for t in sources(output)):
                        found.add(op)
                        if carries(output) and output not in fed:
                            live.add(output)
                if not op.outputs and any(t in live and carries(t) for t in op.inputs):
                    found.add(op)
            if not self.loops:
                break
        return found

    def _to(self, node: Operation, forward: set[Operation], fed: set[Tensor]) -> set[Operation]:
        """Of these ops, those that the ys of `node` depend on."""
        found: set[Operation] = set()
        waiting = list(node.inputs[: node.attrs["first_target"]])
        seen: set[Tensor] = set()
        while waiting:
            tensor = waiting.pop()
            if tensor in seen or tensor in fed:
                continue
            seen.add(tensor)
            op = tensor.op
            if op in forward:
                found.add(op)
                if op.type == "_Arg" and op.control_flow.owner is not None:
                    found.add(op.control_flow.owner)
                waiting += sources(tensor)
        return found

    def leaf_of(self, tensor: Tensor) -> Tensor | None:
        """The target that a variable's read stands for, None where there is none."""
        if not reads_variable(tensor, self.fed):
            return None
        variable = root(tensor)
        return variable if variable in self.targets else None


def carries(tensor: Tensor) -> bool:
    """Whether a gradient can flow through the tensor at all; a handle stands for its variable."""
    dtype = tensor.dtype
    return dtype.is_floating or dtype.is_complex or is_storage(tensor.op)
