"""Graph: the ops in the order of their making, their names, scopes and collections."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from .context import context, get_default_graph, pushed
from .device import merged_device
from .dtypes import DType
from .naming import UniqueNames, check_node_name, check_scope_name
from .operation import Dims, Operation, Tensor
from .reachable import check_reachable

if TYPE_CHECKING:
    from .op import OpDef

OVERRIDE = "_gradient_op_type"
"""The attribute of an op whose gradient the program defines: the name it is registered under."""
COLOCATION = "_class"
"""The attribute that names the ops which an op stands with."""


class _Controller:
    """One `control_dependencies` block: what it waits for, and the ops made inside it."""

    __slots__ = ("inputs", "made")

    def __init__(self, inputs: list[Operation]) -> None:
        self.inputs = inputs
        self.made: set[Operation] = set()


class _BuildState(threading.local):
    """Where a thread stands in a graph: its scopes. Every thread starts at the root."""

    def __init__(self) -> None:
        self.name_scope = ""
        self.controllers: tuple[_Controller, ...] = ()
        self.devices: tuple[Any, ...] = ()
        self.colocations: tuple[Operation, ...] = ()  # what new ops stand with, outermost first
        self.beside = ""  # the op to be that new ops stand with where nothing else is said
        self.control_flow: Any = None
        self.gradients: dict[str, str] = {}  # op type -> registered gradient
        self.container = ""
        self.held: dict[Any, Any] = {}  # what other rooms keep per thread and graph


class Graph:
    """A dataflow graph: operations, in creation order, and the tensors between them.

    >>> import scopeflow as tf
    >>> with tf.Graph().as_default() as g:
    ...     c = tf.constant(2.0, name="c")
    >>> g.get_tensor_by_name("c:0") is c
    True
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._ops: list[Operation] = []
        self._by_name: dict[str, Operation] = {}
        self._names = UniqueNames()
        self._collections: dict[Any, list] = {}
        self._finalized = False
        self._unfeedable: set[Tensor] = set()
        self._unfetchable: set[Any] = set()
        self.building = _BuildState()
        self.held: dict[Any, Any] = {}  # what other rooms keep per graph (the variable store, …)
        self.seed: int | None = None
        self.rewirings = 0  # counts changes to existing ops, which make lowered programs stale

    # Ops.

    def add_op(
        self,
        op_def: OpDef,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        dtypes: list[DType],
        shapes: list[Dims],
    ) -> Operation:
        """Take in a new op under the (already unique) full name `name`."""
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        if name in self._by_name:
            raise ValueError(f"Duplicate node name in graph: '{name}'")
        state = self.building
        if state.gradients and op_def.type in state.gradients:
            attrs = {**attrs, OVERRIDE: state.gradients[op_def.type]}
        for tensor in inputs:
            if tensor.op.control_flow is not state.control_flow and tensor.op.control_flow:
                check_reachable(tensor.op, name, state.control_flow)
        op = Operation(self, op_def, name, inputs, attrs, self._control_inputs_for(inputs))
        changed = op_def.referred(attrs, inputs) if op_def.takes_reference else ()
        if state.devices and not changed:
            op.device = merged_device(state.devices, op)
        if COLOCATION not in attrs:
            if changed or state.colocations:
                op._stand_with((*state.colocations, *changed))
            elif state.beside:
                op.attrs = {**attrs, COLOCATION: (f"loc:@{state.beside}",)}
        for index, dtype in enumerate(dtypes):
            op.outputs.append(Tensor(op, index, dtype, shapes[index]))
        for tensor in inputs:
            if op not in tensor._consumers[-1:]:
                tensor._consumers.append(op)
        for controller in state.controllers:
            controller.made.add(op)
        with self._lock:
            op.id = len(self._ops)
            self._ops.append(op)
            self._by_name[name] = op
        if state.control_flow is not None:
            state.control_flow.add(op)
        return op

    def create_op(
        self,
        op_type: str,
        inputs: Any,
        dtypes: Any = None,
        input_types: Any = None,
        name: str | None = None,
        attrs: Any = None,
        op_def: Any = None,
        compute_shapes: bool = True,
        compute_device: bool = True,
    ) -> Operation:
        """Add an op by its type's name, with tensors as inputs and AttrValues as attributes.

        `dtypes` are those of the outputs where scopeflow does not have the type; such an op can be
        looked at and exported, but not run. `op_def`, `compute_shapes` and `compute_device` are
        accepted: what an op type is, is known by its name. TypeError for inputs that are no
        tensors, or not of the `input_types`.
        """
        from .create_op import create_op

        return create_op(self, op_type, inputs, dtypes, input_types, name, attrs)

    def _control_inputs_for(self, inputs: tuple[Tensor, ...]) -> list[Operation]:
        controllers = self.building.controllers
        if not controllers:
            return []
        found: dict[Operation, None] = {}
        producers = {tensor.op for tensor in inputs}
        for controller in controllers:
            # An op whose input was made in the block already waits for the block's inputs.
            if producers.isdisjoint(controller.made):
                found.update(dict.fromkeys(controller.inputs))
        return [op for op in found if op not in producers]

    def rewired(self) -> None:
        """Called when an existing op got new inputs."""
        self.rewirings += 1

    def get_operations(self) -> list[Operation]:
        """All ops, in creation order."""
        return [op for op in self._ops if op.control_flow is None or not op.control_flow.hidden]

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """All ops as a tf.GraphDef; with `add_shapes` the nodes have the static output shapes.

        `from_version` is accepted: as in TensorFlow 1.15, the whole graph is given. Conditions and
        loops are spread out as TensorFlow's are: Switch and Merge, Enter and Exit nodes.
        """
        from .node_def import graph_def

        return graph_def(self, add_shapes)

    @property
    def graph_def_versions(self) -> Any:
        """The version of the GraphDef format, as a tf.VersionDef message."""
        from .node_def import versions

        return versions()

    @property
    def version(self) -> int:
        """The number of ops."""
        return len(self._ops)

    @property
    def _last_id(self) -> int:
        return len(self._ops)

    # Names and scopes.

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """A free op name under the current name scope, made from `name`."""
        scope = self.building.name_scope
        with self._lock:
            return self._names.take(f"{scope}/{name}" if scope else name, mark_as_used)

    def op_name(self, name: str) -> str:
        """The full name for a new op called `name`; a trailing `/` means: exactly this name."""
        if name.endswith("/"):
            return name[:-1]
        return self.unique_name(name)

    def check_name(self, name: str) -> None:
        """ValueError unless `name` may be a scope or op name at this place."""
        check_scope_name(name, at_root=not self.building.name_scope)

    check_node_name = staticmethod(check_node_name)

    def get_name_scope(self) -> str:
        """The current name scope, without a trailing slash."""
        return self.building.name_scope

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Ops made in the block are named below `name`; yields the scope with a trailing slash.

        A name that ends in `/` re-enters that very scope; None or "" is the root. Raises
        ValueError for an invalid name.
        """
        if not name:
            scope = ""
        elif not isinstance(name, str):
            raise TypeError(f"A name scope's name must be a string, got {name!r}.")
        elif name.endswith("/"):
            self.check_name(name)
            scope = name[:-1]
        else:
            self.check_name(name)
            scope = self.unique_name(name)
        with self.held_state(name_scope=scope):
            yield scope + "/" if scope else ""

    @contextmanager
    def held_state(self, **fields: Any) -> Iterator[None]:
        """Set fields of this thread's build state within the block."""
        state = self.building
        before = {key: getattr(state, key) for key in fields}
        state.__dict__.update(fields)
        try:
            yield
        finally:
            state.__dict__.update(before)

    def control_dependencies(self, control_inputs: Any) -> AbstractContextManager[None]:
        """Ops made in the block run after `control_inputs` (ops, tensors or variables).

        None clears the dependencies of the enclosing blocks.
        """
        if control_inputs is None:
            return self.held_state(controllers=(), control_flow=None)
        inputs: list[Operation] = []
        for item in control_inputs:
            element = self.as_graph_element(getattr(item, "_as_control_input", item))
            op = element.op if isinstance(element, Tensor) else element
            if op not in inputs:
                inputs.append(op)
        return self.held_state(controllers=(*self.building.controllers, _Controller(inputs)))

    def device(self, device_name_or_function: Any) -> AbstractContextManager[None]:
        """Record a device (a string, a function of the op, or None for none) for new ops."""
        if device_name_or_function is None:
            return self.held_state(devices=())
        return self.held_state(devices=(*self.building.devices, device_name_or_function))

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> AbstractContextManager[None]:
        """Ops made in the block stand with `op` (an op, a tensor or a variable) and on its device.

        Devices asked for outside of the block are left behind; with `ignore_existing` so are
        outer blocks like this, and then None stands for no op. Recorded: a session runs all on
        one device.
        """
        if op is None:
            if not ignore_existing:
                raise ValueError(
                    "Trying to reset colocation (op is None) but ignore_existing is not True"
                )
            return self.held_state(devices=(), colocations=())
        element = self.as_graph_element(getattr(op, "_as_control_input", op))
        found = element.op if isinstance(element, Tensor) else element
        before = () if ignore_existing else self.building.colocations
        return self.held_state(devices=(), colocations=(*before, found))

    def gradient_override_map(self, op_type_map: dict[str, str]) -> AbstractContextManager[None]:
        """Ops of the map's types that are made in the block get the gradient that it names.

        The names are those that tf.RegisterGradient has registered. TypeError for a map of other
        things than strings.
        """
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        for op_type, name in op_type_map.items():
            if not isinstance(op_type, str) or not isinstance(name, str):
                raise TypeError(
                    "op_type_map must be a dictionary mapping strings to strings, "
                    f"got {op_type!r}: {name!r}"
                )
        return self.held_state(gradients={**self.building.gradients, **op_type_map})

    def container(self, container_name: str) -> AbstractContextManager[None]:
        """Ops of resources made in the block have the container's name: those of another differ."""
        return self.held_state(container=container_name)

    def as_default(self) -> AbstractContextManager[Graph]:
        """Make this the thread's default graph within the block."""
        return pushed(context.graphs, self)

    # Collections.

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Append `value` to the collection `name`."""
        self._check_not_finalized()
        self._collections.setdefault(name, []).append(value)

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Append `value` to each of the collections `names` (a name or several)."""
        for name in (names,) if isinstance(names, str) else dict.fromkeys(names):
            self.add_to_collection(name, value)

    def get_collection(self, name: Any, scope: str | None = None) -> list:
        """A copy of the collection; with `scope`, only items whose names match it at their start.

        `scope` is a regular expression, matched with `re.match`.
        """
        items = self._collections.get(name, [])
        if scope is None:
            return list(items)
        pattern = re.compile(scope)
        return [item for item in items if hasattr(item, "name") and pattern.match(item.name)]

    def get_collection_ref(self, name: Any) -> list:
        """The collection itself; changing the list changes the collection."""
        return self._collections.setdefault(name, [])

    def get_all_collection_keys(self) -> list:
        """The names of all collections."""
        return [key for key in self._collections if isinstance(key, str)]

    @property
    def collections(self) -> list:
        """The names of all collections."""
        return list(self._collections)

    def clear_collection(self, name: Any) -> None:
        """Empty the collection."""
        self._check_not_finalized()
        self._collections.pop(name, None)

    # Look-up.

    def as_graph_element(
        self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True
    ) -> Any:
        """The tensor or operation that `obj` (one of them, a name, or a variable) stands for.

        Raises TypeError for other objects, ValueError where it belongs to another graph or has
        the wrong kind, KeyError where no such name exists.
        """
        from .lookup import find

        return find(self, obj, allow_tensor, allow_operation)

    def get_operation_by_name(self, name: str) -> Operation:
        """The op called `name`. KeyError when there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """The tensor called `name` (`"op:0"`). KeyError when there is none."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_operation=False)

    # Feeding, fetching, finality.

    def switch_to_thread_local(self) -> None:
        """Nothing to do: where a thread stands (scopes, devices, control) is its own here."""

    def prevent_feeding(self, tensor: Tensor) -> None:
        """Feeding `tensor` raises from now on."""
        self._unfeedable.add(tensor)

    def is_feedable(self, tensor: Tensor) -> bool:
        """Whether `tensor` may stand in a feed_dict."""
        return tensor not in self._unfeedable

    def prevent_fetching(self, op: Any) -> None:
        """Fetching `op` raises from now on."""
        self._unfetchable.add(op)

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether it may stand among a run's fetches."""
        op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op not in self._unfetchable

    @property
    def finalized(self) -> bool:
        """Whether the graph is read-only."""
        return self._finalized

    def finalize(self) -> None:
        """Make the graph read-only: adding an op raises RuntimeError."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")


def graph_of(values: Any) -> Graph:
    """The one graph that all the tensors, ops and variables among `values` belong to.

    The default graph where there is none among them. Raises ValueError when they disagree.
    """
    found: Graph | None = None
    first: Any = None
    for value in values:
        graph = getattr(value, "graph", None)
        if not isinstance(graph, Graph):
            continue
        if found is None:
            found, first = graph, value
        elif graph is not found:
            raise ValueError(f"{value} must be from the same graph as {first}.")
    return get_default_graph() if found is None else found


class name_scope:
    """Ops made in the block are named below `name`, or `default_name` where `name` is None.

    Yields the scope's full name with a trailing slash. With `values`, their graph is the default
    within the block. One object may open several blocks. Raises TypeError for a name that is no
    string, ValueError for an invalid one and for values from several graphs.

    >>> import scopeflow as tf
    >>> with tf.name_scope("hidden") as scope:
    ...     scope
    'hidden/'
    """

    __slots__ = ("_default_name", "_entered", "_name", "_values")

    def __init__(self, name: Any, default_name: str | None = None, values: Any = None) -> None:
        if name is not None and not isinstance(name, str):
            raise TypeError(f"`name` for name_scope must be a string, got {name!r}.")
        self._name = name
        self._default_name = default_name
        self._values = values
        self._entered: list[list[AbstractContextManager]] = []

    @property
    def name(self) -> str | None:
        """The name asked for, or the default."""
        return self._default_name if self._name is None else self._name

    def __enter__(self) -> str:
        values = self._values
        if values is not None and self.name is None:
            raise ValueError(
                f"At least one of name ({self._name}) and default_name ({self._default_name}) "
                "must be provided."
            )
        graph = get_default_graph() if values is None else graph_of(values)
        scope = graph.name_scope(self.name)
        full_name = scope.__enter__()
        managers: list[AbstractContextManager] = [scope]
        if graph is not get_default_graph():
            managers.append(graph.as_default())
            managers[-1].__enter__()
        self._entered.append(managers)
        return full_name

    def __exit__(self, *exc_info: Any) -> None:
        for manager in reversed(self._entered.pop()):
            manager.__exit__(*exc_info)
