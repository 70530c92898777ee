"""`tf.contrib.util`: constants of the graph, and messages."""

from __future__ import annotations

from typing import Any

from scopeflow import get_static_value as constant_value
from scopeflow import make_ndarray, make_tensor_proto

__all__ = ["constant_value", "make_ndarray", "make_tensor_proto", "ops_used_by_graph_def"]


def ops_used_by_graph_def(graph_def: Any) -> set[str]:
    """The op types of a tf.GraphDef's nodes, those in its functions too."""
    nodes = [*graph_def.node]
    for function in graph_def.library.function:
        nodes += function.node_def
    return {node.op for node in nodes}
