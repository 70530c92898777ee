"""tf.while_loop: values, gradients, shapes, names. Observed in TensorFlow 1.15.5."""

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


def test_names(graph):
    i, s = tf.while_loop(lambda i, s: i < 10, lambda i, s: (i + 1, s + 2.0), (0, tf.constant(0.0)))
    assert (i.name, s.name, i.dtype, s.dtype) == (
        "while/Exit:0", "while/Exit_1:0", tf.int32, tf.float32,
    )  # fmt: skip
    names = {op.name for op in graph.get_operations()}
    assert {
        "while/Const", "while/Merge", "while/Merge_1", "while/Less/y", "while/Less",
        "while/LoopCond", "while/Identity", "while/Identity_1", "while/add", "while/add_1",
    } <= names  # fmt: skip
    limited = tf.while_loop(
        lambda i: i < 10, lambda i: i + 1, [tf.constant(0)], maximum_iterations=5, name="lp"
    )
    assert limited.name == "lp/Exit_1:0"
    assert {"lp/maximum_iterations", "lp/iteration_counter", "lp/Less_1", "lp/LogicalAnd"} <= {
        op.name for op in graph.get_operations()
    }


def test_values_and_structures(session):
    assert session.run(tf.while_loop(lambda i: i < 10, lambda i: i + 3, [0])) == 12
    assert session.run(
        tf.while_loop(lambda i: i < 10, lambda i: [i + 3], [0], return_same_structure=True)
    ) == [12]
    found = tf.while_loop(
        lambda i, d: i < 3,
        lambda i, d: (i + 1, {"a": d["a"] * 2.0, "b": (d["b"][0] + i,)}),
        (0, {"a": tf.constant(1.0), "b": (tf.constant(0),)}),
    )
    assert session.run(found) == (3, {"a": 8.0, "b": (3,)})
    assert (
        session.run(tf.while_loop(lambda i: i < 100, lambda i: i + 1, [0], maximum_iterations=7))
        == 7
    )
    n = tf.placeholder(tf.int32, [])
    loop = tf.while_loop(lambda i, s: i < n, lambda i, s: (i + 1, s + i), (0, 0))
    assert [session.run(loop, {n: k})[1] for k in (0, 1, 5)] == [0, 0, 10]


def test_a_condition_of_tensors(session):
    x = tf.placeholder(tf.float32, [2])
    loop = tf.while_loop(
        lambda x, done: tf.logical_not(done),
        lambda x, done: (x * 2.0, tf.reduce_all(x > 10.0)),
        (x, False),
    )
    value, done = session.run(loop, {x: [1.0, 3.0]})
    assert value.tolist() == [32.0, 96.0] and done


def test_growing_shapes(session):
    grown = tf.while_loop(
        lambda m: tf.shape(m)[0] < 6,
        lambda m: tf.concat([m, m], 0),
        [tf.ones([2, 1])],
        shape_invariants=[tf.TensorShape([None, 1])],
    )
    assert grown.shape.as_list() == [None, 1]
    assert session.run(grown).shape == (8, 1)


def test_variables_are_read_and_assigned_each_round(session):
    v = tf.Variable(1.0)
    session.run(tf.global_variables_initializer())

    def body(i):
        with tf.control_dependencies([v.assign_add(2.0)]):
            return i + 1

    session.run(tf.while_loop(lambda i: i < 4, body, [0]))
    assert session.run(v) == 9.0


def test_a_variable_made_inside(session):
    def body(i, x):
        w = tf.get_variable("w", [], initializer=tf.constant_initializer(3.0))
        return i + 1, x * w

    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        _, y = tf.while_loop(lambda i, x: i < 2, body, (0, tf.constant(1.0)))
    session.run(tf.global_variables_initializer())
    assert [v.name for v in tf.global_variables()] == ["s/w:0"]
    assert session.run([y, tf.gradients(y, tf.global_variables()[0])[0]]) == [9.0, 6.0]


def test_gradients(session):
    x = tf.placeholder(tf.float64, [3])
    w = tf.constant([[0.5, 0.1, 0.2], [0.3, 0.4, 0.1], [0.2, 0.2, 0.6]], tf.float64)
    _, y = tf.while_loop(
        lambda i, a: i < 4,
        lambda i, a: (i + 1, tf.tanh(tf.squeeze(tf.matmul(a[None], w), 0)) * x),
        (0, x),
    )
    total = tf.reduce_sum(y)
    gradient = tf.gradients(total, [x, w])
    assert [g.shape.as_list() for g in gradient] == [[3], [3, 3]]
    at = np.array([0.3, -0.2, 0.7])
    gx, _ = session.run(gradient, {x: at})
    for k in range(3):
        step = np.eye(3)[k] * 1e-6
        difference = session.run(total, {x: at + step}) - session.run(total, {x: at - step})
        np.testing.assert_allclose(gx[k], difference / 2e-6, rtol=1e-6)


