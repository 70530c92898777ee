"""tensorflow.python.ops.resource_variable_ops: what it has beside the op types."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.scopes.resource_variable import ResourceVariable as _ResourceVariable

BaseResourceVariable = _ResourceVariable


class _Kind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, _ResourceVariable)


class ResourceVariable(metaclass=_Kind):
    """`ResourceVariable(…)` is `tf.Variable(…, use_resource=True)`."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return tf.Variable(*args, **{**kwargs, "use_resource": True})


def is_resource_variable(var: Any) -> bool:
    """Whether it is a variable made with use_resource=True."""
    return isinstance(var, _ResourceVariable)


def _to_proto_fn(v: Any, export_scope: str | None = None) -> Any:
    return v.to_proto(export_scope=export_scope)


def _from_proto_fn(v: Any, import_scope: str | None = None) -> Any:
    return tf.Variable.from_proto(v, import_scope=import_scope)
