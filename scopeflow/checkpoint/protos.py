"""The protocol buffer messages in checkpoints, declared here: no generated code, no protoc.

They stand in a pool of their own under names of their own, so that a program may import TensorFlow
beside scopeflow. Enumerations are declared as integers, which is the same on the wire.
"""

from __future__ import annotations

import functools
from types import SimpleNamespace
from typing import Any

# message: fields as "name:number:type"; a type with * is repeated, one with ? may be absent.
_MESSAGES = {
    "VersionDef": "producer:1:int32 min_consumer:2:int32 bad_consumers:3:int32*",
    "BundleHeaderProto": "num_shards:1:int32 endianness:2:int32 version:3:VersionDef",
    "TensorShapeDim": "size:1:int64 name:2:string",
    "TensorShapeProto": "dim:2:TensorShapeDim* unknown_rank:3:bool",
    "TensorSliceExtent": "start:1:int64 length:2:int64?",
    "TensorSliceProto": "extent:1:TensorSliceExtent*",
    "BundleEntryProto": "dtype:1:int32 shape:2:TensorShapeProto shard_id:3:int32 offset:4:int64 "
    "size:5:int64 crc32c:6:fixed32 slices:7:TensorSliceProto*",
    "CheckpointState": "model_checkpoint_path:1:string all_model_checkpoint_paths:2:string* "
    "all_model_checkpoint_timestamps:3:double* last_preserved_timestamp:4:double",
}
_PACKAGE = "scopeflow.checkpoint"


@functools.cache
def messages() -> Any:
    """A namespace of the message classes: `messages().BundleEntryProto()`."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(
        name="scopeflow/checkpoint.proto", package=_PACKAGE, syntax="proto3"
    )
    numbers = descriptor_pb2.FieldDescriptorProto
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for text in fields.split():
            name, number, kind = text.split(":")
            field = message.field.add(name=name, number=int(number))
            field.label = numbers.LABEL_REPEATED if kind[-1] == "*" else numbers.LABEL_OPTIONAL
            if kind[-1] == "?":
                field.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"has_{name}")
            kind = kind.rstrip("*?")
            if kind in _MESSAGES:
                field.type, field.type_name = numbers.TYPE_MESSAGE, f".{_PACKAGE}.{kind}"
            else:
                field.type = getattr(numbers, f"TYPE_{kind.upper()}")
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return SimpleNamespace(**{
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
        for name in _MESSAGES
    })  # fmt: skip
