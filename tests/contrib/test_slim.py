"""`tf.contrib.slim`: training, restoring, analysis. The layers are in tests/layers."""

import numpy as np
import pytest

import scopeflow as tf

slim = tf.contrib.slim


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def make_loss():
    rng = np.random.RandomState(0)
    x = tf.constant(rng.normal(size=[20, 4]).astype(np.float32))
    y = tf.constant((rng.normal(size=[20, 1]) > 0).astype(np.float32))
    net = slim.fully_connected(x, 8, normalizer_fn=slim.batch_norm, scope="hidden")
    logits = slim.fully_connected(net, 1, activation_fn=None, scope="logits")
    slim.losses.sigmoid_cross_entropy(logits, y)
    return slim.losses.get_total_loss()


def test_training_goes_on_from_the_checkpoint(tmp_path):
    tf.set_random_seed(0)
    loss = make_loss()
    optimizer = tf.train.GradientDescentOptimizer(0.5)
    train_op = slim.learning.create_train_op(loss, optimizer, summarize_gradients=True)
    assert train_op.name == "train_op/control_dependency:0"
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[-1] is train_op
    directory = str(tmp_path)
    first = slim.learning.train(train_op, directory, number_of_steps=3, log_every_n_steps=2)
    assert tf.train.latest_checkpoint(directory).endswith("model.ckpt-3")
    last = slim.learning.train(train_op, directory, number_of_steps=60, log_every_n_steps=50)
    assert last < first
    assert tf.train.latest_checkpoint(directory).endswith("model.ckpt-60")


def test_training_starts_where_init_fn_says(tmp_path):
    loss = make_loss()
    variables = slim.get_variables_to_restore(include=["hidden"])
    path = str(tmp_path / "pretrained")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        kept = sess.run("hidden/weights:0")
        tf.train.Saver(variables).save(sess, path)
    train_op = slim.learning.create_train_op(
        loss, tf.train.GradientDescentOptimizer(0.0), clip_gradient_norm=1.0
    )
    seen = []

    def step(sess, *args):
        seen.append(sess.run("hidden/weights:0"))
        return slim.learning.train_step(sess, *args)

    slim.learning.train(
        train_op,
        None,
        train_step_fn=step,
        number_of_steps=1,
        init_fn=slim.assign_from_checkpoint_fn(path, variables),
    )
    np.testing.assert_array_equal(seen[0], kept)


def test_updates_run_before_the_loss():
    count = slim.local_variable(tf.zeros([]), name="count")
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, tf.assign_add(count, 1.0))
    w = slim.model_variable("w", [], initializer=tf.ones_initializer())
    train_op = slim.learning.create_train_op(
        w * w, tf.train.GradientDescentOptimizer(0.25), gradient_multipliers={w: 2.0}
    )
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        assert sess.run(train_op) == 1.0
        assert sess.run([count, w, tf.train.get_global_step()]) == [1.0, 0.0, 1]


def test_a_loss_that_is_no_number_stops(tmp_path):
    w = slim.model_variable("w", [], initializer=tf.zeros_initializer())
    train_op = slim.learning.create_train_op(
        tf.log(w - 1.0), tf.train.GradientDescentOptimizer(1.0)
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match="LossTensor is inf or nan"):
        slim.learning.train(train_op, str(tmp_path), number_of_steps=2)


def test_gradients():
    w = tf.get_variable("w", [2])
    pairs = [(tf.constant([3.0, 4.0]), w)]
    with tf.Session() as sess:
        ((clipped, _),) = slim.learning.clip_gradient_norms(pairs, 1.0)
        np.testing.assert_allclose(sess.run(clipped), [0.6, 0.8], rtol=1e-6)
        ((scaled, _),) = slim.learning.multiply_gradients(pairs, {"w": 2})
        assert sess.run(scaled).tolist() == [6.0, 8.0]
    with pytest.raises(ValueError, match="`gradient_multipliers` is empty"):
        slim.learning.multiply_gradients(pairs, {})


def test_variables_are_counted(capsys):
    slim.fully_connected(tf.ones([1, 3]), 4)
    found = slim.model_analyzer.analyze_vars(slim.get_model_variables(), print_info=True)
    assert found == (16, 64)
    assert "fully_connected/weights:0 (float32_ref 3x4) [12, bytes: 48]" in capsys.readouterr().out


def test_metrics():
    labels, predictions = tf.constant([1, 0, 1, 1]), tf.constant([1, 1, 1, 0])
    values, updates = slim.metrics.aggregate_metric_map(
        {
            "accuracy": slim.metrics.streaming_accuracy(predictions, labels),
            "mean": slim.metrics.streaming_mean(tf.constant([1.0, 3.0])),
        }
    )
    now = slim.metrics.accuracy(predictions, labels)
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        sess.run(list(updates.values()))
        assert sess.run(values) == {"accuracy": 0.5, "mean": 2.0}
        assert sess.run(now) == 0.5


def test_queues_are_filled_in_a_block():
    queue = tf.FIFOQueue(4, tf.float32, [[2]])
    runner = tf.train.QueueRunner(queue, [queue.enqueue(tf.constant([1.0, 2.0]))])
    tf.train.add_queue_runner(runner)
    item = queue.dequeue()
    with tf.Session() as sess, slim.queues.QueueRunners(sess):
        assert sess.run(item).tolist() == [1.0, 2.0]
        with pytest.raises(slim.queues.NestedQueueRunnerError), slim.queues.QueueRunners(sess):
            pass
