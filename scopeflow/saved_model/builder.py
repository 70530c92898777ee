"""`tf.saved_model.builder`: graphs and values into SavedModels."""

from __future__ import annotations

import filecmp
import os
import shutil
from typing import Any

import scopeflow as tf

from . import constants, signature_constants, tag_constants
from .message import saved_model_class
from .op_signatures import check_signatures
from .signature_def_utils import predict_signature_def

__all__ = ["SavedModelBuilder"]


class SavedModelBuilder:
    """Makes a SavedModel in the directory `export_dir`, which must be new or empty.

    The first graph comes with the variables' values (add_meta_graph_and_variables), others share
    these (add_meta_graph); save() writes the file that makes a SavedModel of the directory.
    """

    def __init__(self, export_dir: str) -> None:
        self._export_dir = os.fsdecode(export_dir)
        if os.path.isdir(self._export_dir) and os.listdir(self._export_dir):
            raise AssertionError(
                "Export directory already exists, and isn't empty. Please choose a different "
                "export directory, or delete all the contents of the specified directory: "
                f"{self._export_dir}"
            )
        os.makedirs(self._export_dir, exist_ok=True)
        self._saved_model = saved_model_class()(
            saved_model_schema_version=constants.SAVED_MODEL_SCHEMA_VERSION
        )
        self._has_variables = False
        self._assets: dict[str, str] = {}  # the files in the directory: what they were copied from

    def add_meta_graph(
        self,
        tags: Any,
        signature_def_map: Any = None,
        assets_collection: Any = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph under these tags. The arguments are those of
        add_meta_graph_and_variables, which must have been called before."""
        if not self._has_variables:
            raise AssertionError(
                "Graph state including variables and assets has not been saved yet. Please invoke "
                "`add_meta_graph_and_variables()` first."
            )
        check_signatures(signature_def_map)
        saver = saver or self._saver()
        self._add(
            tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op,
            strip_default_attrs, saver,
        )  # fmt: skip

    def add_meta_graph_and_variables(
        self,
        sess: Any,
        tags: Any,
        signature_def_map: Any = None,
        assets_collection: Any = None,
        legacy_init_op: Any = None,
        clear_devices: bool = False,
        main_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the session's graph under these tags, and save its variables.

        `signature_def_map` has the signatures by key. `main_op` is run when the model has been
        loaded (`legacy_init_op` is its deprecated form). `assets_collection` lists constants that
        name files; the files are copied, and fed when loading. `clear_devices` and
        `strip_default_attrs` leave out devices and attributes that have their defaults; `saver`
        says how variables are saved.

        AssertionError for a signature with a tensor without name or dtype, ValueError where the
        graph has a main op already.
        """
        if self._has_variables:
            raise AssertionError(
                "Graph state including variables and assets has already been saved. Please invoke "
                "`add_meta_graph()` instead."
            )
        check_signatures(signature_def_map)
        with sess.graph.as_default():
            saver = saver or self._saver()
            directory = os.path.join(self._export_dir, constants.VARIABLES_DIRECTORY)
            os.makedirs(directory, exist_ok=True)
            saver.save(
                sess,
                os.path.join(directory, constants.VARIABLES_FILENAME),
                write_meta_graph=False,
                write_state=False,
            )
            self._add(
                tags, signature_def_map, assets_collection, legacy_init_op, clear_devices, main_op,
                strip_default_attrs, saver,
            )  # fmt: skip
        self._has_variables = True

    def _saver(self) -> Any:
        return tf.train.Saver(
            tf.global_variables() + tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS),
            allow_empty=True,
        )

    def _add(
        self,
        tags: Any,
        signatures: Any,
        assets: Any,
        legacy_init_op: Any,
        clear_devices: bool,
        main_op: Any,
        strip_default_attrs: bool,
        saver: Any,
    ) -> None:
        if main_op is not None and legacy_init_op is not None:
            raise ValueError("Only one of main_op and legacy_init_op may be given.")
        graph = tf.get_default_graph()
        keys = (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY)
        for key, op in zip(keys, (main_op, legacy_init_op), strict=True):
            if op is not None:
                if not isinstance(op, tf.Operation):
                    raise TypeError(f"{key} needs to be an Operation: {op!r}")
                taken = [known for known in keys if graph.get_collection(known) not in ([], [op])]
                if taken:
                    raise ValueError(
                        "Graph already contains one or more main ops under the collection "
                        f"{taken[0]}: {graph.get_collection(taken[0])}."
                    )
                graph.clear_collection(key)
                graph.add_to_collection(key, op)
        made = tf.train.export_meta_graph(
            graph=graph,
            saver_def=saver.as_saver_def(),
            clear_devices=clear_devices,
            strip_default_attrs=strip_default_attrs,
        )
        made.meta_info_def.tags.extend(tags)
        for key, signature in (signatures or {}).items():
            made.signature_def[key].CopyFrom(signature)
        self._copy_assets(made, assets or ())
        self._saved_model.meta_graphs.add().CopyFrom(made)

    def _copy_assets(self, meta_graph: Any, assets: Any) -> None:
        directory = os.path.join(self._export_dir, constants.ASSETS_DIRECTORY)
        for tensor in assets:
            values = tf.make_ndarray(tensor.op.get_attr("value"))
            path = values.item().decode() if values.size == 1 else ""
            if not path:
                raise ValueError(f"Invalid asset filepath tensor: {tensor!r}")
            name = os.path.basename(path)
            number = 1
            while not self._is_same(path, name):
                name = f"{os.path.basename(path)}_{number}"
                number += 1
            if name not in self._assets:
                os.makedirs(directory, exist_ok=True)
                shutil.copyfile(path, os.path.join(directory, name))
                self._assets[name] = path
            asset = meta_graph.asset_file_def.add(filename=name)
            asset.tensor_info.name = tensor.name
            collected = meta_graph.collection_def[constants.ASSETS_KEY].any_list
            collected.value.add().Pack(asset)

    def _is_same(self, path: str, name: str) -> bool:
        """Whether a file may have that name: it is free, or that of a file with these contents."""
        copied = os.path.join(self._export_dir, constants.ASSETS_DIRECTORY, name)
        return name not in self._assets or filecmp.cmp(path, copied, shallow=False)

    def save(self, as_text: bool = False) -> bytes:
        """Write the SavedModel's file (as text, or as bytes); returns its path."""
        from google.protobuf import text_format

        name = (
            constants.SAVED_MODEL_FILENAME_PBTXT if as_text else constants.SAVED_MODEL_FILENAME_PB
        )
        path = os.path.join(self._export_dir, name)
        data = (
            text_format.MessageToString(self._saved_model).encode()
            if as_text
            else self._saved_model.SerializeToString()
        )
        with open(path + ".unfinished", "wb") as file:
            file.write(data)
        os.replace(path + ".unfinished", path)
        return path.encode()


def simple_save(
    session: Any,
    export_dir: str,
    inputs: dict[str, Any],
    outputs: dict[str, Any],
    legacy_init_op: Any = None,
) -> None:
    """Save the session's graph and variables for serving, with one signature for prediction.

    `inputs` and `outputs` are dicts from names to tensors.
    """
    signature = predict_signature_def(inputs, outputs)
    builder = SavedModelBuilder(export_dir)
    builder.add_meta_graph_and_variables(
        session,
        tags=[tag_constants.SERVING],
        signature_def_map={signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY: signature},
        assets_collection=tf.get_collection(tf.GraphKeys.ASSET_FILEPATHS),
        legacy_init_op=legacy_init_op,
        clear_devices=True,
    )
    builder.save()
