"""tf.gradients. The rules were observed in TensorFlow 1.15.5, values are checked by differences."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def difference(session, y, x, value, feeds=None, step=1e-6):
    """dy/dx at each element of `value`, for a scalar y."""
    value = np.asarray(value, np.float64)
    slope = np.empty_like(value)
    for index in np.ndindex(value.shape):
        above, below = value.copy(), value.copy()
        above[index] += step
        below[index] -= step
        high, low = (session.run(y, {**(feeds or {}), x: v}) for v in (above, below))
        slope[index] = (high - low) / (2 * step)
    return slope


# What is None.


def test_none_where_nothing_flows():
    x = tf.constant(2.0)
    n = tf.constant(2)
    v = tf.Variable(1.0)
    assert tf.gradients([], [x]) == [None]
    assert tf.gradients(tf.constant(1.0), [x, v]) == [None, None]
    assert tf.gradients(n * n, n) == [None]
    assert tf.gradients(tf.cast(tf.cast(x, tf.int32), tf.float32), x) == [None]
    assert tf.gradients(tf.stop_gradient(x * x), x) == [None]
    assert tf.gradients(tf.zeros_like(x) + tf.floor(x) * 0.0, n) == [None]
    assert tf.gradients(tf.shape(tf.ones([2]) * x), x) == [None]
    assert tf.gradients(x * x, x * 1.0) == [None]


def test_zeros_instead(session):
    x = tf.constant([2.0, 3.0])
    for mode in (tf.UnconnectedGradients.ZERO, "zero"):
        (found,) = tf.gradients(tf.stop_gradient(x), x, unconnected_gradients=mode)
        assert session.run(found).tolist() == [0, 0]
    with pytest.raises(ValueError, match="Unknown value for unconnected_gradients: 'nope'"):
        tf.gradients(x, x, unconnected_gradients="nope")


def test_arguments():
    x = tf.constant(1.0)
    with pytest.raises(ValueError, match="Passed 2 grad_ys for 1 ys"):
        tf.gradients(x * x, [x], grad_ys=[1.0, 2.0])
    with pytest.raises(AttributeError):
        tf.gradients(x * x, [None])
    with pytest.raises((TypeError, ValueError)):
        tf.gradients(x * x, [x], grad_ys=[tf.constant(1)])
    y = tf.constant([1.0, 2.0])
    with pytest.raises(ValueError):
        tf.gradients(y * y, [y], grad_ys=[tf.constant([1.0, 2.0, 3.0])])


def test_names():
    x = tf.constant(1.0)
    assert tf.gradients(x * x, x)[0].name.startswith("gradients/")
    assert tf.gradients(x * x, x)[0].name.startswith("gradients_1/")
    assert tf.gradients(x * x, x, name="slopes")[0].name.startswith("slopes/")


# With respect to what.


def test_every_kind_of_x(session):
    c = tf.constant(3.0)
    p = tf.placeholder(tf.float32, [])
    v = tf.Variable(5.0)
    middle = c * p
    y = middle * middle * v
    session.run(v.initializer)
    found = session.run(tf.gradients(y, [c, p, v, middle, y]), {p: 2.0})
    assert found == [2 * 6 * 2 * 5, 2 * 6 * 3 * 5, 36, 2 * 6 * 5, 1]
    assert session.run(tf.gradients(v, v)) == [1]
    assert session.run(tf.gradients(c, c)) == [1]
    assert session.run(tf.gradients([c, c], c)) == [2]


def test_shapes_are_those_of_x():
    x = tf.placeholder(tf.float64, [None, 3])
    (found,) = tf.gradients(tf.reduce_sum(x * x), x)
    assert (found.shape.as_list(), found.dtype) == ([None, 3], tf.float64)


def test_an_x_upstream_of_another(session):
    x = tf.constant(2.0)
    y = x * x
    z = y * x
    assert session.run(tf.gradients(z, [x, y])) == [12, 2]
    assert session.run(tf.gradients(z, [y, x, y])) == [2, 12, 2]


def test_x_is_a_view_of_another(session):
    """An identity, a reshape: each is an x of its own."""
    x = tf.placeholder(tf.float32, [2])
    same, flat = tf.identity(x), tf.reshape(x, [2])
    y = tf.reduce_sum(x * 1.0 + same * 10.0 + flat * 100.0)
    found = session.run(tf.gradients(y, [x, same, flat]), {x: [0.0, 0.0]})
    assert [g.tolist() for g in found] == [[111, 111], [10, 10], [100, 100]]


def test_fed_tensors(session):
    x = tf.placeholder(tf.float32, [2])
    y = x * 2.0
    z = tf.reduce_sum(y * y)
    assert session.run(tf.gradients(z, y), {y: [1.0, 2.0]})[0].tolist() == [2, 4]
    v = tf.Variable([1.0, 2.0])
    assert session.run(tf.gradients(v * v, v), {v: [3.0, 4.0]})[0].tolist() == [6, 8]
    assert session.run(tf.gradients(v.value() * 2.0, v.value()), {v: [3.0, 4.0]})[0].tolist() == [
        2,
        2,
    ]


# Several ys, weights.


def test_grad_ys(session):
    x = tf.constant([1.0, 2.0])
    assert session.run(tf.gradients(x * x, x, grad_ys=[[3.0, 5.0]]))[0].tolist() == [6, 20]
    found = tf.gradients([x * x, 3 * x], x, grad_ys=[[1.0, 2.0], None])
    assert session.run(found)[0].tolist() == [5, 11]
    weights = tf.placeholder(tf.float32, [2])
    (found,) = tf.gradients(tf.identity(x), x, grad_ys=weights)
    assert session.run(found, {weights: [7.0, 8.0]}).tolist() == [7, 8]


def test_a_variable_as_grad_ys(session):
    """Its memory must not become the gradient's: the variable changes later in the run."""
    x, v = tf.placeholder(tf.float32, [2]), tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    (slope,) = tf.gradients(tf.identity(x), x, grad_ys=v)
    with tf.control_dependencies([slope]):
        update = v.assign_add([10.0, 10.0])
    with tf.control_dependencies([update]):
        later = slope * 1.0
    found = session.run([slope, update, later], {x: [0.0, 0.0]})
    assert [f.tolist() for f in found] == [[1, 2], [11, 12], [1, 2]]


