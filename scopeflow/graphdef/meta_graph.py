"""Graphs with what belongs to them (collections, how they are saved) as MetaGraphDef."""

from __future__ import annotations

import os
from typing import Any

from ..api import logging
from ..core.context import get_default_graph
from ..core.graph import Graph
from ..core.graph_keys import GraphKeys
from ..core.op import registry
from ..scopes.variable_protos import from_proto, within_scope, without_scope
from .files import read_message, write_message
from .importing import import_graph_def

UNBOUND = "$unbound_inputs_"
"""In front of an input's name: the node that it comes from is outside the exported scope."""

_UNBOUND_INPUTS = "unbound_inputs"

VARIABLES = frozenset((
    GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES,
    GraphKeys.MODEL_VARIABLES, GraphKeys.MOVING_AVERAGE_VARIABLES, GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.GLOBAL_STEP,
))  # fmt: skip
"""The collections whose variables come back as variables; elsewhere they come back as tensors."""

_OTHER = frozenset(("cond_context", "while_context"))
"""Collections of messages of other kinds."""


def export_meta_graph(
    filename: str | None = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Any = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
    **kwargs: Any,
) -> Any:
    """The graph (the default one) with its collections as a tf.MetaGraphDef.

    It is also written to `filename`, as text with `as_text`. `graph_def` takes the place of the
    graph's own; `saver_def` says how variables are saved; `collection_list` names the collections
    to keep (all). With `export_scope` only the ops below that name scope are kept, their names then
    relative to it; inputs from elsewhere are marked as unbound. `clear_devices` leaves out devices,
    `strip_default_attrs` attributes that have their defaults, `clear_extraneous_savers` savers
    other than this one. What a collection holds that is no number, string, tensor, op or variable
    is left out, with a warning. `save_debug_info` is accepted: no debug file is written.
    """
    from tensorboard.compat.proto.graph_pb2 import GraphDef
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    if kwargs:
        unknown = ", ".join(sorted(kwargs))
        raise TypeError(f"export_meta_graph() got unexpected keyword arguments: {unknown}")
    graph = get_default_graph() if graph is None else graph
    if not isinstance(graph, Graph):
        raise TypeError(f"graph must be of type Graph, not {type(graph)}")
    if graph_def is None:
        graph_def = graph.as_graph_def(add_shapes=True)
    elif not isinstance(graph_def, GraphDef):
        raise TypeError(f"graph_def must be of type GraphDef, not {type(graph_def)}")
    made = MetaGraphDef()
    made.graph_def.CopyFrom(graph_def)
    unbound: list[str] = []
    if export_scope:
        made.graph_def.CopyFrom(_below(graph_def, export_scope, unbound))
    if clear_devices:
        for node in made.graph_def.node:
            node.device = ""
    if strip_default_attrs:
        _strip(made.graph_def)
    if meta_info_def is not None:
        made.meta_info_def.CopyFrom(meta_info_def)
    made.meta_info_def.tensorflow_version = "1.15.5"
    made.meta_info_def.tensorflow_git_version = "scopeflow"
    made.meta_info_def.stripped_default_attrs = strip_default_attrs
    if saver_def is not None:
        made.saver_def.CopyFrom(saver_def)
    keys = graph.get_all_collection_keys() if collection_list is None else collection_list
    for key in keys:
        if clear_extraneous_savers and key == GraphKeys.SAVERS:
            continue
        _add_collection(made, graph, key, export_scope)
    if unbound:
        names = made.collection_def[_UNBOUND_INPUTS].bytes_list.value
        names.extend(name.encode() for name in unbound)
    if filename:
        os.makedirs(os.path.dirname(os.path.abspath(filename)), exist_ok=True)
        write_message(filename, made, as_text)
    return made


