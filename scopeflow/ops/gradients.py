"""`tf.gradients`: one node of the graph, which torch's autograd computes."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.control_flow import Block, blocks_of
from ..core.control_flow import sources as sources_of
from ..core.convert import as_tensor, convert_to_tensor
from ..core.dtypes import int64
from ..core.gradient_override import passes_gradient, registered
from ..core.graph import OVERRIDE, graph_of, name_scope
from ..core.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ..core.op import define, registry
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, value_dims, value_dtype
from .array import reshape, shape, size
from .filling import zeros_like
from .functional import map_fn
from .gradient_override import backward_block
from .joining import concat
from .math import cast
from .ranges import range
from .resource import ReadVariableOp

Overridden = dict[Operation, Block]
"""Ops whose gradient the program defines, with the blocks that compute it."""

define(
    "Gradients",
    ["values"],
    "[T] -> [Tout]",
    attrs=dict.fromkeys(
        ("first_grad", "first_target", "first_stop", "given_grads", "overridden", "Tout")
    ),
    shape=lambda values, *, first_target, first_stop: [
        value_dims(t) for t in values[first_target:first_stop]
    ],
    doc="The inputs are ys, gradients of some ys, targets, tensors to stop at; "
    "the outputs are the gradients of the sum of the ys with respect to the targets.",
)


class UnconnectedGradients(enum.Enum):
    """What tf.gradients gives for an x that the ys do not depend on."""

    NONE = "none"
    ZERO = "zero"


class AggregationMethod:
    """How gradients are summed. Accepted: autograd sums as they come."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


_AGGREGATIONS = (0, 1, 2)


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
    stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
) -> list:
    """The derivatives of the sum of `ys` with respect to each of `xs`, a list like `xs`.

    An entry is None where no y depends on that x (zeros with UnconnectedGradients.ZERO), and a
    tf.IndexedSlices where x is only gathered from. `grad_ys` holds a gradient for each y (ones
    where None). Tensors in `stop_gradients` are taken as constants. `colocate_gradients_with_ops`,
    `gate_gradients` and `aggregation_method` are accepted; they change no value.

    >>> import scopeflow as tf
    >>> x = tf.constant(3.0)
    >>> tf.gradients(x * x, x)[0].shape
    TensorShape([])
    """
    ys, xs, stops = _as_list(ys), _as_list(xs), _as_list(stop_gradients)
    grads = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    if len(grads) != len(ys):
        raise ValueError(f"Passed {len(grads)} grad_ys for {len(ys)} ys")
    try:
        mode = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: {unconnected_gradients!r}"
        ) from None
    if aggregation_method not in (None, *_AGGREGATIONS):
        raise ValueError(f"Invalid aggregation_method specified {aggregation_method}.")
    graph = graph_of([*ys, *xs])
    with graph.as_default(), name_scope(name, "gradients", [*ys, *xs]):
        outputs = [_dense(y) for y in ys]
        sources = [_reference(x) for x in xs]
        stop_at = [_reference(s) for s in stops]
        gradient_of, overridden = _connected(outputs, sources, stop_at)
        grad_tensors = {
            i: _grad_y(g, y, i)
            for i, (g, y) in enumerate(zip(grads, outputs, strict=True))
            if g is not None
        }
        return _add_node(outputs, sources, stop_at, grad_tensors, gradient_of, overridden, mode)


def _as_list(value: Any) -> list:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _dense(y: Any) -> Tensor:
    found = convert_to_tensor_or_indexed_slices(y, name="y")
    return found.values if isinstance(found, IndexedSlices) else found


def _reference(x: Any) -> Tensor:
    """A variable stands for all its reads, other things for themselves."""
    if x is None:
        raise AttributeError("tf.gradients: one of xs is None, which has no gradient.")
    if isinstance(x, IndexedSlices):
        return x.values
    return as_tensor(x, name="x", as_ref=True)


def _grad_y(gradient: Any, y: Tensor, index: int) -> Tensor:
    wanted = y.dtype.base_dtype
    if isinstance(gradient, Tensor) and gradient.dtype.base_dtype is not wanted:
        raise TypeError(
            f"grad_ys[{index}] has dtype {gradient.dtype.base_dtype.name}, its y {y.name} has "
            f"{wanted.name}. Cast it: tf.cast."
        )
    with_type = convert_to_tensor_or_indexed_slices(
        gradient,
        dtype=None if isinstance(gradient, IndexedSlices) else y.dtype.base_dtype,
        name=f"grad_ys_{index}",
    )
    found = convert_to_tensor(with_type)
    if found.shape.is_compatible_with(y.shape):
        return found
    if found.shape.num_elements() is not None and (
        found.shape.num_elements() == y.shape.num_elements()
    ):
        from .array import reshape

        return reshape(found, y.shape)
    raise ValueError(
        f"grad_ys[{index}] has shape {found.shape}, its y {y.name} has shape {y.shape}."
    )