def test_stop_gradients(session):
    x = tf.constant(2.0)
    y = x * x
    z = y * x
    assert session.run(tf.gradients(z, [x, y], stop_gradients=y)) == [4, 2]
    assert session.run(tf.gradients(z, [x, y], stop_gradients=[y, x])) == [4, 2]
    assert session.run(tf.gradients([y, z], x, stop_gradients=y)) == [4]
    assert session.run(tf.gradients(z, x)) == [12]  # the other ones stopped nothing here
    assert tf.gradients(z, x, stop_gradients=z) == [None]
    assert session.run(tf.gradients(tf.stop_gradient(y) * x, x)) == [4]
    v = tf.Variable(3.0)
    session.run(v.initializer)
    assert session.run(tf.gradients(v * v * x, [x, v], stop_gradients=[v])) == [9, 12]
    a = x * 1.0
    assert session.run(tf.gradients(a + x * 2.0, [a, x], stop_gradients=[a])) == [1, 2]


def test_stopped_in_one_and_not_in_another(session):
    x = tf.constant(2.0)
    y = x * x
    z = y * x
    stopped, free = tf.gradients(z, x, stop_gradients=y)[0], tf.gradients(z, x)[0]
    assert session.run([stopped, free, stopped]) == [4, 12, 4]


# Several gradients in one run.


def test_several_nodes_share_one_forward(session):
    calls = []
    x = tf.constant(3.0)
    noise = tf.random_uniform([])
    y = x * noise
    first, second = tf.gradients(y, x)[0], tf.gradients(y * y, x)[0]
    calls = session.run([noise, first, second, y])
    assert calls[1] == calls[0]
    np.testing.assert_allclose(calls[2], 2 * calls[3] * calls[0], rtol=1e-6)
    program = session.program([first, second, y])
    assert program.source.count("RandomUniform(") == 1


def test_two_losses_two_updates(session):
    """As a GAN trains: each loss moves its own variables, on one forward."""
    g, d = tf.Variable(2.0, name="g"), tf.Variable(3.0, name="d")
    session.run(tf.global_variables_initializer())
    product = g * d
    updates = [
        g.assign_sub(tf.gradients(product, g)[0] * 0.1),
        d.assign_add(tf.gradients(product * product, d)[0] * 0.1),
    ]
    before, *_ = session.run([product, *updates])
    assert before == 6
    np.testing.assert_allclose(session.run([g, d]), [2 - 0.3, 3 + 0.1 * 2 * 6 * 2], rtol=1e-6)


