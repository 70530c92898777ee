"""tensorflow.python.training.saver_test_utils: a table that a tf.train.Saver saves."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.train.saveable import SaveableObject, SaveSpec


class CheckpointedOp:
    """A table from strings to numbers, made anew or by the handle of another one."""

    def __init__(self, name: str, table_ref: Any = None) -> None:
        ops = tf.raw_ops
        if table_ref is None:
            table_ref = ops.MutableHashTableV2(
                key_dtype=tf.string, value_dtype=tf.float32, name=name
            )
        self.table_ref = table_ref
        self._name = name
        self._saveable = _Saveable(self, name)
        tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def saveable(self) -> SaveableObject:
        """What to give to a Saver."""
        return self._saveable

    def insert(self, keys: Any, values: Any) -> Any:
        """The op that puts in values."""
        return tf.raw_ops.LookupTableInsertV2(
            table_handle=self.table_ref, keys=keys, values=tf.cast(values, tf.float32)
        )

    def lookup(self, keys: Any, default: Any) -> Any:
        """The values of keys."""
        return tf.raw_ops.LookupTableFindV2(
            table_handle=self.table_ref, keys=keys, default_value=tf.cast(default, tf.float32)
        )

    def keys(self) -> Any:
        """All keys."""
        return self._export()[0]

    def values(self) -> Any:
        """All values, in the order of the keys."""
        return self._export()[1]

    def _export(self) -> Any:
        return tf.raw_ops.LookupTableExportV2(
            table_handle=self.table_ref, Tkeys=tf.string, Tvalues=tf.float32
        )


class _Saveable(SaveableObject):
    def __init__(self, table: CheckpointedOp, name: str) -> None:
        specs = [
            SaveSpec(table.keys(), "", f"{name}-keys"),
            SaveSpec(table.values(), "", f"{name}-values"),
        ]
        super().__init__(table, specs, name)

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        keys, values = restored_tensors
        return tf.raw_ops.LookupTableImportV2(
            table_handle=self.op.table_ref, keys=keys, values=values
        )
