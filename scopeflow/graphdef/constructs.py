"""Makes conditions and loops of the constructs that `flow.py` found: `If` and `While` ops."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.control_flow import Block, Context, captured_by, parameter
from ..core.graph import Graph
from ..core.op import registry
from ..core.operation import Dims, Operation, Tensor
from ..ops.array import identity, placeholder
from .flow import ENTER, MERGE, NEXT, SWITCH, Condition, Flow, Loop
from .nodes import Node

if TYPE_CHECKING:
    from .importing import Importer


def make_condition(importer: Importer, condition: Condition, flow: Flow) -> None:
    """Add the `If` for a condition, and a `Merge` for each of its results."""
    graph = importer.graph
    pred = importer.tensor(condition.results[0], *condition.pred)
    blocks: list[Block] = []
    for branch, label in ((1, "true"), (0, "false")):
        context = Context(graph.building.control_flow, label)
        inside = {
            name for name in condition.members if (condition.pred, branch) in flow.guards[name]
        }
        with graph.held_state(control_flow=context, controllers=()):
            importer.build([n for n in flow.order if n.name in inside], condition)
            outputs = []
            for merge in condition.results:
                key = next(
                    key
                    for key in merge.inputs
                    if (condition.pred, branch) in flow.input_guard(*key)
                )
                tensor = importer.tensor(merge, *key)
                outputs.append(identity(tensor) if tensor.dtype._is_ref_dtype else tensor)
        blocks.append(Block(context, outputs, []))
    inputs, waits = captured_by(blocks)
    scope = condition.results[0].name.rpartition("/")[0]
    op = _add("If", graph, scope, (pred, inputs), blocks, waits)
    for merge, result in zip(condition.results, op.outputs, strict=True):
        name = graph.unique_name(merge.name)
        importer.finish(merge, registry["Merge"].add(([result],), {}, name + "/")[0].op)


def make_loop(importer: Importer, loop: Loop, flow: Flow) -> None:
    """Add the `While` for a loop, and its `Exit` ops."""
    graph = importer.graph
    parts = _Parts(loop, flow)
    initial = [importer.tensor(merge, *_entered(merge, flow)) for merge in parts.merges]
    dims = _lasting_dims(importer, loop, parts, initial)
    context = Context(graph.building.control_flow, "loop")
    with graph.held_state(control_flow=context, controllers=()):
        blocks = _loop_blocks(importer, loop, parts, context, initial, dims)
    captured, waits = captured_by(blocks)
    scope = parts.condition.name.rpartition("/")[0]
    op = _add("While", graph, scope, ([*initial, *captured],), blocks, waits)
    context.owner = op
    for node in loop.results:
        switch = flow.nodes[node.inputs[0][0]]
        result = op.outputs[parts.index_of(switch)]
        name = graph.unique_name(node.name)
        importer.finish(node, registry["Exit"].add((result,), {}, name + "/").op)


def _add(
    op_type: str,
    graph: Graph,
    scope: str,
    inputs: tuple[Any, ...],
    blocks: list[Block],
    waits: list[Operation],
) -> Operation:
    name = graph.unique_name(f"{scope}/{op_type}" if scope else op_type)
    kinds = tuple(t.dtype.base_dtype for t in blocks[-1].outputs)
    with graph.control_dependencies(waits):
        found = registry[op_type].add(inputs, {"blocks": tuple(blocks), "Tout": kinds}, name + "/")
    graph.prevent_fetching(found[0].op)
    return found[0].op


class _Parts:
    """The nodes of a loop that are not its body."""

    def __init__(self, loop: Loop, flow: Flow) -> None:
        own = [n for n in flow.order if flow.frames[n.name] == loop.frame]
        self.flow = flow
        self.merges = [n for n in own if n.op in MERGE and flow.of_loop(n)]
        self.switches = [n for n in own if n.op in SWITCH and flow.of_loop(n)]
        self.condition = next(n for n in own if n.op == "LoopCond")
        self.tested = self._needed_by(self.condition, loop)

    def _needed_by(self, node: Node, loop: Loop) -> set[str]:
        """The nodes of the loop that its condition is computed by."""
        found: set[str] = set()
        waiting = [node.name]
        while waiting:
            name = waiting.pop()
            if name in found or name not in loop.members:
                continue
            node = self.flow.nodes[name]
            if node in self.merges:
                continue
            found.add(name)
            waiting += [n for n, _ in node.inputs] + node.waits
        return found

    def index_of(self, switch: Node) -> int:
        """Which loop variable the Switch is of."""
        return next(i for i, m in enumerate(self.merges) if m.name == switch.inputs[0][0])

    def next_of(self, merge: Node) -> tuple[str, int]:
        """The tensor that a loop variable becomes in the next round."""
        source = next(self.flow.nodes[n] for n, _ in merge.inputs if self.flow.nodes[n].op in NEXT)
        return source.inputs[0]


def _entered(merge: Node, flow: Flow) -> tuple[str, int]:
    """The tensor that a loop variable begins with."""
    source = next(flow.nodes[n] for n, _ in merge.inputs if flow.nodes[n].op in ENTER)
    return source.inputs[0]


def _loop_blocks(
    importer: Importer,
    loop: Loop,
    parts: _Parts,
    context: Context,
    initial: list[Tensor],
    dims: list[Dims],
) -> list[Block]:
    def parameters(nodes: list[Node]) -> list[Tensor]:
        found = []
        for index, node in enumerate(nodes):
            name = importer.graph.unique_name(node.name)
            dtype = initial[index].dtype.base_dtype
            found.append(parameter(context, index, dtype, dims[index], name + "/"))
        return found

    before = parameters(parts.merges)
    importer.values.update(((m.name, 0), t) for m, t in zip(parts.merges, before, strict=True))
    order = [n for n in importer.order if n.name in loop.members and n not in parts.merges]
    importer.build([n for n in order if n.name in parts.tested], loop)
    go_on = importer.ops[parts.condition.name].outputs[0]
    switches = {parts.index_of(s): s for s in parts.switches}
    inside = parameters([switches.get(i, m) for i, m in enumerate(parts.merges)])
    for index, switch in switches.items():
        importer.values[switch.name, 1] = inside[index]
    importer.build([n for n in order if n.name not in parts.tested], loop)
    outputs = [importer.tensor(m, *parts.next_of(m)) for m in parts.merges]
    return [Block(context, [go_on], [], before), Block(context, outputs, [], inside)]


def _lasting_dims(
    importer: Importer, loop: Loop, parts: _Parts, initial: list[Tensor]
) -> list[Dims]:
    """The static shape that each loop variable has in all rounds, found by trying the body.

    A GraphDef does not tell them: what a round changes is unknown.
    """
    dims = [t._dims for t in initial]
    for _ in range(4):
        trial = importer.trial(loop, parts.merges)
        with trial.graph.as_default():
            starts = [
                placeholder(t.dtype.base_dtype, d) for t, d in zip(initial, dims, strict=True)
            ]
            context = Context(None, "loop")
            with trial.graph.held_state(control_flow=context):
                blocks = _loop_blocks(trial, loop, parts, context, starts, dims)
        wider = [_wider(d, t._dims) for d, t in zip(dims, blocks[1].outputs, strict=True)]
        if wider == dims:
            return dims
        dims = wider
    return [None] * len(initial)


def _wider(a: Dims, b: Dims) -> Dims:
    """What holds of both shapes."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b, strict=True))
