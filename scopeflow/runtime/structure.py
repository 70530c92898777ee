"""How the ops are lowered that are no kernel call: constants, variables, gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core import dtypes
from ..core.control_flow import Block
from ..core.operation import Operation, dims_text
from ..core.static_value import as_host
from ..core.storage import root
from .aliases import reads_variable
from .kernels_support import torch
from .nested import nested_function
from .values import Value, listed

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
    if output.dtype is dtypes.float32 and lowering.float_as != "float32":
        bound = bound.to(getattr(torch, lowering.float_as))
    name = lowering.bind(op.name, bound)
    if not array.ndim and not is_text:
        lowering.constants.add(name)
    lowering.values[output] = Value(torch=name)


def from_numpy(array: np.ndarray, device: Any) -> torch.Tensor:
    """A tensor of its own with the array's elements."""
    array = np.ascontiguousarray(array) if array.ndim else array
    if array.dtype.name == "bfloat16":
        return torch.from_numpy(array.view(np.uint16).copy()).view(torch.bfloat16).to(device)
    return torch.from_numpy(np.array(array)).to(device)


def to_array(tensor: torch.Tensor) -> np.ndarray:
    """A numpy array of the tensor's elements."""
    if tensor.dtype is torch.bfloat16:
        raw = tensor.view(torch.uint16).numpy(force=True)
        return raw.view(dtypes.bfloat16.as_numpy_dtype)
    return tensor.numpy(force=True)


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
    retain = twice or op is not lowering.recording.last or op.control_flow is not None
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


def overridden(lowering: Lowering, op: Operation, block: Block) -> None:
    """Behind the op's own line: its outputs again, with the gradient that the block computes."""
    backward = nested_function(lowering, op, block, recorded=True)
    inputs = [t for t, g in zip(op.inputs, block.structure, strict=True) if g is not None]
    given = [lowering.tensor(t, recorded=True) for t in inputs]
    kept = [out for out in op.outputs if out not in lowering.fed]
    before = [lowering.tensor(out, recorded=True) for out in kept]
    names = [lowering.fresh(f"{name}_followed") for name in before]
    lowering.using(backward)
    lowering.line(
        f"{listed(names)} = with_gradient({backward}, {listed(given)}, {listed(before)})",
        op,
        names,
    )
    for out, name in zip(kept, names, strict=True):
        lowering.values[out] = Value(torch=name)


@lowers("_Arg")
def _argument(lowering: Lowering, op: Operation) -> None:
    pass  # whoever runs the block has set it
