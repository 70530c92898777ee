"""Samples of lookup tables: label -> what is fetched (see recorded.py)."""

import os

WORDS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "lookup_words.txt")
"""Three lines with two columns."""


def _table(tf, keys, values, default, **named):
    initializer = tf.contrib.lookup.KeyValueTensorInitializer(keys, values, **named)
    return tf.contrib.lookup.HashTable(initializer, default)


def _from_file(tf, default, *columns, **named):
    initializer = tf.contrib.lookup.TextFileInitializer(WORDS, *columns, **named)
    return tf.contrib.lookup.HashTable(initializer, default)


def _int64(tf, values):
    return tf.constant(values, tf.int64)


def _changed(tf, table, insert, remove=None):
    """The table, and a block in which it is filled already."""
    with tf.control_dependencies([table.insert(*insert)]):
        with tf.control_dependencies([] if remove is None else [table.remove(remove)]):
            return tf.control_dependencies([tf.no_op()])


def _mutable(tf):
    table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
    with _changed(tf, table, (["a", "b"], _int64(tf, [5, 6])), tf.constant(["a", "zz"])):
        return [table.lookup(tf.constant(["a", "b"])), table.size(), table.export()]


def _mutable_rows(tf):
    table = tf.contrib.lookup.MutableHashTable(tf.int64, tf.float32, [0.0, 0.0])
    with _changed(tf, table, (_int64(tf, [1, 2]), [[5.0, 6.0], [7.0, 8.0]])):
        return [table.lookup(_int64(tf, [[2, 9]])), table.size(), table.export()[1][:0]]


def _mutable_texts(tf):
    table = tf.contrib.lookup.MutableHashTable(tf.int64, tf.string, "none")
    with _changed(tf, table, (_int64(tf, [1]), ["x"])):
        return table.lookup(_int64(tf, [1, 2]))


def _dense(tf, keys):
    table = tf.contrib.lookup.MutableDenseHashTable(
        tf.int64, tf.int64, -1, empty_key=0, deleted_key=-1
    )
    with _changed(tf, table, (_int64(tf, keys), _int64(tf, keys)), _int64(tf, [keys[0]])):
        return [table.lookup(_int64(tf, [1, 2, 9])), table.size()]


