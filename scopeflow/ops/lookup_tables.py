"""`tf.lookup`: tables that map keys to values, and what fills them."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.graph_keys import GraphKeys
from ..core.operation import Operation, Tensor
from ..core.sparse_tensor import SparseTensor
from ..core.tensor_shape import TensorShape
from . import lookup as ops
from .compare import not_equal
from .control_flow import group
from .gathering import where_v2
from .math import add, cast
from .string_numbers import as_string, string_to_hash_bucket_fast, string_to_hash_bucket_strong

# What fills a table.


class TableInitializerBase:
    """Fills a table of the dtypes `key_dtype`, `value_dtype`: a subclass defines `initialize`."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The keys' dtype."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The values' dtype."""
        return self._value_dtype

    def initialize(self, table: Any) -> Operation:
        """The op that fills the table."""
        raise NotImplementedError


class KeyValueTensorInitializer(TableInitializerBase):
    """Fills a table with `keys` and `values`: tensors, arrays or lists of one length."""

    def __init__(
        self,
        keys: Any,
        values: Any,
        key_dtype: Any = None,
        value_dtype: Any = None,
        name: str | None = None,
    ) -> None:
        self._keys = convert_to_tensor(keys, dtype=key_dtype, name="keys")
        self._values = convert_to_tensor(values, dtype=value_dtype, name="values")
        self._name = "key_value_init" if name is None else name
        super().__init__(self._keys.dtype.base_dtype, self._values.dtype.base_dtype)

    def initialize(self, table: Any) -> Operation:
        """The op that fills the table. TypeError for a table of other dtypes."""
        _check_dtypes(table, self.key_dtype, self.value_dtype)
        with name_scope(self._name, values=(table.resource_handle, self._keys, self._values)):
            found = ops.LookupTableImportV2(table.resource_handle, self._keys, self._values)
        get_default_graph().add_to_collection(GraphKeys.TABLE_INITIALIZERS, found)
        return found


class TextFileIndex:
    """Columns of a text file that are none: the whole line, its number (from 0)."""

    WHOLE_LINE = ops.WHOLE_LINE
    LINE_NUMBER = ops.LINE_NUMBER


class TextFileInitializer(TableInitializerBase):
    """Fills a table with the lines of a file.

    Keys and values are columns (0, 1, …) between delimiters, or what `TextFileIndex` names.
    `vocab_size` limits the number of lines; there must be as many.
    """

    def __init__(
        self,
        filename: Any,
        key_dtype: Any,
        key_index: int,
        value_dtype: Any,
        value_index: int,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = None,
    ) -> None:
        if not isinstance(filename, Tensor) and not filename:
            raise ValueError(f"Filename required for {name}.")
        keys, values = as_dtype(key_dtype), as_dtype(value_dtype)
        for label, index, dtype in (("key", key_index, keys), ("value", value_index, values)):
            if index < ops.WHOLE_LINE:
                raise ValueError(f"Invalid {label} index {index}.")
            what = "Keys" if label == "key" else "Values"
            if index == ops.LINE_NUMBER and dtype is not dtypes.int64:
                raise ValueError(
                    f"Signature mismatch. {what} must be dtype {dtypes.int64!r}, got {dtype!r}."
                )
            if index == ops.WHOLE_LINE and not (dtype.is_integer or dtype is dtypes.string):
                raise ValueError(
                    f"Signature mismatch. {what} must be integer or string, got {dtype!r}."
                )
        if vocab_size is not None and vocab_size <= 0:
            raise ValueError(f"Invalid vocab_size {vocab_size}.")
        self._filename_arg = filename
        self._columns = (key_index, value_index)
        self._vocab_size = -1 if vocab_size is None else vocab_size
        self._delimiter = delimiter
        self._name = "text_file_init" if name is None else name
        self._filename = convert_to_tensor(
            os.fspath(filename) if isinstance(filename, os.PathLike) else filename,
            dtypes.string,
            name="asset_path",
        )
        super().__init__(keys, values)

    @property
    def _shared_name(self) -> str:
        """What tables of the same lines and columns have in common."""
        file = self._filename_arg
        parts = [file.name if isinstance(file, Tensor) else file, *self._columns]
        if self._vocab_size >= 0:
            parts.insert(1, self._vocab_size)
        return "_".join(map(str, ("hash_table", *parts)))

    def initialize(self, table: Any) -> Operation:
        """The op that fills the table. TypeError for a table of other dtypes."""
        _check_dtypes(table, self.key_dtype, self.value_dtype)
        with name_scope(self._name, values=(table.resource_handle,)):
            found = ops.InitializeTableFromTextFileV2(
                table.resource_handle, self._filename, *self._columns, self._vocab_size,
                self._delimiter,
            )  # fmt: skip
        graph = get_default_graph()
        graph.add_to_collection(GraphKeys.TABLE_INITIALIZERS, found)
        if self._filename.op.type == "Const":
            graph.add_to_collection(GraphKeys.ASSET_FILEPATHS, self._filename)
        return found