def test_second_gradients(session):
    x = tf.placeholder(tf.float64, [])
    _, y = tf.while_loop(lambda i, a: i < 3, lambda i, a: (i + 1, a * x), (0, x))  # x ** 4
    first = tf.gradients(y, x)[0]
    assert session.run([first, tf.gradients(first, x)[0]], {x: 2.0}) == [32.0, 48.0]


def test_what_is_not_connected():
    a, b = tf.constant(1.0), tf.constant(2.0)
    _, ya, yb = tf.while_loop(
        lambda i, a, b: i < 3, lambda i, a, b: (i + 1, a * 2.0, b * 3.0), (0, a, b)
    )
    assert tf.gradients(ya, b) == [None]
    assert tf.gradients(yb, [a, b])[0] is None
    _, stopped = tf.while_loop(
        lambda i, a: i < 3, lambda i, a: (i + 1, a * 2.0), (0, a), back_prop=False
    )
    assert tf.gradients(stopped, a) == [None]


def test_gradients_inside_the_body(session):
    def body(i, x):
        return i + 1, x - 0.25 * tf.gradients(tf.square(x - 3.0), x)[0]

    _, x = tf.while_loop(lambda i, x: i < 30, body, (0, tf.constant(0.0)))
    np.testing.assert_allclose(session.run(x), 3.0, rtol=1e-5)


def test_nested_loops_and_conditions(session):
    x = tf.placeholder(tf.float32, [])

    def outer(i, total):
        def inner(j, t):
            return j + 1, tf.cond(tf.equal(j % 2, 0), lambda: t + x, lambda: t * 1.5)

        return i + 1, tf.while_loop(lambda j, t: j < i, inner, (0, total))[1]

    _, y = tf.while_loop(lambda i, t: i < 4, outer, (0, tf.constant(1.0)))
    gradient = tf.gradients(y, x)[0]

    def expected(x):
        total = 1.0
        for i in range(4):
            for j in range(i):
                total = total + x if j % 2 == 0 else total * 1.5
        return total

    value, slope = session.run([y, gradient], {x: 2.0})
    np.testing.assert_allclose([value, slope], [expected(2.0), expected(3.0) - expected(2.0)])


def test_a_loop_in_a_branch(session):
    p = tf.placeholder(tf.bool, [])
    x = tf.constant(3.0)
    y = tf.cond(
        p,
        lambda: tf.while_loop(lambda i, a: i < 2, lambda i, a: (i + 1, a * x), (0, x))[1],
        lambda: x,
    )
    gradient = tf.gradients(y, x)[0]
    assert session.run([y, gradient], {p: True}) == [27.0, 27.0]
    assert session.run([y, gradient], {p: False}) == [3.0, 1.0]


def test_a_tensor_of_the_condition_serves_the_body(session):
    held = []

    def go_on(i):
        held.append(i * 2)
        return held[0] < 10

    assert session.run(tf.while_loop(go_on, lambda i: i + held[0] + 1, [1])) == 13


