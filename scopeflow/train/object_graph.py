"""The graph of objects in a checkpoint: its message, its keys, and the match with a program's."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

import scopeflow as tf

from .trackable import dependencies, gathered, is_trackable, lookup

KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The checkpoint's key for the message, a TrackableObjectGraph."""


class Value(NamedTuple):
    """Something to save: an object's own value under a key of the checkpoint."""

    owner: Any
    name: str  # such as VARIABLE_VALUE
    key: str
    value: Any


class ObjectGraph:
    """All objects that a root holds, at any depth, in the order of their distance from it.

    Slot variables of optimizers stand behind the others: an optimizer does not hold them by a name,
    they belong to a pair of an optimizer and a variable.
    """

    def __init__(self, root: Any) -> None:
        self.objects: list[Any] = []
        self._paths: list[str] = []
        self._numbers: dict[int, int] = {}
        self.children: list[list[tuple[str, int]]] = []
        self.slots: dict[int, list[tuple[int, str, int]]] = {}
        self._add(root, "")
        number = 0
        while number < len(self.objects):
            for name, child in dependencies(self.objects[number]):
                place = self._numbers.get(id(child))
                if place is None:
                    path = _joined(self._paths[number], _escaped(name))
                    place = self._add(child, path)
                self.children[number].append((name, place))
            number += 1
        self._add_slots()

    def _add(self, value: Any, path: str) -> int:
        number = self._numbers[id(value)] = len(self.objects)
        self.objects.append(value)
        self._paths.append(path)
        self.children.append([])
        return number

    def _add_slots(self) -> None:
        variables = [
            (number, value)
            for number, value in enumerate(self.objects)
            if isinstance(value, tf.Variable)
        ]
        for optimizer, value in enumerate(list(self.objects)):
            slots_of = getattr(value, "_slot_variables", None)
            if slots_of is None:
                continue
            slots = [
                (name, number, slot)
                for number, variable in variables
                for name, slot in slots_of(variable).items()
            ]
            for name, number, slot in sorted(slots, key=lambda item: item[:2]):
                place = self._numbers.get(id(slot))
                if place is None:
                    way = f"{self._paths[number]}/.OPTIMIZER_SLOT/{self._paths[optimizer]}"
                    place = self._add(slot, f"{way}/{_escaped(name)}")
                self.slots.setdefault(optimizer, []).append((number, name, place))

    def values(self) -> list[Value]:
        """What there is to save."""
        return [
            Value(owner, name, _joined(path, ".ATTRIBUTES/" + _escaped(name)), value)
            for owner, path in zip(self.objects, self._paths, strict=True)
            for name, value in gathered(owner).items()
        ]

    def message(self) -> Any:
        """The TrackableObjectGraph."""
        graph = _Graph()
        nodes = [graph.nodes.add() for _ in self.objects]
        for number, node in enumerate(nodes):
            for name, child in self.children[number]:
                node.children.add(local_name=name, node_id=child)
            for original, name, slot in self.slots.get(number, ()):
                node.slot_variables.add(
                    original_variable_node_id=original, slot_name=name, slot_variable_node_id=slot
                )
        for owner, name, key, value in self.values():
            node = nodes[self._numbers[id(owner)]]
            full_name = value.op.name if isinstance(value, tf.Variable) else ""
            node.attributes.add(name=name, checkpoint_key=key, full_name=full_name)
        return graph


def _joined(path: str, rest: str) -> str:
    return f"{path}/{rest}" if path else rest


def _escaped(name: str) -> str:
    """A name without slashes: `a/b` is `a.Sb`, `a.b` is `a..b`."""
    return name.replace(".", "..").replace("/", ".S")


def _Graph() -> Any:
    from tensorboard.compat.proto.trackable_object_graph_pb2 import TrackableObjectGraph

    return TrackableObjectGraph()


def matched(root: Any, graph: Any) -> dict[int, Any]:
    """The program's object for each node of a checkpoint's graph that it has one for.

    Both are walked from the root on, along the names.
    """
    found: dict[int, Any] = {0: root}
    numbers = {id(root): 0}
    waiting = deque([0])
    while waiting:
        number = waiting.popleft()
        for child in graph.nodes[number].children:
            value = lookup(found[number], child.local_name)
            if value is None:
                continue
            known = numbers.setdefault(id(value), child.node_id)
            if known != child.node_id:
                tf.logging.warning(
                    "In the checkpoint, %s is another object than here: the values of the first "
                    "one are restored.", child.local_name,
                )  # fmt: skip
            elif child.node_id not in found:
                found[child.node_id] = value
                waiting.append(child.node_id)
    for number, optimizer in list(found.items()):
        for slot in graph.nodes[number].slot_variables:
            variable = found.get(slot.original_variable_node_id)
            if variable is not None and is_trackable(variable):
                slots: dict[str, Any] = getattr(optimizer, "_slot_variables", lambda _: {})(
                    variable
                )
                if slot.slot_name in slots:
                    found[slot.slot_variable_node_id] = slots[slot.slot_name]
    return found
