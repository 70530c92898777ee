"""The nodes of a GraphDef: their inputs taken apart, and an order in which they can be made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Node:
    """A NodeDef, its inputs apart: tensors as (node, index), and the nodes that it waits for."""

    __slots__ = ("inputs", "name", "op", "proto", "waits")

    def __init__(self, proto: Any) -> None:
        self.proto = proto
        self.name: str = proto.name
        self.op: str = proto.op
        self.inputs: list[tuple[str, int]] = []
        self.waits: list[str] = []
        for text in proto.input:
            if text.startswith("^"):
                self.waits.append(text[1:])
            else:
                name, _, index = text.rpartition(":") if ":" in text else (text, "", "0")
                if not index.isdigit():
                    name, index = text, "0"  # of no node: a node's name has no colon
                self.inputs.append((name, int(index)))


def nodes_of(graph_def: Any) -> dict[str, Node]:
    """The nodes by name. ValueError where a name stands twice or an input is missing."""
    found: dict[str, Node] = {}
    for proto in graph_def.node:
        if proto.name in found:
            raise ValueError(f"Node '{proto.name}' is not unique")
        found[proto.name] = Node(proto)
    return found


def in_order(nodes: dict[str, Node], is_mapped: Callable[[str], bool] = lambda key: False) -> list:
    """The nodes, each behind those that it needs, else in the order in which they stand.

    A loop's way back (from NextIteration) is left out. ValueError for other cycles and for inputs
    that are not there.
    """
    done: list[Node] = []
    state: dict[str, int] = {}  # 1: being visited, 2: done

    def needs(node: Node) -> list[str]:
        names = []
        data = [(name, f"{name}:{index}") for name, index in node.inputs]
        for name, key in data + [(name, f"^{name}") for name in node.waits]:
            if name not in nodes:
                if is_mapped(key):
                    continue
                shown = next(t for t in node.proto.input if t in (key, name))
                raise ValueError(f"Node '{node.name}': Unknown input node '{shown}'")
            if nodes[name].op not in ("NextIteration", "RefNextIteration"):
                names.append(name)
        return names

    for start in nodes.values():
        if start.name in state:
            continue
        stack = [(start, iter(needs(start)))]
        state[start.name] = 1
        while stack:
            node, waiting = stack[-1]
            for name in waiting:
                if state.get(name) == 1:
                    raise ValueError(
                        f"The graph has a cycle, from node '{name}' back to it over '{node.name}'."
                    )
                if name not in state:
                    state[name] = 1
                    stack.append((nodes[name], iter(needs(nodes[name]))))
                    break
            else:
                state[node.name] = 2
                done.append(node)
                stack.pop()
    return done