def _below(graph_def: Any, scope: str, unbound: list[str]) -> Any:
    """The nodes below the scope, their names relative to it."""
    scope = scope.rstrip("/") + "/"
    made = type(graph_def)(versions=graph_def.versions)
    for node in graph_def.node:
        if not node.name.startswith(scope):
            continue
        kept = made.node.add()
        kept.CopyFrom(node)
        kept.name = without_scope(node.name, scope)
        for index, name in enumerate(node.input):
            inside = without_scope(name, scope)
            if inside == name:
                mark = "^" if name.startswith("^") else ""
                inside = f"{mark}{UNBOUND}{name.removeprefix('^')}"
                if inside not in unbound:
                    unbound.append(inside)
            kept.input[index] = inside
        if "_class" in kept.attr:
            names = [without_scope(n.decode(), scope) for n in kept.attr["_class"].list.s]
            kept.attr["_class"].list.s[:] = [n.encode() for n in names]
    return made


def _strip(graph_def: Any) -> None:
    """Leave out attributes that have their op type's default."""
    from ..core.attr_value import attr_value
    from ..core.op import REQUIRED

    for node in graph_def.node:
        op_def = registry.get(node.op)
        for key, default in (op_def.attrs if op_def is not None else {}).items():
            if default is REQUIRED or default is None or key not in node.attr:
                continue
            if attr_value(default, default) == node.attr[key]:
                del node.attr[key]


def _add_collection(made: Any, graph: Graph, key: Any, scope: str | None) -> None:
    if not isinstance(key, str):
        logging.warn(
            f"Only collections with string type keys will be serialized. This key has {type(key)}"
        )
        return
    items = graph.get_collection(key)
    if not items:
        return
    try:
        definition = _collection(key, items, scope)
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        logging.warn(
            f"Error encountered when serializing {key}.\nType is unsupported, or the types of the "
            f"items don't match field type in CollectionDef. Note this is a warning and probably "
            f"safe to ignore.\n{error}"
        )
        return
    if definition is not None:
        made.collection_def[key].CopyFrom(definition)


def _collection(key: str, items: list, scope: str | None) -> Any:
    """The items as a CollectionDef, None where none of them is in the scope."""
    from tensorboard.compat.proto.meta_graph_pb2 import CollectionDef

    found = CollectionDef()
    first = items[0]
    if key in VARIABLES or key == GraphKeys.SAVERS or key == GraphKeys.QUEUE_RUNNERS:
        protos = [item.to_proto(export_scope=scope) for item in items]
        found.bytes_list.value.extend(p.SerializeToString() for p in protos if p is not None)
        return found if found.bytes_list.value else None
    if isinstance(first, str | bytes):
        found.bytes_list.value.extend(i.encode() if isinstance(i, str) else i for i in items)
    elif isinstance(first, int):
        found.int64_list.value.extend(items)
    elif isinstance(first, float):
        found.float_list.value.extend(items)
    else:
        names = [i.name for i in items if not scope or i.name.startswith(scope)]
        found.node_list.value.extend(without_scope(name, scope) for name in names)
        return found if names else None
    return found


def meta_graph_from(meta_graph_or_file: Any) -> Any:
    """The tf.MetaGraphDef itself, or that in a file."""
    from tensorboard.compat.proto.meta_graph_pb2 import MetaGraphDef

    if isinstance(meta_graph_or_file, MetaGraphDef):
        return meta_graph_or_file
    return read_message(meta_graph_or_file, MetaGraphDef(), "MetaGraphDef")