def test_higher_orders(session):
    v = tf.Variable(2.0)
    session.run(v.initializer)
    y = v * v * v * v
    orders = [y]
    for _ in range(4):
        orders.append(tf.gradients(orders[-1], v)[0])
    assert session.run(orders[::-1]) == [24, 48, 48, 32, 16]
    assert session.run(orders[2]) == 48


def test_a_gradient_in_a_loss(session):
    """A gradient penalty: the square of a slope is differentiated, and its variable updated."""
    x, w = tf.placeholder(tf.float64, [3]), tf.Variable(np.array([1.0, 2.0, 3.0]))
    session.run(w.initializer)
    (slope,) = tf.gradients(tf.reduce_sum(tf.tanh(x * w)), x)
    penalty = tf.reduce_sum(tf.square(slope))
    (found,) = tf.gradients(penalty, w)
    value = np.array([0.1, -0.2, 0.3])
    expected = difference(session, penalty, w.value(), [1.0, 2.0, 3.0], {x: value})
    np.testing.assert_allclose(session.run(found, {x: value}), expected, rtol=1e-5)
    assert session.run([found, w.assign_sub(found), slope], {x: value})[1].shape == (3,)


@pytest.mark.parametrize("shape", [[3], [None], None])
def test_hessians_of_unknown_shapes(session, shape):
    x = tf.placeholder(tf.float64, shape)
    found = tf.hessians(tf.reduce_sum(x**3) * tf.reduce_sum(x), x)[0]
    given = np.array([1.0, 2.0, 3.0])
    rest = 3 * given**2
    expected = np.diag(6 * given) * 6 + rest[:, None] + rest[None]
    np.testing.assert_allclose(session.run(found, {x: given}), expected)
    assert found.shape.is_compatible_with([3, 3])


def test_wrong_arguments(session):
    x = tf.constant([1.0])
    with pytest.raises(ValueError, match="Invalid aggregation_method specified 7"):
        tf.gradients(x * x, x, aggregation_method=7)
    with pytest.raises(TypeError, match=r"grad_ys\[0\] has dtype float64"):
        tf.gradients(x * x, x, grad_ys=tf.constant([1.0], tf.float64))


def test_hessians(session):
    x = tf.constant([1.0, 2.0])
    assert session.run(tf.hessians(tf.reduce_sum(x * x * x), x))[0].tolist() == [[6, 0], [0, 12]]


# Variables.


def test_a_variable_read_several_times(session):
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    y = tf.reduce_sum(v * v.read_value() + v.value() * tf.identity(v) + v[0])
    assert session.run(tf.gradients(y, v))[0].tolist() == [6, 8]


@pytest.mark.parametrize("change", ["assign", "assign_add"])
def test_a_variable_assigned_between_two_reads(session, change):
    """Each read counts with the value that it saw. (TensorFlow's first read may see the second.)"""
    v = tf.Variable(3.0)
    session.run(v.initializer)
    a = v * v
    with tf.control_dependencies([a]):
        update = v.assign(5.0) if change == "assign" else v.assign_add(2.0)
    with tf.control_dependencies([update]):
        b = v * v * v
    (slope,) = tf.gradients(a + b, v)
    assert session.run([a, b, slope]) == [9, 125, 2 * 3 + 3 * 25]
    assert session.run(v) == 5


def test_an_update_after_the_gradient(session):
    v = tf.Variable([3.0])
    session.run(v.initializer)
    y = v * v
    (slope,) = tf.gradients(y, v)
    with tf.control_dependencies([slope]):
        update = v.assign_sub(slope)
    assert [f.tolist() for f in session.run([slope, update, y])] == [[6], [-3], [9]]


def test_an_update_between_forward_and_gradient(session):
    """What autograd saved stays as it was."""
    v = tf.Variable([3.0])
    session.run(v.initializer)
    y = v * v
    with tf.control_dependencies([y]):
        update = v.assign_add([1.0])
    with tf.control_dependencies([update]):
        (slope,) = tf.gradients(y, v)
    assert [f.tolist() for f in session.run([y, update, slope])] == [[9], [4], [6]]


