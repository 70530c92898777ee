"""Initial values that read other variables: the reads fall back to those variables' initial values.

So `tf.Variable(other * 2)` can be initialized before `other` is, as in TensorFlow, which copies the
ops between the other variables and the value and leaves `initial_value` as it was given.
"""

from __future__ import annotations

from typing import Any

from ..core.control_flow import blocks_of
from ..core.graph import name_scope
from ..core.graph_keys import GraphKeys
from ..core.operation import Operation, Tensor

_READS_AS_IT_IS = ("IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp")


def guarded(value: Tensor, name: str) -> Tensor:
    """A tensor like `value`, for the initializer of the variable `name`."""
    needed = _ancestors(value.op)
    if needed is None or not any(op.type == "VariableV2" for op in needed):
        return value
    copies: dict[Operation, Operation] = {}
    for op in needed:  # what an op needs stands before it
        if op.type == "VariableV2":
            variable = _variable_of(op)
            if variable is not None:
                copies[op] = variable.initialized_value().op
        elif any(tensor.op in copies for tensor in op.inputs):
            copies[op] = _copy(op, [_in(copies, tensor) for tensor in op.inputs], name)
    return _in(copies, value)


def _in(copies: dict[Operation, Operation], tensor: Tensor) -> Tensor:
    return copies[tensor.op].outputs[tensor.value_index] if tensor.op in copies else tensor


def _ancestors(op: Operation) -> list[Operation] | None:
    """The op and all that its value comes from, in order; None where a loop or a branch is."""
    found: dict[Operation, None] = {}
    waiting = [op]
    while waiting:
        op = waiting.pop()
        if op in found:
            continue
        if blocks_of(op) or op.control_flow is not None:
            return None
        found[op] = None
        if op.type not in _READS_AS_IT_IS:
            waiting += [tensor.op for tensor in op.inputs]
    return sorted(found, key=lambda op: op.id)


def _variable_of(op: Operation) -> Any:
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection(key):
            if getattr(variable, "op", None) is op:
                return variable
    return None


def _copy(op: Operation, inputs: list[Tensor], name: str) -> Operation:
    with name_scope(None):
        scope = op.graph.unique_name(f"{op.name}_{name}")
    op.op_def.add(tuple(op.op_def.regrouped(inputs, op.attrs)), op.attrs, scope + "/")
    return op.graph.get_operation_by_name(scope)
