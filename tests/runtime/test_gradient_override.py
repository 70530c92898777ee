"""Gradients that a program defines. Observed in TensorFlow 1.15.5."""

import itertools
import re

import numpy as np
import pytest

import scopeflow as tf

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def register(function):
    """Register under a new name, which is returned."""
    name = f"Gradient{next(_numbers)}"
    tf.RegisterGradient(name)(function)
    return name


def overridden(op_type, function):
    return tf.get_default_graph().gradient_override_map({op_type: register(function)})


def test_an_op_without_gradient_gets_one(session):
    x = tf.placeholder(tf.float32, [3])
    with overridden("Sign", lambda op, g: tf.where(tf.abs(op.inputs[0]) < 1.0, g, 0.0 * g)):
        y = tf.sign(x)
    z = tf.reduce_sum(y * [1.0, 2.0, 3.0])
    assert session.run(tf.gradients(z, x)[0], {x: [0.5, 2.0, -0.5]}).tolist() == [1.0, 0.0, 3.0]
    assert session.run(tf.gradients(tf.sign(x), x)[0], {x: [0.5, 2.0, -0.5]}).tolist() == [0.0] * 3


def test_an_op_with_gradient_gets_another(session):
    x = tf.constant([-1.0, 2.0])
    with overridden("Relu", lambda op, g: g * op.outputs[0] + 100.0 * op.inputs[0]):
        y = tf.nn.relu(x)
    assert session.run(tf.gradients(y * 3.0, x)[0]).tolist() == [-100.0, 206.0]
    assert session.run(y).tolist() == [0.0, 2.0]
    assert session.run(tf.gradients(tf.nn.relu(x), x)[0]).tolist() == [0.0, 1.0]


def test_the_gradient_of_py_func(session):
    x = tf.placeholder(tf.float64, [2])
    with overridden("PyFunc", lambda op, g: [2.0 * op.inputs[0] * g]):
        y = tf.py_func(np.square, [x], tf.float64)
    y.set_shape(x.shape)
    assert session.run(tf.gradients(y, x)[0], {x: [3.0, 4.0]}).tolist() == [6.0, 8.0]


def test_inputs_without_gradient(session):
    a, b = tf.constant(2.0), tf.constant(3.0)
    with overridden("Mul", lambda op, g: [g * 10.0, None]):
        y = a * b
    assert tf.gradients(y, b) == [None]
    assert session.run(tf.gradients(y, a)) == [10.0]


def test_it_is_only_asked_for_on_the_way(session):
    with tf.get_default_graph().gradient_override_map({"Sign": "NobodyRegisteredThis"}):
        y = tf.sign(tf.constant(1.0))
    x = tf.constant(2.0)
    assert session.run(tf.gradients(y * x, x)) == [1.0]
    with pytest.raises(LookupError, match="No gradient defined for operation 'Sign'"):
        tf.gradients(y, y.op.inputs[0])


def test_in_loops_and_branches(session):
    x = tf.placeholder(tf.float32, [])
    p = tf.placeholder(tf.bool, [])

    def step(i, a):
        with overridden("Identity", lambda op, g: g * (op.inputs[0] + 1.0)):
            return i + 1, tf.identity(a) * 2.0

    _, y = tf.while_loop(lambda i, a: i < 2, step, (0, x))
    assert session.run(tf.gradients(y, x)[0], {x: 3.0}) == 2 * (6 + 1) * 2 * (3 + 1)
    z = tf.cond(p, lambda: step(0, x)[1], lambda: x)
    gradient = tf.gradients(z, x)[0]
    assert [session.run(gradient, {x: 3.0, p: v}) for v in (True, False)] == [8.0, 1.0]


def test_second_order(session):
    x = tf.placeholder(tf.float64, [])

    @tf.custom_gradient
    def cube(t):
        return t * t * t, lambda g: g * 5.0 * t * t  # not 3 t²: one sees whose gradient it is

    first = tf.gradients(cube(x), x)[0]
    second = tf.gradients(first, x)[0]
    assert session.run([first, second], {x: 2.0}) == [20.0, 20.0]


def test_custom_gradient(session):
    @tf.custom_gradient
    def both(a, b):
        return (a * b, a + b), lambda g, h: (g * 10.0, h * 100.0)

    a, b = tf.constant(2.0), tf.constant(3.0)
    product, total = both(a, b)
    assert (product.name, total.name) == ("IdentityN:0", "IdentityN:1")
    assert session.run([product, total]) == [6.0, 5.0]
    assert session.run(tf.gradients(product + 2.0 * total, [a, b])) == [10.0, 200.0]


def test_custom_gradient_of_variables(session):
    @tf.custom_gradient
    def scaled(x):
        v = tf.get_variable("v", [], initializer=tf.ones_initializer(), use_resource=True)

        def gradient(g, variables=None):
            assert [w.name for w in variables] == ["v:0"]
            return g * 2.0, [g * 7.0]

        return x * v, gradient

    x = tf.constant(2.0)
    found = tf.gradients(scaled(x), [x, *tf.trainable_variables()])
    session.run(tf.global_variables_initializer())
    assert session.run(found) == [2.0, 7.0]


def test_pass_through(session):
    x = tf.constant([1.4, 2.6])
    y = tf.grad_pass_through(tf.round)(x)
    assert session.run([y, *tf.gradients(y, x)])[1].tolist() == [1.0, 1.0]


def _reference_variable():
    @tf.custom_gradient
    def f(x):
        return x * tf.get_variable("v", []), lambda g: g

    f(tf.constant(1.0))


def _wrong_number():
    @tf.custom_gradient
    def f(a, b):
        return a * b, lambda g: g

    a = tf.constant(1.0)
    tf.gradients(f(a, a), a)


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: tf.RegisterGradient(3), TypeError, "op_type must be a string"),
        (lambda: tf.RegisterGradient("Mul")(len), KeyError, "Registering two gradient with name"),
        (
            lambda: tf.get_default_graph().gradient_override_map([]),
            TypeError,
            "op_type_map must be a dictionary mapping strings to strings",
        ),
        (_reference_variable, TypeError, "is not a resource variable"),
        (_wrong_number, ValueError, "Num gradients 2 generated for op 'IdentityN'"),
    ],
)
def test_bad_arguments(build, error, text):
    with pytest.raises(error, match=re.escape(text)):
        build()