def _check_dtypes(table: Any, key_dtype: DType, value_dtype: DType) -> None:
    if key_dtype is not table.key_dtype:
        raise TypeError(f"Invalid key dtype, expected {table.key_dtype} but got {key_dtype}.")
    if value_dtype is not table.value_dtype:
        raise TypeError(f"Invalid value dtype, expected {table.value_dtype} but got {value_dtype}.")


# Tables.


class LookupInterface:
    """What all tables have: dtypes, `lookup(keys)` and `size()`."""

    def __init__(self, key_dtype: Any, value_dtype: Any) -> None:
        self._key_dtype = as_dtype(key_dtype)
        self._value_dtype = as_dtype(value_dtype)

    @property
    def key_dtype(self) -> DType:
        """The keys' dtype."""
        return self._key_dtype

    @property
    def value_dtype(self) -> DType:
        """The values' dtype."""
        return self._value_dtype

    @property
    def name(self) -> str:
        """The last part of the table's op name."""
        return self.resource_handle.op.name.rpartition("/")[-1]

    @property
    def resource_handle(self) -> Tensor:
        """The table as a tensor."""
        raise NotImplementedError

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys."""
        raise NotImplementedError

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The keys' values."""
        raise NotImplementedError

    def _checked_keys(self, keys: Any) -> tuple[Any, Tensor]:
        """The keys as given (sparse or dense) and their tensor. TypeError for another dtype."""
        if isinstance(keys, SparseTensor):
            tensor = keys.values
        else:
            keys = tensor = convert_to_tensor(keys, name="keys")
        if tensor.dtype.base_dtype is not self._key_dtype:
            raise TypeError(
                f"Signature mismatch. Keys must be dtype {self._key_dtype!r}, got "
                f"{tensor.dtype.base_dtype!r}."
            )
        return keys, tensor


def _as_given(keys: Any, values: Tensor) -> Any:
    if isinstance(keys, SparseTensor):
        return SparseTensor(keys.indices, values, keys.dense_shape)
    return values


class InitializableLookupTableBase(LookupInterface):
    """A table that is filled once, by `initializer`; `default_value` stands for missing keys."""

    _shared_name = ""

    def __init__(self, default_value: Any, initializer: Any) -> None:
        super().__init__(initializer.key_dtype, initializer.value_dtype)
        self._default_value = convert_to_tensor(default_value, dtype=self._value_dtype)
        self._default_value.get_shape().merge_with(TensorShape([]))
        self._resource_handle = self._create_resource()
        self._init_op = initializer.initialize(self)

    def _create_resource(self) -> Tensor:
        raise NotImplementedError

    @property
    def resource_handle(self) -> Tensor:
        """The table as a tensor."""
        return self._resource_handle

    @property
    def default_value(self) -> Tensor:
        """The value of keys that are not there."""
        return self._default_value

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys. FailedPreconditionError before the table is initialized."""
        with name_scope(name, f"{self.name}_Size", [self.resource_handle]):
            return ops.LookupTableSizeV2(self.resource_handle)

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The keys' values, the default where there is none; sparse for sparse keys.

        TypeError for keys of another dtype; FailedPreconditionError when running before the table
        is initialized (`session.run(tf.tables_initializer())`).
        """
        keys, tensor = self._checked_keys(keys)
        given = (self.resource_handle, tensor, self._default_value)
        with name_scope(name, f"{self.name}_Lookup", given):
            values = ops.LookupTableFindV2(*given)
        return _as_given(keys, values)


class StaticHashTable(InitializableLookupTableBase):
    """A table of the keys and values that `initializer` has.

    It lives in the session and is filled when `tf.tables_initializer()` (or `table.initializer`)
    runs; keys that are not there have `default_value`.
    """

    def __init__(self, initializer: Any, default_value: Any, name: str | None = None) -> None:
        self._table_name = "hash_table" if name is None else name
        super().__init__(default_value, initializer)

    def _create_resource(self) -> Tensor:
        return ops.HashTableV2(
            self._key_dtype, self._value_dtype, shared_name=self._shared_name,
            name=self._table_name,
        )  # fmt: skip

    @property
    def initializer(self) -> Operation:
        """The op that fills the table."""
        return self._init_op

    def export(self, name: str | None = None) -> tuple[Tensor, Tensor]:
        """All keys, and their values in the same order."""
        keys, values = ops.LookupTableExportV2(
            self.resource_handle, self._key_dtype, self._value_dtype,
            name=f"{self.name}_Export" if name is None else name,
        )  # fmt: skip
        values.set_shape(keys.shape)
        return keys, values


# Numbers for keys that are in no table.


class HasherSpec(NamedTuple):
    """How keys out of the vocabulary are hashed: the name of the hash function and its key."""

    hasher: str
    key: Any


FastHashSpec = HasherSpec("fasthash", None)


class StrongHashSpec(HasherSpec):
    """A hash function with a key of two numbers, whose collisions nobody can look for."""

    __slots__ = ()

    def __new__(cls, key: Any) -> StrongHashSpec:
        """ValueError unless the key has two elements, TypeError unless these are integers."""
        if len(key) != 2:
            raise ValueError(f"key must have size 2, got {len(key)}.")
        if not all(isinstance(part, int) for part in key):
            raise TypeError(f"Invalid key {key}. Must be unsigned integer values.")
        return super().__new__(cls, "stronghash", key)