def restore_graph(
    meta_graph: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    input_map: dict[str, Any] | None = None,
    return_elements: Any = None,
) -> tuple[str, list[Any] | None]:
    """Add the MetaGraphDef's graph and collections to the default graph.

    Returns the name scope they stand in now and the elements that were asked for.
    """
    from tensorboard.compat.proto.variable_pb2 import VariableDef

    graph = get_default_graph()
    definition = meta_graph.graph_def
    unbound = meta_graph.collection_def.get(_UNBOUND_INPUTS)
    if unbound is not None:
        names = [value.decode() for value in unbound.bytes_list.value]
        missing = [name for name in names if name not in (input_map or {})]
        if missing:
            raise ValueError(
                f"Graph contains unbound inputs: {','.join(missing)}. Must provide these inputs "
                "through input_map."
            )
    if clear_devices:
        definition = type(definition)()
        definition.CopyFrom(meta_graph.graph_def)
        for node in definition.node:
            node.device = ""
    scope = graph.get_name_scope()
    into = f"{scope}/" if scope else ""
    if import_scope:
        scope, into = graph.unique_name(import_scope, mark_as_used=False), import_scope
    returned = import_graph_def(
        definition, input_map=input_map, return_elements=return_elements, name=into
    )
    variables: dict[bytes, Any] = {}
    for key, collection in sorted(meta_graph.collection_def.items()):
        if key == _UNBOUND_INPUTS or key in _OTHER:
            continue
        kind = collection.WhichOneof("kind")
        if kind is None:
            continue
        values = getattr(collection, kind).value
        if kind == "node_list":
            for name in values:
                graph.add_to_collection(key, graph.as_graph_element(within_scope(name, scope)))
        elif kind == "bytes_list" and key in VARIABLES:
            for data in values:
                if data not in variables:  # one object, in all collections that it is in
                    variables[data] = from_proto(VariableDef.FromString(data), scope)
                graph.add_to_collection(key, variables[data])
        elif kind == "bytes_list" and key in (GraphKeys.SAVERS, GraphKeys.QUEUE_RUNNERS):
            for data in values:
                graph.add_to_collection(key, _guest(key, data, scope))
        else:
            for value in values:
                graph.add_to_collection(key, int(value) if kind == "int64_list" else value)
    return scope, returned


def _guest(key: str, data: bytes, scope: str) -> Any:
    """The saver or the queue runner of a message's bytes."""
    from .. import train  # by its public names
    from ..api import protos

    if key == GraphKeys.SAVERS:
        return train.Saver.from_proto(protos.SaverDef.FromString(data), scope or None)
    return train.QueueRunner.from_proto(protos.QueueRunnerDef.FromString(data), scope)


def _saver_def_within(saver_def: Any, scope: str) -> Any:
    """The SaverDef with the names that its ops have in the scope."""
    found = type(saver_def)()
    found.CopyFrom(saver_def)
    for field in ("filename_tensor_name", "save_tensor_name", "restore_op_name"):
        setattr(found, field, within_scope(getattr(found, field), scope))
    return found


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    **kwargs: Any,
) -> Any:
    """Add the graph in a .meta file (or a tf.MetaGraphDef) to the default graph.

    Its collections come back, with variables that are variables. Returns the tf.train.Saver that
    it was exported with (a new one where it has variables but no saver; None without variables), to
    restore a checkpoint with. `clear_devices` leaves out devices; `import_scope` puts all below a
    name scope; `input_map` and `return_elements` are import_graph_def's; `graph` takes the default
    graph's place. Raises IOError for a file
    that is not there or holds no MetaGraphDef.

    Conditions' and loops' contexts are not restored.
    """
    meta_graph = meta_graph_from(meta_graph_or_file)
    unknown = set(kwargs) - {"input_map", "return_elements", "graph"}
    if unknown:
        raise TypeError(
            f"import_graph_def() got an unexpected keyword argument '{sorted(unknown)[0]}'"
        )
    graph = kwargs.pop("graph", None) or get_default_graph()
    with graph.as_default():
        return _imported(meta_graph, clear_devices, import_scope, kwargs)


def _imported(meta_graph: Any, clear_devices: bool, import_scope: str | None, options: dict) -> Any:
    """Add the graph to the default one; returns its saver."""
    from .. import train

    scope, _ = restore_graph(meta_graph, clear_devices, import_scope, **options)
    if meta_graph.HasField("saver_def"):
        return train.Saver(saver_def=_saver_def_within(meta_graph.saver_def, scope))
    graph = get_default_graph()
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS):
        if graph.get_collection(key, import_scope):
            return train.Saver()
    logging.info("Saver not created because there are no variables in the graph to restore")
    return None
