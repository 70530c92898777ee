"""Tables of vocabularies: numbers of words, and words of numbers (`tf.contrib.lookup`)."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.operation import Operation, Tensor
from .array import size
from .lookup_tables import (
    FastHashSpec,
    HashBuckets,
    KeyValueTensorInitializer,
    StaticHashTable,
    TextFileIndex,
    TextFileInitializer,
)
from .math import cast
from .ranges import range as range_

_LINE, _WHOLE = TextFileIndex.LINE_NUMBER, TextFileIndex.WHOLE_LINE


class HashTable(StaticHashTable):
    """A table of what `initializer` has: the older name of tf.lookup.StaticHashTable.

    With `shared_name` tables of one name in a session are one.
    """

    def __init__(
        self,
        initializer: Any,
        default_value: Any,
        shared_name: str | None = None,
        name: str | None = None,
    ) -> None:
        self._shared_name = shared_name or ""
        super().__init__(initializer, default_value, name)

    @property
    def init(self) -> Operation:
        """The op that fills the table."""
        return self.initializer


class TextFileStringTableInitializer(TextFileInitializer):
    """Fills a table int64 -> string with the lines of a file: a line's number gives the line."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = _LINE,
        value_column_index: int = _WHOLE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_string_table_init",
    ) -> None:
        super().__init__(
            filename, dtypes.int64, key_column_index, dtypes.string, value_column_index,
            vocab_size, delimiter, name,
        )  # fmt: skip


class TextFileIdTableInitializer(TextFileInitializer):
    """Fills a table with the lines of a file: a line gives its number."""

    def __init__(
        self,
        filename: Any,
        key_column_index: int = _WHOLE,
        value_column_index: int = _LINE,
        vocab_size: int | None = None,
        delimiter: str = "\t",
        name: str | None = "text_file_id_table_init",
        key_dtype: Any = dtypes.string,
    ) -> None:
        super().__init__(
            filename, key_dtype, key_column_index, dtypes.int64, value_column_index,
            vocab_size, delimiter, name,
        )  # fmt: skip


class IdTableWithHashBuckets(HashBuckets):
    """A table of ids, and for keys that are not in it one of `num_oov_buckets` ids behind them.

    `table` maps to int64 (None: there are buckets only). `hasher_spec` chooses the hash function.
    """

    def __init__(
        self,
        table: Any,
        num_oov_buckets: int,
        hasher_spec: Any = FastHashSpec,
        name: str | None = None,
        key_dtype: Any = None,
    ) -> None:
        super().__init__(table, num_oov_buckets, hasher_spec, name, key_dtype)

    @property
    def init(self) -> Any:
        """The op that fills the table inside."""
        return self.initializer


def _with_buckets(
    table: StaticHashTable, num_oov_buckets: int, hasher_spec: Any, key_dtype: Any
) -> Any:
    if not num_oov_buckets:
        return table
    return IdTableWithHashBuckets(table, num_oov_buckets, hasher_spec, key_dtype=key_dtype)


def _check_buckets(num_oov_buckets: int) -> None:
    if num_oov_buckets < 0:
        raise ValueError(f"num_oov_buckets must be greater or equal than 0, got {num_oov_buckets}.")


