"""The ops of a `tf.train.Saver`, under the names that TensorFlow gives them."""

from __future__ import annotations

import uuid
from typing import Any

import scopeflow as tf

from .saveable import ReferenceSaveable, ResourceSaveable, SaveableObject, SaveSpec, saveables

_V1, _V2 = 1, 2


class BaseSaverBuilder:
    """Adds the ops that save and restore. `tf.train.Saver(builder=…)` takes another one."""

    SaveSpec = SaveSpec
    SaveableObject = SaveableObject
    VariableSaveable = ReferenceSaveable
    ResourceVariableSaveable = ResourceSaveable

    def __init__(self, write_version: int = _V2) -> None:
        self._write_version = write_version

    def build(
        self,
        names_to_saveables: Any,
        reshape: bool = False,
        sharded: bool = False,
        max_to_keep: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000.0,
        name: str | None = None,
        restore_sequentially: bool = False,
        filename: str | None = "model",
    ) -> Any:
        """Add the ops; returns the SaverDef that names them."""
        from tensorboard.compat.proto.saver_pb2 import SaverDef

        found = saveables(names_to_saveables)
        tensors = [spec.tensor for saveable in found for spec in saveable.specs]
        with tf.name_scope(name, "save", tensors):
            file_name = tf.placeholder_with_default(filename or "model", shape=(), name="filename")
            file_name = tf.placeholder_with_default(file_name, shape=(), name="Const")
            if sharded:
                groups = _by_device(found)
                save = self._sharded_save(file_name, groups)
                restore = self._sharded_restore(file_name, groups, reshape, restore_sequentially)
            else:
                save = self._save(file_name, found)
                assigned = self._restore(file_name, found, reshape, restore_sequentially)
                restore = tf.group(*assigned, name="restore_all")
        return SaverDef(
            filename_tensor_name=file_name.name,
            save_tensor_name=save.name,
            restore_op_name=restore.name,
            max_to_keep=max_to_keep or 0,
            sharded=sharded,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            version=self._write_version,
        )

    # Saving.

    def save_op(self, filename_tensor: Any, saveables: list) -> Any:
        """The op that writes the saveables. A subclass may write otherwise."""
        specs = [spec for saveable in saveables for spec in saveable.specs]
        if self._write_version == _V1:
            return tf.raw_ops.SaveSlices(
                filename=filename_tensor,
                tensor_names=[spec.name for spec in specs],
                shapes_and_slices=[spec.slice_spec for spec in specs],
                data=[spec.tensor for spec in specs],
                name="save",
            )
        return tf.raw_ops.SaveV2(
            prefix=filename_tensor,
            tensor_names=[spec.name for spec in specs],
            shape_and_slices=[spec.slice_spec for spec in specs],
            tensors=[spec.tensor for spec in specs],
        )

    def _save(self, file_name: Any, found: list) -> Any:
        """A tensor with the file's name, once it is written."""
        save = self.save_op(file_name, found)
        with tf.control_dependencies([save]):
            return tf.identity(file_name, name="control_dependency")

    def _sharded_save(self, file_name: Any, groups: list) -> Any:
        if self._write_version == _V1:
            return self._sharded_save_v1(file_name, groups)
        suffix = f"_temp_{uuid.uuid4().hex}/part"
        shared = tf.raw_ops.StringJoin(inputs=[file_name, suffix], name="StringJoin")
        count = tf.constant(len(groups), name="num_shards")
        shards = []
        for number, (device, found) in enumerate(groups):
            with tf.device(_cpu(device)):
                shard = tf.raw_ops.ShardedFilename(
                    basename=shared, shard=number, num_shards=count, name="ShardedFilename"
                )
                shards.append(self._save(shard, found))
        with tf.control_dependencies([shard.op for shard in shards]):
            with tf.device(_cpu(groups[-1][0])):
                prefixes = [shard.op.inputs[0] for shard in shards]
                merge = tf.raw_ops.MergeV2Checkpoints(
                    checkpoint_prefixes=prefixes, destination_prefix=file_name, delete_old_dirs=True
                )
        with tf.control_dependencies([*(shard.op for shard in shards), merge]):
            return tf.identity(file_name)

    def _sharded_save_v1(self, file_name: Any, groups: list) -> Any:
        """The shards are the checkpoint, which a pattern names."""
        count = tf.constant(len(groups), name="num_shards")
        shards = []
        for number, (device, found) in enumerate(groups):
            with tf.device(device or None):
                shard = tf.raw_ops.ShardedFilename(
                    basename=file_name, shard=number, num_shards=count, name="ShardedFilename"
                )
                shards.append(self._save(shard, found))
        with tf.control_dependencies([shard.op for shard in shards]):
            return tf.raw_ops.ShardedFilespec(basename=file_name, num_shards=count)

    # Restoring.

    def bulk_restore(
        self, filename_tensor: Any, saveables: list, preferred_shard: int, restore_sequentially: Any
    ) -> list:
        """The restored tensors of all saveables. A subclass may read otherwise."""
        specs = [spec for saveable in saveables for spec in saveable.specs]
        with tf.device("CPU:0"):
            return list(
                tf.raw_ops.RestoreV2(
                    prefix=filename_tensor,
                    tensor_names=[spec.name for spec in specs],
                    shape_and_slices=[spec.slice_spec for spec in specs],
                    dtypes=[tf.as_dtype(spec.dtype).base_dtype for spec in specs],
                )
            )

    def _restore(self, file_name: Any, found: list, reshape: bool, in_turn: bool) -> list:
        """The ops that restore the saveables."""
        tensors = self.bulk_restore(file_name, found, -1, in_turn)
        assigned: list[Any] = []
        for saveable in found:
            shapes: Any = None
            if reshape:
                shapes = [_shape_of(spec.tensor) for spec in saveable.specs]
            own, tensors = tensors[: len(saveable.specs)], tensors[len(saveable.specs) :]
            with tf.control_dependencies(assigned[-1:] if in_turn else []):
                assigned.append(saveable.restore(own, shapes))
        return assigned

    def _sharded_restore(self, file_name: Any, groups: list, reshape: bool, in_turn: bool) -> Any:
        shards = []
        for device, found in groups:
            with tf.device(device or None):
                assigned = self._restore(file_name, found, reshape, in_turn)
                shards.append(tf.group(*assigned, name="restore_shard"))
        return tf.group(*shards, name="restore_all")


def _shape_of(tensor: Any) -> Any:
    shape = tensor.get_shape()
    return shape if shape.is_fully_defined() else tf.shape(tensor)


def _by_device(found: list) -> list[tuple[str, list]]:
    groups: dict[str, list] = {}
    for saveable in found:
        groups.setdefault(saveable.device or "", []).append(saveable)
    return sorted(groups.items())


def _cpu(device: str) -> str:
    """The processor of the machine that a device is in."""
    spec = tf.DeviceSpec.from_string(device)
    return tf.DeviceSpec(spec.job, spec.replica, spec.task, "CPU", 0).to_string()