class HashBuckets(LookupInterface):
    """A table, and for keys that are not in it one of `num_oov_buckets` numbers behind its own."""

    def __init__(
        self, table: Any, num_oov_buckets: int, hasher_spec: Any, name: str | None, key_dtype: Any
    ) -> None:
        if table is None:
            if num_oov_buckets <= 0:
                raise ValueError("oov_buckets must be > 0 if no table is supplied.")
            key_dtype = dtypes.string if key_dtype is None else as_dtype(key_dtype)
            table_dtype = key_dtype
        else:
            table_dtype = table.key_dtype
            key_dtype = table_dtype if key_dtype is None else as_dtype(key_dtype)
            if table_dtype.is_integer != key_dtype.is_integer:
                expected = "integer" if table_dtype.is_integer else "string"
                raise TypeError(f"Invalid key dtype, expected {expected} but got {key_dtype}.")
            if table.value_dtype is not dtypes.int64:
                raise TypeError(f"Invalid value dtype, expected int64 but got {table.value_dtype}.")
        if not (key_dtype.is_integer or key_dtype is dtypes.string):
            raise TypeError(f"Invalid key_dtype, expected integer or string, got {key_dtype!r}.")
        if not isinstance(hasher_spec, HasherSpec):
            raise TypeError(f"hasher_spec must be of type HasherSpec, got {hasher_spec}")
        self._table = table
        self._num_oov_buckets = num_oov_buckets
        self._hasher_spec = hasher_spec
        self._table_name = name or (table.name if table is not None else "hash_bucket")
        super().__init__(key_dtype, dtypes.int64)

    @property
    def name(self) -> str:
        """The table's name."""
        return self._table_name.rpartition("/")[-1]

    @property
    def resource_handle(self) -> Tensor:
        """The table inside as a tensor. ValueError where there is none."""
        if self._table is None:
            raise ValueError("There is no table, buckets only: it has no resource_handle.")
        return self._table.resource_handle

    @property
    def initializer(self) -> Any:
        """The op that fills the table inside."""
        if self._table is None:
            return group(name="init_all_tables")
        return self._table.initializer

    def size(self, name: str | None = None) -> Tensor:
        """The number of keys and buckets."""
        with name_scope(name, f"{self.name}_Size"):
            if self._table is None:
                return convert_to_tensor(self._num_oov_buckets, dtypes.int64)
            return self._table.size() + self._num_oov_buckets

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """The keys' numbers, of those that are not in the table their buckets'."""
        keys, tensor = self._checked_keys(keys)
        values = tensor
        if self._table is not None and self._table.key_dtype.base_dtype is dtypes.int64:
            values = cast(tensor, dtypes.int64)
        with name_scope(name, f"{self.name}_Lookup"):
            if self._num_oov_buckets == 0:
                return _as_given(keys, self._table.lookup(values))
            text = values if values.dtype is dtypes.string else as_string(values)
            buckets = self._buckets(text)
            if self._table is None:
                return _as_given(keys, buckets)
            ids = self._table.lookup(values)
            buckets = add(buckets, self._table.size())
            known = not_equal(ids, self._table.default_value)
            return _as_given(keys, where_v2(known, ids, buckets))

    def _buckets(self, text: Tensor) -> Tensor:
        hasher, key = self._hasher_spec.hasher, self._hasher_spec.key
        if hasher == "fasthash":
            return string_to_hash_bucket_fast(text, self._num_oov_buckets, name="hash_bucket")
        if hasher == "stronghash":
            return string_to_hash_bucket_strong(
                text, self._num_oov_buckets, key, name="hash_bucket"
            )
        raise ValueError(f"Unknown hasher {hasher}")


class StaticVocabularyTable(HashBuckets):
    """The numbers of a vocabulary, and for other keys one of `num_oov_buckets` behind them.

    `initializer` gives int64 values for its keys (None: there are buckets only).
    """

    def __init__(
        self,
        initializer: Any,
        num_oov_buckets: int,
        lookup_key_dtype: Any = None,
        name: str | None = None,
    ) -> None:
        if num_oov_buckets <= 0:
            raise ValueError("oov_buckets must be > 0.")
        table = None
        if initializer is not None:
            if initializer.value_dtype is not dtypes.int64:
                raise TypeError(
                    f"Invalid value dtype, expected int64 but got {initializer.value_dtype}."
                )
            table = StaticHashTable(initializer, default_value=-1, name=name)
        super().__init__(table, num_oov_buckets, FastHashSpec, name, lookup_key_dtype)


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """The op that fills all tables of the graph (those in the collection TABLE_INITIALIZERS)."""
    waiting = get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS)
    return group(*waiting, name=name)


def initialize_all_tables(name: str = "init_all_tables") -> Operation:
    """The deprecated name of `tf.tables_initializer`."""
    return tables_initializer(name)
