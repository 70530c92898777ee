"""tf.contrib.slim.evaluation and prefetch_queue. Names are those TensorFlow 1.15.5 gives."""

from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

slim = tf.contrib.slim


@pytest.fixture
def checkpoint(tmp_path: Path) -> str:
    """A checkpoint of w = 3 at the global step 7."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("w", initializer=3.0)
        step = tf.train.get_or_create_global_step()
        session.run([tf.global_variables_initializer()])
        session.run(step.assign(7))
        return tf.train.Saver().save(session, str(tmp_path / "model.ckpt"), global_step=7)


def _metric():
    """The mean of w over the runs, of which only the first has the variable's initial value."""
    w = tf.get_variable("w", initializer=0.0)
    tf.train.get_or_create_global_step()
    value, update = tf.metrics.mean(w * tf.constant([1.0, 2.0]))
    tf.summary.scalar("mean", value)
    return value, update


def _summaries(folder: Path) -> list:
    found = []
    for path in folder.glob("events*"):
        for event in tf.train.summary_iterator(str(path)):
            found += [(event.step, v.tag, v.simple_value) for v in event.summary.value]
    return found


def test_evaluate_once_restores_counts_and_writes(checkpoint, tmp_path):
    with tf.Graph().as_default():
        value, update = _metric()
        counter = tf.get_local_variable("runs", initializer=0)
        with tf.control_dependencies([update]):
            run = counter.assign_add(1)
        logs = tmp_path / "logs"
        found, runs = slim.evaluation.evaluate_once(
            "", checkpoint, str(logs), num_evals=3, eval_op=run, final_op=[value, counter]
        )
    assert (found, runs) == (4.5, 3)
    assert _summaries(logs) == [(7, "mean_1", 4.5)]


def test_evaluate_once_without_summaries(checkpoint, tmp_path):
    with tf.Graph().as_default():
        value, update = _metric()
        logs = tmp_path / "logs"
        found = slim.evaluation.evaluate_once(
            "", checkpoint, str(logs), eval_op=update, final_op=value, summary_op=None
        )
    assert found == 4.5
    assert not logs.exists()


def test_variables_to_restore_alone_are_restored(checkpoint, tmp_path):
    with tf.Graph().as_default():
        tf.get_variable("w", initializer=0.0)
        tf.get_variable("not_saved", initializer=1.0)
        (w,) = slim.get_variables("w")
        with pytest.raises(RuntimeError, match="Variables not initialized: not_saved"):
            slim.evaluation.evaluate_once(
                "", checkpoint, str(tmp_path), final_op=w, variables_to_restore=[w]
            )


def test_the_loop_evaluates_until_its_number_or_its_time_is_over(checkpoint, tmp_path):
    with tf.Graph().as_default():
        value, update = _metric()
        found = slim.evaluation.evaluation_loop(
            "",
            str(tmp_path),
            str(tmp_path / "logs"),
            eval_op=update,
            final_op=value,
            eval_interval_secs=0,
            max_number_of_evaluations=1,
        )
        assert found == 4.5
    with tf.Graph().as_default():
        value, update = _metric()
        empty = tmp_path / "empty"
        empty.mkdir()
        nothing = slim.evaluation.evaluation_loop(
            "", str(empty), str(tmp_path / "logs"), eval_op=update, final_op=value, timeout=0
        )
    assert nothing is None


@pytest.mark.parametrize("threads", [1, 2])
def test_prefetch_queue_passes_whole_batches_on(threads):
    with tf.Graph().as_default(), tf.Session() as session:
        count = tf.Variable(0, trainable=False)
        number = count.assign_add(1)
        image = tf.random_normal([3, 2])
        batches = tf.train.batch(
            [tf.stack([number, number]), image], 4, num_threads=1, shapes=[[2], [3, 2]]
        )
        queue = slim.prefetch_queue.prefetch_queue(batches, num_threads=threads)
        numbers, images = queue.dequeue()
        assert queue.name == "prefetch_queue/fifo_queue"
        assert images.shape.as_list() == [4, 3, 2]
        assert tf.get_collection(tf.GraphKeys.SUMMARIES)[-1].op.name == (
            "prefetch_queue/fraction_of_8_full"
        )
        session.run(tf.global_variables_initializer())
        with slim.queues.QueueRunners(session):
            found = [session.run(numbers) for _ in range(5)]
        if threads == 1:
            np.testing.assert_array_equal(np.stack(found)[..., 0].ravel(), np.arange(1, 21))
        assert all(batch.shape == (4, 2) for batch in found)


def test_prefetch_queue_of_a_dict_pads():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3])
        queue = slim.prefetch_queue.prefetch_queue(
            {"x": x, "y": tf.constant(5)}, dynamic_pad=True, name="foo"
        )
        batch = queue.dequeue()
        assert queue.name == "foo/padding_fifo_queue"
        assert batch["x"].shape.as_list() == [None, 3]
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        session.run(runner.enqueue_ops, {x: np.ones([2, 3])})
        found = session.run(batch)
        np.testing.assert_array_equal(found["x"], np.ones([2, 3]))
        assert found["y"] == 5


def test_prefetch_queue_needs_shapes():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="must be fully defined"):
        slim.prefetch_queue.prefetch_queue([tf.placeholder(tf.float32, [None, 3])])
