"""How the ops are lowered that are no kernel call: constants, variables, gradients, branches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtypes
from ..core.control_flow import blocks_of
from ..core.operation import Operation, dims_text
from ..core.static_value import as_host
from ..core.storage import root
from .aliases import reads_variable
from .kernels_support import torch
from .values import Line, Value

if TYPE_CHECKING:
    from .lowering import Lowering

LOWERINGS: dict[str, Callable[[Any, Operation], None]] = {}
"""Op type -> f(lowering, op)."""


def lowers(*types: str) -> Callable[[Callable], Callable]:
    """Register the decorated function for these op types."""

    def register(function: Callable) -> Callable:
        LOWERINGS.update(dict.fromkeys(types, function))
        return function

    return register


@lowers("NoOp", "ControlTrigger")
def _nothing(lowering: Lowering, op: Operation) -> None:
    pass


@lowers("Const")
def _constant(lowering: Lowering, op: Operation) -> None:
    output = op.outputs[0]
    if output in lowering.fed:
        return
    array = op.attrs["value"]
    literal = as_host(array) if output.dtype.is_integer or output.dtype.is_bool else None
    if literal is not None:
        lowering.values[output] = Value(literal=literal)
        return
    is_text = output.dtype is dtypes.string
    bound = array if is_text else from_numpy(array, lowering.device)
    lowering.values[output] = Value(torch=lowering.bind(op.name, bound))


def from_numpy(array: np.ndarray, device: Any) -> torch.Tensor:
    """A tensor of its own with the array's elements."""
    array = np.ascontiguousarray(array) if array.ndim else array
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.uint16).copy()).view(torch.bfloat16).to(device)
    return torch.from_numpy(np.array(array)).to(device)


@lowers("Placeholder")
def _placeholder(lowering: Lowering, op: Operation) -> None:
    output = op.outputs[0]
    if output in lowering.fed:
        return
    shape = op.attrs["shape"]
    known = f" and shape {dims_text(shape._dims)}" if shape._dims else ""
    message = (
        f"You must feed a value for placeholder tensor '{op.name}' with dtype "
        f"{_proto_name(output.dtype)}{known}"
    )
    lowering.assign(op, f"unfed({message!r}, {lowering.bind('op', op)})")


def _proto_name(dtype: dtypes.DType) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(dtype.name, dtype.name)


@lowers("VariableV2", "VarHandleOp")
def _variable(lowering: Lowering, op: Operation) -> None:
    if op.outputs[0] not in lowering.fed:
        lowering.values[op.outputs[0]] = Value(torch=f"{lowering.cell_of(op)}.value")


@lowers("Identity")
def _identity(lowering: Lowering, op: Operation) -> None:
    output = op.outputs[0]
    if output in lowering.fed:
        return
    if not reads_variable(output, lowering.fed):
        lowering.call(op)
    else:
        lowering.values[output] = Value(torch=f"{lowering.cell(op.inputs[0])}.value")


@lowers("Rank")
def _rank(lowering: Lowering, op: Operation) -> None:
    if reads_variable(op.inputs[0], lowering.fed):  # must fail without a value
        lowering.line(f"{lowering.cell(op.inputs[0])}.value", op)
    lowering.call(op)


@lowers("Gradients")
def _gradients(lowering: Lowering, op: Operation) -> None:
    attrs = op.attrs
    first_grad, first_target = attrs["first_grad"], attrs["first_target"]
    last_target = attrs["first_stop"]
    ys = [lowering.tensor(t, recorded=True) for t in op.inputs[:first_grad]]
    given = dict(zip(attrs["given_grads"], op.inputs[first_grad:first_target], strict=True))
    twice = op in lowering.recording.twice
    grads = [
        lowering.tensor(given[i], recorded=twice) if i in given else "None" for i in range(len(ys))
    ]
    xs: list[str] = []
    places: list[list[int]] = []
    for target in op.inputs[first_target:last_target]:
        names = (
            _versions(lowering, target)
            if reads_variable(target, lowering.fed)
            else [lowering.tensor(target, recorded=True)]
        )
        places.append(list(range(len(xs), len(xs) + len(names))))
        xs += names
    stops = [lowering.tensor(t, recorded=True) for t in op.inputs[last_target:]]
    arguments = [f"[{', '.join(part)}]" for part in (ys, xs, grads, stops)]
    retain = twice or op is not lowering.recording.last
    call = f"gradients({', '.join(arguments)}, {twice}, {retain})"
    if all(len(place) == 1 for place in places):
        lowering.assign(op, call)
        return
    name = lowering.fresh(f"{op.name}_parts")
    lowering.line(f"{name} = {call}", op, [name])
    sums = [" + ".join(f"{name}[{i}]" for i in place) for place in places]
    lowering.using(name)
    lowering.assign(op, f"({', '.join(sums)},)")


def _versions(lowering: Lowering, target: Any) -> list[str]:
    """A variable's leaves, one for each value that it had so far in this run."""
    variable = root(target).op
    if variable not in lowering.leaves:
        lowering.leaf(variable)
    return [lowering.using(name) for name in lowering.leaves[variable]]


@lowers("If")
def _if(lowering: Lowering, op: Operation) -> None:
    recorded = op in lowering.recording.ops
    _prepare_leaves(lowering, op)
    predicate = op.inputs[0]
    value = lowering.values[predicate]
    on_host = value.host is not None and value.torch is None
    condition = lowering.host(predicate) if on_host else lowering.tensor(predicate)
    names = [lowering.fresh(f"{op.name}_{i}") for i in range(len(op.outputs))]
    before, known = len(lowering.lines), {leaf for s in lowering.leaves.values() for leaf in s}
    for header, block in zip((f"if {condition}:", "else:"), blocks_of(op), strict=True):
        with lowering.block(header, op, names):
            inside = lowering.inside.get(block.context, [])
            lowering.lower_all(inside)
            for name, output in zip(names, block.outputs, strict=True):
                lowering.line(f"{name} = {lowering.tensor(output, recorded)}")
            if not names and not inside:
                lowering.line("pass")
    # An assignment in a branch makes every variable's present version uncertain.
    lowering.current.clear()
    for leaf in [leaf for s in lowering.leaves.values() for leaf in s if leaf not in known]:
        missing = Line(lowering.depth, f"{leaf} = None", None, frozenset(), (leaf,))
        lowering.lines.insert(before, missing)
    for name, output in zip(names, op.outputs, strict=True):
        if output not in lowering.fed:
            lowering.values[output] = Value(torch=name)


def _prepare_leaves(lowering: Lowering, op: Operation) -> None:
    """Variables that a branch differentiates must be leaves before it."""
    for block in blocks_of(op):
        for inner in lowering.inside.get(block.context, []):
            for tensor in inner.inputs:
                leaf = lowering.recording.leaf_of(tensor)
                if leaf is not None and inner in lowering.recording.ops:
                    lowering.leaf(leaf.op)
            if blocks_of(inner):
                _prepare_leaves(lowering, inner)


@lowers("Merge")
def _merge(lowering: Lowering, op: Operation) -> None:
    if op.outputs[0] not in lowering.fed:
        lowering.values[op.outputs[0]] = lowering.values[op.inputs[0]]
