"""Trainings that end by what evaluations have found, and what is added to an Estimator."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.estimator.early_stopping import read_eval_metrics


def model_fn(features, labels, mode):
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.square(w - 1.0)
    step = tf.train.get_or_create_global_step()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
    metrics = {"value": tf.metrics.mean(w)}
    return tf.estimator.EstimatorSpec(mode, {"w": w}, loss, train, metrics)


def inputs():
    return tf.data.Dataset.from_tensors(({"x": [1.0]}, [1.0])).repeat()


@pytest.fixture
def estimator(tmp_path):
    return tf.estimator.Estimator(model_fn, str(tmp_path))


def evaluated(estimator, numbers):
    with tf.Graph().as_default(), tf.summary.FileWriter(estimator.eval_dir()) as writer:
        for step, value in numbers.items():
            summary = tf.Summary(value=[tf.Summary.Value(tag="loss", simple_value=value)])
            writer.add_summary(summary, step)


def steps_with(estimator, hook):
    estimator.train(inputs, hooks=[hook], max_steps=20)
    return estimator.get_variable_value("global_step")


def test_numbers_of_evaluations_by_step(estimator):
    estimator.train(inputs, max_steps=2)
    found = estimator.evaluate(inputs, steps=1)
    evaluated(estimator, {1: 0.5})
    numbers = read_eval_metrics(estimator.eval_dir())
    assert list(numbers) == [1, 2] and numbers[1] == {"loss": 0.5}
    assert numbers[2]["value"] == pytest.approx(found["value"])
    assert read_eval_metrics("no such folder") == {}


@pytest.mark.parametrize(
    "make, stops",
    [
        (lambda e: tf.estimator.experimental.stop_if_lower_hook(
            e, "loss", 0.3, run_every_secs=None, run_every_steps=5), True),
        (lambda e: tf.estimator.experimental.stop_if_lower_hook(
            e, "loss", 0.1, run_every_secs=None, run_every_steps=5), False),
        (lambda e: tf.estimator.experimental.stop_if_lower_hook(
            e, "loss", 0.3, min_steps=25, run_every_secs=None, run_every_steps=5), False),
        (lambda e: tf.contrib.estimator.stop_if_higher_hook(
            e, "loss", 0.8, run_every_secs=None, run_every_steps=5), True),
        (lambda e: tf.contrib.estimator.stop_if_no_decrease_hook(
            e, "loss", 20, run_every_secs=None, run_every_steps=5), False),
        (lambda e: tf.contrib.estimator.stop_if_no_decrease_hook(
            e, "loss", 10, run_every_secs=None, run_every_steps=5), True),
        (lambda e: tf.contrib.estimator.stop_if_no_increase_hook(
            e, "loss", 20, run_every_secs=None, run_every_steps=5), True),
    ],
)  # fmt: skip
def test_a_training_ends_by_its_evaluations(estimator, make, stops):
    evaluated(estimator, {0: 0.9, 10: 0.2, 20: 0.4})
    assert steps_with(estimator, make(estimator)) == (1 if stops else 20)


def test_a_training_ends_when_the_program_says_so(estimator):
    asked = []
    hook = tf.estimator.experimental.make_early_stopping_hook(
        estimator, lambda: asked.append(1) or len(asked) == 3, None, 4
    )
    assert steps_with(estimator, hook) == 9
    hook = tf.estimator.experimental.make_stop_at_checkpoint_step_hook(estimator, 12)
    assert steps_with(estimator, hook) == 12


def test_bad_arguments(estimator):
    make = tf.estimator.experimental.make_early_stopping_hook
    with pytest.raises(TypeError, match="must have type `tf.estimator.Estimator`"):
        make("estimator", lambda: True)
    with pytest.raises(ValueError, match="Only one of `run_every_secs` and `run_every_steps`"):
        make(estimator, lambda: True, 60, 10)


def test_more_metrics(estimator):
    more = tf.estimator.add_metrics(
        estimator, lambda predictions, labels: {"twice": tf.metrics.mean(2.0 * predictions["w"])}
    )
    more.train(inputs, steps=3)
    found = more.evaluate(inputs, steps=1)
    assert found["twice"] == pytest.approx(2 * found["value"])
    with pytest.raises(ValueError, match="not expected args"):
        tf.contrib.estimator.add_metrics(estimator, lambda loss: {})


def test_gradients_are_clipped_together():
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.get_variable("a", [2], initializer=tf.zeros_initializer())
        b = tf.get_variable("b", [], initializer=tf.zeros_initializer())
        optimizer = tf.contrib.estimator.clip_gradients_by_norm(
            tf.train.MomentumOptimizer(1.0, 0.5), 1.0
        )
        train = optimizer.minimize(tf.reduce_sum(a * [2.0, 1.0]) + 2.0 * b)
        session.run(tf.global_variables_initializer())
        session.run(train)
        np.testing.assert_allclose(session.run(a), [-2 / 3, -1 / 3], rtol=1e-6)
        np.testing.assert_allclose(session.run(b), -2 / 3, rtol=1e-6)
        assert optimizer.get_slot_names() == ["momentum"] and len(optimizer.variables()) == 2
        assert optimizer.get_slot(a, "momentum") is optimizer.variables()[0]
