"""`tf.import_graph_def`: the nodes of a GraphDef as ops of the default graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property
from typing import Any

from ..core.attr_value import from_attr_value
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, float32
from ..core.foreign import INSIDE, UNKNOWN, add_foreign
from ..core.graph import Graph
from ..core.naming import check_node_name
from ..core.op import REQUIRED, OpDef, registry
from ..core.operation import Operation, Tensor
from ..core.tensor_shape import TensorShape
from ..ops.array import placeholder
from ..ops.constant import add_constant
from .constructs import make_condition, make_loop
from .flow import (
    ENTER,
    NEXT,
    SWITCH,
    Condition,
    Construct,
    Loop,
    control_flow_of,
)  # fmt: skip
from .nodes import Node, in_order, nodes_of

_SCALARS_WERE_UNKNOWN = 24
"""Up to this version of GraphDef a placeholder's shape () meant an unknown one."""

_SAME = {"Variable": "VariableV2"}
"""Earlier names of op types."""


def import_graph_def(
    graph_def: Any,
    input_map: dict[str, Any] | None = None,
    return_elements: Iterable[str] | None = None,
    name: str | None = None,
    op_dict: Any = None,
    producer_op_list: Any = None,
) -> list[Any] | None:
    """Add the nodes of a tf.GraphDef to the default graph, below the name scope `name` (import).

    `input_map` puts tensors of this graph in the place of the GraphDef's: its keys are the names of
    tensors there (`"x:0"`). `return_elements` lists names of ops and tensors in the GraphDef; they
    are returned. With `name=""` the nodes keep their names where those are free. Nodes of op types
    that scopeflow does not have are imported too; running one raises UnimplementedError.
    `op_dict` (deprecated) and `producer_op_list` are accepted: attributes that a node leaves out
    have their defaults, others are kept.

    Raises TypeError for what is no GraphDef, ValueError for one that does not hold together and for
    names that are not in it.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef

    if not isinstance(graph_def, GraphDef):
        raise TypeError("graph_def must be a GraphDef proto.")
    if input_map is None:
        input_map = {}
    elif not isinstance(input_map, dict) or not all(isinstance(k, str) for k in input_map):
        raise TypeError("input_map must be a dictionary mapping strings to Tensor objects.")
    if return_elements is not None:
        return_elements = list(return_elements)
        if not all(isinstance(element, str) for element in return_elements):
            raise TypeError("return_elements must be a list of strings.")
    graph = get_default_graph()
    with graph.name_scope("import" if name is None else name) as scope:
        given = {key: _mapped(value) for key, value in input_map.items()}
        try:
            importer = Importer(graph, graph_def, given, scope)
            importer.run()
        except (AttributeError, LookupError, StopIteration, TypeError, OverflowError) as error:
            raise ValueError(f"The GraphDef does not hold together: {error!r}") from error
        importer.check_map(input_map)
        if return_elements is None:
            return None
        return [importer.element(element) for element in return_elements]


def _mapped(value: Any) -> Any:
    return value if isinstance(value, Operation) else convert_to_tensor(value)


class _NotHere(ValueError):
    """A node of control flow that is no op here is asked for."""


class Importer:
    """One import: which op each node became."""

    def __init__(self, graph: Graph, graph_def: Any, input_map: dict[str, Any], scope: str) -> None:
        self.graph = graph
        self.producer = graph_def.versions.producer
        self.scope = scope
        self.nodes = nodes_of(graph_def)
        self.input_map = input_map
        self.used: set[str] = set()
        self.ops: dict[str, Operation] = {}
        self.values: dict[tuple[str, int], Tensor] = {}  # of nodes that are no ops here
        self.outer: Importer | None = None
        self.order = in_order(self.nodes, self.is_mapped)
        self.flow = control_flow_of(self.nodes, self.order)

    def run(self) -> None:
        """Add all nodes."""
        self.build(self.order, None)

    def trial(self, loop: Loop, merges: list[Node]) -> Importer:
        """An importer into a graph of its own, in which the loop's outside is placeholders."""
        made = copy(self)
        made.graph = Graph()
        made.ops, made.values, made.outer = {}, {}, self
        return made

    def build(self, nodes: list[Node], construct: Construct | None) -> None:
        """Add the nodes of a construct (None: those of none), the constructs among them whole."""
        flow = self.flow
        for node in nodes:
            if node.name in self.ops or (node.name, 0) in self.values:
                continue
            if flow is not None:
                if flow.owner.get(node.name) is not construct:
                    continue
                inner = flow.result_of.get(node.name)
                if isinstance(inner, Condition):
                    make_condition(self, inner, flow)
                    continue
                if isinstance(inner, Loop):
                    make_loop(self, inner, flow)
                    continue
                if isinstance(construct, Loop) and flow.is_frame(node):
                    continue
                if node.op in SWITCH and all(flow.virtual(node, c) for c in flow.consumers(node)):
                    continue
            self.finish(node, self.add(node))

    def finish(self, node: Node, op: Operation) -> None:
        """Note what the node became, and let it wait for what the node waits for."""
        self.ops[node.name] = op
        waits = [self.before(name) for name in node.waits]
        found = [w for w in waits if w is not None and w is not op and self.reaches(w)]
        op.control_inputs = list(dict.fromkeys([*op.control_inputs, *found]))
        op.device = node.proto.device or op.device

    def is_mapped(self, key: str) -> bool:
        """Whether the input is one of input_map's keys."""
        name, _, index = key.partition(":")
        return f"{name}:{index or 0}" in self.input_map or (
            index in ("", "0") and name in self.input_map
        )

    # Inputs.

    def tensor(self, node: Node, name: str, index: int) -> Tensor:
        for key in (f"{name}:{index}", *([name] if index == 0 else [])):
            if key in self.input_map:
                self.used.add(key)
                return self.input_map[key]
        if (name, index) in self.values:
            return self.values[name, index]
        source = self.nodes[name]
        if name not in self.ops:
            of_loop = source.op in ENTER
            if of_loop or (source.op in SWITCH and self.flow and self.flow.virtual(source, node)):
                return self.tensor(source if of_loop else node, *source.inputs[0])
            return self.from_outside(node, name, index)
        if source.op in SWITCH and self.flow and self.flow.virtual(source, node):
            return self.tensor(node, *source.inputs[0])
        outputs = self.ops[name].outputs
        if index >= len(outputs):
            raise ValueError(
                f"Node '{node.name}': Connecting to invalid output {index} of source node {name} "
                f"which has {len(outputs)} outputs."
            )
        return outputs[index]

    def from_outside(self, node: Node, name: str, index: int) -> Tensor:
        """In a trial, a placeholder for a tensor from outside (a constant as it is)."""
        if self.outer is None:
            raise _NotHere(f"Node '{node.name}': its input '{name}:{index}' is not there.")
        real = self.outer.tensor(node, name, index)
        with self.graph.as_default():
            if real.op.type == "Const":
                value = add_constant(real.op.attrs["value"], real.dtype, None)
            else:
                value = placeholder(real.dtype.base_dtype, real.shape)
        self.values[name, index] = value
        return value

    def before(self, name: str) -> Operation | None:
        key = f"^{name}"
        if key in self.input_map:
            self.used.add(key)
            found = self.input_map[key]
            return found.op if isinstance(found, Tensor) else found
        if (name, 0) in self.values:
            return self.values[name, 0].op
        return self.ops.get(name)  # None: a node of control flow that is no op here

    def check_map(self, input_map: dict[str, Any]) -> None:
        """ValueError for keys of input_map that are no tensors of the GraphDef."""
        unknown = []
        for key in input_map:
            name, _, index = key.removeprefix("^").partition(":")
            op = self.ops.get(name)
            if key in self.used or (op and int(index or 0) < max(1, len(op.outputs))):
                continue
            unknown.append(key)
        if unknown:
            raise ValueError(
                f"Attempted to map inputs that were not found in graph_def: [{', '.join(unknown)}]"
            )

    def element(self, name: str) -> Any:
        """The op or tensor that the GraphDef's `name` became."""
        op_name, colon, index = name.partition(":")
        kind = "tensor" if colon else "node"
        if op_name not in self.ops or (colon and not index.isdigit()):
            raise ValueError(f"Requested return {kind} '{name}' not found in graph def")
        if not colon:
            return self.ops[op_name]
        for key in (name, *([op_name] if index == "0" else [])):
            if key in self.input_map:
                return self.input_map[key]
        outputs = self.ops[op_name].outputs
        if int(index) >= len(outputs):
            raise ValueError(
                f"Invalid return output {index} of node '{op_name}', which has {len(outputs)} "
                "output(s)"
            )
        return outputs[int(index)]

    # Nodes.

    def add(self, node: Node) -> Operation:
        """Add the node as an op."""
        check_node_name(node.name)
        keys = [
            (name, index)
            for name, index in node.inputs
            if name not in self.nodes or self.nodes[name].op not in NEXT  # the way back in a loop
        ]
        attrs = {key: from_attr_value(value) for key, value in node.proto.attr.items()}
        shapes = attrs.pop("_output_shapes", None)
        op_def = known(node)
        name = self.graph.unique_name(node.name)
        inputs = tuple(self.reachable(node, keys))
        try:
            if op_def is None or len(inputs) < len(keys):
                reason = UNKNOWN if op_def is None else INSIDE
                op = self.add_unknown(node, name, inputs, attrs, shapes, reason)
            else:
                op = self.add_known(op_def, node, name, inputs, attrs)
        except (TypeError, ValueError, KeyError, IndexError) as error:
            text = str(error) if isinstance(error, TypeError | ValueError) else repr(error)
            if f"'{node.name}'" not in text:
                text = f"Node '{node.name}' (op: '{node.op}'): {text}"
            raise ValueError(text) from None
        for output, dims in zip(op.outputs, shapes or (), strict=False):
            if op_def is not None and dims.is_compatible_with(output.shape):
                output.set_shape(dims)
        return op

    def add_known(
        self,
        op_def: OpDef,
        node: Node,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
    ) -> Operation:
        if "_class" in attrs:
            attrs["_class"] = self.colocated(attrs["_class"])
        missing = [k for k, v in op_def.attrs.items() if v is REQUIRED and k not in attrs]
        missing += [k for k in ("dtype", "value") if op_def.type == "Const" and k not in attrs]
        if missing:
            raise ValueError(
                f"NodeDef missing attr{'s' * (len(missing) > 1)} "
                f"{', '.join(map(repr, missing))} from Op<name={op_def.type}>"
            )
        whole = {**op_def.attrs, **attrs}
        if op_def.type == "Const":
            dtype, value = attrs["dtype"], attrs["value"]
            return self.graph.add_op(op_def, name, (), attrs, [dtype], [value.shape])
        if op_def.type == "Placeholder":
            shape = attrs.get("shape", TensorShape(None))
            if shape.rank == 0 and 0 < self.producer < _SCALARS_WERE_UNKNOWN:
                shape = TensorShape(None)
            whole["shape"] = shape
        op_def.add(tuple(op_def.regrouped(inputs, whole)), whole, name + "/")
        return self.graph.get_operation_by_name(name)

    def add_unknown(
        self,
        node: Node,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        shapes: Any,
        reason: str,
    ) -> Operation:
        if "_class" in attrs:
            attrs["_class"] = self.colocated(attrs["_class"])
        count = max([len(shapes or ()), *(i + 1 for n, i in self.wanted if n == node.name)])
        named = [attrs.get(key) for key in ("T", "dtype", "type")]
        like = next((dtype for dtype in named if isinstance(dtype, DType)), float32)
        dtypes = [self.wanted.get((node.name, index), like) for index in range(count)]
        dims = [s._dims for s in shapes or ()] + [None] * (count - len(shapes or ()))
        return add_foreign(self.graph, node.op, name, inputs, attrs, dtypes, dims, reason)

    def reachable(self, node: Node, keys: list[tuple[str, int]]) -> Iterator[Tensor]:
        """The tensors of these inputs that a new op may take."""
        for name, index in keys:
            try:
                tensor = self.tensor(node, name, index)
            except _NotHere:
                continue
            if self.reaches(tensor.op):
                yield tensor

    def reaches(self, op: Operation) -> bool:
        """Whether a new op may use the op: it is not inside a block that the new one is not in."""
        context = self.graph.building.control_flow
        while context is not None and context is not op.control_flow:
            context = context.outer
        return context is op.control_flow

    def colocated(self, names: Any) -> tuple[str, ...]:
        """The ops that a node wants to stand with, under their new names."""
        return tuple(n.replace("loc:@", f"loc:@{self.scope}", 1) for n in names)

    @cached_property
    def wanted(self) -> dict[tuple[str, int], DType]:
        """What the consumers of each tensor say of its dtype: an unknown type's outputs have it."""
        found: dict[tuple[str, int], DType] = {}
        for node in self.nodes.values():
            for key, dtype in zip(node.inputs, _input_dtypes(node), strict=False):
                if found.get(key) is None or dtype is not None:
                    found[key] = dtype or float32
        return found


def known(node: Node) -> OpDef | None:
    """The op type of the node; None for one that scopeflow does not have."""
    op_def = registry.get(_SAME.get(node.op, node.op))
    if op_def is None or node.op[0] == "_":
        return None
    attr = node.proto.attr
    if (
        node.op == "Switch"
        or (node.op == "Merge" and "N" in attr)
        or "then_branch" in attr
        or "body" in attr
    ):
        return None  # TensorFlow's own control flow
    return op_def


def _input_dtypes(node: Node) -> list[DType | None]:
    """The dtype that the node's type and attributes give each of its inputs."""
    op_def = known(node)
    if op_def is None:
        return [None] * len(node.inputs)
    attrs = {k: from_attr_value(node.proto.attr[k]) for k in node.proto.attr if k != "value"}
    found: list[DType | None] = []
    for arg in op_def.inputs:
        dtype = arg.dtype if arg.dtype is not None else attrs.get(arg.type_attr)
        if arg.mixed:
            found += list(dtype or ())
            continue
        if arg.ref and isinstance(dtype, DType):
            dtype = dtype._as_ref
        found += [dtype if isinstance(dtype, DType) else None] * (
            attrs.get(arg.many, 1) if arg.many else 1
        )
    return found
