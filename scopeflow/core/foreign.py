"""Nodes that cannot run, imported ones above all: of op types that scopeflow does not have."""

from __future__ import annotations

from typing import Any, NoReturn

from .dtypes import DType
from .errors import UnimplementedError
from .graph import Graph
from .op import Arg, OpDef
from .operation import Dims, Operation, Tensor

UNKNOWN = "op type '{type}' is not built in scopeflow"
INSIDE = "'{type}' takes a value from inside a condition or loop, as TensorFlow's gradients do"


def _refuse(*inputs: Any, op: Operation) -> NoReturn:
    reason = op.op_def.reason.format(type=op.type)  # type: ignore[attr-defined]
    raise UnimplementedError(
        None,
        op,
        f"Node '{op.name}' was imported, but cannot run: {reason}. Fetch only what does not need "
        "it; for a training graph, add scopeflow's own gradients and optimizer to the forward part "
        "(tf.train.Optimizer.minimize).",
    )


class ForeignOpDef(OpDef):
    """What is known of such a node's type: how many inputs and outputs this node has."""

    def __init__(self, op_type: str, inputs: tuple[Tensor, ...], reason: str) -> None:
        self.reason = reason
        super().__init__(
            op_type,
            [Arg(f"input{i}", t.dtype.base_dtype.name) for i, t in enumerate(inputs)],
            [Arg("", "[outputs]")],
            {},
            {},
            _refuse,
            None,
            None,
            f"{op_type}, which cannot run.",
            False,
            False,
            True,
        )


def add_foreign(
    graph: Graph,
    op_type: str,
    name: str,
    inputs: tuple[Tensor, ...],
    attrs: dict[str, Any],
    dtypes: list[DType],
    shapes: list[Dims],
    reason: str = UNKNOWN,
) -> Operation:
    """Add a node that cannot run, for the reason."""
    return graph.add_op(ForeignOpDef(op_type, inputs, reason), name, inputs, attrs, dtypes, shapes)
