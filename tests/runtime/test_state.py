"""Variables in a run: order, updates in place, errors. Observed in TensorFlow 1.15.5."""

import random
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


@pytest.fixture
def v(session):
    v = tf.Variable([1.0, 2.0, 3.0], name="v")
    session.run(v.initializer)
    return v


# Order.


def test_assignments_give_the_new_value(session, v):
    assert session.run(v.assign([4.0, 5.0, 6.0])).tolist() == [4, 5, 6]
    assert session.run(v.assign_add([1.0, 1.0, 1.0])).tolist() == [5, 6, 7]
    assert session.run(v.assign_sub([1.0, 2.0, 3.0])).tolist() == [4, 4, 4]
    assert session.run(tf.assign(v, [0.0, 0.0, 0.0]) + 1.0).tolist() == [1, 1, 1]
    assert session.run(v.assign([9.0, 9.0, 9.0]).op) is None
    assert session.run(v).tolist() == [9, 9, 9]
    assert isinstance(v.assign([1.0, 1.0, 1.0], read_value=False), tf.Operation)


def test_names_and_dtypes(graph, v):
    w = tf.Variable(1.0)
    update = w.assign(2.0)
    assert (update.name, update.op.type, update.dtype) == ("Assign:0", "Assign", tf.float32._as_ref)
    assert w.assign_add(1.0).name == "AssignAdd:0"


def test_control_dependencies_order_reads_and_updates(session, v):
    before = v.read_value() + 0.0
    with tf.control_dependencies([before]):
        update = v.assign_add([1.0, 1.0, 1.0])
    with tf.control_dependencies([update]):
        after = v.read_value() * 1.0
    found = session.run([before, update, after])
    assert [f.tolist() for f in found] == [[1, 2, 3], [2, 3, 4], [2, 3, 4]]


def test_a_slice_keeps_what_it_saw(session, v):
    part, column = v[0:2], tf.reshape(v, [3, 1])
    with tf.control_dependencies([part, column]):
        update = v.assign_add([1.0, 1.0, 1.0])
    with tf.control_dependencies([update]):
        later = part * 1.0
    found = session.run([later, part, column[0], v.assign_add(v)])
    assert found[0].tolist() == found[1].tolist() == [1, 2]
    assert session.run(update).tolist() == [5, 7, 9]


def test_a_variable_added_to_itself(session, v):
    assert session.run(v.assign_add(v)).tolist() == [2, 4, 6]
    assert session.run(v.assign_sub(v[::-1])).tolist() == [-4, 0, 4]
    assert session.run(v.assign(v[::-1])).tolist() == [4, 0, -4]


def test_variables_do_not_share(session, v):
    w = tf.Variable(tf.zeros([3]))
    session.run(w.initializer)
    session.run(w.assign(v))
    session.run(v.assign_add([1.0, 1.0, 1.0]))
    assert [f.tolist() for f in session.run([v, w])] == [[2, 3, 4], [1, 2, 3]]


def test_initializers_run_in_the_right_order(session):
    v = tf.Variable(tf.random_uniform([2]))
    w = tf.Variable(v.initialized_value() * 2.0)
    session.run(tf.global_variables_initializer())
    a, b = session.run([v, w])
    np.testing.assert_array_equal(a * 2, b)


def test_load(session, v):
    v.load([7, 8, 9], session)
    assert session.run(v).tolist() == [7, 8, 9]


# Random programs: each value is the one of its place in the order, whatever is updated in place.

STEPS = [
    "read", "slice", "both", "assign", "add", "sub", "scatter", "double", "scaled", "other", "view",
    "cond", "gradient",
]  # fmt: skip


def step_of(kind, variables, values, i, c, known):
    """A step as the tensor that it adds, and its value; it changes `values` as the run does."""
    v, value = variables[i], values[i]
    cs = [c, c, c]
    if kind == "read":
        return v.read_value() + 0.0, value.copy()
    if kind == "slice":
        return v[0:2], value[0:2].copy()
    if kind == "view":
        return tf.reshape(v, [3, 1]), value.reshape(3, 1).copy()
    if kind == "both":
        return variables[0] + variables[1], values[0] + values[1]
    if kind == "scaled":
        return v * c, value * c
    if kind == "gradient":
        return tf.gradients(known[-1:] + [v * v * c], v)[0], None
    if kind == "cond":

        def changed():
            with tf.control_dependencies([v.assign_add(cs)]):
                return v.read_value() + 0.0

        if c > 1:
            values[i] = value + c
        return tf.cond(
            tf.constant(c > 1), changed, lambda: v * c
        ), value + c if c > 1 else value * c
    if kind == "assign":
        update, values[i] = v.assign(cs), np.array(cs)
    elif kind == "add":
        update, values[i] = v.assign_add(cs), value + c
    elif kind == "sub":
        update, values[i] = v.assign_sub(cs), value - c
    elif kind == "scatter":
        update, values[i] = tf.scatter_add(v, [0, 2], [c, c]), value + np.array([c, 0, c])
    elif kind == "double":
        update, values[i] = v.assign_add(v), value * 2
    else:
        update, values[i] = v.assign(variables[1 - i]), values[1 - i].copy()
    return update, values[i].copy()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.sampled_from([1.0, 2.0, 3.0])),
        min_size=2,
        max_size=8,
    ),
    st.integers(0, 99),
)
def test_random_programs_against_numpy(steps, seed):
    with tf.Graph().as_default(), tf.Session() as session:
        values = [np.arange(1.0, 4.0), np.arange(4.0, 7.0)]
        variables = [tf.Variable(value) for value in values]
        session.run(tf.global_variables_initializer())
        fetches, expected, last = [], [], []
        for kind, i, c in steps:
            with tf.control_dependencies(last):
                tensor, value = step_of(kind, variables, values, i, c, list(fetches))
            last = [tensor]
            if value is not None:
                fetches.append(tensor)
                expected.append(value)
        chosen = [j for j in range(len(fetches)) if random.Random(seed + j).random() < 0.7]
        found = session.run([*(fetches[j] for j in chosen), *last])
        for j, have in zip(chosen, found):
            np.testing.assert_allclose(have, expected[j], err_msg=f"{steps} {j}")
        np.testing.assert_allclose(session.run(variables), values)


