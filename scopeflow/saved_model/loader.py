"""`tf.saved_model.loader`: SavedModels into sessions."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import scopeflow as tf

from . import constants
from .message import read
from .op_signatures import INIT_OP_SIGNATURE_KEY, load_op_from_signature_def

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
    loader = SavedModelLoader(export_dir)
    return loader.load(sess, tags, import_scope, **saver_kwargs)


class SavedModelLoader:
    """The steps of `load`, one by one. IOError where there is no SavedModel."""

    def __init__(self, export_dir: str) -> None:
        self._export_dir = os.fsdecode(export_dir)
        self._saved_model = read(self._export_dir)

    @property
    def export_dir(self) -> str:
        """The directory."""
        return self._export_dir

    @property
    def saved_model(self) -> Any:
        """The SavedModel message."""
        return self._saved_model

    @property
    def variables_path(self) -> str:
        """The name of the checkpoint in it."""
        return os.path.join(
            self._export_dir, constants.VARIABLES_DIRECTORY, constants.VARIABLES_FILENAME
        )

    def get_meta_graph_def_from_tags(self, tags: Iterable[str]) -> Any:
        """The tf.MetaGraphDef that has exactly these tags; RuntimeError where there is none."""
        wanted = set(tags)
        available = [set(m.meta_info_def.tags) for m in self._saved_model.meta_graphs]
        if wanted not in available:
            named = tags if isinstance(tags, str) else ", ".join(tags)
            raise RuntimeError(
                f"MetaGraphDef associated with tags {named!r} could not be found in SavedModel."
                f"\navailable_tags: {available}"
            )
        return self._saved_model.meta_graphs[available.index(wanted)]

    def load_graph(
        self, graph: Any, tags: Iterable[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> tuple[Any, list]:
        """Add the ops to the graph; returns (a saver for the variables or None, `return_elements`).

        ValueError for a name in `return_elements` that the graph has not.
        """
        meta_graph = self.get_meta_graph_def_from_tags(tags)
        names = saver_kwargs.pop("return_elements", None) or ()
        with graph.as_default():
            saver = tf.train.import_meta_graph(
                meta_graph, import_scope=import_scope, **saver_kwargs
            )
        below = f"{import_scope}/" if import_scope else ""
        try:
            return saver, [graph.as_graph_element(below + name) for name in names]
        except KeyError as error:
            raise ValueError(f"A return element was not found in graph_def: {error}") from error

    def restore_variables(self, sess: Any, saver: Any, import_scope: str | None = None) -> None:
        """Give the variables their values; ValueError without a saver, where there are any."""
        if not tf.train.checkpoint_exists(self.variables_path):
            tf.logging.info("The SavedModel in %s has no variables.", self._export_dir)
            return
        if saver is None:
            raise ValueError("There are variables to restore: a tf.train.Saver is needed.")
        with sess.graph.as_default():
            saver.restore(sess, self.variables_path)

    def run_init_ops(self, sess: Any, tags: Iterable[str], import_scope: str | None = None) -> None:
        """Run what is to be run after loading, if there is anything, with the assets' paths."""
        meta_graph = self.get_meta_graph_def_from_tags(tags)
        with sess.graph.as_default():
            op = init_op(meta_graph, import_scope)
            if op is not None:
                sess.run(op, self._assets(meta_graph, import_scope))

    def _assets(self, meta_graph: Any, scope: str | None) -> dict[str, str]:
        below = f"{scope}/" if scope else ""
        directory = os.path.join(self._export_dir, constants.ASSETS_DIRECTORY)
        return {
            below + asset.tensor_info.name: os.path.join(directory, asset.filename)
            for asset in meta_graph.asset_file_def
        }

    def load(
        self, sess: Any, tags: Iterable[str], import_scope: str | None = None, **saver_kwargs: Any
    ) -> Any:
        """All of it; returns the tf.MetaGraphDef."""
        saver, _ = self.load_graph(sess.graph, tags, import_scope, **saver_kwargs)
        if saver is not None:
            self.restore_variables(sess, saver, import_scope)
        self.run_init_ops(sess, tags, import_scope)
        return self.get_meta_graph_def_from_tags(tags)


def init_op(meta_graph: Any, import_scope: str | None = None) -> Any:
    """What is to be run after loading, in the default graph; None where there is nothing.

    A signature of its own names it, or the collection of the main op, or that of the legacy op.
    """
    if INIT_OP_SIGNATURE_KEY in meta_graph.signature_def:
        signature = meta_graph.signature_def[INIT_OP_SIGNATURE_KEY]
        return load_op_from_signature_def(signature, INIT_OP_SIGNATURE_KEY, import_scope)
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        if key in meta_graph.collection_def and meta_graph.collection_def[key].node_list.value:
            return tf.get_collection(key)[-1]
    return None
