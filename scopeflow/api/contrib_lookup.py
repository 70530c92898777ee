"""`tf.contrib.lookup`: what became tf.lookup, and tables of vocabularies."""

from ..ops.lookup_tables import (
    FastHashSpec,
    HasherSpec,
    InitializableLookupTableBase,
    KeyValueTensorInitializer,
    LookupInterface,
    StrongHashSpec,
    TableInitializerBase,
    TextFileIndex,
    TextFileInitializer,
)
from ..ops.mutable_tables import DenseHashTable as MutableDenseHashTable
from ..ops.mutable_tables import MutableHashTable
from ..ops.vocabularies import (
    HashTable,
    IdTableWithHashBuckets,
    TextFileIdTableInitializer,
    TextFileStringTableInitializer,
    index_table_from_file,
    index_table_from_tensor,
    index_to_string,
    index_to_string_table_from_file,
    index_to_string_table_from_tensor,
    string_to_index,
    string_to_index_table_from_file,
    string_to_index_table_from_tensor,
)

__all__ = [name for name in dir() if not name.startswith("_")]
