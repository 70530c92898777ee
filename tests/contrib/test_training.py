"""tf.contrib.training: train ops, the loop that runs them, evaluations of checkpoints."""

import numpy as np
import pytest

import scopeflow as tf

training = tf.contrib.training


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def line():
    """A variable that a loss draws to 3, and the loss."""
    slope = tf.get_variable("slope", [], initializer=tf.zeros_initializer())
    return slope, tf.square(slope - 3.0)


def test_a_train_op_is_the_loss_and_steps():
    slope, loss = line()
    noted = tf.Variable(0.0, trainable=False)
    tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, noted.assign_add(1.0).op)
    step = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.5))
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP)[-1] is step
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(step) == 9.0
        assert session.run([slope, noted, tf.train.get_global_step()]) == [3.0, 1.0, 1]


def test_gradients_are_transformed():
    slope, loss = line()
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    clip = training.clip_gradient_norms_fn(0.5)
    step = training.create_train_op(loss, optimizer, None, transform_grads_fn=clip)
    both = [(tf.constant(2.0), slope)]
    half = training.multiply_gradients(both, {slope: 0.5})[0][0]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert session.run([slope, half]) == [0.5, 1.0]


def test_the_loop_ends_with_a_hook(tmp_path):
    _, loss = line()
    step = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
    hooks = [tf.train.StopAtStepHook(num_steps=60)]
    last = training.train(step, str(tmp_path), hooks=hooks, save_summaries_steps=None)
    assert last < 1e-4
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("-60")


@pytest.mark.parametrize("asked", [{"save_summaries_steps": None}, {"save_checkpoint_secs": None}])
def test_a_loop_without_a_folder_writes_nothing(asked):
    _, loss = line()
    step = training.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
    with pytest.raises(ValueError, match="logdir cannot be None"):
        training.train(step, None, **asked)


def saved(folder):
    """A checkpoint in which the variable `weight` is 5."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.get_variable("weight", initializer=5.0)
        tf.train.create_global_step()
        session.run(tf.global_variables_initializer())
        return tf.train.Saver().save(session, f"{folder}/model")


def test_evaluate_once(tmp_path):
    path = saved(tmp_path)
    weight = tf.get_variable("weight", [])
    tf.train.create_global_step()
    mean, update = tf.metrics.mean(weight * 2.0)
    tf.summary.scalar("mean", mean)
    found = training.evaluate_once(
        path,
        eval_ops=update,
        final_ops={"mean": mean, "steps": training.get_or_create_eval_step()},
        hooks=[
            training.StopAfterNEvalsHook(3),
            training.SummaryAtEndHook(str(tmp_path / "events")),
        ],
    )
    assert found == {"mean": 10.0, "steps": 3}
    (events,) = (tmp_path / "events").iterdir()
    tags = [v.tag for e in tf.train.summary_iterator(str(events)) for v in e.summary.value]
    assert tags == ["mean_1"]  # the metric has the name scope "mean"


def test_evaluate_repeatedly(tmp_path):
    saved(tmp_path)
    weight = tf.get_variable("weight", [])
    tf.train.create_global_step()
    found = training.evaluate_repeatedly(
        str(tmp_path), final_ops=weight, eval_interval_secs=0, max_number_of_evaluations=1
    )
    assert found == np.float32(5.0)


def test_a_summary_hook_needs_a_place():
    with pytest.raises(ValueError, match="log_dir or summary_writer"):
        training.SummaryAtEndHook()
