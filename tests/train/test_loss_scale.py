"""tf.train.experimental: what TensorFlow 1.15.5 gives for the same calls."""

import numpy as np
import pytest

import scopeflow as tf

experimental = tf.train.experimental


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("sparse", [False, True])
def test_a_step_that_is_not_finite_is_left_out(sparse):
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    x = tf.placeholder(tf.float32, [2])
    optimizer = experimental.enable_mixed_precision_graph_rewrite(
        tf.train.GradientDescentOptimizer(0.1)
    )
    step = tf.train.get_or_create_global_step()
    read = tf.gather(w, [0, 1]) if sparse else w
    train = optimizer.minimize(tf.reduce_sum(read * x), step)
    assert train.name == "GradientDescent"
    assert [v.op.name for v in tf.global_variables()] == [
        "w", "current_loss_scale", "good_steps", "global_step",
    ]  # fmt: skip
    assert [v.op.name for v in tf.trainable_variables()] == ["w"]
    scale, good = tf.global_variables()[1:3]
    seen = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for feed in ([1, 2], [np.inf, 1], [1, 1]):
            session.run(train, {x: feed})
            seen.append(session.run([w, scale, good, step]))
    np.testing.assert_allclose([s[0] for s in seen], [[0.9, 0.8], [0.9, 0.8], [0.8, 0.7]], 1e-6)
    assert [tuple(s[1:]) for s in seen] == [(32768, 1, 1), (16384, 0, 1), (16384, 1, 2)]


def test_a_dynamic_scale():
    made = experimental.DynamicLossScale(16, 2, 2.0)
    assert repr(made) == (
        "DynamicLossScale(initial_loss_scale=16.0, increment_period=2, multiplier=2.0)"
    )
    assert (made.initial_loss_scale, made.increment_period, made.multiplier) == (16.0, 2, 2.0)
    x = tf.placeholder(tf.float32, [2])
    update, wanted = made.update([x, None, x])
    seen = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for value in (1, 1, 1, np.nan, 1, np.inf, np.inf, np.inf, np.inf, np.inf):
            seen.append(bool(session.run(wanted, {x: [1, value]})))
            session.run(update, {x: [1, value]})
            seen.append(float(session.run(made())))
    assert seen == [
        True, 16, True, 32, True, 32, False, 16, True, 16,
        False, 8, False, 4, False, 2, False, 1, False, 1,
    ]  # fmt: skip


def test_a_fixed_scale_changes_no_number():
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    inner = tf.train.AdamOptimizer(0.1)
    optimizer = experimental.MixedPrecisionLossScaleOptimizer(inner, 8)
    assert repr(optimizer._loss_scale) == "FixedLossScale(8.0)"
    pairs = optimizer.compute_gradients(lambda: tf.reduce_sum(w * w))
    train = optimizer.apply_gradients(pairs)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(pairs[0][0]).tolist() == [2, 2]
        session.run(train)
        np.testing.assert_allclose(session.run(w), [0.9, 0.9], 1e-6)
    assert optimizer.get_slot(w, "m") is inner.get_slot(w, "m")
    assert optimizer.get_slot_names() == ["m", "v"]
    assert optimizer.variables() == inner.variables()


def test_configurations():
    fixed = experimental.FixedLossScale
    assert fixed(3).get_config() == {"loss_scale_value": 3.0}
    assert repr(fixed.from_config({"loss_scale_value": 2})) == "FixedLossScale(2.0)"
    assert fixed(3).update([])[1] is True
    config = {"initial_loss_scale": 4.0, "increment_period": 3, "multiplier": 1.5}
    assert experimental.DynamicLossScale.from_config(config).get_config() == config


def test_a_scale_of_users():
    class Halved(experimental.LossScale):
        def __init__(self):
            self.value = self._add_weight("scale", 4.0)

        def __call__(self):
            return self.value.read_value()

        def update(self, grads):
            return self.value.assign(self.value / 2), tf.constant(True)

    w = tf.get_variable("w", initializer=1.0)
    scale = Halved()
    optimizer = experimental.MixedPrecisionLossScaleOptimizer(
        tf.train.GradientDescentOptimizer(0.5), scale
    )
    train = optimizer.minimize(w * 1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run([w, scale()]) == [0.5, 2.0]
    for call in (experimental.LossScale(), experimental.LossScale().get_config):
        with pytest.raises(NotImplementedError):
            call()
    with pytest.raises(NotImplementedError):
        experimental.LossScale().update([])


def test_errors():
    enable = experimental.enable_mixed_precision_graph_rewrite
    adam = tf.train.AdamOptimizer()
    for message, call in (
        ("must be at least 1", lambda: experimental.FixedLossScale(0.5)),
        ("must be a Python int or float", lambda: experimental.FixedLossScale("a")),
        ("Could not interpret loss scale identifier: nothing", lambda: enable(adam, "nothing")),
        ('"opt" must be an instance of a tf.train.Optimizer or a', lambda: enable(3)),
        ("must not already be an instance", lambda: enable(enable(adam))),
        ("must be an instance of Optimizer, but got: <class 'int'>",
         lambda: experimental.MixedPrecisionLossScaleOptimizer(3, 2)),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=message):
            call()
    with pytest.raises(NotImplementedError, match="Use an optimizer of tf.train"):
        enable(tf.keras.optimizers.SGD(0.1))
    assert experimental.disable_mixed_precision_graph_rewrite() is None
