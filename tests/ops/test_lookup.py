"""Lookup tables against what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import pytest
from ops import lookup_cases, recorded

import scopeflow as tf

RECORDED = recorded.load("lookup")


def test_all_samples_are_recorded():
    assert RECORDED.keys() == lookup_cases.SAMPLES.keys()


@pytest.mark.parametrize("label", lookup_cases.SAMPLES)
def test_as_in_tensorflow(label):
    recorded.check(tf, lookup_cases.SAMPLES[label], RECORDED[label])


@pytest.fixture
def words():
    with tf.Graph().as_default():
        initializer = tf.contrib.lookup.KeyValueTensorInitializer(["a", "b"], [1, 2])
        yield tf.contrib.lookup.HashTable(initializer, -1)


def test_each_session_has_its_own(words):
    found = words.lookup(tf.constant(["b"]))
    with tf.Session() as first, tf.Session() as second:
        first.run(words.init)
        assert first.run(found).tolist() == [2]
        with pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"):
            second.run(found)
        with pytest.raises(tf.errors.FailedPreconditionError, match="Table not initialized"):
            second.run(words.size())


def test_filled_once():
    with tf.Graph().as_default(), tf.Session() as session:
        values = tf.placeholder(tf.int32, [2])
        initializer = tf.lookup.KeyValueTensorInitializer(tf.constant(["a", "b"]), values)
        table = tf.lookup.StaticHashTable(initializer, -1)
        found = table.lookup(tf.constant(["b"]))
        session.run(table.initializer, {values: [1, 2]})
        session.run(table.initializer, {values: [3, 4]})
        assert session.run(found).tolist() == [2]


def test_names_and_collections(words):
    graph = tf.get_default_graph()
    words.lookup(tf.constant("a"))
    words.size(name="count")
    assert [op.name for op in graph.get_operations()] == [
        "keys", "values", "Const", "hash_table", "key_value_init/LookupTableImportV2", "Const_1",
        "hash_table_Lookup/LookupTableFindV2", "count/LookupTableSizeV2"]  # fmt: skip
    assert tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS) == [words.init]
    assert (words.name, words.key_dtype, words.value_dtype) == ("hash_table", tf.string, tf.int32)
    assert words.resource_handle.dtype is tf.resource
    assert tf.tables_initializer().name == "init_all_tables"
    assert tf.initialize_all_tables(name="again").name == "again"


def test_shared():
    with tf.Graph().as_default(), tf.Session() as session:
        tables = [
            tf.contrib.lookup.HashTable(
                tf.contrib.lookup.KeyValueTensorInitializer(["a"], [i]), -1, shared_name="one"
            )
            for i in (1, 2)
        ]
        session.run(tables[1].init)
        assert session.run([t.lookup(tf.constant("a")) for t in tables]) == [2, 2]


def test_mutable_table_is_saved(tmp_path):
    with tf.Graph().as_default():
        table = tf.contrib.lookup.MutableHashTable(tf.string, tf.int64, -1)
        other = tf.contrib.lookup.MutableHashTable(
            tf.string, tf.float32, [0.0, 0.0], checkpoint=False
        )
        fill = table.insert(["a", "b"], tf.constant([5, 6], tf.int64))
        find = table.lookup(["b", "c"])
        saver = tf.train.Saver()
        with tf.Session() as session:
            session.run(fill)
            path = saver.save(session, str(tmp_path / "tables"))
        names = {name for name, _ in tf.train.list_variables(path)}
        assert names == {"MutableHashTable-keys", "MutableHashTable-values"}
        assert other.name not in str(names - {table.name})
        with tf.Session() as session:
            saver.restore(session, path)
            assert session.run(find).tolist() == [6, -1]
            assert session.run(table.size()) == 2
