"""SyncReplicasOptimizer: one process stands for all replicas."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def start(session):
    session.run(tf.global_variables_initializer())
    session.run(tf.local_variables_initializer())


def test_one_replica_updates_in_each_step():
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0]))
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.25), 1)
    train = optimizer.minimize(tf.reduce_sum(w * w), global_step=step)
    with tf.Session() as session:
        start(session)
        session.run(optimizer.local_step_init_op)
        for _ in range(3):
            session.run(train)
        np.testing.assert_allclose(session.run(w), [0.125, 0.25])
        assert session.run(step) == 3
    assert [v.op.name for v in tf.local_variables()] == ["sync_rep_local_step"]


def test_several_replicas_update_with_the_mean_of_their_gradients():
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0]))
    table = tf.get_variable("table", initializer=tf.zeros([3, 2]))
    unused = tf.get_variable("unused", [2])
    grad = tf.placeholder(tf.float32, [2])
    rows, places = tf.placeholder(tf.float32, [None, 2]), tf.placeholder(tf.int32, [None])
    inner = tf.train.MomentumOptimizer(1.0, 0.5)
    optimizer = tf.train.SyncReplicasOptimizer(inner, replicas_to_aggregate=2)
    train = optimizer.apply_gradients(
        [(grad, w), (tf.IndexedSlices(rows, places), table), (None, unused)], global_step=step
    )
    steps = [
        ([1.0, 2.0], [[1.0, 1.0], [2.0, 2.0]], [0, 0]),
        ([3.0, 4.0], [[5.0, 5.0], [4.0, 4.0]], [0, 2]),
        ([1.0, 1.0], [[1.0, 1.0]], [1]),
        ([1.0, 1.0], [[3.0, 3.0]], [1]),
    ]
    values = []
    with tf.Session() as session:
        start(session)
        for dense, sparse, indices in steps:
            session.run(train, {grad: dense, rows: sparse, places: indices})
            values.append(session.run([w, table, step]))
        slot = session.run(optimizer.get_slot(w, "momentum"))
    np.testing.assert_allclose(values[0][0], [1.0, 2.0])
    np.testing.assert_allclose(values[1][0], [-1.0, -1.0])
    np.testing.assert_allclose(values[1][1], [[-4.0, -4.0], [0.0, 0.0], [-4.0, -4.0]])
    np.testing.assert_allclose(values[2][0], values[1][0])
    np.testing.assert_allclose(values[3][0], [-3.0, -3.5])
    np.testing.assert_allclose(values[3][1], [[-4.0, -4.0], [-2.0, -2.0], [-4.0, -4.0]])
    np.testing.assert_allclose(slot, [2.0, 2.5])
    assert [int(v[2]) for v in values] == [0, 1, 1, 2]
    assert optimizer.get_slot_names() == ["momentum"]
    assert tf.get_collection(tf.GraphKeys.TRAIN_OP) == [train.op]
    names = [v.op.name for v in tf.global_variables()]
    assert names == ["global_step", "w", "table", "unused", "w/Momentum", "table/Momentum"]


def test_averages_follow_each_update():
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=tf.constant(4.0))
    averages = tf.train.ExponentialMovingAverage(0.5)
    optimizer = tf.train.SyncReplicasOptimizer(
        tf.train.AdamOptimizer(1.0), 2, variable_averages=averages, variables_to_average=[w]
    )
    train = optimizer.minimize(w, global_step=step)
    hook = optimizer.make_session_run_hook(is_chief=True)
    hook.begin()
    with tf.Session() as session:
        with pytest.raises(RuntimeError, match="global_step"):
            hook.after_create_session(session, None)
        session.run(tf.global_variables_initializer())
        hook.after_create_session(session, None)
        for _ in range(2):
            session.run(train)
        np.testing.assert_allclose(session.run([w, averages.average(w)]), [3.0, 3.5], rtol=1e-5)
        session.run(optimizer.get_init_tokens_op())
        assert optimizer.get_chief_queue_runner().create_threads(session) == []


def test_mistakes_raise():
    w = tf.get_variable("w", [2])
    optimizer = tf.train.SyncReplicasOptimizer(tf.train.GradientDescentOptimizer(0.1), 4, 2)
    for early in (optimizer.get_chief_queue_runner, optimizer.get_init_tokens_op):
        with pytest.raises(ValueError, match="after apply_gradients"):
            early()
    with pytest.raises(ValueError, match="Global step is required"):
        optimizer.minimize(tf.reduce_sum(w))
    with pytest.raises(ValueError, match="at least one variable"):
        optimizer.apply_gradients([])
    optimizer.minimize(tf.reduce_sum(w), tf.train.get_or_create_global_step())
    with pytest.raises(ValueError, match="Too few tokens"):
        optimizer.get_init_tokens_op(1)
