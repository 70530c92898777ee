"""Finds the conditions and loops in a GraphDef of TensorFlow's first kind of control flow.

There a condition is spread out: a `Switch` gives its input out on one of two outputs, what depends
on one of them runs or does not, and a `Merge` takes up whichever of its inputs there is. A loop's
values come in by `Enter`, stay (a `Merge`, a `Switch`, `NextIteration`) and leave by `Exit`. Here
both become constructs: sets of nodes, with the nodes that give out their results.
"""

from __future__ import annotations

from collections.abc import Iterable

from .nodes import Node

SWITCH = frozenset(("Switch", "RefSwitch"))
MERGE = frozenset(("Merge", "RefMerge"))
ENTER = frozenset(("Enter", "RefEnter"))
EXIT = frozenset(("Exit", "RefExit"))
NEXT = frozenset(("NextIteration", "RefNextIteration"))

Key = tuple[str, int]
Guard = frozenset[tuple[Key, int]]
"""What must hold for a node to run: conditions, and the value that each must have."""


class Condition:
    """Nodes that run for one value of a condition or for the other, and the merges of both."""

    def __init__(self, pred: Key, guard: Guard) -> None:
        self.pred = pred
        self.guard = guard  # what must hold for all of it
        self.members: set[str] = set()
        self.results: list[Node] = []


class Loop:
    """The nodes of a loop, and the exits."""

    def __init__(self, frame: tuple[str, ...]) -> None:
        self.frame = frame
        self.members: set[str] = set()
        self.results: list[Node] = []


Construct = Condition | Loop


