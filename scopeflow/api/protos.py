"""TensorFlow's protocol buffer messages under their public names, imported at their first use.

The classes are those that tensorboard ships: the fields and the bytes are TensorFlow's, the package
that a message's full name begins with is `tensorboard`.
"""

from __future__ import annotations

import importlib
from typing import Any

_FILES = {
    "attr_value": "AttrValue NameAttrList",
    "cluster": "ClusterDef JobDef",
    "config": "ConfigProto GPUOptions GraphOptions OptimizerOptions RunMetadata RunOptions",
    "event": "Event LogMessage SessionLog TaggedRunMetadata",
    "graph": "GraphDef",
    "histogram": "HistogramProto",
    "meta_graph": "AssetFileDef CollectionDef MetaGraphDef SignatureDef TensorInfo",
    "node_def": "NodeDef",
    "saver": "SaverDef",
    "step_stats": "DeviceStepStats NodeExecStats StepStats",
    "struct": "TensorSpecProto",
    "summary": "Summary SummaryDescription SummaryMetadata",
    "tensor": "TensorProto",
    "tensor_shape": "TensorShapeProto",
    "variable": "SaveSliceInfoDef VariableDef",
    "tfprof_log": "OpLogProto",
    "versions": "VersionDef",
}
_OWN = {
    "QueueRunnerDef": "queue_name:1:string enqueue_op_name:2:string* close_op_name:3:string "
    "cancel_op_name:4:string queue_closed_exception_types:5:int32*",
}
"""Messages that tensorboard does not have."""

_WHERE = {name: file for file, names in _FILES.items() for name in names.split()}


def module(file: str) -> Any:
    """tensorboard's module of a .proto file: `module("graph").GraphDef`."""
    return importlib.import_module(f"tensorboard.compat.proto.{file}_pb2")


def __getattr__(name: str) -> Any:
    if name in _OWN:
        from ..core.protos import declare

        globals().update(vars(declare("scopeflow.api", _OWN)))
        return globals()[name]
    if name not in _WHERE:
        raise AttributeError(f"module 'scopeflow.api.protos' has no attribute {name!r}")
    value = globals()[name] = getattr(module(_WHERE[name]), name)
    return value
