"""A part of a graph as plain data, and back: what a pickled module carries.

Ops refer to each other in long chains, which pickle would follow by recursion; so they are written
as a flat list, in the order of their making, and refer to each other by number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from .control_flow import Block, Context, blocks_of
from .dtypes import DType, as_dtype
from .graph import Graph
from .op import registry
from .operation import Operation, Tensor

_NOT_PLAIN = frozenset(("PyFunc", "PyFuncStateless"))


class _TensorRef(NamedTuple):
    op: int
    output: int


class _OpRef(NamedTuple):
    op: int


class _BlockState(NamedTuple):
    context: int
    outputs: Any
    ops: Any
    parameters: Any
    structure: Any


def saved(ops: Iterable[Operation]) -> dict[str, Any]:
    """These ops, which must contain all that they depend on, as plain data.

    TypeError for ops that call Python functions.
    """
    whole = dict.fromkeys(ops)
    for op in list(whole):  # a block's parameters belong to it, used or not
        for block in blocks_of(op):
            whole |= dict.fromkeys(t.op for t in block.parameters)
    ordered = sorted(whole, key=lambda op: op.id)
    for op in ordered:
        if op.type in _NOT_PLAIN:
            raise TypeError(
                f"Operation {op.name!r} calls a Python function (tf.py_func), which cannot be "
                "pickled. Leave it out of the module: feed what it computes."
            )
    numbers = {op: i for i, op in enumerate(ordered)}
    contexts: dict[Context, int] = {}

    def context_number(context: Context | None) -> int:
        if context is None:
            return -1
        if context not in contexts:
            context_number(context.outer)
            contexts[context] = len(contexts)
        return contexts[context]

    def plain(value: Any) -> Any:
        if isinstance(value, Tensor):
            return _TensorRef(numbers[value.op], value.value_index)
        if isinstance(value, Operation):
            return _OpRef(numbers[value])
        if isinstance(value, Block):
            return _BlockState(
                context_number(value.context),
                [plain(t) for t in value.outputs],
                [plain(op) for op in value.ops],
                [plain(t) for t in value.parameters],
                plain(value.structure) if isinstance(value.structure, list) else None,
            )
        if isinstance(value, dict):
            return {key: plain(item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)(plain(item) for item in value)
        return value

    records = [
        (
            op.type,
            op.name,
            [plain(t) for t in op.inputs],
            {key: plain(value) for key, value in op.attrs.items()},
            [numbers[c] for c in op.control_inputs if c in numbers],
            [(t.dtype.name, t._dims) for t in op.outputs],
            context_number(op.control_flow),
        )
        for op in ordered
    ]
    owners = [numbers.get(c.owner, -1) if c.owner is not None else -1 for c in contexts]
    return {
        "ops": records,
        "contexts": [
            (context_number(c.outer), c.name, c.hidden, owner)
            for c, owner in zip(list(contexts), owners, strict=True)
        ],
    }


def restored(state: dict[str, Any]) -> Graph:
    """A new graph with the saved ops."""
    graph = Graph()
    contexts: list[Context] = []
    for outer, name, hidden, _ in state["contexts"]:
        contexts.append(Context(contexts[outer] if outer >= 0 else None, name, hidden))
    made: list[Operation] = []

    def real(value: Any) -> Any:
        if isinstance(value, _TensorRef):
            return made[value.op].outputs[value.output]
        if isinstance(value, _OpRef):
            return made[value.op]
        if isinstance(value, _BlockState):
            return Block(
                contexts[value.context],
                real(value.outputs),
                real(value.ops),
                real(value.parameters),
                real(value.structure),
            )
        if isinstance(value, dict):
            return {key: real(item) for key, item in value.items()}
        if type(value) in (list, tuple):
            return type(value)(real(item) for item in value)
        return value

    for op_type, name, inputs, attrs, control_inputs, outputs, context in state["ops"]:
        with graph.held_state(control_flow=contexts[context] if context >= 0 else None):
            op = graph.add_op(
                registry[op_type],
                name,
                tuple(real(t) for t in inputs),
                {key: real(value) for key, value in attrs.items()},
                [_dtype(text) for text, _ in outputs],
                [dims for _, dims in outputs],
            )
        op.control_inputs = [made[i] for i in control_inputs]
        graph._names.take(name, True)
        made.append(op)
    for context, (_, _, _, owner) in zip(contexts, state["contexts"], strict=True):
        context.owner = made[owner] if owner >= 0 else None
    return graph


def _dtype(text: str) -> DType:
    return as_dtype(text.removesuffix("_ref"))._as_ref if text.endswith("_ref") else as_dtype(text)