SAMPLES = {
    "found": lambda tf: _table(tf, ["a", "b"], [1, 2], -1).lookup(tf.constant([["b", "x"]])),
    "scalar": lambda tf: _table(tf, ["a", "b"], [1, 2], -1).lookup(tf.constant("b")),
    "none": lambda tf: _table(tf, ["a"], [1], -1).lookup(tf.constant([], tf.string)),
    "texts": lambda tf: _table(tf, _int64(tf, [1, 2]), ["x", "y"], "u").lookup(
        _int64(tf, [[2], [7]])
    ),
    "floats": lambda tf: _table(tf, ["a"], [0.5], -1.0).lookup(tf.constant(["a", "b"])),
    "sparse": lambda tf: _table(tf, ["a", "b"], [1, 2], -1).lookup(
        tf.SparseTensor([[0, 1]], ["b"], [2, 2])
    ),
    "size": lambda tf: _table(tf, ["a", "b"], [1, 2], -1).size(),
    "export": lambda tf: _table(tf, ["a"], [1], -1).export(),
    "two values": lambda tf: _table(tf, ["a", "a"], [1, 2], -1).lookup(tf.constant(["a"])),
    "one value": lambda tf: _table(tf, ["a", "a"], [1, 1], -1).lookup(tf.constant(["a"])),
    "keys of another type": lambda tf: _table(tf, ["a"], [1], -1).lookup(tf.constant([1])),
    "fewer values": lambda tf: _table(tf, ["a", "b"], [1], -1),
    "default of another type": lambda tf: _table(tf, ["a"], [1], "x"),
    "default of another shape": lambda tf: _table(tf, ["a"], [1], [1]),
    "given types": lambda tf: _table(
        tf, [1], [2], _int64(tf, -1), key_dtype=tf.int64, value_dtype=tf.int64
    ).lookup(_int64(tf, [1, 2])),
    "static": lambda tf: tf.lookup.StaticHashTable(
        tf.lookup.KeyValueTensorInitializer(["a"], [1]), 0, name="words"
    ).lookup(tf.constant(["a", "c"])),
    # Files.
    "file": lambda tf: _from_file(tf, -1, tf.string, 0, tf.int64, 1).lookup(
        tf.constant(["lake", "x"])
    ),
    "file numbers": lambda tf: _from_file(tf, "", tf.int64, -1, tf.string, 0).lookup(
        _int64(tf, [2, 9])
    ),
    "file lines": lambda tf: _from_file(tf, -1, tf.string, -2, tf.int64, -1).lookup(
        tf.constant(["lake\t20", "lake"])
    ),
    "file columns": lambda tf: _from_file(tf, -1, tf.string, 0, tf.int64, 2).size(),
    "file no number": lambda tf: _from_file(tf, -1, tf.string, 1, tf.int64, 0).size(),
    "file part": lambda tf: _from_file(tf, -1, tf.string, 0, tf.int64, 1, vocab_size=2).size(),
    "file short": lambda tf: _from_file(tf, -1, tf.string, 0, tf.int64, 1, vocab_size=5).size(),
    "file column": lambda tf: _from_file(tf, -1, tf.string, -3, tf.int64, 1),
    "file line number as text": lambda tf: _from_file(tf, "", tf.int64, 1, tf.string, -1),
    "file float line": lambda tf: _from_file(tf, 0.0, tf.int64, 1, tf.float32, -2),
    "file missing": lambda tf: tf.contrib.lookup.index_table_from_file(WORDS + ".not").size(),
    # Vocabularies.
    "index": lambda tf: tf.contrib.lookup.index_table_from_tensor(["a", "b"]).lookup(
        tf.constant([["b", "z"]])
    ),
    "index default": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        tf.constant(["a", "b"]), default_value=7
    ).lookup(tf.constant(["z"])),
    "index buckets": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        ["a", "b"], num_oov_buckets=10
    ).lookup(tf.constant(["b", "q", "r", "s"])),
    "index strong": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        ["a", "b"], num_oov_buckets=100, hasher_spec=tf.contrib.lookup.StrongHashSpec([3, 4])
    ).lookup(tf.constant(["b", "q", "r", "s"])),
    "index int64": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        [10, 20], num_oov_buckets=30, dtype=tf.int64
    ).lookup(_int64(tf, [20, 5, 6])),
    "index int32": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        [10, 20], num_oov_buckets=30, dtype=tf.int32
    ).lookup(tf.constant([20, 5, 6])),
    "index sparse": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        ["a", "b"], num_oov_buckets=2
    ).lookup(tf.SparseTensor([[0, 1]], ["b"], [2, 2])),
    "index size": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        ["a", "b"], num_oov_buckets=2
    ).size(),
    "index none": lambda tf: tf.contrib.lookup.index_table_from_tensor(None),
    "index floats": lambda tf: tf.contrib.lookup.index_table_from_tensor([1.5]),
    "index type": lambda tf: tf.contrib.lookup.index_table_from_tensor(["a"], dtype=tf.int64),
    "index float type": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        [1.0], dtype=tf.float32
    ),
    "index negative": lambda tf: tf.contrib.lookup.index_table_from_tensor(
        ["a"], num_oov_buckets=-1
    ),
    "index file": lambda tf: tf.contrib.lookup.index_table_from_file(
        WORDS, key_column_index=0, num_oov_buckets=3
    ).lookup(tf.constant(["lake", "q"])),
    "index file columns": lambda tf: tf.contrib.lookup.index_table_from_file(
        WORDS, key_column_index=0, value_column_index=1
    ).lookup(tf.constant(["lake", "q"])),
    "index file none": lambda tf: tf.contrib.lookup.index_table_from_file(None),
    "index file size": lambda tf: tf.contrib.lookup.index_table_from_file(WORDS, vocab_size=0),
    "text": lambda tf: tf.contrib.lookup.index_to_string_table_from_tensor(["a", "b"]).lookup(
        _int64(tf, [1, 5])
    ),
    "text default": lambda tf: tf.contrib.lookup.index_to_string_table_from_tensor(
        tf.constant(["a", "b"]), default_value="?"
    ).lookup(_int64(tf, [1, 5])),
    "text file": lambda tf: tf.contrib.lookup.index_to_string_table_from_file(
        WORDS, value_column_index=0
    ).lookup(_int64(tf, [1, 5])),
    "string_to_index": lambda tf: tf.contrib.lookup.string_to_index(
        tf.constant(["b", "z"]), ["a", "b"]
    ),
    "index_to_string": lambda tf: tf.contrib.lookup.index_to_string(
        _int64(tf, [0, 5]), tf.constant(["a", "b"])
    ),
    "old from tensor": lambda tf: tf.contrib.lookup.string_to_index_table_from_tensor(
        ["a", "b"]
    ).lookup(tf.constant(["b"])),
    "old from file": lambda tf: tf.contrib.lookup.string_to_index_table_from_file(WORDS).lookup(
        tf.constant(["lake\t20"])
    ),
    "id initializer": lambda tf: tf.contrib.lookup.HashTable(
        tf.contrib.lookup.TextFileIdTableInitializer(WORDS, 0), -1
    ).lookup(tf.constant(["lake"])),
    "string initializer": lambda tf: tf.contrib.lookup.HashTable(
        tf.contrib.lookup.TextFileStringTableInitializer(WORDS, value_column_index=0), "-"
    ).lookup(_int64(tf, [1])),
    "buckets": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(
        _table(tf, ["a"], _int64(tf, [0]), -1), 5
    ).lookup(tf.constant(["a", "q"])),
    "buckets alone": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(None, 5).lookup(
        tf.constant(["a", "q"])
    ),
    "buckets of numbers": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(
        None, 5, key_dtype=tf.int64
    ).lookup(_int64(tf, [3, 4])),
    "no buckets": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(None, 0),
    "buckets of floats": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(
        None, 3, key_dtype=tf.float32
    ),
    "buckets int32 values": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(
        _table(tf, ["a"], [0], -1), 5
    ),
    "hasher": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(None, 3, hasher_spec=3),
    "unknown hasher": lambda tf: tf.contrib.lookup.IdTableWithHashBuckets(
        None, 3, hasher_spec=tf.contrib.lookup.HasherSpec("x", None)
    ).lookup(tf.constant("a")),
    "strong key": lambda tf: tf.contrib.lookup.StrongHashSpec([1]),
    "strong key type": lambda tf: tf.contrib.lookup.StrongHashSpec([1, "a"]),
    "vocabulary": lambda tf: tf.lookup.StaticVocabularyTable(
        tf.lookup.KeyValueTensorInitializer(["a"], _int64(tf, [0])), 3
    ).lookup(tf.constant(["a", "q"])),
    "vocabulary alone": lambda tf: tf.lookup.StaticVocabularyTable(None, 3).lookup(
        tf.constant(["a", "q"])
    ),
    "vocabulary no buckets": lambda tf: tf.lookup.StaticVocabularyTable(None, 0),
    # Mutable tables.
    "mutable": _mutable,
    "mutable rows": _mutable_rows,
    "mutable texts": _mutable_texts,
    "mutable type": lambda tf: tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1).insert(
        tf.constant([1]), tf.constant([2])
    ),
    "mutable default": lambda tf: tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, "x"),
    "dense": lambda tf: _dense(tf, [1, 2]),
    "dense empty key": lambda tf: _dense(tf, [0, 2]),
}