class _Flow:
    """What depends on one x: how often it is gathered from, and whether it is used otherwise."""

    def __init__(self) -> None:
        self.connected = False
        self.gathers: list[Operation] = []
        self.dense = False


def _connected(
    ys: list[Tensor], xs: list[Tensor], stops: list[Tensor]
) -> tuple[list[_Flow], Overridden]:
    """For each x, how the ys depend on it; the gradients that the program defines on the way."""
    stopped = set(stops)
    before, seen = _ancestors(ys, stopped, {})
    blocks: dict[Operation, Block | None] = {}
    if any(OVERRIDE in op.attrs for op in before):
        after = _descendants(xs, before)
        blocks = {op: backward_block(op) for op in before if OVERRIDE in op.attrs and op in after}
        before, seen = _ancestors(ys, stopped, blocks)
    _check_defined(xs, seen, stopped, blocks)
    flows = [_flow(x, set(ys), before, seen, stopped, blocks) for x in xs]
    return flows, {op: block for op, block in blocks.items() if block is not None and op in before}


def _check_defined(
    xs: list[Tensor],
    seen: set[Tensor],
    stops: set[Tensor],
    blocks: dict[Operation, Block | None],
) -> None:
    """LookupError where an op without a defined gradient stands between the ys and an x."""
    for tensor in seen - stops:
        op = tensor.op
        if op.op_def.differentiable is None and op.type not in registered and op not in blocks:
            _, behind = _ancestors(list(op.inputs), stops, blocks)
            if any(x in behind and _differentiable(x) for x in xs):
                why = op.attrs.get("message")  # of PreventGradient
                raise LookupError(
                    f"No gradient defined for operation '{op.name}' (op type: {op.type})"
                    + (f"\nGradient explicitly disabled. Reason: {why!r}" if why else "")
                )


def _descendants(xs: list[Tensor], among: set[Operation]) -> set[Operation]:
    """Which of these ops depend on an x."""
    live = set(xs)
    found: set[Operation] = set()
    ordered = sorted(among, key=lambda op: op.id)
    known = -1
    while known < len(found):  # until a loop's variables bring nothing new
        known = len(found)
        for op in ordered:
            if op not in found and any(t in live for out in op.outputs for t in sources_of(out)):
                found.add(op)
                live.update(op.outputs)
    return found


def _differentiable(tensor: Tensor) -> bool:
    dtype = value_dtype(tensor) if is_storage(tensor.op) else tensor.dtype
    return dtype.is_floating or dtype.is_complex


def _ancestors(
    ys: list[Tensor], stops: set[Tensor], blocks: dict[Operation, Block | None]
) -> tuple[set[Operation], set[Tensor]]:
    """The ops that gradients pass through on their way back from the ys, and the tensors.

    `blocks` are the gradients that the program defines, as far as they are known.
    """
    found: set[Operation] = set()
    waiting = [y for y in ys if _differentiable(y)]
    seen: set[Tensor] = set()
    while waiting:
        tensor = waiting.pop()
        if tensor in seen:
            continue
        seen.add(tensor)
        if tensor in stops:
            continue
        op = tensor.op
        if op in blocks:
            found.add(op)
            waiting += [t for t in _with_gradients(op, blocks[op]) if _differentiable(t)]
        elif passes_gradient(op):
            found.add(op)
            waiting += [t for t in sources_of(tensor) if _differentiable(t)]
    return found, seen


def _with_gradients(op: Operation, block: Block | None) -> list[Tensor]:
    """The inputs for which the op's own gradient has something."""
    if block is None:
        return []
    return [t for t, g in zip(op.inputs, block.structure, strict=True) if g is not None]


def _flow(
    x: Tensor,
    ys: set[Tensor],
    before: set[Operation],
    seen: set[Tensor],
    stops: set[Tensor],
    blocks: dict[Operation, Block | None],
) -> _Flow:
    """Follow x forward to the ys; note the gathers that take x (or its plain copies) directly."""
    flow = _Flow()
    if not _differentiable(x):
        return flow
    if x in ys:
        flow.connected = flow.dense = True
        return flow
    flow.connected = x in seen
    copies = [x]
    while copies:
        tensor = copies.pop()
        if tensor in stops and tensor is not x:
            continue
        for op in tensor._consumers:
            if op not in before:
                continue
            if op in blocks:
                flow.dense = flow.dense or tensor in _with_gradients(op, blocks[op])
            elif op.type == "Identity" and op.outputs[0] not in ys:
                copies.append(op.outputs[0])
            elif _is_row_gather(op, tensor):
                flow.gathers.append(op)
            elif not blocks_of(op) or _passes_through(op, tensor):
                flow.dense = True
            if op.type == "Identity" and op.outputs[0] in ys:
                flow.dense = True
    return flow


