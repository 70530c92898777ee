"""Rows of one index are summed by one call, and the numbers are those of the ops."""

import numpy as np
import pytest

import scopeflow as tf

OPTIMIZERS = {
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.1),
    "adam": lambda: tf.train.AdamOptimizer(0.1),
    "lazy adam": lambda: tf.contrib.opt.LazyAdamOptimizer(0.1),
}
BATCHES = [[1, 2, 3], [4, 4, 4], [0, 5, 0], [2, 2, 1], [5, 4, 3]]


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def table_after(make, fuse):
    with tf.Graph().as_default(), tf.options(fuse=fuse), tf.Session() as session:
        ids = tf.placeholder(tf.int64, [None])
        start = np.arange(12, dtype=np.float32).reshape(6, 2)
        table = tf.get_variable("table", initializer=start)
        loss = tf.reduce_sum(tf.sin(tf.nn.embedding_lookup(table, ids)))
        train = make().minimize(loss)
        session.run(tf.global_variables_initializer())
        for batch in BATCHES:
            session.run(train, {ids: batch})
        return session.run(table), session.program(train, [ids]).source


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimizers_give_the_same(name):
    together, source = table_after(OPTIMIZERS[name], True)
    apart, plain = table_after(OPTIMIZERS[name], False)
    np.testing.assert_allclose(together, apart, rtol=1e-6)
    assert "fused.summed_rows(" in source and "ops.Unique(" not in source
    assert "fused.summed_rows(" not in plain and "ops.Unique(" in plain


def sums(rows, indices):
    distinct, places = tf.unique(indices)
    return distinct, places, tf.unsorted_segment_sum(rows, places, tf.shape(distinct)[0])


def test_values():
    indices, rows = [7, 3, 7, 9, 3], np.arange(10.0).reshape(5, 2)
    distinct, _, total = sums(tf.placeholder_with_default(rows, [None, 2]), tf.constant(indices))
    with tf.Session() as session:
        assert "summed_rows" in session.program([distinct, total]).source
        found = session.run([distinct, total])
        np.testing.assert_array_equal(found[0], [7, 3, 9])
        np.testing.assert_array_equal(found[1], [[4, 6], [10, 12], [6, 7]])


def test_not_where_somebody_else_needs_the_places():
    distinct, places, total = sums(tf.ones([3, 1]), tf.placeholder_with_default([1, 1, 2], [3]))
    with tf.Session() as session:
        assert "summed_rows" not in session.program([total, places]).source
        assert "summed_rows" in session.program([total, tf.shape(distinct)]).source
        np.testing.assert_array_equal(session.run([total, distinct])[1], [1, 2])
        early = tf.identity(distinct)
        with tf.control_dependencies([early]):
            later = tf.unsorted_segment_sum(tf.ones([3, 1]), places, tf.shape(distinct)[0])
        assert "summed_rows" not in session.program([later, early]).source


def test_rows_that_do_not_fit_are_refused():
    rows = tf.placeholder(tf.float32, [None, 1])
    _, _, total = sums(rows, tf.placeholder_with_default([1, 2, 3], [None]))
    with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="start with"):
        session.run(total, {rows: np.ones((2, 1))})
