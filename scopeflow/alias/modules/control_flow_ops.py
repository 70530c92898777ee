"""tensorflow.python.ops.control_flow_ops: what it has beside `tf`."""

from __future__ import annotations

from typing import Any

from scopeflow.ops.control_flow import with_dependencies
from scopeflow.ops.switches import merge, switch

__all__ = ["ControlFlowContext", "merge", "switch", "with_dependencies"]


class ControlFlowContext:
    """The base of contexts of users' own, which see each op that is made: NotImplementedError."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError(
            f"{type(self).__name__}: a graph takes no control flow contexts of users. Use tf.cond, "
            "tf.while_loop, or look at graph.get_operations() afterwards."
        )
