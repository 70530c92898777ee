"""tensorflow.python.framework.meta_graph: graphs, and parts of graphs, as MetaGraphDefs."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.graphdef.meta_graph import meta_graph_from, restore_graph
from scopeflow.graphdef.meta_graph import meta_graph_from as read_meta_graph_file

from .ops import strip_name_scope

__all__ = ["read_meta_graph_file"]


def create_meta_graph_def(
    meta_info_def: Any = None, graph_def: Any = None, saver_def: Any = None,
    collection_list: Any = None, graph: Any = None, export_scope: str | None = None,
    exclude_nodes: Any = None, clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
) -> Any:  # fmt: skip
    """The graph as a tf.MetaGraphDef. TypeError for what is no graph.

    NotImplementedError for `exclude_nodes`: take the nodes out of a `graph_def`.
    """
    if graph is not None and not isinstance(graph, tf.Graph):
        raise TypeError(f"graph must be of type Graph, not {type(graph)}")
    if graph_def is not None and not isinstance(graph_def, tf.GraphDef):
        raise TypeError(f"graph_def must be of type GraphDef, not {type(graph_def)}")
    if exclude_nodes:
        raise NotImplementedError(
            "create_meta_graph_def(exclude_nodes=…): take the nodes out of graph.as_graph_def() "
            "and give it as graph_def."
        )
    return tf.train.export_meta_graph(
        meta_info_def=meta_info_def, graph_def=graph_def, saver_def=saver_def,
        collection_list=collection_list, graph=graph, export_scope=export_scope,
        clear_extraneous_savers=clear_extraneous_savers, strip_default_attrs=strip_default_attrs,
    )  # fmt: skip


def export_scoped_meta_graph(
    filename: str | None = None, graph_def: Any = None, graph: Any = None,
    export_scope: str | None = None, as_text: bool = False,
    unbound_inputs_col_name: str = "unbound_inputs", clear_devices: bool = False,
    saver_def: Any = None, clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False, save_debug_info: bool = False, **kwargs: Any,
) -> tuple[Any, dict[str, Any]]:  # fmt: skip
    """(the MetaGraphDef, its variables by names relative to the scope)."""
    _check_name(unbound_inputs_col_name)
    made = tf.train.export_meta_graph(
        filename, graph_def=graph_def, graph=graph, export_scope=export_scope, as_text=as_text,
        clear_devices=clear_devices, saver_def=saver_def, strip_default_attrs=strip_default_attrs,
        clear_extraneous_savers=clear_extraneous_savers, save_debug_info=save_debug_info, **kwargs,
    )  # fmt: skip
    return made, _variables(graph, export_scope)


def import_scoped_meta_graph(
    meta_graph_or_file: Any, clear_devices: bool = False, graph: Any = None,
    import_scope: str | None = None, input_map: Any = None,
    unbound_inputs_col_name: str = "unbound_inputs", restore_collections_predicate: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Add the graph of a MetaGraphDef; its variables by names relative to the scope.

    With `restore_collections_predicate` only those collections come back whose names it likes.
    """
    _check_name(unbound_inputs_col_name)
    found = meta_graph_from(meta_graph_or_file)
    if restore_collections_predicate is not None:
        kept = type(found)()
        kept.CopyFrom(found)
        found = kept
        for key in list(found.collection_def):
            if not restore_collections_predicate(key):
                del found.collection_def[key]
    with (graph or tf.get_default_graph()).as_default() as target:
        scope, _ = restore_graph(found, clear_devices, import_scope, input_map)
        return _variables(target, scope)


def copy_scoped_meta_graph(
    from_scope: str, to_scope: str, from_graph: Any = None, to_graph: Any = None
) -> dict[str, Any]:
    """Add a copy of what is below a scope below another one; its variables by relative names."""
    from_graph, to_graph = (g or tf.get_default_graph() for g in (from_graph, to_graph))
    if from_graph is to_graph and from_scope == to_scope:
        raise ValueError(
            "'from_scope' and 'to_scope' need to be different when performing copy in the same "
            "graph."
        )
    made, _ = export_scoped_meta_graph(export_scope=from_scope, graph=from_graph)
    return import_scoped_meta_graph(made, graph=to_graph, import_scope=to_scope)


def _variables(graph: Any, scope: str | None) -> dict[str, Any]:
    graph = graph or tf.get_default_graph()
    found = graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope or None)
    return {strip_name_scope(variable.name, scope): variable for variable in found}


def _check_name(name: str) -> None:
    if name != "unbound_inputs":
        raise NotImplementedError("The collection of unbound inputs is named unbound_inputs.")
