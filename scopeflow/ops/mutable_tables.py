"""Lookup tables that are filled while the graph runs."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.graph_keys import GraphKeys
from ..core.operation import Operation, Tensor
from ..core.tensor_shape import TensorShape
from . import lookup as ops
from .lookup_tables import LookupInterface


class _Spec(NamedTuple):
    """A tensor that tf.train.Saver saves."""

    tensor: Tensor
    slice_spec: str
    name: str
    dtype: Any
    device: str


class TableSaveable:
    """A table as tf.train.Saver takes it from the collection SAVEABLE_OBJECTS."""

    optional_restore = False

    def __init__(self, table: Any, name: str) -> None:
        tensors = zip(table.export(), ("-keys", "-values"), strict=True)
        self.op = table
        self.name = name
        self.specs = [_Spec(t, "", name + part, t.dtype, t.device) for t, part in tensors]
        self.device = self.specs[0].device

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Operation:
        """The op that gives the table the restored entries."""
        with name_scope(f"{self.name}_table_restore"):
            return ops.LookupTableImportV2(self.op.resource_handle, *restored_tensors)


class MutableTable(LookupInterface):
    """What both kinds have."""

    def _made(self, handle: Tensor, default: Tensor, checkpoint: bool) -> None:
        self._resource_handle, self._default_value = handle, default
        if checkpoint:
            saveable = TableSaveable(self, handle.op.name)
            get_default_graph().add_to_collection(GraphKeys.SAVEABLE_OBJECTS, saveable)

    def _gather_saveables_for_checkpoint(self) -> dict[str, Any]:
        """What a `tf.train.Checkpoint` saves: a function of the key."""
        return {"table": lambda name: TableSaveable(self, name)}

    @property
    def resource_handle(self) -> Tensor:
        """The table as a tensor."""
        return self._resource_handle

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys."""
        with name_scope(name, f"{self.name}_Size", [self.resource_handle]):
            return ops.LookupTableSizeV2(self.resource_handle)

    def lookup(self, keys: Any, name: str | None = None) -> Tensor:
        """The keys' values, the default where there is none."""
        given = (self.resource_handle, keys, self._default_value)
        with name_scope(name, f"{self.name}_lookup_table_find", given):
            keys = convert_to_tensor(keys, dtype=self._key_dtype, name="keys")
            return ops.LookupTableFindV2(self.resource_handle, keys, self._default_value)

    def insert(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """The op that adds keys with their values, which replace older ones."""
        with name_scope(
            name, f"{self.name}_lookup_table_insert", [self.resource_handle, keys, values]
        ):
            keys = convert_to_tensor(keys, self._key_dtype, name="keys")
            values = convert_to_tensor(values, self._value_dtype, name="values")
            return ops.LookupTableInsertV2(self.resource_handle, keys, values)

    def remove(self, keys: Any, name: str | None = None) -> Operation:
        """The op that takes keys out; those that are not there do not matter.

        TypeError for keys of another dtype.
        """
        tensor = self._checked_keys(keys)[1]
        with name_scope(name, f"{self.name}_lookup_table_remove", (self.resource_handle, tensor)):
            return ops.LookupTableRemoveV2(self.resource_handle, tensor)

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and their values in the same order."""
        with name_scope(name, f"{self.name}_lookup_table_export_values", [self.resource_handle]):
            keys, values = ops.LookupTableExportV2(
                self.resource_handle, self._key_dtype, self._value_dtype
            )
        values.set_shape(TensorShape([None]).concatenate(self._default_value.shape))
        return keys, values


class MutableHashTable(MutableTable):
    """A table that the ops `insert` and `remove` change while the graph runs.

    `default_value` stands for missing keys; its shape is that of each value. A tf.train.Saver saves
    the table unless `checkpoint` is False. Use control dependencies to order changes and look-ups.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        name: str = "MutableHashTable",
        checkpoint: bool = True,
    ) -> None:
        super().__init__(key_dtype, value_dtype)
        default = convert_to_tensor(default_value, dtype=self._value_dtype)
        if default.shape.ndims == 0:
            handle = ops.MutableHashTableV2(self._key_dtype, self._value_dtype, name=name)
        else:
            handle = ops.MutableHashTableOfTensorsV2(
                self._key_dtype,
                self._value_dtype,
                value_shape=tuple(default.shape.as_list()),
                name=name,
            )
        self._made(handle, default, checkpoint)


class DenseHashTable(MutableTable):
    """A mutable table with two keys, `empty_key` and `deleted_key`, that it keeps for itself.

    They are for TensorFlow's layout in memory: here they are refused as keys, and nothing more.
    `initial_num_buckets` is accepted, too: the table grows as it must.
    """

    def __init__(
        self,
        key_dtype: Any,
        value_dtype: Any,
        default_value: Any,
        empty_key: Any,
        deleted_key: Any,
        initial_num_buckets: int | None = None,
        name: str = "MutableDenseHashTable",
        checkpoint: bool = True,
    ) -> None:
        super().__init__(key_dtype, value_dtype)
        default = convert_to_tensor(default_value, dtype=self._value_dtype, name="default_value")
        empty = convert_to_tensor(empty_key, dtype=self._key_dtype, name="empty_key")
        deleted = convert_to_tensor(deleted_key, dtype=self._key_dtype, name="deleted_key")
        handle = ops.MutableDenseHashTableV2(
            empty, deleted, self._value_dtype, value_shape=tuple(default.shape.as_list()),
            initial_num_buckets=initial_num_buckets or 131072, name=name,
        )  # fmt: skip
        self._made(handle, default, checkpoint)

    def insert_or_assign(self, keys: Any, values: Any, name: str | None = None) -> Operation:
        """The op that adds keys with their values, which replace older ones."""
        return self.insert(keys, values, name)

    def erase(self, keys: Any, name: str | None = None) -> Operation:
        """The op that takes keys out; those that are not there do not matter."""
        return self.remove(keys, name)