# What is not initialized.


def test_uninitialized(session):
    v = tf.get_variable("deep/v", [2])
    for fetch in (v, v + 1.0, v.assign_add([1.0, 1.0]), tf.gradients(v * v, v), v[0]):
        with pytest.raises(tf.errors.FailedPreconditionError) as caught:
            session.run(fetch)
        message = str(caught.value)
        assert message.startswith("Attempting to use uninitialized value deep/v")
        assert 'v = tf.get_variable("deep/v", [2])' in message
        assert __file__ in message
        assert caught.value.op is v.op
    assert not session.run(tf.is_variable_initialized(v))
    assert session.run(tf.report_uninitialized_variables()).tolist() == [b"deep/v"]
    session.run(v.assign([1.0, 2.0]))
    assert session.run(tf.is_variable_initialized(v))
    assert session.run(v).tolist() == [1, 2]


# What does not fit.


def test_static_shapes(v):
    text = "Dimension 0 in both shapes must be equal, but are 3 and 2. Shapes are [3] and [2]. for "
    for build in (lambda: tf.assign(v, [1.0, 2.0]), lambda: v.assign_add([1.0, 2.0])):
        with pytest.raises(ValueError, match=re.escape(text)):
            build()


def test_shapes_of_the_run(session, v):
    x = tf.placeholder(tf.float32)
    for build in (tf.assign, tf.assign_add, tf.assign_sub):
        update = build(v, x)
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(update, {x: [1, 2]})
        assert caught.value.op is update.op
    text = "Assign requires shapes of both tensors to match. lhs shape= [3] rhs shape= [2]"
    with pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(text)):
        session.run(tf.assign(v, x), {x: [1, 2]})
    assert session.run(v).tolist() == [1, 2, 3]
    grown = tf.assign(v, x, validate_shape=False)
    assert session.run(grown, {x: [1, 2, 3, 4]}).tolist() == [1, 2, 3, 4]
    assert grown.shape.ndims is None


def test_dtypes(v):
    with pytest.raises(TypeError, match="'Assign' Op has type int32 that does not match"):
        tf.assign(v, tf.constant([1, 2, 3]))
    assert tf.assign(v, [1, 2, 3]).dtype.base_dtype is tf.float32
    with pytest.raises(AttributeError, match="assign"):
        tf.assign(tf.constant(1.0), 2.0)


# Updates of rows.

VECTOR = [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("name", "indices", "updates", "expected"),
    [
        ("add", [0, 0], [1.0, 2.0], [4, 2, 3]),
        ("add", [0, 1], 2.0, [3, 4, 3]),
        ("sub", [2, 2], [1.0, 1.0], [1, 2, 1]),
        ("update", [0, 2], [10.0, 20.0], [10, 2, 20]),
        ("update", 1, 10.0, [1, 10, 3]),
        ("mul", [0, 0], [2.0, 4.0], [8, 2, 3]),
        ("div", [0, 0], [2.0, 4.0], [0.125, 2, 3]),
        ("min", [0, 2], [2.0, 1.0], [1, 2, 1]),
        ("max", [0, 0], [2.0, 7.0], [7, 2, 3]),
        ("add", [], [], VECTOR),
    ],
)
def test_scatters(session, v, name, indices, updates, expected):
    function = getattr(tf, f"scatter_{name}")
    result = function(v, np.array(indices, np.int32), np.array(updates, np.float32))
    assert session.run(result).tolist() == expected
    assert session.run(v).tolist() == expected
    other = tf.Session()
    other.run(v.initializer)
    assert other.run(v).tolist() == VECTOR


def test_scatters_of_rows(session):
    v = tf.Variable([[1, 2], [3, 4]])
    session.run(v.initializer)
    product = tf.scatter_mul(v, [[0], [1]], [[[2, 3]], [[4, 5]]])
    assert session.run(product).tolist() == [[2, 6], [12, 20]]


@pytest.mark.parametrize("index", [5, -1])
def test_rows_that_are_not_there(session, v, index):
    update = tf.scatter_add(v, [index], [1.0])
    text = f"indices[0] = {index} is not in [0, 3)"
    with pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(text)) as caught:
        session.run(update)
    assert caught.value.op is update.op
    assert session.run(v).tolist() == VECTOR


def test_a_part_is_assigned(session):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    session.run(v.initializer)
    assert session.run(v[0, 1].assign(9.0)).tolist() == [[1, 9], [3, 4]]
    assert session.run(v[:, 0].assign([7.0, 8.0])).tolist() == [[7, 9], [8, 4]]
    assert session.run(v[0].assign(v[1])).tolist() == [[8, 4], [8, 4]]


def test_count_up_to(session):
    v = tf.Variable(0, name="counter")
    count = v.count_up_to(2)
    session.run(v.initializer)
    assert (count.op.type, count.dtype) == ("CountUpTo", tf.int32)
    assert [session.run(count), session.run(count), session.run(v)] == [0, 1, 2]
    with pytest.raises(tf.errors.OutOfRangeError, match="Reached limit of 2") as caught:
        session.run(count)
    assert caught.value.op is count.op
    assert session.run(v) == 2
    with pytest.raises(TypeError):
        tf.count_up_to(tf.Variable(1.0), 3)
