"""`Graph.create_op`: a node by the name of its op type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .attr_value import from_attr_value
from .dtypes import as_dtype
from .foreign import add_foreign
from .graph import Graph
from .op import OpDef, registry
from .operation import Operation, Tensor


def create_op(
    graph: Graph,
    op_type: str,
    inputs: Sequence[Tensor],
    dtypes: Sequence[Any] | None,
    input_types: Sequence[Any] | None,
    name: str | None,
    attrs: dict[str, Any] | None,
) -> Operation:
    """See `Graph.create_op`."""
    for number, tensor in enumerate(inputs):
        if not isinstance(tensor, Tensor):
            raise TypeError(f"Input #{number} is not a tensor: {tensor}")
    _check_types(op_type, inputs, input_types)
    found = {key: from_attr_value(value) for key, value in (attrs or {}).items()}
    name = graph.op_name(op_type if name is None else name)
    op_def = registry.get(op_type)
    if op_def is not None and op_type == "Const" and {"dtype", "value"} <= found.keys():
        return graph.add_op(op_def, name, (), found, [found["dtype"]], [found["value"].shape])
    if op_def is not None and _takes(op_def, len(inputs), found):
        flat = op_def.regrouped(inputs, found)
        with graph.as_default():
            op_def.add(tuple(flat), {**op_def.attrs, **found}, name + "/")
        return graph.get_operation_by_name(name)
    kinds = [as_dtype(dtype) for dtype in dtypes or ()]
    return add_foreign(graph, op_type, name, tuple(inputs), found, kinds, [None] * len(kinds))


def _check_types(op_type: str, inputs: Sequence[Tensor], input_types: Sequence[Any] | None) -> None:
    if input_types is None:
        return
    wanted = [as_dtype(dtype) for dtype in input_types]
    same = len(wanted) == len(inputs) and all(
        w.is_compatible_with(t.dtype) for w, t in zip(wanted, inputs, strict=True)
    )
    if not same:
        raise TypeError(
            f"In op {op_type!r}, input types ({[t.dtype for t in inputs]}) are not compatible "
            f"with expected types ({wanted})"
        )


def _takes(op_def: OpDef, count: int, attrs: dict[str, Any]) -> bool:
    """Whether so many inputs, with these attributes, are the op type's."""
    try:
        return len(op_def.argument_of(attrs)) == count
    except KeyError:  # the attribute that tells how many
        return False
