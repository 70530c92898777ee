"""`optimize_loss`, summaries and named outputs."""

import numpy as np
import pytest

import scopeflow as tf

layers = tf.contrib.layers


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def model():
    w = tf.get_variable("w", [2], initializer=tf.constant_initializer([3.0, -4.0]))
    return w, tf.reduce_sum(w * w)


@pytest.mark.parametrize("optimizer", sorted(layers.OPTIMIZER_CLS_NAMES))
def test_a_run_of_the_loss_is_a_step(optimizer):
    _w, loss = model()
    step = tf.train.get_or_create_global_step()
    train = layers.optimize_loss(loss, step, 0.1, optimizer)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        before = sess.run(train)
        assert (before, sess.run(step)) == (25.0, 1)
        assert sess.run(loss) < 25.0


def test_gradients_are_scaled_and_clipped():
    w, loss = model()
    train = layers.optimize_loss(
        loss,
        None,
        1.0,
        tf.train.GradientDescentOptimizer,
        gradient_multipliers={w: 2.0},
        clip_gradients=1.0,
        summaries=["gradients", "gradient_norm", "learning_rate", "loss"],
        name="train",
    )
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        np.testing.assert_allclose(sess.run(w), [3.0 - 0.6, -4.0 + 0.8], rtol=1e-6)
    assert "train/learning_rate" in [v.op.name for v in tf.global_variables()]
    tags = {summary.op.name for summary in tf.get_collection(tf.GraphKeys.SUMMARIES)}
    assert {"train/loss", "train/learning_rate_1", "train/gradients/w_0"} <= tags


def test_the_learning_rate_decays_and_updates_run_first():
    w, loss = model()
    count = tf.get_variable("count", [], trainable=False, initializer=tf.zeros_initializer())
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(count, 1.0))
    step = tf.train.get_or_create_global_step()
    train = layers.optimize_loss(
        loss,
        step,
        0.5,
        "SGD",
        learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(rate, step, 1, 0.0),
    )
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(train)
        assert sess.run(w).tolist() == [0.0, 0.0]
        assert sess.run(count) == 1.0


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((0.1, "Best"), ValueError, "Optimizer name should be one of"),
        ((None, "SGD"), ValueError, "Learning rate is None"),
        ((1, "SGD"), ValueError, "Learning rate should be 0d Tensor or float"),
        ((0.1, 3), ValueError, "Unrecognized optimizer"),
    ],
)
def test_wrong_arguments(arguments, error, text):
    _, loss = model()
    with pytest.raises(error, match=text):
        layers.optimize_loss(loss, tf.train.get_or_create_global_step(), *arguments)


def test_outputs_have_names():
    from scopeflow.contrib.layers import utils

    x = tf.ones([2, 4, 4, 3])
    with tf.variable_scope("net"):
        y = layers.conv2d(x, 2, 3, outputs_collections="ends", scope="conv/a")
        layers.flatten(layers.max_pool2d(y, 2, outputs_collections=["ends"], scope="p"))
    found = utils.convert_collection_to_dict("ends", clear_collection=True)
    assert list(found) == ["net/conv/a", "net/p"]
    assert found["net/conv/a"] is y
    assert tf.get_collection("ends") == []
    assert utils.two_element_tuple(3) == (3, 3)
    assert utils.n_positive_integers(3, [2]) == (2, 2, 2)
    with pytest.raises(ValueError, match="Must be a list with 2 elements"):
        utils.two_element_tuple([1])


def test_summaries():
    y = tf.nn.relu(tf.ones([3]), name="y")
    tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, y)
    layers.summarize_activations()
    layers.summarize_tensor(tf.reduce_sum(y, name="s"))
    names = [summary.op.name for summary in tf.get_collection(tf.GraphKeys.SUMMARIES)]
    assert names == ["y/zeros", "y/activation", "s_summary"]
