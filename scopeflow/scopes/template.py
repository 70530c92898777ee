"""Templates: functions that share their variables from call to call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from ..core import source as source_of
from ..core.context import get_default_graph
from ..core.graph_keys import GraphKeys
from .variable_scope import VariableScope, _position, variable_scope


def make_template(
    name_: str,
    func_: Callable,
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Callable | None = None,
    **kwargs: Any,
) -> Template:
    """`func_` as a function whose first call makes its variables and whose later calls share them.

    The variables stand in a scope of their own: `name_`, made unique below the variable scope of
    the first call (with `create_scope_now_`, below that of now), or exactly `unique_name_`.
    `custom_getter_` sees their `get_variable` calls. `kwargs` are bound to `func_`. Each call opens
    a new name scope for its ops. Raises ValueError where `name_` is None.

    >>> import scopeflow as tf
    >>> def scaled(x):
    ...     return x * tf.get_variable("scale", [])
    >>> scale = tf.make_template("scaled", scaled)
    >>> scale(1.0).name, scale(2.0).name, len(scale.variables)
    ('scaled/mul:0', 'scaled_1/mul:0', 1)
    """
    if kwargs:
        func_ = functools.partial(func_, **kwargs)
    return Template(name_, func_, create_scope_now_, unique_name_, custom_getter_)


class Template:
    """What `tf.make_template` returns."""

    def __init__(
        self,
        name: str,
        func: Callable,
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Callable | None = None,
    ) -> None:
        if name is None:
            raise ValueError("name cannot be None.")
        self._name = name
        self._func = func
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._source = source_of.capture()
        self._variable_scope: VariableScope | None = None
        self._variables_created = False
        if create_scope_now:
            self._variable_scope = self._new_scope()

    def _new_scope(self) -> VariableScope:
        """The template's variable scope, before any call has opened a name scope for it."""
        name = self._unique_name or _position().unique(self._name)
        with ExitStack() as stack:
            opened = variable_scope(name, custom_getter=self._custom_getter)
            return opened._push(stack, name, original_name_scope=name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope is not None:
            with variable_scope(self._variable_scope, reuse=self._variables_created):
                return self._call(args, kwargs)
        with variable_scope(
            self._unique_name, self._name, custom_getter=self._custom_getter
        ) as scope:
            self._variable_scope = scope
            return self._call(args, kwargs)

    def _call(self, args: tuple, kwargs: dict[str, Any]) -> Any:
        graph = get_default_graph()
        before = len(graph.get_collection(GraphKeys.TRAINABLE_VARIABLES))
        try:
            result = self._func(*args, **kwargs)
            added = graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)[before:]
            if self._variables_created and added:
                raise ValueError(
                    "Trainable variable created when calling a template after the first time, "
                    f"perhaps you used tf.Variable when you meant tf.get_variable: {added}"
                )
        except Exception as error:
            if error.args and isinstance(error.args[0], str):
                error.args = (error.args[0] + self._where(), *error.args[1:])
            raise
        self._variables_created = True
        return result

    def _where(self) -> str:
        return (
            f"\n\nThis was a call of the template {self._name!r}, made here:\n"
            f"{source_of.describe(self._source)}\n"
        )

    @property
    def name(self) -> str:
        """The name that the template was given."""
        return self._name

    @property
    def func(self) -> Callable:
        """The function, with the arguments that are bound to it."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of its variables, None before it exists."""
        return self._variable_scope

    @property
    def var_scope(self) -> VariableScope | None:
        """The scope of its variables, None before it exists."""
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of the scope of its variables, with a trailing slash; None before it exists."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name + "/" if name else name

    # Its variables in the default graph: none until the first call has ended.

    def _collected(self, key: str) -> list:
        if not self._variables_created:
            return []
        return get_default_graph().get_collection(key, self.variable_scope_name)

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """What a `tf.train.Checkpoint` saves: the variables by their names in the scope."""
        if self._variable_scope is None:
            return []
        start = self._variable_scope.name + "/"
        return [(variable.op.name.removeprefix(start), variable) for variable in self.variables]

    @property
    def variables(self) -> list:
        """Its global and its local variables."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list:
        """Its trainable variables."""
        return self._collected(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self) -> list:
        """Its global variables that are not trainable."""
        trainable = {id(v) for v in self.trainable_variables}
        return [v for v in self.global_variables if id(v) not in trainable]

    @property
    def global_variables(self) -> list:
        """Its variables in GLOBAL_VARIABLES."""
        return self._collected(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list:
        """Its variables in LOCAL_VARIABLES."""
        return self._collected(GraphKeys.LOCAL_VARIABLES)

    @property
    def weights(self) -> list:
        """The same as `variables`."""
        return self.variables

    @property
    def trainable_weights(self) -> list:
        """The same as `trainable_variables`."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list:
        """The same as `non_trainable_variables`."""
        return self.non_trainable_variables
