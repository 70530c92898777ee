"""The ops that stand for a variable's storage, and the tensors that refer to them."""

from __future__ import annotations

from .operation import Operation, Tensor


def is_storage(op: Operation) -> bool:
    """Whether the op stands for a variable: by reference, or by handle."""
    return op.type == "VariableV2" or op.type == "VarHandleOp"


def root(ref: Tensor) -> Tensor:
    """The variable that a reference (the output of an assignment, say) or a handle refers to."""
    while not is_storage(ref.op):
        ref = ref.op.inputs[0]
    return ref
