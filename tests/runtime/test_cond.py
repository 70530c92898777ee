"""tf.cond: one branch runs. Observed in TensorFlow 1.15.5 unless the test says otherwise."""

import re

import numpy as np
import pytest

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
def p(graph):
    return tf.placeholder(tf.bool, [], name="p")


@pytest.fixture
def x(graph):
    return tf.placeholder(tf.float32, [], name="x")


def both(session, fetches, p, **feeds):
    """The fetches' values where p is true, and where it is false."""
    feeds = {tf.get_default_graph().get_tensor_by_name(f"{k}:0"): v for k, v in feeds.items()}
    return [session.run(fetches, {p: choice, **feeds}) for choice in (True, False)]


def test_one_branch_runs(session, p):
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    session.run(tf.global_variables_initializer())
    chosen = tf.cond(p, lambda: tf.group(v.assign(10.0)), lambda: tf.group(w.assign(20.0)))
    assert session.run(chosen, {p: True})
    assert session.run([v, w]) == [10, 1]
    assert not session.run(chosen, {p: False})
    assert session.run([v, w]) == [10, 20]


def test_names_and_shapes(graph, p):
    a, b = tf.placeholder(tf.float32, [2, 3]), tf.placeholder(tf.float32, [4, 3])
    c = tf.cond(p, lambda: a, lambda: b * 2.0)
    assert (c.name, c.shape.as_list()) == ("cond/Merge:0", [None, 3])
    assert tf.cond(p, lambda: a, lambda: a[0]).shape.ndims is None
    assert tf.cond(p, lambda: a, lambda: a, name="again").name == "again/Merge:0"
    names = [op.name for op in graph.get_operations()]
    assert {"cond/pred_id", "cond/mul"} <= set(names)


def test_structures(session, p):
    one, two = tf.constant(1), tf.constant(2)
    assert tf.cond(p, lambda: [one], lambda: [two]).name == "cond/Merge:0"
    assert len(tf.cond(p, lambda: [one], lambda: [two], strict=True)) == 1
    pair = tf.cond(p, lambda: (one, one + 2), lambda: (two, two + 2))
    assert both(session, pair, p) == [(1, 3), (2, 4)]
    named = tf.cond(p, lambda: {"a": one, "b": 3}, lambda: {"a": two, "b": 4})
    assert both(session, named, p) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]
    assert both(session, tf.cond(p, lambda: 5, lambda: 6), p) == [5, 6]


@pytest.mark.parametrize(
    ("branches", "error", "text"),
    [
        ((1, lambda: 2), TypeError, "true_fn must be callable."),
        ((lambda: 1, None), TypeError, "cond(): false_fn argument required"),
        ((lambda: None, lambda: None), ValueError, "true_fn must have a return value."),
        ((lambda: 1, lambda: None), ValueError, "false_fn must have a return value."),
        ((list, list), ValueError, "true_fn and false_fn must return at least one result."),
        (
            (lambda: 1, lambda: 2.0),
            ValueError,
            "Outputs of true_fn and false_fn must have the same type: int32, float32",
        ),
        (
            (lambda: tf.no_op(), lambda: 2),
            ValueError,
            "Outputs of true_fn and false_fn must have the same type: bool, int32",
        ),
        (
            (lambda: 1, lambda: [1, 2]),
            ValueError,
            "The two structures don't have the same nested structure.",
        ),
        (
            (lambda: (1, 1), lambda: [1, 2]),
            TypeError,
            "The two structures don't have the same nested structure.",
        ),
        (
            (lambda: {"a": 1}, lambda: {"b": 1}),
            ValueError,
            "The two structures don't have the same nested structure.",
        ),
        ((lambda: [1, None], lambda: [1, None]), ValueError, "None values not supported."),
    ],
)
def test_branches_that_do_not_fit(p, branches, error, text):
    with pytest.raises(error, match=re.escape(text)):
        tf.cond(p, *branches)


