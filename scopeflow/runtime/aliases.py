"""Which tensors of a run may share memory, so that nothing is overwritten that is still needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container

from ..core.control_flow import blocks_of
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, root

FETCHED = 1 << 60  # the position of what is needed after the last op


class Aliases:
    """For the ops of one run, in order: the owners of each tensor's memory, and its last use.

    An owner is a variable's op, a fed tensor or a constant. A variable that is read is not
    materialised: the reader sees the value of that moment. What is shielded is never overwritten.
    """

    def __init__(
        self,
        ops: list[Operation],
        fed: set[Tensor],
        fetched: list[Tensor],
        shielded: Collection[Operation] = (),
    ) -> None:
        self._shielded = shielded
        self.position = {op: i for i, op in enumerate(ops)}
        self.last_use: dict[Tensor, int] = {}
        self._uses: Counter[Tensor] = Counter()
        self.owners: dict[Tensor, frozenset] = {t: frozenset((t,)) for t in fed}
        self._held: dict[Operation, list[Tensor]] = {}
        self.last_gradient = -1
        variables = frozenset(op for op in ops if is_storage(op))
        for i, op in enumerate(ops):
            for tensor in op.inputs:
                self.last_use[tensor] = i
                self._uses[tensor] += 1
            if op.type == "Gradients":
                self.last_gradient = i
            if blocks_of(op):
                owners = self._given(op, variables)
            else:
                owners = self._owners(op)
            for output in op.outputs:
                if output in fed:
                    continue
                self.owners[output] = owners
                if not reads_variable(output, fed):
                    for owner in owners:
                        if isinstance(owner, Operation):
                            self._held.setdefault(owner, []).append(output)
        for tensor in fetched:
            self.last_use[tensor] = FETCHED

    def _given(self, op: Operation, variables: frozenset) -> frozenset:
        """Of what its blocks give: a variable, a constant, what was fed."""
        given = [tensor for block in blocks_of(op) for tensor in block.outputs]
        known = [self.owners.get(tensor) for tensor in given]
        if any(block.parameters for block in blocks_of(op)):  # they are known inside alone
            known.append(variables)
        return frozenset(op.outputs).union(*(variables if k is None else k for k in known))

    def _owners(self, op: Operation) -> frozenset:
        if is_storage(op):
            return frozenset((op,))
        if op.type == "Const":
            return frozenset((op.outputs[0],))
        if any(arg.held for arg in op.op_def.inputs):  # others may hold what is taken out
            return frozenset(op.outputs)
        passed: list[Tensor] = []
        if op.type == "Gradients":  # the gradients given for the ys may come back as they are
            passed += op.inputs[op.attrs["first_grad"] : op.attrs["first_target"]]
        elif op.op_def.view or any(arg.ref for arg in op.op_def.outputs):
            arguments = zip(op.op_def.argument_of(op.attrs), op.inputs, strict=True)
            passed += [tensor for arg, tensor in arguments if not (arg.host or arg.dims)]
        return frozenset().union(*(self.owners.get(t, frozenset()) for t in passed))

    def shared(self, tensor: Tensor) -> bool:
        """Whether the tensor's memory belongs to a variable, a feed or a constant."""
        return bool(self.owners.get(tensor))

    def may_keep(self, op: Operation) -> bool:
        """Whether nothing but `op` knows the memory of its last input, so that it may keep it."""
        if self.position[op] < self.last_gradient or op.control_flow is not None:
            return False
        value = op.inputs[-1]
        while self._uses[value] == 1 and self.last_use[value] != FETCHED:
            if value.op.op_def.fresh:
                return not self.shared(value)
            if value.op.type not in ("Identity", "Reshape"):
                return False
            value = value.op.inputs[0]
        return False

    def may_overwrite(self, op: Operation) -> bool:
        """Whether `op` may update the variables it refers to in place."""
        at = self.position[op]
        if at < self.last_gradient or op.control_flow is not None:
            return False
        arguments = op.op_def.argument_of(op.attrs)
        for arg, tensor in zip(arguments, op.inputs, strict=True):
            if not arg.cell:
                continue
            variable = root(tensor).op
            if variable in self._shielded:
                return False
            for alias in self._held.get(variable, ()):
                if self.position[alias.op] < at <= self.last_use.get(alias, -1) and (
                    alias is not tensor
                ):
                    return False
            values = [t for a, t in zip(arguments, op.inputs, strict=True) if not a.cell]
            if any(variable in self.owners.get(t, ()) for t in values):
                return False
        return True


def cells(op: Operation) -> list[Tensor]:
    """The references and handles among the inputs by which the op gets a variable's cell."""
    arguments = zip(op.op_def.argument_of(op.attrs), op.inputs, strict=True)
    return [tensor for arg, tensor in arguments if arg.cell]


def reads_variable(tensor: Tensor, fed: Container[Tensor]) -> bool:
    """Whether the tensor is a variable, or a reference's read: looked up where it is used.

    What is read through a handle (ReadVariableOp) is the value of that place in the order.
    """
    op = tensor.op
    if tensor in fed:
        return False
    return is_storage(op) or (
        op.type == "Identity"
        and op.inputs[0].dtype._is_ref_dtype
        and op.inputs[0].op.type == "VariableV2"
        and op.inputs[0] not in fed
    )
