"""`tf.saved_model.loader`: SavedModels into sessions."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import scopeflow as tf

from . import constants
from .message import read

__all__ = ["load", "maybe_saved_model_directory"]


def maybe_saved_model_directory(export_dir: str) -> bool:
    """Whether the directory has the file that a SavedModel begins with."""
    names = (constants.SAVED_MODEL_FILENAME_PB, constants.SAVED_MODEL_FILENAME_PBTXT)
    return any(os.path.isfile(os.path.join(os.fsdecode(export_dir), name)) for name in names)


def contains_saved_model(export_dir: str) -> bool:
    """Whether the directory has the file that a SavedModel begins with."""
    return maybe_saved_model_directory(export_dir)


def load(
    sess: Any,
    tags: Iterable[str],
    export_dir: str,
    import_scope: str | None = None,
    **saver_kwargs: Any,
) -> Any:
    """Add the SavedModel's graph that has exactly these tags to the session's, with its values.

    Then its main op is run, if it has one. Returns the tf.MetaGraphDef, with the signatures.
    `import_scope` puts the graph below a name scope; further arguments are
    tf.train.import_meta_graph's. RuntimeError where no graph has these tags, IOError where there is
    no SavedModel.
    """
    export_dir = os.fsdecode(export_dir)
    saved_model = read(export_dir)
    wanted = set(tags)
    available = [set(m.meta_info_def.tags) for m in saved_model.meta_graphs]
    if wanted not in available:
        named = tags if isinstance(tags, str) else ", ".join(tags)
        raise RuntimeError(
            f"MetaGraphDef associated with tags {named!r} could not be found in SavedModel."
            f"\navailable_tags: {available}"
        )
    meta_graph = saved_model.meta_graphs[available.index(wanted)]
    with sess.graph.as_default():
        saver = tf.train.import_meta_graph(meta_graph, import_scope=import_scope, **saver_kwargs)
        prefix = os.path.join(
            export_dir, constants.VARIABLES_DIRECTORY, constants.VARIABLES_FILENAME
        )
        if saver is not None and os.path.isfile(prefix + ".index"):
            saver.restore(sess, prefix)
        _run_main_op(sess, meta_graph, export_dir, import_scope)
    return meta_graph


def _run_main_op(sess: Any, meta_graph: Any, export_dir: str, scope: str | None) -> None:
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        names = meta_graph.collection_def[key].node_list.value
        if not names:
            continue
        below = f"{scope}/" if scope else ""
        directory = os.path.join(export_dir, constants.ASSETS_DIRECTORY)
        feeds = {
            below + asset.tensor_info.name: os.path.join(directory, asset.filename)
            for asset in meta_graph.asset_file_def
        }
        sess.run(below + names[0], feeds)
        return
