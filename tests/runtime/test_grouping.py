"""Updates of many variables by one call: the same numbers as one by one."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.runtime import grouping

OPTIMIZERS = {
    "ApplyGradientDescent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "ApplyMomentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "ApplyMomentum nesterov": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "ApplyAdagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "ApplyRMSProp": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "ApplyAdam": lambda: tf.train.AdamOptimizer(0.1),
    "ApplyAdam no beta1": lambda: tf.train.AdamOptimizer(0.1, beta1=0.0, beta2=0.9),
    "ApplyAdam no beta2": lambda: tf.train.AdamOptimizer(0.1, beta2=0.0),
}


def train(make, use_resource, steps=5):
    """The variables after some steps, and the program's source."""
    with tf.Graph().as_default(), tf.variable_scope("", use_resource=use_resource):
        shapes = ([3, 4], [4], [4, 2], [])
        variables = [
            tf.get_variable(f"v{i}", s, initializer=tf.constant_initializer(0.5 + 0.1 * i))
            for i, s in enumerate(shapes)
        ]
        hidden = tf.tanh(tf.matmul(tf.ones([2, 3]), variables[0]) + variables[1])
        loss = tf.reduce_sum(tf.square(tf.matmul(hidden, variables[2]) * variables[3]))
        step = make().minimize(loss)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            source = session.program(step).source
            for _ in range(steps):
                session.run(step)
            return session.run(variables), source


@pytest.mark.parametrize("use_resource", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_are_the_same(name, use_resource, monkeypatch):
    found, source = train(OPTIMIZERS[name], use_resource)
    op_type = ("Resource" if use_resource else "") + name.split()[0]
    assert source.count(f"together.{op_type}(") == 1 and f"ops.{op_type}(" not in source
    monkeypatch.setattr(grouping, "FEWEST", 1000)
    monkeypatch.setattr("scopeflow.runtime.lowering.FEWEST", 1000)
    one_by_one, source = train(OPTIMIZERS[name], use_resource)
    assert "together." not in source
    for a, b in zip(found, one_by_one, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-5, atol=1e-6)


def test_an_update_whose_result_is_read_stands_alone():
    v, w = tf.Variable(1.0), tf.Variable(2.0)
    optimizer = tf.train.GradientDescentOptimizer(0.1)
    gradients = optimizer.compute_gradients(v * w)
    first = tf.raw_ops.ApplyGradientDescent(var=v._variable, alpha=0.1, delta=gradients[0][0])
    second = tf.raw_ops.ApplyGradientDescent(var=w._variable, alpha=0.1, delta=gradients[1][0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert "together" not in session.program([first, second]).source
        np.testing.assert_allclose(session.run([first, second]), [0.8, 1.9])


def test_many_steps_of_adam():
    def make():
        return tf.train.AdamOptimizer(0.01)

    found, _ = train(make, False, steps=300)
    assert all(np.isfinite(v).all() for v in found)


def test_a_wrong_gradient_is_told():
    v, w = tf.Variable([1.0, 2.0]), tf.Variable([3.0, 4.0])
    wrong = tf.placeholder(tf.float32)
    step = tf.train.GradientDescentOptimizer(0.1).apply_gradients([(wrong, v), (wrong, w)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(tf.errors.InvalidArgumentError, match="The gradient has shape"):
            session.run(step, {wrong: [1.0, 2.0, 3.0]})
