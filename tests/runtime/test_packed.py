"""Small variables of a common update lie in shared memory: nobody sees it."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops import training_packed


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def variables(count=6, large=False):
    shapes = [(2, 3), (3,), (), (4, 1), (0, 2), (5,)][:count] + [(200, 100)] * large
    return [
        tf.get_variable(f"v{i}", shape, initializer=tf.constant_initializer(0.5 + 0.1 * i))
        for i, shape in enumerate(shapes)
    ]


def loss_of(found):
    return tf.add_n([tf.reduce_sum(tf.sin(v) * (i + 1.0)) for i, v in enumerate(found)])


def shared_memory(session):
    """How many of the session's variables share their memory with others."""
    values = [cell.value for cell in session._cells.values() if cell.value.numel()]
    memory = [value.untyped_storage().data_ptr() for value in values]
    return sum(memory.count(address) > 1 for address in memory)


OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda: tf.train.AdagradOptimizer(0.1),
    "rmsprop": lambda: tf.train.RMSPropOptimizer(0.1, momentum=0.5),
    "adam": lambda: tf.train.AdamOptimizer(0.1),
}


def trained(step, found, monkeypatch, fewest, between=lambda session, i: None, steps=25):
    monkeypatch.setattr(training_packed, "FEWEST", fewest)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for i in range(steps):
            session.run(step)
            between(session, i)
        return session.run(tf.global_variables()), shared_memory(session)


def in_both_ways(step, found, monkeypatch, between=lambda session, i: None):
    packed, sharing = trained(step, found, monkeypatch, 4, between)
    alone, none = trained(step, found, monkeypatch, 1000, between)
    assert sharing and not none
    for a, b in zip(packed, alone, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    return sharing


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_numbers_are_the_same(name, large, monkeypatch):
    found = variables(large=large)
    step = OPTIMIZERS[name]().minimize(loss_of(found))
    in_both_ways(step, found, monkeypatch)


def test_assignments_between_updates(monkeypatch):
    found = variables()
    step = tf.train.AdamOptimizer(0.1).minimize(loss_of(found))
    clip = [v.assign(tf.clip_by_value(v, 0.2, 0.6)) for v in found]
    in_both_ways(step, found, monkeypatch, lambda session, i: session.run(clip))


def test_two_updates_of_the_same_variables(monkeypatch):
    found = variables()
    loss = loss_of(found)
    first = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    second = tf.train.MomentumOptimizer(0.05, 0.9).minimize(loss, var_list=found[1:])
    in_both_ways(first, found, monkeypatch, lambda session, i: session.run(second))


def test_checkpoints(monkeypatch, tmp_path):
    found = variables()
    step = tf.train.AdamOptimizer(0.1).minimize(loss_of(found))
    saver = tf.train.Saver()

    def between(session, i):
        if i == 4:
            saver.save(session, str(tmp_path / "model"))
        elif i == 12:
            saver.restore(session, str(tmp_path / "model"))

    in_both_ways(step, found, monkeypatch, between)
    reader = tf.train.NewCheckpointReader(str(tmp_path / "model"))
    assert reader.get_tensor("v0").shape == (2, 3) and reader.get_tensor("v3").shape == (4, 1)


def test_what_is_fetched_is_the_callers_own():
    found = variables()
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss_of(found))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        assert shared_memory(session)
        values = session.run(found)
        before = [value.copy() for value in values]
        session.run(step)
        for value, old in zip(values, before, strict=True):
            np.testing.assert_array_equal(value, old)
            if value.ndim:
                value[...] = 9.0
        for value, old in zip(session.run(found), before, strict=True):
            assert not (value == 9.0).any() and (value != old).all()


def test_a_gradient_through_one_while_others_are_updated(monkeypatch):
    """An update of some variables does not spoil what a later gradient needs of others."""
    found = variables()
    loss = loss_of(found)
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss, var_list=found[:5])
    with tf.control_dependencies([step]):
        (slope,) = tf.gradients(tf.reduce_sum(found[5] ** 3), found[5])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            np.testing.assert_allclose(session.run(slope), [3.0] * 5, rtol=1e-6)


def test_modules_get_memory_of_their_own(tmp_path):
    import torch

    x = tf.placeholder(tf.float32, [None, 2])
    found = variables()
    y = tf.matmul(x, found[0]) + found[1]
    step = tf.train.GradientDescentOptimizer(0.1).minimize(loss_of(found))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(step)
        module = tf.to_module(y, [x], session=session)
    torch.save(module.state_dict(), tmp_path / "state.pt")
    sizes = {t.untyped_storage().nbytes() for t in module.state_dict().values()}
    assert sizes == {24, 12}
