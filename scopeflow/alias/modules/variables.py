"""tensorflow.python.ops.variables: what it has beside `tf`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.scopes.partitioned import PartitionedVariable

__all__ = ["PartitionedVariable"]

VariableV1 = RefVariable = tf.Variable
variable = default_variable_creator = tf.Variable
variable_creator_scope_v1 = tf.variable_creator_scope
VariableAggregationV2 = tf.VariableAggregation


class _Kind(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, tf.Variable)


class Variable(metaclass=_Kind):
    """Any variable; `Variable(…)` makes a resource variable, unlike `tf.Variable(…)`."""

    def __new__(
        cls, initial_value: Any = None, trainable: bool | None = None, validate_shape: bool = True,
        caching_device: Any = None, name: str | None = None, variable_def: Any = None,
        dtype: Any = None, import_scope: str | None = None, constraint: Any = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = tf.VariableAggregation.NONE, shape: Any = None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """A resource variable. Of the arguments of `tf.Variable`, V2's has no collections."""
        return tf.Variable(
            initial_value, trainable=trainable, validate_shape=validate_shape,
            caching_device=caching_device, name=name, variable_def=variable_def, dtype=dtype,
            import_scope=import_scope, constraint=constraint, synchronization=synchronization,
            aggregation=aggregation, shape=shape, **{"use_resource": True, **kwargs},
        )  # fmt: skip


for _name in dir(tf.Variable):  # Variable.from_proto, Variable.SaveSliceInfo, …
    if not hasattr(Variable, _name):
        setattr(Variable, _name, vars(tf.Variable).get(_name, getattr(tf.Variable, _name)))