def test_predicates_that_are_none():
    with pytest.raises(TypeError, match="pred must not be a Python bool"):
        tf.cond(True, lambda: 1, lambda: 2)
    with pytest.raises(TypeError, match="has type int32 that does not match expected type of bool"):
        tf.cond(tf.constant(1), lambda: 1, lambda: 2)
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        tf.cond(tf.constant([True]), lambda: 1, lambda: 2)


def test_nested(session, p, x):
    q = tf.placeholder(tf.bool, [], name="q")
    c = tf.cond(
        p,
        lambda: tf.cond(q, lambda: x * x, lambda: x * x * x),
        lambda: tf.cond(q, lambda: x + 1, lambda: 5 * x),
    )
    slope = tf.gradients(c, x)[0]
    assert both(session, [c, slope], p, x=2, q=True) == [[4, 4], [3, 1]]
    assert both(session, [c, slope], p, x=2, q=False) == [[8, 12], [10, 5]]


def test_gradients(session, p, x):
    y = tf.placeholder(tf.float32, [], name="y")
    c = tf.cond(p, lambda: x * x * x, lambda: y * 3.0)
    assert both(session, tf.gradients(c, [x, y]), p, x=2, y=5) == [[12, 0], [0, 3]]
    slope = tf.gradients(c, x)[0]
    assert both(session, [slope, tf.gradients(slope, x)[0]], p, x=2, y=5) == [[12, 12], [0, 0]]


def test_gradients_inside_a_branch(session, p, x):
    """The recording outside serves a gradient inside, and one outside that was made before."""
    y = x * x * x
    c = tf.cond(p, lambda: tf.gradients(y, x)[0], lambda: tf.constant(0.0))
    slope = tf.gradients(y, x)[0]
    assert both(session, [c, slope], p, x=2) == [[12, 12], [0, 12]]
    later = tf.cond(p, lambda: tf.gradients(y, x)[0] * 2, lambda: slope)
    assert both(session, [later, slope, c], p, x=2) == [[24, 12, 12], [12, 12, 0]]


def test_updates_before_a_gradient_in_a_branch(session, p):
    """An update that is older than the branch must not spoil what the branch differentiates."""
    v = tf.Variable([3.0])
    session.run(v.initializer)
    y = v * v
    with tf.control_dependencies([y]):
        update = v.assign_add([1.0])
    with tf.control_dependencies([update]):
        c = tf.cond(p, lambda: tf.gradients(y, v, grad_ys=[[1.0]])[0], lambda: y)
    assert session.run([y, c], {p: True}) == [[9], [6]]
    assert session.run([y, c], {p: False}) == [[16], [16]]


def test_variables_assigned_and_read_in_a_branch(session, p):
    v = tf.Variable(2.0)
    session.run(v.initializer)

    def assigned():
        with tf.control_dependencies([v.assign(5.0)]):
            w = v.read_value()
        return w * w

    c = tf.cond(p, assigned, lambda: v * v)
    slope = tf.gradients(c, v)[0]
    assert session.run([c, slope], {p: False}) == [4, 4]
    assert session.run([c, slope], {p: True}) == [25, 10]
    assert session.run(v) == 5
    nested = tf.cond(p, lambda: tf.cond(p, assigned, lambda: v * 1.0), lambda: v * 1.0)
    slope = tf.gradients(nested + v, v)[0]
    assert both(session, [nested, slope], p) == [[25, 11], [5, 2]]


def test_shapes_on_the_host_in_a_branch(session, p):
    """What one branch looked up (a shape as a tensor, a tensor as a shape) the other looks up."""
    x = tf.placeholder(tf.float32, [None])
    size, n = tf.shape(x), tf.cast(tf.reduce_sum(x), tf.int32)
    c = tf.cond(p, lambda: tf.cast(size, tf.float32) + 1, lambda: tf.cast(size, tf.float32) * 5)
    z = tf.cond(p, lambda: tf.zeros([n]), lambda: tf.ones([n]))
    outside = [tf.cast(size, tf.float32), tf.zeros([n])]
    for choice, expected in ((True, [4, 0, 3]), (False, [15, 1, 3])):
        found = session.run([c, z, *outside], {x: [1, 0, 1], p: choice})
        assert [found[0][0], found[1][0], found[2][0]] == expected
        assert found[1].shape == found[3].shape == (2,)


