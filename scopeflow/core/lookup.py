"""Finding tensors and operations by name or by the objects that stand for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .operation import Operation, Tensor

if TYPE_CHECKING:
    from .graph import Graph

_FORM = 'Tensor names must be of the form "<op_name>:<output_index>".'


def find(graph: Graph, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
    """See `Graph.as_graph_element`."""
    if not (allow_tensor or allow_operation):
        raise ValueError("allow_tensor and allow_operation can't both be False.")
    wanted = " or ".join(
        kind for kind, ok in (("Tensor", allow_tensor), ("Operation", allow_operation)) if ok
    )
    if isinstance(obj, bytes):
        obj = obj.decode()
    if isinstance(obj, str):
        return _by_name(graph, obj, allow_tensor, allow_operation)
    if not isinstance(obj, Tensor | Operation):
        as_element = getattr(obj, "_as_graph_element", None)
        if as_element is None:
            raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")
        obj = as_element()
    if (isinstance(obj, Tensor) and allow_tensor) or (
        isinstance(obj, Operation) and allow_operation
    ):
        if obj.graph is not graph:
            kind = "Tensor" if isinstance(obj, Tensor) else "Operation"
            raise ValueError(f"{kind} {obj} is not an element of this graph.")
        return obj
    raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")


def _by_name(graph: Graph, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
    if ":" not in name:
        if not allow_operation:
            if name in graph._by_name:
                raise ValueError(f"The name {name!r} refers to an Operation, not a Tensor. {_FORM}")
            raise ValueError(
                f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. {_FORM}"
            )
        if name not in graph._by_name:
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.")
        return graph._by_name[name]
    if not allow_tensor:
        raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
    op_name, _, index_text = name.partition(":")
    if not op_name or not index_text.isdigit():
        raise ValueError(
            f"The name {name!r} looks a like a Tensor name, but is not a valid one. {_FORM}"
        )
    op = graph._by_name.get(op_name)
    if op is None:
        raise KeyError(
            f"The name {name!r} refers to a Tensor which does not exist. The operation, "
            f"{op_name!r}, does not exist in the graph."
        )
    if int(index_text) >= len(op.outputs):
        raise KeyError(
            f"The name {name!r} refers to a Tensor which does not exist. The operation, "
            f"{op_name!r}, exists but only has {len(op.outputs)} outputs."
        )
    return op.outputs[int(index_text)]
