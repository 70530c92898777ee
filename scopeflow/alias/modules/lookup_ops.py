"""tensorflow.python.ops.lookup_ops: what it has beside `tf.lookup`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

StaticHashTableV1 = tf.lookup.StaticHashTable
StaticVocabularyTableV1 = tf.lookup.StaticVocabularyTable


def index_table_from_tensor(
    vocabulary_list: Any,
    num_oov_buckets: int = 0,
    default_value: int = -1,
    hasher_spec: Any = tf.contrib.lookup.FastHashSpec,
    dtype: Any = tf.string,
    name: str | None = None,
) -> Any:
    """`tf.contrib.lookup.index_table_from_tensor`, whose first argument is called `mapping`."""
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    return tf.contrib.lookup.index_table_from_tensor(
        mapping=vocabulary_list, num_oov_buckets=num_oov_buckets, default_value=default_value,
        hasher_spec=hasher_spec, dtype=dtype, name=name,
    )  # fmt: skip


def index_to_string_table_from_tensor(
    vocabulary_list: Any, default_value: str = "UNK", name: str | None = None
) -> Any:
    """`tf.contrib.lookup.index_to_string_table_from_tensor` with another first argument."""
    if vocabulary_list is None:
        raise ValueError("vocabulary_list must be specified.")
    return tf.contrib.lookup.index_to_string_table_from_tensor(
        vocabulary_list, default_value=default_value, name=name
    )
