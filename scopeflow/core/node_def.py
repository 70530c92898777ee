"""Ops as NodeDef messages and graphs as GraphDef, from what the op types say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .attr_value import attr_value, public_value
from .shape_proto import shape_proto

if TYPE_CHECKING:
    from .graph import Graph
    from .operation import Operation, Tensor

PRODUCER = 134
"""The version of the GraphDef format that TensorFlow 1.15 writes."""


def attr_of(op: Operation, name: str) -> Any:
    """The attribute `name` as an AttrValue, None where it is unset or no such value."""
    return attr_value(op.attrs[name], op.op_def.attrs.get(name), op.attrs.get("dtype"))


def public_attr(op: Operation, name: str) -> Any:
    """The attribute as `Operation.get_attr` gives it."""
    found = attr_of(op, name)
    return op.attrs[name] if found is None else public_value(found)


def input_name(tensor: Tensor) -> str:
    """A tensor as a NodeDef's input: `op`, `op:1`, `op:2`, …"""
    name = tensor.op.name
    return f"{name}:{tensor.value_index}" if tensor.value_index else name


def node_def(op: Operation, add_shapes: bool = False) -> Any:
    """The op as a NodeDef; with `add_shapes` it has the outputs' static shapes."""
    from tensorboard.compat.proto.node_def_pb2 import NodeDef

    inputs = [input_name(tensor) for tensor in op.inputs]
    waits = [before.name for before in op.control_inputs]
    node = NodeDef(
        name=op.name,
        op=op.op_def.type,
        input=[*inputs, *(f"^{name}" for name in waits)],
        device=op.device or "",
    )
    for name in op.attrs:
        value = attr_of(op, name)
        if value is not None:
            node.attr[name].CopyFrom(value)
    if add_shapes and op.outputs:
        shapes = node.attr["_output_shapes"].list
        shapes.shape.extend(shape_proto(tensor._dims) for tensor in op.outputs)
    return node


def graph_def(graph: Graph, add_shapes: bool = False) -> Any:
    """The graph's ops as a GraphDef."""
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    from .flow_nodes import FlowNodes, has_constructs

    if has_constructs(graph):
        made = GraphDef(node=FlowNodes(graph, add_shapes).all())
    else:
        made = GraphDef(node=[node_def(op, add_shapes) for op in graph.get_operations()])
    made.versions.CopyFrom(versions())
    return made


def versions() -> Any:
    """The version of what graph_def() gives."""
    from tensorboard.compat.proto.versions_pb2 import VersionDef

    return VersionDef(producer=PRODUCER)
