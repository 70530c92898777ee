"""Variables by device and collection; those that a checkpoint is to be restored to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .arguments import add_arg_scope


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable | None = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = tf.VariableAggregation.NONE,
) -> Any:
    """`tf.get_variable`. A `custom_getter` is called in its place, with `reuse`, too."""
    wanted = collections if collections is not None else [tf.GraphKeys.GLOBAL_VARIABLES]
    wanted = list(dict.fromkeys(wanted))
    if not trainable and tf.GraphKeys.TRAINABLE_VARIABLES in wanted:
        wanted.remove(tf.GraphKeys.TRAINABLE_VARIABLES)

    def getter(**arguments: Any) -> Any:
        if custom_getter is None:
            return tf.get_variable(**arguments)
        return custom_getter(reuse=tf.get_variable_scope().reuse, **arguments)

    with tf.device(device or ""):
        return getter(
            name=name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=wanted,
            caching_device=caching_device,
            partitioner=partitioner,
            use_resource=use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
        )


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = tf.float32,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable | None = None,
    use_resource: bool | None = None,
    synchronization: Any = tf.VariableSynchronization.AUTO,
    aggregation: Any = tf.VariableAggregation.NONE,
) -> Any:
    """As `variable`, in the collection MODEL_VARIABLES, too."""
    added = [tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.MODEL_VARIABLES]
    return variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=[*(collections or ()), *added],
        caching_device=caching_device,
        device=device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        use_resource=use_resource,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def add_model_variable(var: Any) -> None:
    """Put a variable into the collection MODEL_VARIABLES, if it is not there."""
    if all(var is not each for each in tf.get_collection(tf.GraphKeys.MODEL_VARIABLES)):
        tf.add_to_collection(tf.GraphKeys.MODEL_VARIABLES, var)


def global_variable(
    initial_value: Any,
    validate_shape: bool = True,
    name: str | None = None,
    use_resource: bool | None = None,
) -> Any:
    """A variable that is not trained, in GLOBAL_VARIABLES."""
    return _untrained("GLOBAL_VARIABLES", initial_value, validate_shape, name, use_resource)


def local_variable(
    initial_value: Any,
    validate_shape: bool = True,
    name: str | None = None,
    use_resource: bool | None = None,
) -> Any:
    """A variable that is neither trained nor saved, in LOCAL_VARIABLES."""
    return _untrained("LOCAL_VARIABLES", initial_value, validate_shape, name, use_resource)


def _untrained(key: str, value: Any, validate_shape: bool, name: Any, use_resource: Any) -> Any:
    return tf.Variable(
        value,
        trainable=False,
        collections=[getattr(tf.GraphKeys, key)],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def get_variables(
    scope: Any = None, suffix: str | None = None, collection: str = tf.GraphKeys.GLOBAL_VARIABLES
) -> list:
    """The variables of a collection under a scope (a name or VariableScope), in order.

    `suffix` is how their names end.
    """
    if isinstance(scope, tf.VariableScope):
        scope = scope.name
    if suffix is not None:
        suffix = suffix if ":" in suffix else suffix + ":"
        scope = (scope or "") + ".*" + suffix
    return tf.get_collection(collection, scope)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> list:
    """`get_variables` of the collection MODEL_VARIABLES."""
    return get_variables(scope, suffix, tf.GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> list:
    """`get_variables` of the collection LOCAL_VARIABLES."""
    return get_variables(scope, suffix, tf.GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> list:
    """`get_variables` of the collection TRAINABLE_VARIABLES."""
    return get_variables(scope, suffix, tf.GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> list:
    """The global variables whose names end so."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> list:
    """The global variables whose names' last part is this."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """The one global variable of a name (without `:0`). ValueError if it is not one."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> list:
    """The global variables under the scopes `include` (None: all) but not under `exclude`.

    ValueError unless both are None or lists of names.
    """
    for given, name in ((include, "include"), (exclude, "exclude")):
        if given is not None and not isinstance(given, list | tuple):
            raise ValueError(f"{name} is provided but is not a list or a tuple.")
    if include is None:
        wanted = get_variables()
    else:
        wanted = [variable for scope in include for variable in get_variables(scope)]
    unwanted = {id(variable) for scope in exclude or () for variable in get_variables(scope)}
    return [variable for variable in wanted if id(variable) not in unwanted]


def filter_variables(
    var_list: Any,
    include_patterns: Any = None,
    exclude_patterns: Any = None,
    reg_search: bool = True,
) -> list:
    """The variables whose op names one of the patterns matches (None: all), but no excluded one.

    `reg_search` finds a pattern anywhere in the name, else it must match from the start.
    """
    match = re.search if reg_search else re.match

    def matches(variable: Any, patterns: Any) -> bool:
        return any(match(pattern, variable.op.name) for pattern in patterns)

    kept = list(var_list)
    if include_patterns is not None:
        kept = [variable for variable in kept if matches(variable, include_patterns)]
    if exclude_patterns is not None:
        kept = [variable for variable in kept if not matches(variable, exclude_patterns)]
    return kept


def get_variable_full_name(var: Any) -> str:
    """The name under which a checkpoint has the variable; of a part, that of the whole."""
    info = getattr(var, "_save_slice_info", None)
    return info.full_name if info else var.op.name


def zero_initializer(ref: Any, use_locking: bool = True, name: str = "zero_initializer") -> Any:
    """An op that assigns zeros to a variable. `use_locking` is accepted without effect."""
    return tf.assign(ref, tf.zeros(ref.shape, ref.dtype.base_dtype), name=name)


class VariableDeviceChooser:
    """A device function that spreads variables over the tasks of a job, one after the other."""

    def __init__(
        self,
        num_tasks: int = 0,
        job_name: str = "ps",
        device_type: str = "CPU",
        device_index: int = 0,
        replica: int | None = None,
    ) -> None:
        self._job_name = job_name
        self._device_type = device_type
        self._device_index = device_index
        self._replica = replica
        self._num_tasks = num_tasks
        self._next_task_id = 0

    def __call__(self, op: Any) -> str:
        """The device of an op."""
        spec = tf.DeviceSpec(
            replica=self._replica, device_type=self._device_type, device_index=self._device_index
        )
        if self._num_tasks > 0:
            spec.job, spec.task = self._job_name, self._next_task_id
            self._next_task_id = (self._next_task_id + 1) % self._num_tasks
        return spec.to_string()
