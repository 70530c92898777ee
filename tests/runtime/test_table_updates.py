"""Adam's update of a table by rows: one call, the same numbers as the ops that it stands for."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops import training_together

ROWS, UPDATED = 7, 4


class Trained:
    """A table in a session, and the op that updates it for the fed rows."""

    def __init__(self, dtype="float32", use_resource=False, **options):
        self.graph = tf.Graph()
        with self.graph.as_default():
            self.ids = tf.placeholder(tf.int32, [UPDATED])
            start = np.linspace(-1, 1, ROWS * 3).reshape(ROWS, 3).astype(dtype)
            self.table = tf.get_variable("table", initializer=start, use_resource=use_resource)
            loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(self.table, self.ids)))
            self.train = tf.train.AdamOptimizer(0.1, **options).minimize(loss)
            self.session = tf.Session()
            self.session.run(tf.global_variables_initializer())
            self.variables = tf.global_variables()

    def source(self, *fetches):
        return self.session.program([self.train, *fetches], [self.ids]).source

    def step(self, ids, *fetches):
        return self.session.run([self.train, *fetches], {self.ids: ids})

    def steps(self):
        random = np.random.RandomState(0)
        for _ in range(5):
            self.step(random.randint(0, ROWS - 1, UPDATED))
        return self.session.run(self.variables)


@pytest.mark.parametrize("block", [6, 1 << 17])
@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("options", [{}, {"beta1": 0.0}, {"beta2": 0.5, "epsilon": 0.1}])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_are_the_same(dtype, options, use_resource, block, monkeypatch):
    monkeypatch.setattr(training_together, "BLOCK", block)
    trained = Trained(dtype, use_resource, **options)
    assert trained.source().count("together.table_adam(") == 1
    assert "Scatter" not in trained.source().replace("ScatterAdd\n", "")
    with tf.options(fuse=False):
        apart = Trained(dtype, use_resource, **options)
        assert "table_adam" not in apart.source()
        expected = apart.steps()
    for found, wanted in zip(trained.steps(), expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("use_resource", [False, True])
def test_what_is_read_in_between_is_computed(use_resource):
    trained = Trained(use_resource=use_resource)
    root = trained.graph.get_tensor_by_name("Adam/update_table/Sqrt_1:0")
    assert "table_adam" not in trained.source(root)
    _, found = trained.step([1, 1, 2, 3], root)
    (slot,) = (v for v in trained.variables if v.op.name == "table/Adam_1")
    np.testing.assert_allclose(found, np.sqrt(trained.session.run(slot)), rtol=1e-6)


def test_rows_that_are_not_there():
    def message(trained):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            trained.session.run(trained.train, {rows: [[1.0, 1.0, 1.0]], places: [ROWS]})
        return str(caught.value).splitlines()[0]

    def built():
        trained = Trained()
        with trained.graph.as_default():
            rows, places = tf.placeholder(tf.float32, [1, 3]), tf.placeholder(tf.int32, [1])
            gradient = tf.IndexedSlices(rows, places, tf.constant([ROWS, 3]))
            optimizer = tf.train.AdamOptimizer(name="Second")
            trained.train = optimizer.apply_gradients([(gradient, trained.table)])
            trained.session.run(tf.variables_initializer(optimizer.variables()))
        return trained, rows, places

    trained, rows, places = built()
    assert "table_adam" in trained.session.program(trained.train, [rows, places]).source
    found = message(trained)
    with tf.options(fuse=False):
        trained, rows, places = built()
        assert found == message(trained)
