"""Each optimizer, and users' own ones, against what TensorFlow 1.15.5 did."""

import json
from pathlib import Path

import numpy as np
import pytest
from train import optimizer_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_optimizers.json").read_text())


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in optimizer_cases.cases()}


@pytest.mark.parametrize("case", optimizer_cases.cases(), ids="-".join)
def test_ten_steps_equal_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = optimizer_cases.run(tf, *case)
    if case[2] == "float32":
        tight = {"rtol": 1e-5, "atol": 1e-5}
    else:
        tight = {"rtol": 1e-8, "atol": 1e-8}
    np.testing.assert_allclose(found.pop("values"), wanted["values"], **tight)
    for ours, theirs in zip(found.pop("slots"), wanted["slots"], strict=True):
        assert ours[:2] == theirs[:2]
        np.testing.assert_allclose(ours[2], theirs[2], **tight)
        np.testing.assert_allclose(ours[3], theirs[3], **tight)
    for key, value in found.items():
        assert value == wanted[key], key


@pytest.mark.parametrize("name", [n for n in optimizer_cases.OPTIMIZERS if n != "adam_options"])
def test_a_variable_of_unknown_shape_can_be_trained(name):
    start = tf.placeholder(tf.float32)
    step = tf.train.get_or_create_global_step()
    w = tf.Variable(start, validate_shape=False, name="w")
    optimizer = optimizer_cases.OPTIMIZERS[name](tf.train, step)
    train = optimizer.minimize(tf.reduce_sum(w * w), global_step=step)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer(), {start: [[1.0, -2.0]]})
        session.run(train)
        after = session.run(w)
        for key in optimizer.get_slot_names():
            assert session.run(optimizer.get_slot(w, key)).shape == (1, 2)
    assert after.shape == (1, 2)
    assert (np.abs(after) < [[1.0, 2.0]]).all()


@pytest.mark.parametrize(
    "make",
    [
        lambda t: t.AdagradOptimizer(lambda: 0.1),
        lambda t: t.AdadeltaOptimizer(lambda: 0.1, lambda: 0.9, lambda: 1e-3),
        lambda t: t.RMSPropOptimizer(lambda: 0.1, lambda: 0.9, lambda: 0.1, lambda: 1e-3),
        lambda t: t.FtrlOptimizer(lambda: 0.1),
        lambda t: t.ProximalAdagradOptimizer(lambda: 0.1),
        lambda t: t.ProximalGradientDescentOptimizer(lambda: 0.1),
        lambda t: t.MomentumOptimizer(lambda: 0.1, lambda: 0.9),
        lambda t: t.AdamOptimizer(lambda: 0.1, lambda: 0.9, lambda: 0.99, lambda: 1e-3),
    ],
)
def test_hyperparameters_may_be_functions_and_tensors(make):
    w = tf.get_variable("w", initializer=tf.constant([1.0, -2.0]))
    train = make(tf.train).minimize(tf.reduce_sum(w * w))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        assert (np.abs(session.run(w)) < [1.0, 2.0]).all()


def test_wrong_hyperparameters_raise():
    train, step = tf.train, tf.train.get_or_create_global_step()
    for make in (
        lambda: train.AdagradOptimizer(0.1, 0.0),
        lambda: train.AdagradDAOptimizer(0.1, step, 0.0),
        lambda: train.ProximalAdagradOptimizer(0.1, -1.0),
        lambda: train.FtrlOptimizer(0.1, initial_accumulator_value=-1.0),
        lambda: train.FtrlOptimizer(0.1, learning_rate_power=0.5),
        lambda: train.FtrlOptimizer(0.1, l1_regularization_strength=-1.0),
        lambda: train.FtrlOptimizer(0.1, l2_regularization_strength=-1.0),
        lambda: train.FtrlOptimizer(0.1, l2_shrinkage_regularization_strength=-1.0),
    ):
        with pytest.raises(ValueError):
            make()


def test_a_gradient_of_another_shape_raises():
    w = tf.get_variable("w", [3, 2])
    optimizer = tf.train.AdagradOptimizer(0.1)
    with pytest.raises(ValueError, match="ApplyAdagrad"):
        optimizer.apply_gradients([(tf.zeros([2]), w)])
    rows = tf.IndexedSlices(tf.zeros([2, 3]), tf.constant([0, 1]))
    with pytest.raises(ValueError, match="SparseApplyAdagrad"):
        optimizer.apply_gradients([(rows, w)])