def _passes_through(op: Operation, tensor: Tensor) -> bool:
    """Whether a condition or loop takes the tensor itself, not only by ops inside it."""
    first = op.inputs[: len(op.outputs)] if op.type == "While" else ()
    return tensor in first or any(tensor in block.outputs for block in blocks_of(op))


def _is_row_gather(op: Operation, params: Tensor) -> bool:
    from ..core.static_value import static_value

    if op.inputs[0] is not params or op.control_flow is not None:
        return False
    if op.type == "ResourceGather":
        return not op.attrs["batch_dims"]
    return op.type == "GatherV2" and static_value(op.inputs[2]) == 0 and not op.attrs["batch_dims"]


def _add_node(
    ys: list[Tensor],
    xs: list[Tensor],
    stops: list[Tensor],
    grads: dict[int, Tensor],
    flows: list[_Flow],
    overridden: Overridden,
    mode: UnconnectedGradients,
) -> list:
    targets: dict[Tensor, int] = {}
    for x, flow in zip(xs, flows, strict=True):
        if flow.connected:
            wanted = [x] if flow.dense else [g.outputs[0] for g in flow.gathers]
            for tensor in wanted:
                targets.setdefault(tensor, len(targets))
    found: list[Tensor] = []
    if targets:
        first_target = len(ys) + len(grads)
        found = registry["Gradients"].add(
            ([*ys, *grads.values(), *targets, *stops],),
            {
                "first_grad": len(ys),
                "first_target": first_target,
                "first_stop": first_target + len(targets),
                "given_grads": tuple(grads),
                "Tout": [value_dtype(t) for t in targets],
                "overridden": tuple(overridden.items()),
            },
            "grad",
        )
    results: list[Any] = []
    for x, flow in zip(xs, flows, strict=True):
        if not flow.connected:
            zero = mode is UnconnectedGradients.ZERO
            results.append(zeros_like(_value(x)) if zero else None)
        elif flow.dense:
            results.append(found[targets[x]])
        else:
            rows = [found[targets[gather.outputs[0]]] for gather in flow.gathers]
            results.append(_slices(x, flow.gathers, rows))
    return results


def _slices(x: Tensor, gathers: list[Operation], rows: list[Tensor]) -> IndexedSlices:
    """The gradients of gathered rows, as slices of x."""
    dims = value_dims(x)
    with name_scope("slices"):
        x = _value(x)
        tail = shape(x)[1:] if dims is None or None in dims[1:] else list(dims[1:])
        indices = [reshape(g.inputs[1], [-1]) for g in gathers]
        if isinstance(tail, list):
            values = [reshape(r, [-1, *tail]) for r in rows]
        else:
            values = [reshape(r, concat([[-1], tail], 0)) for r in rows]
        dense_shape = shape(x)
        if len(values) == 1:
            return IndexedSlices(values[0], indices[0], dense_shape)
        if len({i.dtype for i in indices}) > 1:
            indices = [cast(i, int64) for i in indices]
        return IndexedSlices(concat(values, 0), concat(indices, 0), dense_shape)


def _value(x: Tensor) -> Tensor:
    """What a variable's handle stands for."""
    return ReadVariableOp(x, value_dtype(x)) if x.dtype is dtypes.resource else x


def hessians(
    ys: Any,
    xs: Any,
    name: str = "hessians",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: int | None = None,
) -> list:
    """The matrix of second derivatives of the sum of `ys`, for each x of shape [] or [n]."""
    results = []
    with name_scope(name):
        for x in _as_list(xs):
            first = gradients(ys, x)[0]
            dims = value_dims(_reference(x))
            if dims == ():
                results.append(gradients(first, x)[0])
                continue
            rows = map_fn(_row_of(reshape(first, [-1]), x), range(size(x)), x.dtype.base_dtype)
            found = reshape(rows, concat([shape(x), shape(x)], 0))
            found.set_shape(None if dims is None else [*dims, *dims])
            results.append(found)
    return results


def _row_of(first: Tensor, x: Any) -> Callable[[Tensor], Tensor]:
    """The gradient with respect to x of the element with the given number."""
    return lambda i: gradients(first[i], x)[0]