def test_constants_and_variables_as_results_are_the_callers(session, p):
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    c = tf.cond(p, lambda: tf.constant([1.0, 2.0]), lambda: v)
    for choice in (True, False, True, False):
        found = session.run(c, {p: choice})
        assert found.tolist() == [1, 2]
        found += 5


def test_variables_made_in_a_branch(session, p):
    ones = tf.ones_initializer()
    c = tf.cond(p, lambda: tf.get_variable("w", [], initializer=ones) * 3, lambda: 1.0)
    session.run(tf.global_variables_initializer())
    assert both(session, c, p) == [3, 1]
    assert [v.name for v in tf.global_variables()] == ["w:0"]


def test_what_no_output_needs_does_not_run(session, p):
    v = tf.Variable(1.0)
    session.run(v.initializer)

    def branch():
        v.assign_add(1.0)
        return tf.constant(0.0)

    session.run(tf.cond(p, branch, lambda: 1.0), {p: True})
    assert session.run(v) == 1


def test_what_a_branch_waits_for_outside_always_runs(session, p):
    v = tf.Variable(1.0)
    session.run(v.initializer)
    update = v.assign_add(1.0)

    def branch():
        with tf.control_dependencies([update]):
            return tf.constant(0.0)

    session.run(tf.cond(p, branch, lambda: 1.0), {p: False})
    assert session.run(v) == 2


def test_the_condition_waits_for_the_block_around_it(session, p):
    v = tf.Variable(1.0)
    session.run(v.initializer)
    with tf.control_dependencies([v.assign(7.0)]):
        c = tf.cond(p, lambda: v.read_value(), lambda: v.read_value() * 2)
    assert both(session, c, p) == [7, 14]


def test_gathers_in_a_branch(session, p):
    table = tf.Variable([[1.0], [2.0], [3.0]])
    session.run(table.initializer)
    c = tf.cond(p, lambda: tf.gather(table, [0, 2, 2]), lambda: tf.gather(table, [1]))
    slope = tf.convert_to_tensor(tf.gradients(c, table)[0])
    assert both(session, tf.reshape(slope, [3]), p)[0].tolist() == [1, 0, 2]
    assert both(session, tf.reshape(slope, [3]), p)[1].tolist() == [0, 1, 0]


def test_feeding_the_result(session, p):
    c = tf.cond(p, lambda: 1.0, lambda: 2.0)
    assert session.run(c * 2, {c: 5.0}) == 10


def test_what_is_inside_stays_inside(session, p, x):
    """TensorFlow lets the second one pass where the branch is taken."""
    inside = []

    def branch():
        inside.append(x + 1)
        return inside[0] * 2

    tf.cond(p, branch, lambda: x)
    text = "Operation 'cond/add' has been marked as not fetchable."
    with pytest.raises(ValueError, match=text):
        session.run(inside[0], {p: True, x: 1})
    with pytest.raises(ValueError, match="Operation 'cond/add' is inside a branch of tf.cond"):
        session.run(inside[0] * 3, {p: True, x: 1})


def test_values_against_numpy(session, p):
    x = tf.placeholder(tf.float64, [3])
    c = tf.cond(tf.reduce_sum(x) > 0, lambda: tf.exp(x), lambda: x * x * x)
    slope = tf.gradients(c, x)[0]
    for value, expected in (([1.0, 2.0, -1.0], np.exp), ([-1.0, 0.5, -2.0], lambda v: 3 * v * v)):
        np.testing.assert_allclose(session.run(slope, {x: value}), expected(np.array(value)))


def test_ops_of_a_branch_that_its_result_does_not_need_ask_for_nothing(session, p):
    # Observed in TensorFlow 1.15.5: the placeholder need not be fed.
    unfed = tf.placeholder(tf.float32, [])

    def branch():
        tf.negative(unfed)
        with tf.control_dependencies([unfed]):
            tf.no_op()
        return tf.constant(1)

    assert session.run(tf.cond(p, branch, lambda: tf.constant(2)), {p: True}) == 1
