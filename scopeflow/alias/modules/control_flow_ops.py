"""tensorflow.python.ops.control_flow_ops: what it has beside `tf`."""

from scopeflow.ops.control_flow import with_dependencies

__all__ = ["with_dependencies"]
