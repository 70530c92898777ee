"""Nodes of op types that scopeflow does not have: imported, exported, but refusing to run."""

from __future__ import annotations

from typing import Any, NoReturn

from ..core.dtypes import DType
from ..core.errors import UnimplementedError
from ..core.graph import Graph
from ..core.op import Arg, OpDef
from ..core.operation import Dims, Operation, Tensor


def _refuse(*inputs: Any, op: Operation) -> NoReturn:
    raise UnimplementedError(
        None,
        op,
        f"Op type '{op.type}' is not built in scopeflow: node '{op.name}' was imported, but cannot "
        "run. Fetch only what does not need it; for a training graph, add scopeflow's own "
        "gradients and optimizer to the forward part (tf.train.Optimizer.minimize).",
    )


class ForeignOpDef(OpDef):
    """What is known of such a node's type: how many inputs and outputs this node has."""

    def __init__(self, op_type: str, inputs: tuple[Tensor, ...]) -> None:
        super().__init__(
            op_type,
            [Arg(f"input{i}", t.dtype.base_dtype.name) for i, t in enumerate(inputs)],
            [Arg("", "[outputs]")],
            {},
            {},
            _refuse,
            None,
            None,
            f"{op_type}, which scopeflow does not have.",
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
) -> Operation:
    """Add a node of an op type that scopeflow does not have."""
    return graph.add_op(ForeignOpDef(op_type, inputs), name, inputs, attrs, dtypes, shapes)
