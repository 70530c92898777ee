"""The protocol buffer messages in checkpoints."""

from __future__ import annotations

import functools
from typing import Any

from ..core.protos import declare

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


@functools.cache
def messages() -> Any:
    """A namespace of the message classes: `messages().BundleEntryProto()`."""
    return declare("scopeflow.checkpoint", _MESSAGES)
