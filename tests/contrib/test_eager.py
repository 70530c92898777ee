"""tf.contrib.eager in graphs: the numbers are TensorFlow 1.15.5's for the same calls."""

import numpy as np
import pytest

import scopeflow as tf

tfe = tf.contrib.eager


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def run(fetches, *before):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(tf.local_variables_initializer())
        for fetch in before:
            session.run(fetch)
        return session.run(fetches)


def test_variables_are_resources():
    v = tfe.Variable(3.0, name="v")
    assert v.name == "v:0" and v.dtype == tf.float32 and hasattr(v, "handle")
    assert tf.trainable_variables() == [v]


def test_implicit_gradients():
    v, w = tfe.Variable(3.0, name="v"), tfe.Variable(1.0, name="w")
    reference = tf.get_variable("r", initializer=2.0)
    fixed = tf.get_variable("t", initializer=2.0, trainable=False, use_resource=True)
    pairs = tfe.implicit_gradients(lambda x: v * v * w * reference * fixed * x)(tf.constant(2.0))
    assert [variable for _, variable in pairs] == [v, w]
    assert run([gradient for gradient, _ in pairs]) == [48.0, 72.0]
    value, pairs = tfe.implicit_value_and_gradients(lambda: [v * 2, v * 3])()
    assert run([value, pairs[0][0]]) == [[6.0, 9.0], 5.0]
    with pytest.raises(ValueError, match="No trainable variables were accessed"):
        tfe.implicit_gradients(lambda: tf.constant(1.0) * 2.0)()
    with pytest.raises(ValueError, match="a function that returns None"):
        tfe.implicit_gradients(lambda: None)()


def test_gradients_by_arguments():
    def f(x, y):
        return tf.reduce_sum(x * x * y)

    x, y = tf.constant([1.0, 2.0]), tf.constant(3.0)
    both = tfe.gradients_function(f)(x, y)
    first = tfe.gradients_function(f, params=[0])(x, y)
    value, second = tfe.value_and_gradients_function(f, params=["y"])(x, y)
    numbers = tfe.gradients_function(f)(2.0, 3.0)
    given = tfe.gradients_function(lambda x: x * tf.ones([2]))(x, dy=tf.constant([5.0, 6.0]))
    found = run([both, first, value, second, numbers, given])
    np.testing.assert_array_equal(found[0][0], [6, 12])
    assert found[0][1] == 5 and found[2] == 15 and found[3] == [5] and found[4] == [12, 4]
    np.testing.assert_array_equal(found[1][0], [6, 12])
    np.testing.assert_array_equal(found[5][0], [5, 6])
    for params in (["z"], [7]):
        with pytest.raises(ValueError, match="z|7"):
            tfe.gradients_function(f, params=params)(x, y)
    with pytest.raises(ValueError, match="keyword arguments"):
        tfe.gradients_function(f)(x, y=y)
    with pytest.raises(ValueError, match="returns None"):
        tfe.gradients_function(lambda x: None)(x)


def test_an_iterator():
    iterator = tfe.Iterator(tf.data.Dataset.range(2))
    element = iterator.next()
    assert iterator.output_types == tf.int64 and iterator.output_shapes.ndims == 0
    with tf.Session() as session:
        assert [session.run(element) for _ in range(2)] == [0, 1]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(element)


def test_functions():
    @tfe.defun(input_signature=[tf.TensorSpec([None], tf.float32)])
    def double(x):
        return x * 2

    y = double([1, 2])
    assert y.op.name.startswith("double/") and run(y).tolist() == [2, 4]
    assert run(tfe.defun(lambda x: x + 1)(1)) == 2
    with pytest.raises(ValueError, match="incompatible with input_signature"):
        double(1.0)
    with pytest.raises(ValueError, match="takes 1 inputs"):
        double([1.0], [2.0])
    with pytest.raises(TypeError, match="unexpected keyword"):
        tfe.defun(print, wrong=1)
    assert run(tfe.py_func(lambda x: x * 2, [tf.constant(2.0)], tf.float32)) == 4


def test_means():
    mean = tfe.metrics.Mean(dtype=tf.float32)
    counted = mean(tf.constant([1.0, 3.0]), weights=tf.constant([1.0, 3.0]))
    assert [v.op.name for v in mean.variables] == ["Mean/numer", "Mean/denom"]
    assert tf.local_variables() == mean.variables
    assert run(mean.result(), mean.init_variables(), counted) == 2.5
    named = tfe.metrics.Mean("a b", use_global_variables=True)
    assert named.name == "a_b"
    halves, sixes = named(tf.constant([True, False])), named(6)
    assert run(named.value(), halves) == 0.5
    assert run(named.result(write_summary=False), sixes, named.aggregate([named])) == 6.0