def index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    key_dtype: Any = dtypes.string,
    name: str | None = None,
    key_column_index: int = _WHOLE,
    value_column_index: int = _LINE,
    delimiter: str = "\t",
) -> Any:
    """A table from the words in a file, one a line, to their numbers.

    Other words have `default_value`, or, with `num_oov_buckets`, one of so many numbers behind the
    vocabulary's by their hash. Initialize it with `tf.tables_initializer()`.
    """
    if not isinstance(vocabulary_file, Tensor) and not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    _check_buckets(num_oov_buckets)
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(
            f"vocab_size must be greater than 0, got {vocab_size}. "
            f"vocabulary_file: {vocabulary_file}"
        )
    wanted = as_dtype(key_dtype)
    if not (wanted.is_integer or wanted is dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"), name_scope(None, "hash_table"):
        initializer = TextFileIdTableInitializer(
            vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter,
            "table_init", dtypes.int64 if wanted.is_integer else wanted,
        )  # fmt: skip
        table = StaticHashTable(initializer, default_value)
        return _with_buckets(table, num_oov_buckets, hasher_spec, wanted)


def index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    dtype: Any = dtypes.string,
    name: str | None = None,
) -> Any:
    """A table from the elements of the vector `mapping` to their numbers.

    What is not in it has `default_value`, or, with `num_oov_buckets`, one of so many numbers behind
    the vocabulary's by its hash. Initialize it with `tf.tables_initializer()`.
    """
    if mapping is None:
        raise ValueError("mapping must be specified.")
    _check_buckets(num_oov_buckets)
    wanted = as_dtype(dtype)
    if not (wanted.is_integer or wanted is dtypes.string):
        raise TypeError("Only integer and string keys are supported.")
    with name_scope(name, "string_to_index"):
        keys = convert_to_tensor(mapping)
        if keys.dtype.is_integer != wanted.is_integer:
            expected = "integer" if wanted.is_integer else repr(wanted)
            raise ValueError(f"Expected {expected}, got {keys.dtype!r}.")
        if not wanted.is_integer and keys.dtype.base_dtype is not wanted:
            raise ValueError(f"Expected {wanted!r}, got {keys.dtype!r}.")
        values = cast(range_(size(keys)), dtypes.int64)
        with name_scope(None, "hash_table"):
            table_keys = cast(keys, dtypes.int64) if wanted.is_integer else keys
            initializer = KeyValueTensorInitializer(
                table_keys, values, table_keys.dtype.base_dtype, dtypes.int64, name="table_init"
            )
            table = StaticHashTable(initializer, default_value)
            return _with_buckets(table, num_oov_buckets, hasher_spec, wanted)


def index_to_string_table_from_file(
    vocabulary_file: Any,
    vocab_size: int | None = None,
    default_value: str = "UNK",
    name: str | None = None,
    key_column_index: int = _LINE,
    value_column_index: int = _WHOLE,
    delimiter: str = "\t",
) -> StaticHashTable:
    """A table from numbers (int64) to the lines of a file, `default_value` for other numbers."""
    if not isinstance(vocabulary_file, Tensor) and not vocabulary_file:
        raise ValueError("vocabulary_file must be specified and must not be empty.")
    if vocab_size is not None and vocab_size < 1:
        raise ValueError(f"vocab_size must be greater than 0, got {vocab_size}.")
    with name_scope(name, "index_to_string"):
        initializer = TextFileStringTableInitializer(
            vocabulary_file, key_column_index, value_column_index, vocab_size, delimiter,
            "table_init",
        )  # fmt: skip
        return StaticHashTable(initializer, default_value)


def index_to_string_table_from_tensor(
    mapping: Any, default_value: str = "UNK", name: str | None = None
) -> StaticHashTable:
    """A table from numbers (int64) to the strings of the vector `mapping`."""
    if mapping is None:
        raise ValueError("mapping must be specified.")
    with name_scope(name, "index_to_string"):
        values = convert_to_tensor(mapping, dtypes.string)
        keys = cast(range_(size(values)), dtypes.int64)
        initializer = KeyValueTensorInitializer(
            keys, values, dtypes.int64, dtypes.string, name="table_init"
        )
        return StaticHashTable(initializer, default_value)


# Their names of before 1.1.


def string_to_index_table_from_file(
    vocabulary_file: Any = None,
    num_oov_buckets: int = 0,
    vocab_size: int | None = None,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The deprecated name of `index_table_from_file`."""
    return index_table_from_file(
        vocabulary_file, num_oov_buckets, vocab_size, default_value, hasher_spec, name=name
    )


def string_to_index_table_from_tensor(
    mapping: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = FastHashSpec,
    name: str | None = None,
) -> Any:
    """The deprecated name of `index_table_from_tensor`."""
    return index_table_from_tensor(
        mapping, num_oov_buckets, default_value, hasher_spec, dtypes.string, name
    )


def string_to_index(
    tensor: Any, mapping: Any, default_value: int = -1, name: str | None = None
) -> Any:
    """The numbers of strings in `mapping`. Deprecated: use `index_table_from_tensor`."""
    table = index_table_from_tensor(mapping, default_value=default_value, name=name)
    return table.lookup(tensor)


def index_to_string(
    tensor: Any, mapping: Any, default_value: str = "UNK", name: str | None = None
) -> Any:
    """The strings of `mapping` at numbers. Deprecated: use `index_to_string_table_from_tensor`."""
    return index_to_string_table_from_tensor(mapping, default_value, name).lookup(tensor)
