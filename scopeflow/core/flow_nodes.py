"""Conditions and loops as TensorFlow's graphs have them: Switch and Merge, Enter and Exit.

In a graph of ours a condition is an `If` and a loop is a `While`, which hold blocks of ops. In a
GraphDef they are spread out: what a block takes from outside goes through a `Switch` (or an
`Enter`), so that TensorFlow can run the nodes, TensorBoard shows them, and the import finds the
blocks again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .control_flow import Block, Context, blocks_of
from .dtypes import bool as bool_
from .node_def import input_name, node_def
from .operation import Operation, Tensor
from .shape_proto import shape_proto

if TYPE_CHECKING:
    from .graph import Graph

_CONSTRUCTS = ("If", "While")


def has_constructs(graph: Graph) -> bool:
    """Whether the graph has conditions or loops."""
    return any(op.type in _CONSTRUCTS and blocks_of(op) for op in graph.get_operations())


class FlowNodes:
    """Makes the nodes of one graph."""

    def __init__(self, graph: Graph, add_shapes: bool) -> None:
        self.graph = graph
        self.add_shapes = add_shapes
        self.nodes: list[Any] = []
        self.taken = {op.name for op in graph.get_operations()}
        self.owners: dict[Context, tuple[Operation, int]] = {}
        self.routed: dict[tuple[Context, Tensor], str] = {}
        self.results: dict[Tensor, str] = {}
        self.pivots: dict[Operation, list[str]] = {}  # one for each block
        self.switches: dict[Operation, list[str]] = {}  # of a loop's variables
        self.tested: dict[Operation, set[Operation]] = {}
        self.parameters: dict[Operation, tuple[Operation, int, int]] = {}
        for op in graph.get_operations():
            if op.type not in _CONSTRUCTS:
                continue
            for number, block in enumerate(blocks_of(op)):
                self.owners.setdefault(block.context, (op, number))
                for index, tensor in enumerate(block.parameters):
                    self.parameters[tensor.op] = op, number, index

    def all(self) -> list[Any]:
        """The nodes of the whole graph."""
        for op in self.graph.get_operations():
            if op.type in _CONSTRUCTS and blocks_of(op):
                self.pivot(op, 0)
            elif op in self.parameters:
                self._parameter(op)
            elif op.type in ("Merge", "Exit") and len(op.inputs) == 1:
                self._result(op)
            else:
                self._plain(op)
        return self.nodes

    # Nodes.

    def _emit(self, name: str, op_type: str, inputs: list[str], like: Tensor, **attrs: Any) -> Any:
        from tensorboard.compat.proto.node_def_pb2 import NodeDef

        node = NodeDef(name=name, op=op_type, input=inputs)
        node.attr["T"].type = like.dtype.base_dtype.as_datatype_enum
        for key, value in attrs.items():
            kind = {bool: "b", int: "i", bytes: "s"}[type(value)]
            setattr(node.attr[key], kind, value)
        if self.add_shapes:
            dims = [like._dims]
            if op_type in ("Switch", "RefSwitch"):
                dims.append(like._dims)
            elif op_type == "Merge":
                dims.append(())
            node.attr["_output_shapes"].list.shape.extend(map(shape_proto, dims))
        self.nodes.append(node)
        return node

    def _fresh(self, name: str) -> str:
        found, number = name, 1
        while found in self.taken:
            found = f"{name}_{number}"
            number += 1
        self.taken.add(found)
        return found

    def _plain(self, op: Operation) -> None:
        node = node_def(op, self.add_shapes)
        context = op.control_flow
        inputs = [self.seen_from(context, tensor, op) for tensor in op.inputs]
        waits = [f"^{c.name}" for c in op.control_inputs if c.control_flow is context]
        if context in self.owners and not inputs and not waits:
            owner, number = self.owners[context]
            if owner.type == "While":
                number = 0 if op in self._needed_to_go_on(owner) else 1
            waits = [f"^{self.pivot(owner, number)}"]
        del node.input[:]
        node.input.extend(inputs + waits)
        self.nodes.append(node)

    def _parameter(self, op: Operation) -> None:
        loop, number, index = self.parameters[op]
        self.pivot(loop, number)
        tensor = op.outputs[0]
        if number == 1:
            self._emit(op.name, "Identity", [f"{self.switches[loop][index]}:1"], tensor)
            return
        scope = loop.name.rpartition("/")[0]
        entered = self._enter(f"{scope}/Enter", loop, loop.inputs[index], constant=False)
        again = self._fresh(f"{scope}/NextIteration" if scope else "NextIteration")
        self._emit(op.name, "Merge", [entered, again], tensor, N=2)
        output = blocks_of(loop)[1].outputs[index]
        context = blocks_of(loop)[1].context
        self._emit(again, "NextIteration", [self.seen_from(context, output, op)], output)

    def _enter(self, name: str, loop: Operation, tensor: Tensor, constant: bool) -> str:
        name = self._fresh(name.removeprefix("/"))
        kind = "RefEnter" if tensor.dtype._is_ref_dtype else "Enter"
        inputs = [self.seen_from(loop.control_flow, tensor, loop), *self._waits(loop)]
        frame = f"{loop.name}/while_context".encode()
        self._emit(
            name, kind, inputs, tensor,
            frame_name=frame, is_constant=constant, parallel_iterations=10,
        )  # fmt: skip
        return name

    def _waits(self, owner: Operation) -> list[str]:
        return [f"^{c.name}" for c in owner.control_inputs if c.control_flow is owner.control_flow]

    def _result(self, op: Operation) -> None:
        """A Merge or Exit op; behind something else than its construct it only passes on."""
        source = op.inputs[0]
        if source.op.type in _CONSTRUCTS and source not in self.results:
            self._give_out(source, op.name)
        else:
            self._emit(
                op.name, "Identity", [self.seen_from(op.control_flow, source, op)], op.outputs[0]
            )

    def _give_out(self, tensor: Tensor, name: str) -> str:
        """The node that gives out a result of a construct."""
        owner, index = tensor.op, tensor.value_index
        self.results[tensor] = name
        blocks = blocks_of(owner)
        if owner.type == "While":
            self.pivot(owner, 1)
            self._emit(name, "Exit", [self.switches[owner][index]], tensor)
            return name
        inputs = [
            self.seen_from(block.context, block.outputs[index], owner)
            for block in (blocks[1], blocks[0])
        ]
        self._emit(name, "Merge", inputs, tensor, N=2)
        return name

    # Ways in.

    def seen_from(self, context: Context | None, tensor: Tensor, consumer: Operation) -> str:
        """The input by which an op in the context takes the tensor."""
        home = tensor.op.control_flow
        if tensor.op.type in _CONSTRUCTS and blocks_of(tensor.op) and home is context:
            scope = tensor.op.name.rpartition("/")[0]
            kind = "Exit" if tensor.op.type == "While" else "Merge"
            known = self.results.get(tensor)
            return known or self._give_out(tensor, self._fresh(f"{scope}/{kind}".removeprefix("/")))
        if context is None or home is context or context not in self.owners:
            return input_name(tensor)
        if (context, tensor) not in self.routed:
            self.routed[context, tensor] = self._route(context, tensor, consumer)
        return self.routed[context, tensor]

    def _route(self, context: Context, tensor: Tensor, consumer: Operation) -> str:
        owner, number = self.owners[context]
        if owner.type == "While":
            return self._enter(f"{consumer.name}/Enter", owner, tensor, constant=True)
        outside = self.seen_from(context.outer, tensor, consumer)
        name = self._switch(f"{consumer.name}/Switch", owner, outside, tensor)
        return name if number else f"{name}:1"

    def _switch(self, name: str, owner: Operation, source: str, tensor: Tensor) -> str:
        name = self._fresh(name)
        kind = "RefSwitch" if tensor.dtype._is_ref_dtype else "Switch"
        pred = self.seen_from(owner.control_flow, owner.inputs[0], owner)
        self._emit(name, kind, [source, pred, *self._waits(owner)], tensor)
        return name

    def pivot(self, owner: Operation, number: int) -> str:
        """The node that ops of a block without inputs wait for."""
        if owner not in self.pivots:
            scope = owner.name.rpartition("/")[0]
            below = f"{scope}/" if scope else ""
            if owner.type == "While":
                self._loop_switches(owner, below)
            else:
                pred = owner.inputs[0]
                source = self.seen_from(owner.control_flow, pred, owner)
                switch = self._switch(f"{below}Switch", owner, source, pred)
                names = [self._fresh(f"{below}switch_{label}") for label in "tf"]
                self.pivots[owner] = names
                assert pred.dtype.base_dtype is bool_
                self._emit(names[0], "Identity", [f"{switch}:1"], pred)
                self._emit(names[1], "Identity", [switch], pred)
        return self.pivots[owner][number]

    def _loop_switches(self, loop: Operation, below: str) -> None:
        before, inside = (block.parameters for block in blocks_of(loop))
        self.pivots[loop] = [before[0].op.name, inside[0].op.name]
        names = [self._fresh(f"{below}Switch") for _ in before]
        self.switches[loop] = names
        go_on = input_name(blocks_of(loop)[0].outputs[0])
        for name, tensor in zip(names, before, strict=True):
            self._emit(name, "Switch", [input_name(tensor), go_on], tensor)

    def _needed_to_go_on(self, loop: Operation) -> set[Operation]:
        """The ops of a loop that its condition is computed by."""
        if loop not in self.tested:
            block: Block = blocks_of(loop)[0]
            found: set[Operation] = set()
            waiting = [tensor.op for tensor in block.outputs]
            while waiting:
                op = waiting.pop()
                if op not in found and block.context.contains(op):
                    found.add(op)
                    waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
            self.tested[loop] = found
        return self.tested[loop]
