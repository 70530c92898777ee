"""tensorflow.python.ops.resource_variable_ops: what it has beside the op types."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.core.storage import value_dtype
from scopeflow.scopes.resource_variable import ResourceVariable as _ResourceVariable

BaseResourceVariable = _ResourceVariable


class _Kind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _ResourceVariable)


class ResourceVariable(metaclass=_Kind):
    """`ResourceVariable(…)` is `tf.Variable(…, use_resource=True)`."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return tf.Variable(*args, **{**kwargs, "use_resource": True})


for _name in ("from_proto", "SaveSliceInfo"):
    setattr(ResourceVariable, _name, getattr(_ResourceVariable, _name))


def variable_shape(handle: Any, out_type: Any = tf.int32) -> Any:
    """The shape of the value behind a handle: a constant where it is known."""
    return tf.shape(
        tf.raw_ops.ReadVariableOp(resource=handle, dtype=value_dtype(handle)), out_type=out_type
    )


def is_resource_variable(var: Any) -> bool:
    """Whether it is a variable made with use_resource=True."""
    return isinstance(var, _ResourceVariable)


def _to_proto_fn(v: Any, export_scope: str | None = None) -> Any:
    return v.to_proto(export_scope=export_scope)


def _from_proto_fn(v: Any, import_scope: str | None = None) -> Any:
    return tf.Variable.from_proto(v, import_scope=import_scope)
