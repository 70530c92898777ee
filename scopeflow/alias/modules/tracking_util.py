"""tensorflow.python.training.tracking.util: checkpoints of objects."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.train.checkpoint import Checkpoint
from scopeflow.train.load_status import InitializationOnlyStatus, LoadStatus, NameBasedStatus
from scopeflow.train.load_status import ObjectStatus as CheckpointLoadStatus
from scopeflow.train.object_graph import ObjectGraph

CheckpointV1 = Checkpoint
NameBasedSaverStatus = NameBasedStatus
_LoadStatus = LoadStatus

__all__ = [
    "Checkpoint", "CheckpointLoadStatus", "CheckpointV1", "InitializationOnlyStatus",
    "NameBasedSaverStatus", "add_variable", "gather_initializers", "list_objects",
    "object_metadata",
]  # fmt: skip


def list_objects(root_trackable: Any) -> list[Any]:
    """All objects that one holds, at any depth, itself the first."""
    return ObjectGraph(root_trackable).objects


def gather_initializers(root_trackable: Any) -> list[Any]:
    """The initializers of all variables below an object."""
    objects = list_objects(root_trackable)
    return [v.initializer for v in objects if getattr(v, "initializer", None) is not None]


def object_metadata(save_path: str) -> Any:
    """The TrackableObjectGraph of a checkpoint. ValueError for one of a `tf.train.Saver`."""
    found = tf.train.NewCheckpointReader(save_path).object_graph()
    if found is None:
        raise ValueError(f"{save_path} is a checkpoint of tf.train.Saver: it names no objects.")
    return found


def add_variable(
    trackable: Any, name: str, shape: Any = None, dtype: Any = tf.float32,
    initializer: Any = None, trainable: bool = True,
) -> Any:  # fmt: skip
    """Make a resource variable and have the object hold it under its name."""
    if initializer is None:
        initializer = tf.glorot_uniform_initializer()
    value = (lambda: initializer(shape, dtype=dtype)) if callable(initializer) else initializer
    variable = tf.Variable(value, name=name, dtype=dtype, trainable=trainable, use_resource=True)
    return trackable._track_trackable(variable, name=name)
