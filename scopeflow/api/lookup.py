"""`tf.lookup`."""

from ..ops.lookup_tables import (
    KeyValueTensorInitializer,
    StaticHashTable,
    StaticVocabularyTable,
    TextFileIndex,
    TextFileInitializer,
)
from . import lookup_experimental as experimental

__all__ = [name for name in dir() if not name.startswith("_")]
