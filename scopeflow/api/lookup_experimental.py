"""`tf.lookup.experimental`."""

from ..ops.mutable_tables import DenseHashTable

__all__ = ["DenseHashTable"]