def test_a_gradient_of_another_shape_raises_while_running():
    grad, indices = tf.placeholder(tf.float32), tf.placeholder(tf.int32)
    w = tf.get_variable("w", [3, 2])
    optimizer = tf.train.AdagradOptimizer(0.1)
    dense = optimizer.apply_gradients([(grad, w)])
    sparse = optimizer.apply_gradients([(tf.IndexedSlices(grad, indices), w)])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for op, feeds in (
            (dense, {grad: [1.0, 2.0]}),
            (sparse, {grad: [[1.0]], indices: [0]}),
            (sparse, {grad: [[1.0, 2.0]], indices: [3]}),
            (sparse, {grad: [[1.0, 2.0]], indices: [-1]}),
        ):
            before = session.run(w)
            with pytest.raises(tf.errors.InvalidArgumentError, match="ApplyAdagrad"):
                session.run(op, feeds)
            np.testing.assert_array_equal(session.run(w), before)


def test_adagrad_v2_adds_epsilon_outside_the_root():
    w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0]))
    slot = tf.get_variable("slot", initializer=tf.constant([3.0, 8.0]))
    op = tf.raw_ops.ApplyAdagradV2(var=w, accum=slot, lr=0.5, epsilon=0.5, grad=[1.0, 1.0])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(op), [1 - 0.5 / 2.5, 2 - 0.5 / 3.5], rtol=1e-6)
        np.testing.assert_allclose(session.run(slot), [4.0, 9.0])


@pytest.mark.parametrize(
    ("op_type", "slots", "scalars", "wanted"),
    [
        (
            "ApplyAdaMax",
            ("m", "v"),
            {"beta1_power": 0.9, "lr": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 1e-3},
            [[-1.02036, -0.952248, 0.616696], [0.3542, -0.4168, -0.00514998], [0.5, 1.0, 0.873269]],
        ),
        (
            "ApplyAddSign",
            ("m",),
            {"lr": 0.1, "alpha": 1.0, "sign_decay": 0.7, "beta": 0.9},
            [[0.745, -1.49, 0.4775], [0.3542, -0.4168, -0.00514998]],
        ),
        (
            "ApplyPowerSign",
            ("m",),
            {"lr": 0.1, "logbase": 1.0, "sign_decay": 0.7, "beta": 0.9},
            [[0.697937, -1.39587, 0.462756], [0.3542, -0.4168, -0.00514998]],
        ),
    ],
)
def test_update_ops_without_an_optimizer_here(op_type, slots, scalars, wanted):
    """`wanted`: after three updates, as TensorFlow 1.15.5 has it to six digits."""
    starts = ([1.0, -2.0, 0.5], [0.3, -0.2, -0.1], [0.2, 0.1, 0.9])
    made = [
        tf.get_variable(name, initializer=tf.constant(start))
        for name, start in zip(("var", *slots), starts, strict=False)
    ]
    arguments = dict(zip(("var", *slots), made, strict=True))
    op = getattr(tf.raw_ops, op_type)(**arguments, **scalars, grad=[0.5, -1.0, 0.25])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(op)
        np.testing.assert_allclose(session.run(made), wanted, rtol=1e-5)


def test_minimize_hands_its_arguments_on_by_name():
    """So that a subclass may define `compute_gradients(loss, var_list, **kwargs)`."""
    seen = []

    class Watched(tf.train.GradientDescentOptimizer):
        def compute_gradients(self, loss, var_list, **kwargs):
            seen.append((var_list, sorted(kwargs)))
            return super().compute_gradients(loss, var_list, **kwargs)

    v = tf.get_variable("v", [], initializer=tf.ones_initializer())
    Watched(0.1).minimize(v * v, var_list=[v])
    names = ["aggregation_method", "colocate_gradients_with_ops", "gate_gradients", "grad_loss"]
    assert seen == [([v], names)]


OTHERWISE_RECORDED = {
    "Optimizer": "the base class: the users' own optimizers here",
    "SyncReplicasOptimizer": "tests/train/test_sync_replicas.py",
    "MovingAverageOptimizer": "tests/contrib/test_opt_external.py",
}


def test_every_optimizer_is_recorded():
    """Also those of tf.contrib.opt, whose cases stand in tests/contrib."""
    from contrib import opt_cases

    w = tf.get_variable("w", [2, 3])
    step = tf.train.get_or_create_global_step()
    cases = [case[0] for case in optimizer_cases.cases()]
    made = [
        optimizer_cases.OPTIMIZERS[name](tf.train, step)
        for name in cases
        if name in optimizer_cases.OPTIMIZERS
    ]
    used = {case[0] for case in opt_cases.cases()}
    made += [make(tf) for name, make in opt_cases.OPTIMIZERS.items() if name in used]
    made += [make(tf, step, w, w) for name, make in opt_cases.WITH_GRAPH.items() if name in used]
    recorded = {type(optimizer) for optimizer in made}
    recorded |= {type(getattr(optimizer, "_optimizer", None)) for optimizer in made}
    classes = {
        name: found
        for module in (tf.train, tf.contrib.opt)
        for name in dir(module)
        if isinstance(found := getattr(module, name), type)
        and issubclass(found, tf.train.Optimizer)
    }
    assert len(classes) > 20
    for name, found in classes.items():
        assert found in recorded or name in OTHERWISE_RECORDED, name