def test_counters_stay_python_numbers(session):
    i, y = tf.while_loop(lambda i, y: i < 3, lambda i, y: (i + 1, y * 2.0), (0, tf.constant(1.0)))
    source = session.program([i, y]).source
    assert "to_tensor" not in source and "to_host" not in source
    assert session.run([i, y]) == [3, 8.0]


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: tf.while_loop(lambda i: i < 1, 3, [0]), TypeError, "body must be callable."),
        (lambda: tf.while_loop(3, lambda i: i, [0]), TypeError, "cond must be callable."),
        (lambda: tf.while_loop(lambda: 1, lambda: 1, []), ValueError, "No loop variables provided"),
        (
            lambda: tf.while_loop(lambda i: i < 1, lambda i: (i, i), [0]),
            ValueError,
            "The two structures don't have the same nested structure.",
        ),
        (
            lambda: tf.while_loop(
                lambda m: tf.shape(m)[0] < 9, lambda m: tf.concat([m, m], 0), [tf.zeros([1, 2])]
            ),
            ValueError,
            "Input tensor 'zeros:0' enters the loop with shape (1, 2), but has shape (2, 2) after",
        ),
        (
            lambda: tf.while_loop(lambda i: tf.constant([True]), lambda i: i, [0]),
            ValueError,
            "Shape must be rank 0 but is rank 1 for 'while/LoopCond'",
        ),
        (
            lambda: tf.while_loop(lambda i: i, lambda i: i, [0]),
            TypeError,
            "Input 'input' of 'LoopCond' Op has type int32 that does not match expected type",
        ),
        (
            lambda: tf.while_loop(lambda i: i < 1, lambda i: i, [0], parallel_iterations=0),
            TypeError,
            "parallel_iterations must be a positive integer.",
        ),
        (
            lambda: tf.while_loop(
                lambda i: i < 1, lambda i: i, [tf.constant(0)],
                shape_invariants=[tf.TensorShape([2])],
            ),
            ValueError,
            "The shape invariant specified for Const:0 is not compatible with the initial shape",
        ),
        (
            lambda: tf.while_loop(lambda i: i < 1, lambda i: i, [0], maximum_iterations=[1, 2]),
            ValueError,
            "maximum_iterations must be a scalar, saw shape: (2,)",
        ),
        (
            lambda: tf.while_loop(lambda i: i < 1, lambda i: tf.cast(i, tf.float32), [0]),
            TypeError,
            "has dtype int32, but the body returns while/Cast:0 of dtype float32",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(build, error, text):
    with pytest.raises(error, match=re.escape(text)):
        build()


def test_what_is_inside_cannot_be_fetched(session):
    inside = []
    tf.while_loop(lambda i: i < 3, lambda i: inside.append(i + 1) or inside[0], [0])
    with pytest.raises(ValueError, match="has been marked as not fetchable"):
        session.run(inside[0])
    with pytest.raises(ValueError, match="is in a while loop"):
        session.run(inside[0] * 2)


def test_a_failure_inside_names_the_op(session):
    x = tf.placeholder(tf.float32, [None])
    y = tf.while_loop(
        lambda i, a: i < 3, lambda i, a: (i + 1, tf.gather(x, [i + 5], name="out_of_it")),
        (0, tf.zeros([1])),
    )[1]  # fmt: skip
    with pytest.raises(tf.errors.InvalidArgumentError, match="while/out_of_it"):
        session.run(y, {x: [1.0]})


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (
            lambda i, s, v, t: tf.cond(i > 1, lambda: s, lambda: s * v) + t,
            ([0.675, 0.49375], [2.5, 2.25]),
        ),
        (
            lambda i, s, v, t: s * v + tf.while_loop(
                lambda j, q: j < 2, lambda j, q: (j + 1, q * 0.5), [0, s]
            )[1] + t,
            ([1.3828125, 0.95625], [2.3125, 1.75]),
        ),
    ],
    ids=["cond", "loop"],
)  # fmt: skip
def test_variables_read_behind_a_block_in_a_loop(session, step, wanted):
    v = tf.get_variable("v", initializer=tf.constant([0.5, 0.25]))
    t = tf.get_variable("t", initializer=tf.constant([0.3, 0.4]))
    result = tf.while_loop(
        lambda i, s: i < 3, lambda i, s: (i + 1, step(i, s, v, t)), [0, v * 0.5]
    )[1]
    gradients = tf.gradients(tf.reduce_sum(result), [v, t])
    session.run(tf.global_variables_initializer())
    np.testing.assert_allclose(session.run(gradients), wanted, rtol=1e-4)


def test_a_loops_tensor_is_refused_outside_of_it():
    # The texts begin as TensorFlow 1.15.5's do.
    inside = []
    tf.while_loop(lambda i: i < 3, lambda i: inside.append(i + 1) or inside[0], [0])
    text = "Cannot use 'while/add' as input to 'Neg' because 'while/add' is in a while loop."
    with pytest.raises(ValueError, match=text):
        tf.negative(inside[0])
    with pytest.raises(ValueError, match="because they are in different while loops"):
        tf.while_loop(lambda i: i < 3, lambda i: i + inside[0], [0])

    def body(i):  # in a loop inside of the loop it may be used
        return tf.while_loop(lambda j: j < i + 3, lambda j: j + tf.identity(i) + 1, [0])

    tf.while_loop(lambda i: i < 5, body, [0])


def test_shape_invariants_may_be_specs(session):
    grown = tf.while_loop(
        lambda i, x: i < 3, lambda i, x: (i + 1, tf.concat([x, x], 0)), [0, tf.ones([1])],
        shape_invariants=[tf.TensorSpec([], tf.int32), tf.TensorSpec([None], tf.float32)],
    )  # fmt: skip
    assert session.run(grown[1]).shape == (8,)
    with pytest.raises(TypeError, match="must be one of TensorShape, list, tuple, or TypeSpec"):
        tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0], shape_invariants=["any"])
