"""Blocks of ops inside the graph: branches of a condition, bodies of a loop, functions of an op."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .context import get_default_graph
from .convert import convert_to_tensor
from .dtypes import DType
from .nest import flatten
from .op import REQUIRED, define
from .operation import Dims, Operation, Tensor

_Arg = define(
    "_Arg",
    [],
    "-> T",
    attrs={"T": REQUIRED, "index": 0, "dims": None},
    shape=lambda *, dims: dims,
    doc="A parameter of a block: the value of a loop variable, an argument of a function.",
)


class Context:
    """The ops made inside one block. Contexts nest; `outer` is the one around.

    The ops of a `hidden` one are not listed by the graph: TensorFlow keeps them in a function.
    """

    def __init__(self, outer: Context | None, name: str, hidden: bool = False) -> None:
        self.outer = outer
        self.name = name
        self.hidden: bool = hidden or (outer is not None and outer.hidden)
        self.owner: Operation | None = None  # the loop that the block is of, once it is made
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


class Block:
    """A block as the control-flow op holds it: its outputs tell which of its ops are needed."""

    def __init__(
        self,
        context: Context,
        outputs: list[Tensor],
        ops: list[Operation],
        parameters: Sequence[Tensor] = (),
        structure: Any = None,
    ) -> None:
        self.context = context
        self.outputs = outputs
        self.ops = ops  # what must run beside what the outputs need
        self.parameters = list(parameters)
        self.structure = structure  # the outputs as they were returned

    def needed(self) -> list[Operation]:
        """The ops of the block that its outputs need, and those that must run."""
        found: set[Operation] = set()
        waiting = [*(tensor.op for tensor in self.outputs), *self.ops]
        while waiting:
            op = waiting.pop()
            if op not in found and op.control_flow is self.context:
                found.add(op)
                waiting += [tensor.op for tensor in op.inputs]
                waiting += op.control_inputs
        return sorted(found, key=lambda op: op.id)

    def captured(self) -> list[Tensor]:
        """The tensors from outside that the block uses: its op must take them as inputs."""
        inputs = [tensor for op in self.needed() for tensor in op.inputs]
        return list(
            dict.fromkeys(t for t in (*inputs, *self.outputs) if not self.context.contains(t.op))
        )

    def control_captured(self) -> list[Operation]:
        """The ops outside that ops of the block wait for."""
        before = [b for op in self.needed() for b in op.control_inputs]
        return list(dict.fromkeys(b for b in before if not self.context.contains(b)))


def captured_by(blocks: Sequence[Block]) -> tuple[list[Tensor], list[Operation]]:
    """What the op with these blocks must take: inputs, and ops that it must wait for."""
    tensors = dict.fromkeys(t for block in blocks for t in block.captured())
    waits = dict.fromkeys(op for block in blocks for op in block.control_captured())
    return list(tensors), list(waits)


def blocks_of(op: Operation) -> tuple[Block, ...]:
    """The blocks of a control-flow op; none for others."""
    return op.attrs.get("blocks", ())


def parameter(context: Context, index: int, dtype: DType, dims: Dims, name: str) -> Tensor:
    """A new parameter of the block, named `name` below the current name scope."""
    graph = get_default_graph()
    with graph.held_state(control_flow=context, controllers=()):
        return _Arg(dtype, index, dims, name=name)


def traced(
    function: Callable[..., Any],
    name: str,
    parameters: Sequence[tuple[DType, Dims]],
    pack: Callable[[list[Tensor]], Sequence[Any]] | None = None,
    beside: Operation | None = None,
) -> Block:
    """The ops that `function(*tensors)` makes, as a hidden block with these parameters.

    `pack` turns the parameters' tensors into the function's arguments (they are the arguments
    where it is left out). The block stands where the op `beside` stands, else at the present
    place. Ops with side effects run whether or not an output needs them. The op
    that holds the block takes `block.captured()` among its inputs, and its kernel gets the block
    as a Python function (see `functions` in core/op.py).
    """
    graph = get_default_graph()
    outer = graph.building.control_flow if beside is None else beside.control_flow
    context = Context(outer, name, hidden=True)
    number = graph.held["functions traced"] = graph.held.get("functions traced", 0) + 1
    scope = f".{name}_{number}"
    with graph.held_state(name_scope=scope, control_flow=context, controllers=(), devices=()):
        tensors = [
            _Arg(dtype, index, dims, name=f"arg{index}")
            for index, (dtype, dims) in enumerate(parameters)
        ]
        structure = function(*(tensors if pack is None else pack(tensors)))
        outputs = [
            item if isinstance(item, Operation) else convert_to_tensor(item)
            for item in flatten(structure, expand=True)
            if item is not None
        ]
    returned = [item for item in outputs if isinstance(item, Operation)]
    effects = [op for op in context.ops if op.op_def.has_effect]
    tensors_out = [item for item in outputs if isinstance(item, Tensor)]
    return Block(context, tensors_out, [*effects, *returned], tensors, structure)


def sources(tensor: Tensor) -> Sequence[Tensor]:
    """The tensors that this one is computed from, also across the edges of blocks."""
    op = tensor.op
    index = tensor.value_index
    if op.type == "_Arg":
        owner = op.control_flow.owner
        if owner is None:
            return ()
        at = op.attrs["index"]
        return (owner.inputs[at], blocks_of(owner)[1].outputs[at])
    if op.type == "While":
        return (op.inputs[index], blocks_of(op)[1].outputs[index])
    if op.type == "If":
        return [block.outputs[index] for block in blocks_of(op)]
    return op.inputs