def test_accuracies():
    accuracy = tfe.metrics.Accuracy()
    counted = accuracy(tf.constant([1, 2, 3]), tf.constant([1, 2, 0]))
    categorical = tfe.metrics.CategoricalAccuracy()
    one_hot = categorical(tf.constant([[0.0, 1], [1, 0]]), tf.constant([[0.3, 0.7], [0.2, 0.8]]))
    binary = tfe.metrics.BinaryAccuracy(0.5)
    above = binary(tf.constant([1, 0]), tf.constant([0.7, 0.6]))
    sparse = tfe.metrics.SparseAccuracy()
    numbered = sparse(
        tf.constant([1, 0]), tf.constant([[0.7, 0.3], [0.6, 0.4]]), weights=tf.constant([1.0, 3.0])
    )
    metrics = [accuracy, categorical, binary, sparse]
    found = run([m.result() for m in metrics], [counted, one_hot, above, numbered])
    np.testing.assert_allclose(found, [2 / 3, 0.5, 0.5, 0.75])
    with pytest.raises(ValueError, match="compatible"):
        accuracy(tf.ones([2]), tf.ones([3]))


def test_a_metric_of_users():
    class Total(tfe.metrics.Metric):
        def build(self, x):
            self.total = self.add_variable("t", [], tf.float32, tf.zeros_initializer())

        def call(self, x):
            self.total.assign_add(x)

        def result(self):
            return self.total.value()

    total = Total()
    two, three = total(tf.constant(2.0)), total(tf.constant(3.0))
    assert [v.op.name for v in total.variables] == ["Total/t"]
    assert run(total.value(), two, three) == 5.0
    with pytest.raises(RuntimeError, match="except in build"):
        total.add_variable("u")
    with pytest.raises(NotImplementedError):
        tfe.metrics.Metric("m")(1.0)
    with pytest.raises(NotImplementedError):
        tfe.metrics.Metric("m").result()


def test_networks():
    class Two(tfe.Network):
        def __init__(self):
            super().__init__(name="n")
            self.first = self.track_layer(tf.layers.Dense(3, kernel_regularizer=tf.nn.l2_loss))

        def call(self, x):
            return self.first(x)

    network = Two()
    assert network(tf.ones([2, 4])).shape.as_list() == [2, 3]
    assert [v.op.name for v in network.variables] == ["n/dense/kernel", "n/dense/bias"]
    assert network.variables == network.trainable_weights and len(network.losses) == 1
    assert (
        network.get_layer(index=0) is network.get_layer(network.layers[0].name) is network.layers[0]
    )
    for arguments in ({"index": 3}, {"name": "none"}, {}):
        with pytest.raises(ValueError):
            network.get_layer(**arguments)
    with pytest.raises(RuntimeError, match="Track a layer"):
        network.add_variable("v", [])
    with pytest.raises(TypeError, match="not a tf.layers.Layer"):
        network.track_layer(tf.nn.relu)
    steps = tfe.Sequential([tf.layers.Dense(3), tf.nn.relu, tf.layers.Dropout(0.5)])
    y = steps(tf.ones([2, 4]), training=True)
    assert len(steps.layers) == 2 and steps.variables[0].op.name == "sequential/dense/kernel"
    assert run(y).shape == (2, 3)


def test_stores_and_checkpoints(tmp_path):
    store = tfe.EagerVariableStore()
    with store.as_default():
        v = tf.get_variable("v", initializer=5.0)
        assert tf.get_variable("v", initializer=5.0) is v
        fixed = tf.get_variable("f", initializer=1.0, trainable=False)
    assert store.variables() == [fixed, v]
    assert store.trainable_variables() == [v] and store.non_trainable_variables() == [fixed]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(session, str(tmp_path / "m"))
    with tf.Graph().as_default():
        with tfe.restore_variables_on_create(path, lambda name: name.replace("net/", "")):
            with tf.variable_scope("net"):
                again = tf.get_variable("v", initializer=1.0)
            other = tfe.Variable(2.0, name="other")
        with tfe.restore_variables_on_create(None):
            plain = tf.get_variable("v", initializer=3.0)
        assert run([again, other, plain]) == [5.0, 2.0, 3.0]


def test_modes():
    assert not tfe.executing_eagerly() and not tfe.in_eager_mode()
    assert tfe.list_devices()[0].endswith("device:CPU:0") and tfe.num_gpus() >= 0
    with tfe.execution_mode(tfe.ASYNC):
        tfe.async_wait()
    tfe.async_clear_error()
    with pytest.raises(ValueError, match="SYNC/ASYNC"):
        tfe.set_execution_mode(3)
    for call in (tfe.enable_eager_execution, tfe.run):
        with pytest.raises(NotImplementedError, match="Session"):
            call()
    optimizer = tf.train.AdamOptimizer()
    v = tfe.Variable(1.0, name="v")
    optimizer.minimize(v * 1.0)
    names = [variable.op.name for variable in tfe.get_optimizer_variables(optimizer)]
    assert names == ["beta1_power", "beta2_power", "v/Adam", "v/Adam_1"]
    template = tfe.make_template("t", lambda: tf.get_variable("x", []))
    assert template() is template()
