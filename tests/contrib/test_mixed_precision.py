"""tf.contrib.mixed_precision. The numbers are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf

m = tf.contrib.mixed_precision
INF, NAN = float("inf"), float("nan")


def test_the_scale_follows_the_gradients():
    with tf.Graph().as_default(), tf.Session() as session:
        x, factor = tf.Variable([1.0, 2.0]), tf.placeholder(tf.float32, [])
        manager = m.ExponentialUpdateLossScaleManager(8.0, 2, 2, 2, 0.5)
        optimizer = m.LossScaleOptimizer(tf.train.GradientDescentOptimizer(0.1), manager)
        step = tf.train.get_or_create_global_step()
        train = optimizer.minimize(tf.reduce_sum(x * x) * factor, step)
        session.run(tf.global_variables_initializer())
        found = []
        for value in (1, 1, 1, INF, 1, NAN, NAN, 1, 1, 1, INF, INF):
            session.run(train, {factor: value})
            found.append([*session.run([manager.get_loss_scale(), step]), session.run(x)[0]])
    np.testing.assert_allclose(
        found,
        [[8, 1, 0.8], [16, 2, 0.64], [16, 3, 0.512], [16, 3, 0.512], [16, 4, 0.4096],
         [8, 4, 0.4096], [8, 4, 0.4096], [8, 5, 0.32768], [16, 6, 0.262144], [16, 7, 0.20972],
         [16, 7, 0.20972], [8, 7, 0.20972]],
        rtol=1e-4,
    )  # fmt: skip


def test_a_fixed_scale():
    with tf.Graph().as_default(), tf.Session() as session:
        manager = m.FixedLossScaleManager(128)
        table = tf.Variable([[1.0], [2.0]])
        optimizer = m.LossScaleOptimizer(tf.train.GradientDescentOptimizer(1.0), manager)
        train = optimizer.minimize(tf.reduce_sum(tf.gather(table, [1, 1])))
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert session.run(table).tolist() == [[1.0], [0.0]]
        assert session.run(manager.get_loss_scale()) == 128
    with pytest.raises(ValueError, match="loss scale must be at least 1"):
        m.FixedLossScaleManager(0.5)
