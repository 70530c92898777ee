"""The file saved_model.pb: a `SavedModel` message, which is a version and MetaGraphDefs."""

from __future__ import annotations

import functools
import os
from typing import Any

from . import constants


@functools.cache
def saved_model_class() -> Any:
    """The message class; it stands in the pool of tensorboard's, of which it is made."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
    from tensorboard.compat.proto import meta_graph_pb2

    meta_graph = meta_graph_pb2.MetaGraphDef.DESCRIPTOR
    file = descriptor_pb2.FileDescriptorProto(
        name="scopeflow/saved_model.proto",
        package="scopeflow",
        syntax="proto3",
        dependency=[meta_graph.file.name],
    )
    message = file.message_type.add(name="SavedModel")
    field = descriptor_pb2.FieldDescriptorProto
    message.field.add(
        name="saved_model_schema_version",
        number=1,
        type=field.TYPE_INT64,
        label=field.LABEL_OPTIONAL,
    )
    message.field.add(
        name="meta_graphs",
        number=2,
        type=field.TYPE_MESSAGE,
        type_name=f".{meta_graph.full_name}",
        label=field.LABEL_REPEATED,
    )
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("scopeflow.SavedModel"))


def read(export_dir: str | bytes) -> Any:
    """The SavedModel in a directory. IOError where there is none that can be read."""
    from google.protobuf import text_format
    from google.protobuf.message import DecodeError

    found = saved_model_class()()
    export_dir = os.fsdecode(export_dir)
    binary = os.path.join(export_dir, constants.SAVED_MODEL_FILENAME_PB)
    text = os.path.join(export_dir, constants.SAVED_MODEL_FILENAME_PBTXT)
    try:
        if os.path.isfile(binary):
            with open(binary, "rb") as file:
                found.ParseFromString(file.read())
        elif os.path.isfile(text):
            with open(text, encoding="utf-8") as file:
                text_format.Merge(file.read(), found)
        else:
            names = f"{constants.SAVED_MODEL_FILENAME_PBTXT}|{constants.SAVED_MODEL_FILENAME_PB}"
            raise OSError(f"SavedModel file does not exist at: {export_dir}/{{{names}}}")
    except (DecodeError, text_format.ParseError, UnicodeDecodeError) as error:
        path = binary if os.path.isfile(binary) else text
        raise OSError(f"Cannot parse file {path}: {error}.") from None
    return found
