"""tf.contrib.opt, against TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf

from . import opt_cases
from .recorded import compare, recorded

RECORDED = recorded("recorded_opt.json")


@pytest.mark.parametrize("case", list(opt_cases.cases()), ids="-".join)
def test_as_recorded(case):
    compare(opt_cases.run(tf, *case), RECORDED["|".join(case)], rtol=1e-5, atol=1e-5)


@pytest.fixture
def v():
    with tf.Graph().as_default():
        yield tf.get_variable("v", initializer=tf.constant([3.0, 4.0]))


def test_adamax_takes_functions_and_has_one_power(v):
    optimizer = tf.contrib.opt.AdaMaxOptimizer(lambda: 0.1, lambda: 0.9)
    optimizer.minimize(tf.reduce_sum(v))
    names = [made.op.name for made in optimizer.variables()]
    assert names == ["beta1_power", "v/AdaMax", "v/AdaMax_1"]


def test_a_decay_of_signs_needs_the_step(v):
    for kind in (tf.contrib.opt.AddSignOptimizer, tf.contrib.opt.PowerSignOptimizer):
        with pytest.raises(ValueError, match="global_step"):
            kind(sign_decay_fn=lambda step: 0.5).minimize(tf.reduce_sum(v))


@pytest.mark.parametrize("use_resource", [False, True])
def test_signs_have_no_rule_for_gathered_rows(v, use_resource):
    table = tf.get_variable("table", [3, 2], use_resource=use_resource)
    with pytest.raises(NotImplementedError, match="gradient of table dense"):
        tf.contrib.opt.AddSignOptimizer().minimize(tf.reduce_sum(tf.gather(table, [0, 2])))


def test_lars_leaves_out_what_the_list_names(v):
    optimizer = tf.contrib.opt.LARSOptimizer(0.1, skip_list=["bias", "bn"])
    names = ("a/bias", "b/bias_x", "bn/w", "a/w", "w")
    plain = [
        optimizer.compute_lr(tf.ones([2]), tf.get_variable(name, [2]))[0] == 0.1 for name in names
    ]
    assert plain == [True, True, True, False, False]


def test_lars_checks_its_numbers():
    for wrong in ("momentum", "weight_decay"):
        with pytest.raises(ValueError, match=f"{wrong} should be positive: -1.0"):
            tf.contrib.opt.LARSOptimizer(0.1, **{wrong: -1.0})


def test_gradients_are_clipped_together_and_zeros_stay(v):
    w = tf.get_variable("w", initializer=tf.constant([0.0, 0.0]))
    pairs, norm = tf.contrib.opt.clip_gradients_by_global_norm([(v * 10, v), (w * 1, w), (None, w)])
    assert [variable for _, variable in pairs] == [v, w, w]
    assert pairs[2][0] is None
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(norm) == 50.0
        found = session.run([gradient for gradient, _ in pairs[:2]])
    np.testing.assert_allclose(found, [[12.0, 16.0], [0.0, 0.0]], rtol=1e-6)


def test_a_multitask_wrapper_is_its_optimizer_in_all_but_the_type(v):
    inner = tf.train.AdamOptimizer(0.5)
    optimizer = tf.contrib.opt.MultitaskOptimizerWrapper(inner)
    train = optimizer.minimize(tf.reduce_sum(v))
    assert (optimizer.get_name(), train.name, optimizer._lr) == ("Adam", "Adam", 0.5)
    assert optimizer.get_slot(v, "m") is inner.get_slot(v, "m")
    with pytest.raises(TypeError, match=r"instance of tf\.train\.Optimizer"):
        tf.contrib.opt.MultitaskOptimizerWrapper(0.1)


def test_the_name_of_a_clipped_step(v):
    inner = tf.train.MomentumOptimizer(0.1, 0.9)
    optimizer = tf.contrib.opt.VariableClippingOptimizer(inner, {v: [0]}, 1.0)
    step = tf.train.get_or_create_global_step()
    train = optimizer.minimize(tf.reduce_sum(v), step, name="hello")
    assert train.name == "hello"
    assert [op.name for op in train.control_inputs] == ["hello/Momentum", "hello/clip_v/AssignSub"]
