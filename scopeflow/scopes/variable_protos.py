"""Variables as VariableDef messages, and variables again of the ops that these name."""

from __future__ import annotations

from typing import Any

from ..core.context import get_default_graph
from ..core.graph import Graph
from .slice_info import SaveSliceInfo
from .variable import Variable, VariableAggregation, VariableSynchronization


def without_scope(name: str, scope: str | None) -> str:
    """The name as seen from inside `scope`; `^` and `loc:@` in front of it stay."""
    if not scope:
        return name
    scope = scope.rstrip("/") + "/"
    for mark in ("^", "loc:@"):
        if name.startswith(mark + scope):
            return mark + name[len(mark + scope) :]
    return name.removeprefix(scope)


def within_scope(name: str, scope: str | None) -> str:
    """The name below `scope`; `^` and `loc:@` stay in front."""
    if not scope:
        return name
    scope = scope.rstrip("/") + "/"
    for mark in ("^", "loc:@"):
        if name.startswith(mark):
            return mark + scope + name[len(mark) :]
    return scope + name


def to_proto(variable: Any, export_scope: str | None = None) -> Any:
    """The variable as a VariableDef, its names below `export_scope`; None for one elsewhere."""
    from tensorboard.compat.proto.variable_pb2 import SaveSliceInfoDef, VariableDef

    if export_scope is not None and not variable.name.startswith(export_scope):
        return None

    def name(item: Any) -> str:
        return without_scope(item.name, export_scope)

    made = VariableDef(
        variable_name=name(variable._variable),
        initializer_name=name(variable.initializer),
        snapshot_name=name(variable._snapshot),
        trainable=variable.trainable,
        synchronization=variable.synchronization.value,
        aggregation=variable.aggregation.value,
        is_resource=hasattr(variable, "handle"),
    )
    if variable._initial_value is not None:  # to allow for graphs that name none
        made.initial_value_name = name(variable._initial_value)
    if variable._save_slice_info is not None:
        info = variable._save_slice_info.to_proto(export_scope)
        if info is not None:
            made.save_slice_info_def.CopyFrom(SaveSliceInfoDef(**info._asdict()))
    return made


def fill(variable: Any, proto: Any, import_scope: str | None, graph: Graph | None = None) -> None:
    """Make the (new) variable object that of the ops which the VariableDef names."""
    graph = get_default_graph() if graph is None else graph

    def element(name: str) -> Any:
        return graph.as_graph_element(within_scope(name, import_scope))

    variable._variable = element(proto.variable_name)
    variable._initializer_op = element(proto.initializer_name)
    variable._snapshot = element(proto.snapshot_name)
    named = proto.initial_value_name
    variable._initial_value = element(named) if named else None
    variable._trainable = proto.trainable
    variable._synchronization = VariableSynchronization(proto.synchronization)
    variable._aggregation = VariableAggregation(proto.aggregation)
    variable._constraint = variable._caching_device = None
    variable._save_slice_info = (
        SaveSliceInfo(save_slice_info_def=proto.save_slice_info_def, import_scope=import_scope)
        if proto.HasField("save_slice_info_def")
        else None
    )
    variable.source = variable._variable.op.source
    if proto.is_resource:
        variable.handle = variable._variable
        variable._dtype = variable.handle.op.attrs["dtype"]
        variable._cached = None


def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
    """The variable whose ops the VariableDef names, in the default graph, below `import_scope`."""
    from .resource_variable import ResourceVariable

    kind = ResourceVariable if variable_def.is_resource else Variable
    made: Variable = object.__new__(kind)
    fill(made, variable_def, import_scope)
    return made
