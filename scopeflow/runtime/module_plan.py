"""What a module computes: a part of a graph, its inputs and outputs, and the variables in it."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch.utils._python_dispatch import _disable_current_modes

from ..core import dtypes, graph_state
from ..core.composite import CompositeTensor
from ..core.graph import Graph
from ..core.graph_keys import GraphKeys
from ..core.lazy_torch import settle_all
from ..core.nest import flatten, pack_like
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, root
from .aliases import cells
from .module_lowering import ModuleLowering
from .order import needed_ops
from .program import Program

_numbers = itertools.count()


class Plan:
    """A part of a graph that a module runs, in training and in evaluation."""

    def __init__(
        self,
        graph: Graph,
        inputs: dict[str, Tensor],
        outputs: Any,
        flag: Tensor | None,
        updates: list[Operation],
        trainable: set[Operation],
    ) -> None:
        self.number = next(_numbers)
        self.graph = graph
        self.inputs = inputs
        self.outputs = outputs
        self.flag = flag
        self.updates = updates
        self.flat = flatten(outputs)
        ops, _ = needed_ops([t.op for t in self.flat] + updates, self.fed)
        self.ops = ops
        self.variables = {op.name: op for op in ops if is_storage(op)}
        self.trainable = {name for name, op in self.variables.items() if op in trainable}
        self._programs: dict[tuple, Program] = {}

    @property
    def fed(self) -> set[Tensor]:
        """What the graph does not compute itself."""
        return {*self.inputs.values(), *(() if self.flag is None else (self.flag,))}

    def program(
        self, training: bool, device: torch.device, float_as: str, watched: dict[str, Any]
    ) -> Program:
        """The lowered program for these circumstances; kept, unless scopes are watched."""
        key = (training, device, float_as)
        program = None if watched else self._programs.get(key)
        if program is None:
            updates = self.updates if training else []
            shielded = self._shielded(updates)
            fixed = {} if self.flag is None else self._following(self.flag, int(training))
            settle_all()
            with _disable_current_modes():  # torch.export's: the program's constants are real
                program = ModuleLowering(
                    [*self.flat, *updates],
                    list(self.inputs.values()),
                    device,
                    fixed=fixed,
                    float_as=float_as,
                    watched=watched,
                    shielded=shielded,
                ).program()
            program.shielded = shielded
            if not watched:
                self._programs[key] = program
        return program

    def _following(self, flag: Tensor, value: int) -> dict[Tensor, Any]:
        """The flag's value, and what follows from it alone, though its shape be unknown."""
        found: dict[Tensor, Any] = {flag: value}
        for op in self.ops:
            host = op.op_def.host
            if host and len(op.outputs) == 1 and op.inputs and all(t in found for t in op.inputs):
                if op.outputs[0].dtype.is_bool and not any(arg.dims for arg in op.op_def.inputs):
                    settled = [found[t] for t in op.inputs]
                    keywords = {key: op.attrs[key] for key in op.op_def.host_attrs}
                    found[op.outputs[0]] = host(*settled, **keywords)
        return found

    def _shielded(self, updates: list[Operation]) -> set[Operation]:
        """The variables that a call changes, and whose old values autograd may need for it."""
        used, _ = needed_ops([t.op for t in self.flat], self.fed)
        ops, _ = needed_ops([t.op for t in self.flat] + updates, self.fed)
        changes = Counter(root(tensor).op for op in ops for tensor in cells(op))
        return {op for op, count in changes.items() if count > 1 or op in used}

    def packed(self, values: list) -> Any:
        """The outputs' values as the outputs were nested."""
        return pack_like(self.outputs, values)

    def __deepcopy__(self, memo: dict) -> Plan:
        return self  # it has no state

    def __getstate__(self) -> dict[str, Any]:
        ops, _ = needed_ops([t.op for t in self.flat] + self.updates, set())
        return {
            "graph": graph_state.saved(ops),
            "inputs": {key: t.name for key, t in self.inputs.items()},
            "outputs": pack_like(self.outputs, [t.name for t in self.flat]),
            "flag": None if self.flag is None else self.flag.name,
            "updates": [op.name for op in self.updates],
            "trainable": self.trainable,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        graph = graph_state.restored(state["graph"])
        tensor = graph.get_tensor_by_name
        names = flatten(state["outputs"])
        by_name = graph._by_name
        self.__init__(  # type: ignore[misc]
            graph,
            {key: tensor(name) for key, name in state["inputs"].items()},
            pack_like(state["outputs"], [tensor(name) for name in names]),
            None if state["flag"] is None else tensor(state["flag"]),
            [by_name[name] for name in state["updates"]],
            {by_name[name] for name in state["trainable"]},
        )


def plan_for(
    outputs: Any, inputs: Any, training: Tensor | None = None, updates: Any = None
) -> Plan:
    """A plan for outputs and inputs (tensors, nested) of one graph.

    ValueError for placeholders that are needed and not among the inputs.
    """
    outputs = pack_like(outputs, [as_output(output) for output in flatten(outputs)])
    flat = flatten(outputs)
    if not flat:
        raise ValueError("to_module needs at least one output.")
    graph = flat[0].graph
    named = _named(graph, inputs)
    fed = set(named.values())
    if training is not None:
        fed.add(training)
    update_ops = updates_of(graph) if updates is None else as_operations(flatten(updates))
    missing = _placeholders([t.op for t in flat], fed)
    if training is None:
        flags = [t for t in missing if t.dtype is dtypes.bool and t._dims in ((), None)]
        if len(flags) == 1:  # the program's training flag
            training = flags[0]
            fed.add(training)
            missing.remove(training)
        else:
            training = _defaulted_flag([t.op for t in flat], fed)
            fed |= {training} if training is not None else set()
    _check_held([t.op for t in flat] + update_ops, fed)
    needed = [t for t in missing if t.op.type == "Placeholder"]
    if needed:
        raise ValueError(
            f"The outputs need the placeholders {', '.join(t.name for t in needed)}, which are not "
            "among the inputs. Add them to the inputs of to_module."
        )
    if updates is None:  # those that the inputs suffice for
        update_ops = [op for op in update_ops if not _placeholders([op], fed)]
    return Plan(graph, named, outputs, training, update_ops, trainable_storage(graph))


def _check_held(targets: list[Operation], fed: set[Tensor]) -> None:
    for op in needed_ops(targets, fed)[0]:
        if any(arg.held for arg in op.op_def.inputs) and not op.type.startswith("TensorArray"):
            raise NotImplementedError(
                f"The outputs need {op.name} (op type {op.type}), which uses a table, a queue, an "
                "iterator or a reader: these belong to a session. Make what it gives an input of "
                "the module, and feed it."
            )


def as_output(output: Any) -> Any:
    """A variable as its tensor; a sparse tensor, or slices, as the tuple of its tensors."""
    if isinstance(output, CompositeTensor):
        return output._value_type(*output._components)
    if hasattr(output, "_as_graph_element"):
        output = output._as_graph_element()
    if not isinstance(output, Tensor):
        raise TypeError(f"An output of a module is a tensor of the graph, not {output!r}.")
    return output


def as_operations(targets: Iterable) -> list[Operation]:
    """Operations and tensors as operations."""
    return [target if isinstance(target, Operation) else target.op for target in targets]


def updates_of(graph: Graph) -> list[Operation]:
    """What the graph's UPDATE_OPS run."""
    return as_operations(graph.get_collection(GraphKeys.UPDATE_OPS))


def trainable_storage(graph: Graph) -> set[Operation]:
    """The ops that hold the graph's trainable variables."""
    return {_storage(v) for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}


def _storage(variable: Any) -> Operation:
    handle = getattr(variable, "handle", None)
    return variable.op if handle is None else handle.op


def _named(graph: Graph, inputs: Any) -> dict[str, Tensor]:
    """The inputs by name: a dict's keys, else the ends of the tensors' names."""
    if isinstance(inputs, Mapping):
        items = [
            (name if part is tensor else f"{name}/{_short(part)}", part)
            for name, tensor in inputs.items()
            for part in flatten(tensor, expand=True)
        ]
    else:
        tensors = flatten(inputs, expand=True)
        short = [_short(t) for t in tensors]
        items = [
            (name if short.count(name) == 1 else t.op.name, t)
            for name, t in zip(short, tensors, strict=True)
        ]
    for _, tensor in items:
        if not isinstance(tensor, Tensor) or tensor.graph is not graph:
            raise ValueError(f"The input {tensor!r} is no tensor of the outputs' graph.")
    return dict(items)


def _short(tensor: Any) -> str:
    return tensor.op.name.rpartition("/")[2] if isinstance(tensor, Tensor) else ""


def _placeholders(targets: list[Operation], fed: set[Tensor]) -> list[Tensor]:
    ops, _ = needed_ops(targets, fed)
    return [t for op in ops if op.type == "Placeholder" for t in op.outputs if t not in fed]


def _defaulted_flag(targets: list[Operation], fed: set[Tensor]) -> Tensor | None:
    """The only boolean scalar with a default that the outputs depend on."""
    ops, _ = needed_ops(targets, fed)
    found = [
        op.outputs[0]
        for op in ops
        if op.type == "PlaceholderWithDefault"
        and op.outputs[0].dtype is dtypes.bool
        and op.outputs[0]._dims == ()
        and op.outputs[0] not in fed
    ]
    return found[0] if len(found) == 1 else None
