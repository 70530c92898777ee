"""The nodes of a graph (`Operation`) and the values on its edges (`Tensor`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from . import source as source_of
from .context import get_default_session
from .dtypes import DType
from .errors import OperatorNotAllowedInGraphError
from .reference import Reference
from .tensor_shape import Dims, TensorShape, as_shape

if TYPE_CHECKING:
    from .graph import Graph
    from .op import OpDef


def dims_text(dims: Dims) -> str:
    """Dims as error texts write them.

    >>> dims_text((2, None)), dims_text(None)
    ('[2,?]', '<unknown>')
    """
    if dims is None:
        return "<unknown>"
    return "[" + ",".join("?" if d is None else str(d) for d in dims) + "]"


class Operation:
    """A node: an op type, its inputs, attributes and outputs. Made by the op functions only."""

    graph: Graph
    type: str
    name: str
    outputs: list[Tensor]

    def __init__(
        self,
        graph: Graph,
        op_def: OpDef,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        control_inputs: list[Operation],
    ) -> None:
        self.graph = graph
        self.op_def = op_def
        self.type = op_def.type
        self.name = name
        self.inputs = inputs
        self.attrs = attrs
        self.control_inputs = control_inputs
        self.device = ""
        self.control_flow = graph.building.control_flow
        self.source = source_of.capture()
        self.outputs = []
        self.id = -1  # set when the graph takes it in

    @property
    def traceback(self) -> list[tuple[str, int, str, str]]:
        """(file, line number, function, text) of the user's frames, outermost first."""
        return source_of.lines(self.source)[::-1]

    @property
    def control_outputs(self) -> list[Operation]:
        """The ops that run after this one by control dependency."""
        return [op for op in self.graph.get_operations() if self in op.control_inputs]

    def colocation_groups(self) -> list[bytes]:
        """The ops that this one stands with, as `loc:@<name>`; itself where there are none."""
        names = [n for n in self.attrs.get("_class", ()) if n.startswith("loc:@")]
        return [name.encode() for name in names or [f"loc:@{self.name}"]]

    def _stand_with(self, others: Sequence[Operation]) -> None:
        """Join the groups of the others; the first of them that has a device gives it."""
        groups = {group.decode() for op in others for group in op.colocation_groups()}
        self.attrs = {**self.attrs, "_class": tuple(sorted(groups))}
        self.device = next((op.device for op in others if op.device), self.device)

    def get_attr(self, name: str) -> Any:
        """The attribute's value: text as bytes, arrays and shapes as messages, as in a NodeDef.

        ValueError when the op has no such attribute.
        """
        if name not in self.attrs:
            raise ValueError(
                f"Operation '{self.name}' has no attr named '{name}'. "
                f"It has: {', '.join(sorted(self.attrs)) or 'none'}."
            )
        from .node_def import public_attr

        return public_attr(self, name)

    def _set_attr(self, attr_name: str, attr_value: Any) -> None:
        """Set an attribute, given as AttrValue message."""
        from .attr_value import from_attr_value

        self.attrs = {**self.attrs, attr_name: from_attr_value(attr_value)}
        self.graph.rewired()

    def _set_device(self, device: Any) -> None:
        self.device = device if isinstance(device, str) else device.to_string()

    @property
    def node_def(self) -> Any:
        """The op as a tf.NodeDef."""
        from .node_def import node_def

        return node_def(self)

    def values(self) -> tuple[Tensor, ...]:
        """The outputs, as a tuple."""
        return tuple(self.outputs)

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Run this op in `session` (else the default session)."""
        _session_for("execute operation", "run", session, self.graph).run(self, feed_dict)

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: list[Operation]) -> None:
        self.control_inputs = list(dict.fromkeys((*self.control_inputs, *ops)))
        self.graph.rewired()

    def _remove_all_control_inputs(self) -> None:
        self.control_inputs = []
        self.graph.rewired()

    def _update_input(self, index: int, tensor: Tensor) -> None:
        """Give the op another input; static values and shapes that depend on it follow."""
        if tensor.graph is not self.graph:
            raise ValueError(f"{tensor} must be from the same graph as {self}.")
        old = self.inputs[index]
        if tensor.dtype.base_dtype is not old.dtype.base_dtype:
            raise TypeError(
                f"Input {index} of {self.name!r} has dtype {old.dtype.base_dtype.name}, the new "
                f"tensor {tensor.name} has dtype {tensor.dtype.base_dtype.name}."
            )
        self.inputs = (*self.inputs[:index], tensor, *self.inputs[index + 1 :])
        if old not in self.inputs:
            old._consumers.remove(self)
        if self not in tensor._consumers:
            tensor._consumers.append(self)
        for op in self.graph.get_operations():
            op.__dict__.pop("static", None)
        self._infer_shapes_again()
        self.graph.rewired()

    def _infer_shapes_again(self) -> None:
        """Static shapes of the outputs, and of what depends on them, after a change of inputs."""
        after: dict[Operation, None] = {}
        waiting = [self]
        while waiting:
            op = waiting.pop()
            if op not in after:
                after[op] = None
                waiting += [c for tensor in op.outputs for c in tensor._consumers]
        for op in sorted(after, key=lambda op: op.id):
            if op.op_def.shape is not None:
                shapes = op.op_def._shapes(op.name, op.inputs, op.attrs)
                for tensor, dims in zip(op.outputs, shapes, strict=True):
                    tensor._dims = dims

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.type}>"

    def __str__(self) -> str:
        return f"name: {self.name!r}\nop: {self.type!r}\n" + "".join(
            f"input: {t.name!r}\n" for t in self.inputs
        )


def _session_for(what: str, method: str, session: Any, graph: Graph) -> Any:
    if session is None:
        session = get_default_session()
        if session is None:
            raise ValueError(
                f"Cannot {what} using `{method}()`: No default session is registered. "
                f"Use `with sess.as_default()` or pass an explicit session to "
                f"`{method}(session=sess)`"
            )
        if session.graph is not graph:
            raise ValueError(
                f"Cannot use the default session to {what}: "
                "the tensor's graph is different from the session's graph. Pass an explicit "
                f"session to `{method}(session=sess)`."
            )
    elif session.graph is not graph:
        raise ValueError(
            f"Cannot use the given session to {what}: "
            "the tensor's graph is different from the session's graph."
        )
    return session


class Tensor:
    """One output of an operation: a value that exists when a session runs the graph."""

    __array_priority__ = 100  # numpy's operators leave a tensor on their right to us
    OVERLOADABLE_OPERATORS = {
        f"__{name}__"
        for name in (
            "abs add and div eq floordiv ge getitem gt invert le lt matmul mod mul ne neg or pow "
            "radd rand rdiv rfloordiv rmatmul rmod rmul ror rpow rsub rtruediv rxor sub truediv xor"
        ).split()
    }
    """The operators that tensors have, for classes of programs that act like tensors."""

    def __init__(self, op: Operation, value_index: int, dtype: DType, dims: Dims) -> None:
        self.op = op
        self.value_index = value_index
        self.dtype = dtype
        self._dims = dims
        self._consumers: list[Operation] = []

    @property
    def graph(self) -> Graph:
        """The graph that holds this tensor."""
        return self.op.graph

    @property
    def name(self) -> str:
        """`<op name>:<output index>`."""
        return f"{self.op.name}:{self.value_index}"

    @property
    def device(self) -> str:
        """The device that the op asked for, "" for none."""
        return self.op.device

    @property
    def shape(self) -> TensorShape:
        """The static shape: what is known of the shape while the graph is built."""
        return TensorShape._make(self._dims)

    def get_shape(self) -> TensorShape:
        """The static shape, as `.shape`."""
        return TensorShape._make(self._dims)

    def _shape_tuple(self) -> Dims:
        return self._dims

    def _shape_as_list(self) -> list[int | None] | None:
        return None if self._dims is None else list(self._dims)

    def set_shape(self, shape: Any) -> None:
        """Add what you know of the shape. ValueError where it contradicts what is known."""
        self._dims = self.shape.merge_with(as_shape(shape))._dims

    def consumers(self) -> list[Operation]:
        """The ops that take this tensor as an input."""
        return list(self._consumers)

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """This tensor's value in `session` (else the default session), as `run` gives it."""
        return _session_for("evaluate tensor", "eval", session, self.graph).run(self, feed_dict)

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def __str__(self) -> str:
        shape = "" if self._dims is None else f", shape={self.shape}"
        return f'Tensor("{self.name}"{shape}, dtype={self.dtype.name})'

    # A tensor is compared by identity, as in TensorFlow 1 (`tf.equal` compares values).
    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __ne__(self, other: object) -> bool:
        return self is not other

    def experimental_ref(self) -> Reference:
        """What stands for the tensor in sets and as a key, whatever `==` means of tensors."""
        return Reference(self)

    def __copy__(self) -> Tensor:
        return self

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"using a `tf.Tensor` as a Python `bool` is not allowed in Graph execution.\n"
            f"Tensor {self.name!r} has no value while the graph is built. Use tf.cond or tf.where "
            "to choose by its value, `is not None` to ask whether it was given, or run it in a "
            "session first."
        )

    def __iter__(self) -> Iterator[Tensor]:
        raise OperatorNotAllowedInGraphError(
            "iterating over `tf.Tensor` is not allowed in Graph execution.\n"
            f"Use tf.unstack (static length), tf.map_fn or tf.while_loop over {self.name!r}."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"object of type 'Tensor' has no len(). Use {self.name!r}'s get_shape() for the "
            "static shape or tf.shape(x)[0] for the one at run time."
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise NotImplementedError(
            f"Cannot convert a symbolic Tensor ({self.name}) to a numpy array. "
            "Evaluate it in a session first (session.run(tensor))."
        )

    if TYPE_CHECKING:  # installed by ops/operators.py

        def _operator(self, other: Any) -> Tensor: ...

        __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _operator
        __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _operator
        __mod__ = __rmod__ = __pow__ = __rpow__ = __matmul__ = __rmatmul__ = _operator
        __and__ = __rand__ = __or__ = __ror__ = __xor__ = __rxor__ = _operator
        __lt__ = __le__ = __gt__ = __ge__ = __getitem__ = _operator

        def _unary(self) -> Tensor: ...

        __neg__ = __abs__ = __invert__ = _unary

    @staticmethod
    def _override_operator(operator: str, function: Callable) -> None:
        """Install `function` as the tensors' `operator` (a dunder name)."""
        setattr(Tensor, operator, function)


# Names that are TensorFlow's own affair, and that programs read all the same.
for _owner, _names in {
    Tensor: ("op", "value_index", "dtype", "shape"),
    Operation: ("graph", "inputs", "outputs", "control_inputs"),
}.items():
    for _name in _names:
        setattr(_owner, f"_{_name}", property(attrgetter(_name)))
