"""tensorflow.python.tools.freeze_graph: a graph with a checkpoint's values as constants."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def _names(text: Any) -> list[str] | None:
    names = [n.strip() for n in (text or "").split(",")] if isinstance(text, str) else list(text)
    return [n for n in names if n] or None


def freeze_graph_with_def_protos(
    input_graph_def: Any, input_saver_def: Any, input_checkpoint: str, output_node_names: str,
    restore_op_name: str, filename_tensor_name: str, output_graph: str, clear_devices: bool,
    initializer_nodes: str, variable_names_whitelist: str = "", variable_names_blacklist: str = "",
    input_meta_graph_def: Any = None, input_saved_model_dir: Any = None,
    saved_model_tags: Any = None, checkpoint_version: int = 2,
) -> Any:  # fmt: skip
    """The GraphDef of the ops that `output_node_names` need, with variables as constants.

    Their values are the checkpoint's; `initializer_nodes` run after it is read. The GraphDef is
    written to `output_graph`, if that is given. `restore_op_name`, `filename_tensor_name` and
    `checkpoint_version` are accepted without effect. NotImplementedError for a saved model.
    """
    if input_saved_model_dir:
        raise NotImplementedError(
            "freeze_graph(input_saved_model_dir=…): give the checkpoint instead; in a saved model "
            "it is variables/variables."
        )
    if not tf.train.checkpoint_exists(input_checkpoint):
        raise ValueError(f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    outputs = _names(output_node_names)
    if not outputs:
        raise ValueError("You must supply the name of a node to --output_node_names.")
    with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
        if input_meta_graph_def is not None:
            graph_def = input_meta_graph_def.graph_def
            saver = tf.train.import_meta_graph(input_meta_graph_def, clear_devices=True)
        else:
            graph_def = input_graph_def
            if clear_devices:
                for node in graph_def.node:
                    node.device = ""
            tf.import_graph_def(graph_def, name="")
            saver = tf.train.Saver(saver_def=input_saver_def) if input_saver_def else None
        if saver is not None:
            saver.restore(session, input_checkpoint)
        else:
            _restore(session, graph, input_checkpoint)
        for name in _names(initializer_nodes) or []:
            session.run(graph.get_operation_by_name(name.partition(":")[0]))
        frozen = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), outputs,
            variable_names_whitelist=_names(variable_names_whitelist),
            variable_names_blacklist=_names(variable_names_blacklist),
        )  # fmt: skip
    if output_graph:
        with tf.gfile.GFile(output_graph, "wb") as file:
            file.write(frozen.SerializeToString())
    return frozen


def _restore(session: Any, graph: Any, checkpoint: str) -> None:
    """Assign the checkpoint's values to the variables that the graph's nodes name."""
    reader = tf.train.NewCheckpointReader(checkpoint)
    for name in reader.get_variable_to_shape_map():
        try:
            assign = graph.get_operation_by_name(f"{name}/Assign")
        except KeyError:
            continue  # a variable that the graph does not have
        session.run(assign, {assign.inputs[1]: reader.get_tensor(name)})


def freeze_graph(
    input_graph: str, input_saver: str, input_binary: bool, input_checkpoint: str,
    output_node_names: str, restore_op_name: str, filename_tensor_name: str, output_graph: str,
    clear_devices: bool, initializer_nodes: str, variable_names_whitelist: str = "",
    variable_names_blacklist: str = "", input_meta_graph: Any = None,
    input_saved_model_dir: Any = None, saved_model_tags: Any = "serve", checkpoint_version: int = 2,
) -> Any:  # fmt: skip
    """`freeze_graph_with_def_protos` of files: protocol buffers in bytes, or in text."""
    return freeze_graph_with_def_protos(
        _read(input_graph, tf.GraphDef, input_binary) if input_graph else None,
        _read(input_saver, tf.train.SaverDef, input_binary) if input_saver else None,
        input_checkpoint, output_node_names, restore_op_name, filename_tensor_name, output_graph,
        clear_devices, initializer_nodes, variable_names_whitelist, variable_names_blacklist,
        _read(input_meta_graph, tf.MetaGraphDef, input_binary) if input_meta_graph else None,
        input_saved_model_dir, saved_model_tags, checkpoint_version,
    )  # fmt: skip


def _read(path: str, kind: Any, binary: bool) -> Any:
    from google.protobuf import text_format

    if not tf.gfile.Exists(path):
        raise ValueError(f"Input file '{path}' does not exist!")
    with tf.gfile.GFile(path, "rb" if binary else "r") as file:
        text = file.read()
    return kind.FromString(text) if binary else text_format.Parse(text, kind())
