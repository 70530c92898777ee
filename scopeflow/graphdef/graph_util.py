"""`tf.graph_util`: cutting GraphDefs down and freezing them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..core import dtypes
from ..core.dtypes import DType
from ..core.graph import Graph
from ..core.tensor_proto import make_tensor_proto
from .importing import import_graph_def
from .nodes import Node

_PASS_ON = frozenset(("Identity", "CheckNumerics"))
_REFERENCES = frozenset(("VariableV2", "Variable"))


def _checked(graph_def: Any) -> None:
    if type(graph_def).__name__ != "GraphDef":
        raise TypeError("graph_def must be a graph_pb2.GraphDef proto.")


def _empty_like(graph_def: Any) -> Any:
    made = type(graph_def)(versions=graph_def.versions)
    made.library.CopyFrom(graph_def.library)
    return made


def extract_sub_graph(graph_def: Any, dest_nodes: list[str]) -> Any:
    """The nodes of the GraphDef that the nodes named `dest_nodes` need, and these, as a GraphDef.

    AssertionError for a name that is not there, TypeError for what is no GraphDef or no list.
    """
    _checked(graph_def)
    if isinstance(dest_nodes, str | bytes):
        raise TypeError("dest_nodes must be a list.")
    nodes = {proto.name: Node(proto) for proto in graph_def.node}
    for name in dest_nodes:
        assert name in nodes, f"{name} is not in graph"
    waiting, needed = list(dest_nodes), set()
    while waiting:
        name = waiting.pop()
        if name in needed:
            continue
        needed.add(name)
        node = nodes[name]
        waiting += [*(source for source, _ in node.inputs), *node.waits]
    made = _empty_like(graph_def)
    made.node.extend(proto for proto in graph_def.node if proto.name in needed)
    return made


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: list[str],
    variable_names_whitelist: Iterable[str] | None = None,
    variable_names_blacklist: Iterable[str] | None = None,
) -> Any:
    """What the output nodes need, with constants in the place of variables, as a GraphDef.

    The values are those that the variables have in the session. The whitelist names the only
    variables to convert, the blacklist some not to.
    """
    kept = extract_sub_graph(input_graph_def, output_node_names)
    white = None if variable_names_whitelist is None else set(variable_names_whitelist)
    black = set(variable_names_blacklist or ())
    chosen = [
        node
        for node in kept.node
        if node.op in (*_REFERENCES, "VarHandleOp")
        and node.name not in black
        and (white is None or node.name in white)
    ]
    values = _values(sess, input_graph_def, chosen)
    handles = {node.name: node.attr["dtype"].type for node in chosen if node.op == "VarHandleOp"}
    made = _empty_like(kept)
    for node in kept.node:
        new = made.node.add()
        dtype = handles.get(node.input[0].removesuffix(":0")) if node.input else None
        if node.name in values:
            new.name, new.op = node.name, "Const"
            kind = DType(node.attr["dtype"].type)
            new.attr["dtype"].type = kind.as_datatype_enum
            new.attr["value"].tensor.CopyFrom(make_tensor_proto(values[node.name], kind))
        elif node.op == "ReadVariableOp" and dtype is not None:
            new.name, new.op, new.device = node.name, "Identity", node.device
            new.input.extend(node.input)
            new.attr["T"].type = dtype
        elif node.op == "ResourceGather" and dtype is not None:
            made.node.remove(new)
            _gather(made, node)
        else:
            new.CopyFrom(node)
            if node.op == "Identity" and dtype is not None:  # of the handle
                new.attr["T"].type = handles[node.name] = dtype
    return made


def _gather(made: Any, node: Any) -> None:
    """A constant's rows in the place of a resource variable's."""
    axis = made.node.add(name=f"{node.name}/axis", op="Const")
    axis.attr["dtype"].type = dtypes.int32.as_datatype_enum
    axis.attr["value"].tensor.CopyFrom(make_tensor_proto(0, dtypes.int32))
    gather = made.node.add(name=node.name, op="GatherV2", device=node.device)
    gather.input.extend([node.input[0], node.input[1], axis.name, *node.input[2:]])
    gather.attr["Tparams"].type = node.attr["dtype"].type
    gather.attr["Tindices"].CopyFrom(node.attr["Tindices"])
    gather.attr["Taxis"].type = dtypes.int32.as_datatype_enum


def _values(session: Any, graph_def: Any, nodes: list[Any]) -> dict[str, Any]:
    """What the variables hold in the session."""
    fetches = {}
    for node in nodes:
        if node.op == "VarHandleOp":
            reads = [n.name for n in graph_def.node if n.op == "ReadVariableOp"]
            graph = session.graph
            ops = (graph.get_operation_by_name(name) for name in reads)
            fetches[node.name] = next(
                op.outputs[0] for op in ops if op.inputs[0].op.name == node.name
            )
        else:
            fetches[node.name] = f"{node.name}:0"
    return session.run(fetches) if fetches else {}


def remove_training_nodes(input_graph: Any, protected_nodes: list[str] | None = None) -> Any:
    """The GraphDef without nodes that only matter in training: Identity and CheckNumerics.

    Their consumers take what they take. They stay where they are in `protected_nodes`, wait for
    another node or are waited for. The last node stays too.
    """
    nodes = [Node(proto) for proto in input_graph.node]
    protected = set(protected_nodes or ())
    protected |= {name for node in nodes for name in node.waits}
    used = {name for node in nodes for name, _ in node.inputs}
    removed = {
        node.name: node.proto.input[0]
        for node in nodes
        if node.op in _PASS_ON
        and not node.waits
        and node.name not in protected
        and node.name in used
    }
    made = _empty_like(input_graph)
    for node in nodes:
        if node.name in removed:
            continue
        new = made.node.add()
        new.CopyFrom(node.proto)
        for index, name in enumerate(new.input):
            source = name
            while source.removesuffix(":0") in removed:
                source = removed[source.removesuffix(":0")]
            new.input[index] = source
    return made


def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether TensorFlow would place the node (an op or a NodeDef) on the CPU whatever is asked.

    Those are nodes of strings and of shapes; with `pin_variables_on_cpu` also variables.
    """
    node_def = getattr(node, "node_def", node)
    op, attr = node_def.op, node_def.attr
    if pin_variables_on_cpu and op in (*_REFERENCES, "Assign", "AssignAdd", "AssignSub"):
        return True
    int32, string = dtypes.int32.as_datatype_enum, dtypes.string.as_datatype_enum
    if op == "Const":
        return attr["dtype"].type in (int32, string)
    if op in ("DynamicStitch", "ParallelDynamicStitch"):
        return attr["T"].type == int32
    return op == "Cast" and attr["SrcT"].type == int32


def tensor_shape_from_node_def_name(graph: Graph, input_name: str) -> Any:
    """The static shape of the tensor that a NodeDef's input names (`x` or `x:1`)."""
    name = input_name if ":" in input_name else f"{input_name}:0"
    return graph.get_tensor_by_name(name).get_shape()


__all__ = [
    "convert_variables_to_constants",
    "extract_sub_graph",
    "import_graph_def",
    "must_run_on_cpu",
    "remove_training_nodes",
    "tensor_shape_from_node_def_name",
]
