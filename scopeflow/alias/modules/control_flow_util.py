"""tensorflow.python.ops.control_flow_util: where an op stands."""

from __future__ import annotations

from typing import Any

ENABLE_CONTROL_FLOW_V2 = False


def GetContainingXLAContext(ctxt: Any) -> None:
    """None: there is no XLA."""


def IsInXLAContext(op: Any) -> bool:
    """False: there is no XLA."""
    return False


def InXlaContext(graph: Any) -> bool:
    """False: there is no XLA."""
    return False


def EnableControlFlowV2(graph: Any) -> bool:
    """False: conditions and loops are version 1's."""
    return False
