"""What is known before the run, or computed on the host: shape arithmetic, and constant numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.host import bounded
from ..core.op import RUNTIME_PARAMETERS
from ..core.operation import Operation
from ..core.static_value import is_data
from .options import current
from .values import NO_LITERAL, Value

if TYPE_CHECKING:
    from .lowering import Lowering


def on_host(lowering: Lowering, op: Operation) -> bool:
    """Whether the op is shape arithmetic: all that it computes on is on the host already."""
    op_def = op.op_def
    if any(arg.host for arg in op_def.outputs):
        return True
    if any(not (t.dtype.is_integer or t.dtype.is_bool) for t in op.outputs):
        return False
    if any(t._dims is None or len(t._dims) > 1 or is_data(t) for t in op.outputs):
        return False
    for arg, tensor in zip(op_def.argument_of(op.attrs), op.inputs, strict=True):
        if arg.dims:
            continue
        value = lowering.values[tensor]
        if value.host is None and value.literal is NO_LITERAL:
            return False
        if tensor._dims is None or (len(tensor._dims) > 1 and not arg.host):
            return False
    return True


def call_host(lowering: Lowering, op: Operation) -> None:
    """The op on ints; computed now where they are the same in every run."""
    op_def, host = op.op_def, op.op_def.host
    assert host is not None
    name = op.type
    if op_def.unbounded:  # such a function has one result
        dtype = op.outputs[0].dtype.base_dtype
        host, name = bounded(host, dtype), f"{name}_{dtype.name}"
    literals = []
    for arg, tensor in zip(op_def.argument_of(op.attrs), op.inputs, strict=True):
        if arg.dims:
            known = tensor._dims is not None and None not in tensor._dims
            literal = tensor._dims if known else NO_LITERAL
        else:
            literal = lowering.values[tensor].literal
        literals.append(literal)
    if all(literal is not NO_LITERAL for literal in literals):
        keywords = {key: op.attrs[key] for key in op_def.host_attrs}
        try:
            result = host(*op_def.regrouped(literals, op.attrs), **keywords)
        except Exception:  # it fails when it runs, where the error names the op
            result = None
        if result is not None:
            found = result if len(op.outputs) > 1 or listed_output(op) else (result,)
            for output, literal in zip(op.outputs, found, strict=True):
                if output not in lowering.fed:
                    lowering.values[output] = Value(literal=literal)
            return
    texts = []
    for arg, tensor in zip(op_def.argument_of(op.attrs), op.inputs, strict=True):
        counts = tensor.dtype.is_integer or tensor.dtype.is_bool
        if arg.dims:
            texts.append(lowering.dims(tensor))
        else:
            texts.append(
                lowering.host(tensor) if counts else lowering.tensor(tensor, recorded=True)
            )
    grouped = [
        f"[{', '.join(text)}]" if isinstance(text, list) else text
        for text in op_def.regrouped(texts, op.attrs)
    ]
    grouped += [f"{key}={lowering.literal(key, op.attrs[key])}" for key in op_def.host_attrs]
    setattr(lowering.space["on_host"], name, host)
    lowering.assign(op, f"on_host.{name}({', '.join(grouped)})", on_host=True)


def folded(lowering: Lowering, op: Operation, call: str) -> bool:
    """Whether the op is a number that is the same in every run, computed now."""
    op_def = op.op_def
    if (
        not current.fuse
        or len(op.outputs) != 1
        or op.outputs[0]._dims != ()
        or op.outputs[0] in lowering.fed
        or not op.inputs
        or op_def.has_effect
        or op_def.stateful
        or op_def.view
        or op in lowering.recording.ops
        or any(lowering.values[t].torch not in lowering.constants for t in op.inputs)
        or any(t in lowering.recording.targets for t in (*op.inputs, *op.outputs))
        or not RUNTIME_PARAMETERS.isdisjoint(op_def.kernel_parameters)
        or any(c.op_def.view for c in op.outputs[0]._consumers)
    ):
        return False
    try:
        value = eval(call, lowering.space)
    except Exception:  # it fails when it runs, where the error names the op
        return False
    lowering.read.clear()
    name = lowering.bind(op.name, value)
    lowering.constants.add(name)
    lowering.values[op.outputs[0]] = Value(torch=name)
    return True


def listed_output(op: Operation) -> bool:
    """Whether the kernel returns a list, however many outputs there are."""
    first = op.op_def.outputs[0]
    return bool(first.many or first.mixed)
