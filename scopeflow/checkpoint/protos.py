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
    # The V1 format. Numbers of fixed size that are packed lie there like bytes, which is faster.
    "TensorValues": "float_val:5:bytes* double_val:6:bytes* int_val:7:int32* string_val:8:bytes* "
    "scomplex_val:9:bytes* int64_val:10:int64* bool_val:11:bool* dcomplex_val:12:bytes* "
    "half_val:13:int32* uint32_val:16:uint32* uint64_val:17:uint64*",
    "SavedSlice": "name:1:string slice:2:TensorSliceProto data:3:TensorValues",
    "SavedSliceMeta": "name:1:string shape:2:TensorShapeProto type:3:int32 "
    "slice:4:TensorSliceProto*",
    "SavedTensorSliceMeta": "tensor:1:SavedSliceMeta* versions:2:VersionDef",
    "SavedTensorSlices": "meta:1:SavedTensorSliceMeta data:2:SavedSlice",
    "CheckpointState": "model_checkpoint_path:1:string all_model_checkpoint_paths:2:string* "
    "all_model_checkpoint_timestamps:3:double* last_preserved_timestamp:4:double",
}


@functools.cache
def messages() -> Any:
    """A namespace of the message classes: `messages().BundleEntryProto()`."""
    return declare("scopeflow.checkpoint", _MESSAGES)