class Flow:
    """The constructs of a GraphDef whose nodes are given in order."""

    def __init__(self, nodes: dict[str, Node], order: list[Node]) -> None:
        self.nodes = nodes
        self.order = order
        self.position = {node.name: i for i, node in enumerate(order)}
        self.frames: dict[str, tuple[str, ...]] = {}
        self.guards: dict[str, Guard] = {}
        self.constructs: list[Construct] = []
        self._consumers: dict[str, list[Node]] = {}
        for node in order:
            self.frames[node.name] = self._frame(node)
            self.guards[node.name] = self._guard(node)
        self._find_loops()
        for node in order:
            if node.op in MERGE and not self.of_loop(node):
                self._add_merge(node)
        self.constructs.sort(key=lambda construct: len(construct.members))
        self.owner: dict[str, Construct] = {}
        self.result_of: dict[str, Construct] = {}
        for construct in self.constructs:  # the innermost first
            for name in construct.members:
                self.owner.setdefault(name, construct)
            self.result_of.update((node.name, construct) for node in construct.results)

    # What nodes are in.

    def _before(self, node: Node) -> list[str]:
        names = [name for name, _ in node.inputs] + node.waits
        return [n for n in names if n in self.frames and self.nodes[n].op not in NEXT]

    def _frame(self, node: Node) -> tuple[str, ...]:
        found = max((self.frames[name] for name in self._before(node)), key=len, default=())
        if node.op in ENTER:
            return (*found, node.proto.attr["frame_name"].s.decode())
        return found[:-1] if node.op in EXIT else found

    def of_loop(self, node: Node) -> bool:
        """Whether a Merge or Switch is a loop's own."""
        if node.op in MERGE:
            sources = [self.nodes.get(name) for name, _ in node.inputs]
            return any(n is not None and n.op in ENTER | NEXT for n in sources)
        pred = self.nodes.get(node.inputs[1][0])
        return pred is not None and pred.op == "LoopCond"

    def pred(self, switch: Node) -> Key:
        """The condition of a Switch: the tensor that Identity and Switch nodes stand for."""
        name, index = switch.inputs[1]
        while name in self.nodes:
            source = self.nodes[name]
            if source.op != "Identity" and (source.op not in SWITCH or self.of_loop(source)):
                break
            name, index = source.inputs[0]
        return name, index

    def input_guard(self, name: str, index: int) -> Guard:
        """What must hold for a tensor to be there."""
        node = self.nodes.get(name)
        guard = self.guards.get(name, frozenset())
        if node is not None and node.op in SWITCH and not self.of_loop(node):
            return guard | {(self.pred(node), index)}
        return guard

    def _guard(self, node: Node) -> Guard:
        inputs = [self.input_guard(n, i) for n, i in node.inputs if n in self.guards]
        if node.op in MERGE and not self.of_loop(node):
            found = frozenset().union(*inputs)
            return frozenset((p, b) for p, b in found if (p, 1 - b) not in found)
        waits = [self.guards[name] for name in node.waits if name in self.guards]
        return frozenset().union(*inputs, *waits)

    def is_frame(self, node: Node) -> bool:
        """Whether the node belongs to a loop beside its body."""
        return node.op in ENTER | NEXT or (node.op in SWITCH | MERGE and self.of_loop(node))

    # Loops.

    def _find_loops(self) -> None:
        loops: dict[tuple[str, ...], Loop] = {}
        for node in self.order:
            frame = self.frames[node.name]
            for depth in range(1, len(frame) + 1):
                loop = loops.setdefault(frame[:depth], Loop(frame[:depth]))
                loop.members.add(node.name)
            if node.op in EXIT and node.inputs:
                source = self.frames[node.inputs[0][0]]
                if source in loops:
                    loops[source].results.append(node)
        self.constructs += [loop for loop in loops.values() if self._is_whole(loop)]

    def _is_whole(self, loop: Loop) -> bool:
        ops = [self.nodes[name].op for name in loop.members if self.frames[name] == loop.frame]
        return ops.count("LoopCond") == 1 and bool(loop.results)

    # Conditions.

    def _add_merge(self, merge: Node) -> None:
        """Make the Merge a result of a condition, if it can be one."""
        if len(merge.inputs) != 2:
            return
        first, second = (self.input_guard(*key) for key in merge.inputs)
        preds = [pred for pred, branch in first if (pred, 1 - branch) in second]
        if len(preds) != 1:
            return
        guard, pred = self.guards[merge.name], preds[0]
        members = self._slice(merge, guard, pred)
        level = [
            c
            for c in self.constructs
            if isinstance(c, Condition) and (c.pred, c.guard) == (pred, guard)
        ]
        touched = [c for c in level if c.members & members]
        if len(touched) > 1 or any(self._depends(merge, c.results) for c in touched):
            return
        construct = touched[0] if touched else Condition(pred, guard)
        at = min(self.position[n.name] for n in [*construct.results, merge])
        if any(self.position[name] > at for name in self._outside(members)):
            return
        construct.members |= members
        construct.results.append(merge)
        if not touched:
            self.constructs.append(construct)

    def _slice(self, merge: Node, guard: Guard, pred: Key) -> set[str]:
        """The nodes of the two branches that the Merge needs."""
        found: set[str] = set()
        waiting = [name for name, _ in merge.inputs]
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.nodes:
                continue
            own = self.guards[name]
            if not own > guard or not {(pred, 0), (pred, 1)} & own:
                continue
            found.add(name)
            node = self.nodes[name]
            waiting += [n for n, _ in node.inputs] + node.waits
        return found

    def _outside(self, members: set[str]) -> Iterable[str]:
        for name in members:
            for before in self._before(self.nodes[name]):
                if before not in members:
                    yield before

    def _depends(self, node: Node, on: list[Node]) -> bool:
        wanted = {other.name for other in on}
        first = min(self.position[name] for name in wanted)
        seen: set[str] = set()
        waiting = self._before(node)
        while waiting:
            name = waiting.pop()
            if name in wanted:
                return True
            if name not in seen and self.position[name] > first:
                seen.add(name)
                waiting += self._before(self.nodes[name])
        return False

    # Questions of the importer.

    def consumers(self, node: Node) -> list[Node]:
        """The nodes that take an output of this one."""
        if not self._consumers:
            for other in self.order:
                for name, _ in other.inputs:
                    self._consumers.setdefault(name, []).append(other)
        return self._consumers.get(node.name, [])

    def virtual(self, switch: Node, consumer: Node) -> bool:
        """Whether the consumer is inside the Switch's condition: it gets what the Switch gets."""
        pred = self.pred(switch)
        result = self.result_of.get(consumer.name)
        if isinstance(result, Condition) and result.pred == pred:
            return True
        return any(
            isinstance(c, Condition) and c.pred == pred and consumer.name in c.members
            for c in self.constructs
        )


def control_flow_of(nodes: dict[str, Node], order: list[Node]) -> Flow | None:
    """The constructs in a GraphDef, None where it has no such nodes."""
    if any(node.op in SWITCH or node.op in ENTER for node in order):
        return Flow(nodes, order)
    return None
