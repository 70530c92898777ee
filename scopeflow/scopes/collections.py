"""Lists of variables by collection, and ops that initialize or check them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.graph import name_scope
from ..core.graph_keys import GraphKeys
from ..core.operation import Operation, Tensor
from ..ops.array import Rank
from ..ops.compare import logical_not
from ..ops.constant import constant
from ..ops.control_flow import group
from ..ops.gathering import boolean_mask
from ..ops.joining import stack
from .variable import is_variable_initialized


def add_to_collection(name: Any, value: Any) -> None:
    """Append `value` to a collection of the default graph."""
    get_default_graph().add_to_collection(name, value)


def add_to_collections(names: Any, value: Any) -> None:
    """Append `value` to several collections of the default graph."""
    get_default_graph().add_to_collections(names, value)


def get_collection(key: Any, scope: str | None = None) -> list:
    """A copy of a collection; with `scope`, the items whose names it matches at their start."""
    return get_default_graph().get_collection(key, scope)


def get_collection_ref(key: Any) -> list:
    """The collection itself; changing the list changes it."""
    return get_default_graph().get_collection_ref(key)


def global_variables(scope: str | None = None) -> list:
    """The variables in GLOBAL_VARIABLES (all, unless made otherwise), in order."""
    return get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


def all_variables() -> list:
    """The old name of `global_variables`."""
    return global_variables()


def local_variables(scope: str | None = None) -> list:
    """The variables in LOCAL_VARIABLES: they are not saved."""
    return get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list:
    """The variables that optimizers train by default."""
    return get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list:
    """The variables in MODEL_VARIABLES."""
    return get_collection(GraphKeys.MODEL_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list:
    """The variables that have a moving average."""
    return get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """An op that initializes the given variables."""
    if var_list:
        return group(*[v.initializer for v in var_list], name=name)
    return group(name=name)


def global_variables_initializer() -> Operation:
    """An op that initializes all global variables made so far."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Operation:
    """An op that initializes all local variables made so far."""
    return variables_initializer(local_variables())


def initialize_variables(var_list: Any, name: str = "init") -> Operation:
    """The old name of `variables_initializer`."""
    return variables_initializer(var_list, name)


def initialize_all_variables() -> Operation:
    """The old name of `global_variables_initializer`."""
    return global_variables_initializer()


def initialize_local_variables() -> Operation:
    """The old name of `local_variables_initializer`."""
    return local_variables_initializer()


def report_uninitialized_variables(
    var_list: Any = None, name: str = "report_uninitialized_variables"
) -> Tensor:
    """A vector of the names of those variables that have no value yet."""
    if var_list is None:
        var_list = global_variables() + local_variables()
    with name_scope(name):
        if not var_list:
            return constant(np.array([], object), dtypes.string)
        missing = logical_not(stack([is_variable_initialized(v) for v in var_list]))
        names = constant(np.array([v.op.name for v in var_list]), dtypes.string)
        return boolean_mask(names, missing)


def assert_variables_initialized(var_list: Any = None) -> Tensor | None:
    """A tensor that fails to run where one of the variables has no value; None without any.

    Its value is the variables' ranks. `report_uninitialized_variables` gives the names instead.
    """
    if var_list is None:
        var_list = global_variables() + local_variables()
    if not var_list:  # TensorFlow looks once more for whatever stands for a variable
        ops = get_default_graph().get_operations()
        var_list = [op.outputs[0] for op in ops if op.type == "VariableV2"]
    ranks = [Rank(variable) for variable in var_list]
    if not ranks:
        return None
    return ranks[0] if len(ranks) == 1 else stack(ranks)
