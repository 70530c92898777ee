"""tensorflow.python.ops.control_flow_ops: what it has beside `tf`."""

from scopeflow.ops.control_flow import with_dependencies
from scopeflow.ops.switches import merge, switch

__all__ = ["merge", "switch", "with_dependencies"]