def test_sessions_and_runs_are_independent(session):
    v = tf.Variable(3.0)
    (slope,) = tf.gradients(v * v, v)
    other = tf.Session()
    for s in (session, other):
        s.run(v.initializer)
    session.run(v.assign(5.0))
    assert [session.run(slope), other.run(slope), session.run(slope)] == [10, 6, 10]


# Gathers.


@pytest.fixture
def table(session):
    table = tf.Variable([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], name="table")
    session.run(table.initializer)
    return table


def test_the_gradient_of_a_gather_is_sparse(session, table):
    rows = tf.gather(table, [2, 0, 2])
    (found,) = tf.gradients(rows * rows, table)
    assert isinstance(found, tf.IndexedSlices)
    value = session.run(found)
    assert value.indices.tolist() == [2, 0, 2]
    assert value.values.tolist() == [[10, 12], [2, 4], [10, 12]]
    assert value.dense_shape.tolist() == [3, 2]
    dense = session.run(tf.convert_to_tensor(found))
    assert dense.tolist() == [[2, 4], [0, 0], [20, 24]]


def test_two_gathers_of_one_table(session, table):
    a, b = tf.gather(table, [[0], [1]]), tf.gather(table, [1])
    (found,) = tf.gradients([a * 2.0, b * b], table)
    assert isinstance(found, tf.IndexedSlices)
    assert session.run(tf.convert_to_tensor(found)).tolist() == [[2, 2], [8, 10], [0, 0]]
    assert session.run(found).values.shape == (3, 2)


def test_a_gather_and_a_dense_use(session, table):
    (found,) = tf.gradients([tf.reduce_sum(tf.gather(table, [1])), tf.reduce_sum(table)], table)
    assert isinstance(found, tf.Tensor)
    assert session.run(found).tolist() == [[1, 1], [2, 2], [1, 1]]


def test_a_gather_along_another_axis_is_dense(session, table):
    (found,) = tf.gradients(tf.gather(table, [1, 1], axis=1), table)
    assert isinstance(found, tf.Tensor)
    assert session.run(found).tolist() == [[0, 2], [0, 2], [0, 2]]


def test_lookups_train(session, table):
    ids = tf.placeholder(tf.int32, [None])
    loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids))
    train = tf.train.GradientDescentOptimizer(1.0).minimize(loss)
    session.run(train, {ids: [0, 0, 2]})
    assert session.run(table).tolist() == [[-1, 0], [3, 4], [4, 5]]


def test_slices_as_ys(session, table):
    rows = tf.gather(table, [0])
    (first,) = tf.gradients(rows * rows * rows, table)
    assert session.run(tf.gradients(first, rows))[0].tolist() == [[6, 12]]


# Values.

STEPS = {
    "tanh": tf.tanh,
    "square": lambda x: tf.square(x) * 0.5,
    "exp": lambda x: tf.exp(x * 0.3),
    "turned": lambda x: tf.transpose(tf.reshape(tf.transpose(x), [2, 3])),
    "sliced": lambda x: tf.concat([x[1:], x[:1]], 0),
    "product": lambda x: x * tf.reduce_sum(x, 0, keepdims=True),
    "maximum": lambda x: tf.maximum(x, 0.3),
    "gathered": lambda x: tf.gather(x, [2, 0, 0]),
    "chosen": lambda x: tf.cond(tf.reduce_sum(x) > 0, lambda: x * 1.5, lambda: tf.sin(x)),
    "stacked": lambda x: tf.add_n(tf.unstack(tf.stack([x, x * 2.0]))) * 0.4,
}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), min_size=1, max_size=5), st.integers(0, 99))
def test_values_against_differences(steps, seed):
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float64, [3, 2])
        y = x
        for step in steps:
            y = STEPS[step](y)
        weights = np.random.RandomState(seed).uniform(-1, 1, y.shape.as_list())
        total = tf.reduce_sum(y * weights)
        slope = tf.convert_to_tensor(tf.gradients(total, x)[0])
        value = np.random.RandomState(seed + 1).uniform(-1, 1, (3, 2))
        expected = difference(session, total, x, value)
        np.testing.assert_allclose(session.run(slope, {x: value}), expected, rtol=1e-5, atol=1e-6)


def test_different_graphs():
    x = tf.constant(1.0)
    with tf.Graph().as_default():
        y = tf.constant(1.0)
    with pytest.raises(ValueError, match=re.escape("must be from the same graph as")):
        tf.gradients(x, y)
