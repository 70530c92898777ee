"""`tf.variable_scope` and `tf.get_variable`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import graph_of, name_scope
from ..core.graph_keys import GraphKeys
from .store import AUTO_REUSE, VariableSpec, VariableStore, store_of
from .variable import VariableAggregation, VariableSynchronization, checked_modes


class VariableScope:
    """The defaults that `get_variable` uses: a name prefix, whether to share, an initializer, …

    `tf.variable_scope` makes them; `tf.get_variable_scope()` is the current one.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable | None = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Callable | None = None,
    ) -> None:
        self._name = name
        self._reuse = reuse
        self._initializer = initializer
        self._regularizer = regularizer
        self._caching_device = caching_device
        self._partitioner = partitioner
        self._custom_getter = custom_getter
        self._name_scope = name_scope
        self._dtype = as_dtype(dtype)
        self._use_resource = use_resource
        self._constraint = constraint

    @property
    def name(self) -> str:
        """The prefix of the variables' names, without a trailing slash."""
        return self._name

    @property
    def original_name_scope(self) -> str:
        """The name scope that was opened with the scope, with a trailing slash."""
        return self._name_scope

    @property
    def reuse(self) -> Any:
        """False (make), True (share) or tf.AUTO_REUSE (whichever is needed)."""
        return self._reuse

    @property
    def initializer(self) -> Any:
        """The default initializer."""
        return self._initializer

    @property
    def dtype(self) -> DType:
        """The default dtype."""
        return self._dtype

    @property
    def use_resource(self) -> bool | None:
        """The default for `use_resource`."""
        return self._use_resource

    @property
    def regularizer(self) -> Any:
        """The default regularizer."""
        return self._regularizer

    @property
    def caching_device(self) -> Any:
        """The default caching device."""
        return self._caching_device

    @property
    def partitioner(self) -> Any:
        """The default partitioner."""
        return self._partitioner

    @property
    def custom_getter(self) -> Callable | None:
        """The custom getter, with those of the outer scopes inside it."""
        return self._custom_getter

    @property
    def constraint(self) -> Callable | None:
        """The default constraint."""
        return self._constraint

    def reuse_variables(self) -> None:
        """Share variables from now on, in this scope."""
        self._reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the default initializer."""
        self._initializer = initializer

    def set_dtype(self, dtype: Any) -> None:
        """Set the default dtype."""
        self._dtype = as_dtype(dtype)

    def set_use_resource(self, use_resource: bool | None) -> None:
        """Set the default for `use_resource`."""
        self._use_resource = use_resource

    def set_regularizer(self, regularizer: Any) -> None:
        """Set the default regularizer."""
        self._regularizer = regularizer

    def set_caching_device(self, caching_device: Any) -> None:
        """Set the default caching device."""
        self._caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Set the default partitioner."""
        self._partitioner = partitioner

    def set_custom_getter(self, custom_getter: Callable | None) -> None:
        """Set the custom getter."""
        self._custom_getter = custom_getter

    def get_collection(self, name: str) -> list:
        """The items of a collection whose names stand under this scope."""
        prefix = self._name + "/" if self._name else self._name
        return get_default_graph().get_collection(name, prefix)

    def trainable_variables(self) -> list:
        """The trainable variables under this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def global_variables(self) -> list:
        """The global variables under this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list:
        """The local variables under this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def get_variable(
        self,
        var_store: VariableStore,
        name: str,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        custom_getter: Callable | None = None,
        constraint: Callable | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
    ) -> Any:
        """The variable `name` of this scope in `var_store` (see `tf.get_variable`)."""
        full_name = f"{self._name}/{name}" if self._name else name
        if dtype is not None and initializer is not None and not callable(initializer):
            _check_value_dtype(initializer, as_dtype(dtype))

        def given(value: Any, default: Any) -> Any:
            return default if value is None else value

        spec = VariableSpec(
            name=full_name,
            shape=shape,
            dtype=given(dtype, self._dtype),
            initializer=given(initializer, self._initializer),
            regularizer=given(regularizer, self._regularizer),
            reuse=given(reuse, self._reuse),
            collections=collections,
            caching_device=given(caching_device, self._caching_device),
            partitioner=given(partitioner, self._partitioner),
            validate_shape=validate_shape,
            use_resource=given(use_resource, self._use_resource),
            constraint=given(constraint, self._constraint),
            **checked_modes(synchronization, aggregation, trainable, full_name),
        )
        graph = get_default_graph()
        with graph.held_state(name_scope=""):
            return var_store.get(spec, given(custom_getter, self._custom_getter))


def _check_value_dtype(initializer: Any, dtype: DType) -> None:
    found = convert_to_tensor(initializer).dtype.base_dtype
    if found is not dtype.base_dtype:
        raise ValueError(f"Initializer type '{found}' and explicit dtype '{dtype}' don't match.")


class _Position:
    """Where a thread stands in a graph's variable scopes."""

    def __init__(self) -> None:
        self.current = VariableScope(False)
        self.counts: dict[str, int] = {}  # how often each scope was opened, for default names

    def opened(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1

    def closed_below(self, name: str) -> None:
        prefix = name + "/"
        for key in self.counts:
            if key.startswith(prefix):
                self.counts[key] = 0

    def unique(self, prefix: str) -> str:
        """The first of prefix, prefix_1, … that was not opened below the current scope."""
        base = f"{self.current.name}/{prefix}" if self.current.name else prefix
        if not self.counts.get(base):
            return prefix
        number = 1
        while self.counts.get(f"{base}_{number}"):
            number += 1
        return f"{prefix}_{number}"


def _position() -> _Position:
    held = get_default_graph().building.held
    found = held.get("variable_scope")
    if found is None:
        found = held["variable_scope"] = _Position()
    return found


def get_variable_scope() -> VariableScope:
    """The current variable scope of this thread in the default graph."""
    return _position().current


class variable_scope:
    """A `with` block in which `get_variable` prefixes names and takes defaults from the scope.

    `name_or_scope` is a string (a scope inside the current one) or a VariableScope (that scope
    again, wherever it is entered from: its name and defaults, a new name scope for ops). None
    takes `default_name`, made unique. `reuse` True shares existing variables, tf.AUTO_REUSE
    shares or makes, None and False inherit. The other arguments are defaults for the variables
    inside, and for inner scopes. `values` are checked to come from one graph.
    `auxiliary_name_scope=False` opens no name scope.

    Raises TypeError and ValueError as TensorFlow 1.15 does.

    >>> import scopeflow as tf
    >>> with tf.variable_scope("layer") as scope:
    ...     scope.name
    'layer'
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Callable | None = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Callable | None = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if reuse is False:
            reuse = None
        if reuse not in (None, True, AUTO_REUSE):
            raise ValueError("The reuse parameter must be True or False or None.")
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(
                "The auxiliary_name_scope must be `True` or `False`, while get "
                f"{auxiliary_name_scope}"
            )
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._graph = graph_of(values or ())
        self._reuse = reuse
        self._auxiliary_name_scope = auxiliary_name_scope
        self._custom_getter = custom_getter
        self._defaults = {
            "_initializer": initializer,
            "_regularizer": regularizer,
            "_caching_device": caching_device,
            "_partitioner": partitioner,
            "_dtype": dtype,
            "_use_resource": use_resource,
            "_constraint": constraint,
        }
        if dtype is not None:
            self._defaults["_dtype"] = as_dtype(dtype)
        self._entered: list[ExitStack] = []
        # What the first entering found is kept for later ones by the same object.
        self._default_taken: str | None = None
        self._first_name_scope: str | None = None

    def __enter__(self) -> VariableScope:
        stack = ExitStack()
        try:
            scope = self._enter(stack)
        except BaseException:
            stack.close()
            raise
        self._entered.append(stack)
        return scope

    def __exit__(self, *exc_info: Any) -> None:
        self._entered.pop().close()

    def _enter(self, stack: ExitStack) -> VariableScope:
        if self._graph is not get_default_graph():
            stack.enter_context(self._graph.as_default())
        wanted = self._name_or_scope
        if wanted is None:
            if self._reuse:
                raise ValueError("reuse=True cannot be used without a name_or_scope")
            assert self._default_name is not None
            below = self._open_name_scope(stack, self._default_name)
            if self._default_taken is None:
                self._default_taken = _position().unique(self._default_name)
            return self._push(stack, self._default_taken, below)
        if not isinstance(wanted, str | VariableScope):
            raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")
        last = wanted if isinstance(wanted, str) else wanted.name.split("/")[-1]
        opened: str | None = None
        if last or not self._auxiliary_name_scope:
            opened = self._open_name_scope(stack, last)
        if isinstance(wanted, VariableScope):
            return self._push(stack, wanted, wanted.original_name_scope)
        return self._push(stack, wanted, wanted if opened is None else opened)

    def _open_name_scope(self, stack: ExitStack, name: str | None) -> str:
        if self._auxiliary_name_scope:
            return stack.enter_context(name_scope(name))
        here = get_default_graph().get_name_scope()
        return stack.enter_context(name_scope(here + "/" if here else here))

    def _push(
        self, stack: ExitStack, wanted: str | VariableScope, original_name_scope: str
    ) -> VariableScope:
        """Make current: the scope of a name below the current one, or a copy of a given one."""
        position = _position()
        outer = position.current
        captured = isinstance(wanted, VariableScope)
        scope = copy.copy(wanted if isinstance(wanted, VariableScope) else outer)
        if isinstance(wanted, str):
            scope._name = f"{outer.name}/{wanted}" if outer.name else wanted
        scope._reuse = self._reuse or scope._reuse
        if self._first_name_scope is None:
            self._first_name_scope = original_name_scope
        scope._name_scope = self._first_name_scope
        for attribute, value in self._defaults.items():
            if value is not None:
                setattr(scope, attribute, value)
        if self._custom_getter is not None:
            scope._custom_getter = _around(self._custom_getter, scope._custom_getter)
        position.opened(scope._name)
        counts = dict(position.counts)
        position.current = scope

        def leave() -> None:
            position.closed_below(scope._name)
            if captured:  # a jump elsewhere leaves no trace in the counters
                position.counts = counts
            position.current = outer

        stack.callback(leave)
        return scope


def _around(inner: Callable, outer: Callable | None) -> Callable:
    """A custom getter inside another scope's: the innermost is called first."""
    if outer is None:
        return inner

    def both(getter: Callable, *args: Any, **kwargs: Any) -> Any:
        def next_getter(*a: Any, **k: Any) -> Any:
            return outer(getter, *a, **k)

        return inner(next_getter, *args, **kwargs)

    return both


def variable_op_scope(
    values: Any,
    name_or_scope: Any,
    default_name: str | None = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Callable | None = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: bool | None = None,
    constraint: Callable | None = None,
) -> variable_scope:
    """`tf.variable_scope` with `values` first; deprecated."""
    return variable_scope(
        name_or_scope,
        default_name,
        values,
        initializer,
        regularizer,
        caching_device,
        partitioner,
        custom_getter,
        reuse,
        dtype,
        use_resource,
        constraint,
    )


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable | None = None,
    constraint: Callable | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """The variable `name` of the current variable scope: made, or shared where it exists.

    What is not given comes from the scope. `initializer` is a function (shape, dtype,
    partition_info) -> tensor, one without arguments, or a value (then no `shape`). Raises
    ValueError where the variable exists and is not to be shared, does not exist and is to be, or
    has another shape or dtype than asked for.

    >>> import scopeflow as tf
    >>> with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
    ...     tf.get_variable("w", [2, 3]).name
    'layer/w:0'
    """
    return get_variable_scope().get_variable(
        store_of(get_default_graph()),
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Callable | None = None,
    constraint: Callable | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
) -> Any:
    """As `get_variable`, for a variable that is not trained and is in LOCAL_VARIABLES."""
    collections = [*(collections or ()), GraphKeys.LOCAL_VARIABLES]
    return get_variable(
        name,
        shape,
        dtype,
        initializer,
        regularizer,
        False,
        collections,
        caching_device,
        partitioner,
        validate_shape,
        use_resource,
        custom_getter,
        constraint,
        synchronization,
        aggregation,
    )


def no_regularizer(_: Any) -> None:
    """A regularizer that adds no loss, to switch off the scope's."""
    return None
