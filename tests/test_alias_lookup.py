"""tensorflow.python.ops.lookup_ops under the alias."""

from __future__ import annotations

import pytest

import scopeflow as tf
from scopeflow.alias.modules import lookup_ops


def test_tables_of_a_list():
    with tf.Graph().as_default(), tf.Session() as sess:
        numbers = lookup_ops.index_table_from_tensor(vocabulary_list=["a", "b"], num_oov_buckets=1)
        words = lookup_ops.index_to_string_table_from_tensor(vocabulary_list=["a", "b"])
        sess.run(tf.tables_initializer())
        assert sess.run(numbers.lookup(tf.constant(["b", "z"]))).tolist() == [1, 2]
        assert sess.run(words.lookup(tf.constant([0, 5], tf.int64))).tolist() == [b"a", b"UNK"]
        for function in (
            lookup_ops.index_table_from_tensor, lookup_ops.index_to_string_table_from_tensor,
        ):  # fmt: skip
            with pytest.raises(ValueError, match="vocabulary_list must be specified"):
                function(vocabulary_list=None)


def test_what_tables_of_one_file_share():
    with tf.Graph().as_default():
        whole = tf.lookup.TextFileInitializer("words.txt", tf.string, -2, tf.int64, -1)
        some = tf.lookup.TextFileInitializer("words.txt", tf.string, -2, tf.int64, -1, vocab_size=3)
        assert whole._shared_name == "hash_table_words.txt_-2_-1"
        assert some._shared_name == "hash_table_words.txt_3_-2_-1"
