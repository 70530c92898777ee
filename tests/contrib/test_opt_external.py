"""tf.contrib.opt's averaging and external optimizers, against TensorFlow 1.15.5."""

import sys

import numpy as np
import pytest

import scopeflow as tf

from . import external_cases
from .recorded import compare, recorded

RECORDED = recorded("recorded_opt_external.json")


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("case", list(external_cases.cases()), ids="-".join)
@pytest.mark.filterwarnings("ignore:Method .* does not use gradient:RuntimeWarning")
def test_as_recorded(case):
    if case[0] == "scipy":
        pytest.importorskip("scipy")
    # SciPy stops within its tolerances; its versions and float32's rounding differ a little.
    tolerance = {"rtol": 1e-3, "atol": 1e-3} if case[0] == "scipy" else {}
    compare(external_cases.run(tf, *case), RECORDED["|".join(case)], **tolerance)


def _scipy_optimizer(**options):
    x = tf.get_variable("x", initializer=tf.constant([1.0, 2.0]), use_resource=True)
    return x, tf.contrib.opt.ScipyOptimizerInterface(tf.reduce_sum((x - 3) ** 2), **options)


@pytest.mark.parametrize("method", ["L-BFGS-B", "SLSQP", "trust-constr"])
def test_resource_variables_move(method):
    pytest.importorskip("scipy")
    x, optimizer = _scipy_optimizer(method=method)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        optimizer.minimize(session)
        np.testing.assert_allclose(session.run(x), [3.0, 3.0], atol=1e-3)


@pytest.mark.parametrize("name", ["jac", "constraints", "callback"])
def test_arguments_that_are_set(name):
    pytest.importorskip("scipy")
    _, optimizer = _scipy_optimizer(**{name: 1})
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(ValueError, match=f"'{name}' is set automatically"):
            optimizer.minimize(session)


def test_without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.optimize", None)
    _, optimizer = _scipy_optimizer()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with pytest.raises(ImportError, match="pip install scipy"):
            optimizer.minimize(session)


def test_bad_input():
    x, optimizer = _scipy_optimizer()
    with pytest.raises(AttributeError, match="no default session"):
        optimizer.minimize()
    loss = tf.reduce_sum(x)
    with pytest.raises(NotImplementedError, match="implement the _minimize"), tf.Session() as s:
        s.run(tf.global_variables_initializer())
        tf.contrib.opt.ExternalOptimizerInterface(loss).minimize(s)
    with pytest.raises(ValueError, match="No variables to optimize"):
        tf.contrib.opt.ExternalOptimizerInterface(loss, var_list=[])
    with pytest.raises(ValueError, match="could not be broadcast"):
        tf.contrib.opt.ExternalOptimizerInterface(loss, var_to_bounds={x: ([0, 1, 2], 3)})


def test_saver_before_the_training_op():
    averaging = tf.contrib.opt.MovingAverageOptimizer(tf.train.GradientDescentOptimizer(0.1))
    assert averaging.get_name() == "GradientDescent"
    with pytest.raises(RuntimeError, match="Must call apply_gradients or minimize before"):
        averaging.swapping_saver()
    x = tf.get_variable("x", initializer=1.0)
    averaging.minimize(x * x)
    with pytest.raises(TypeError, match="passed in a dict or a list: 3"):
        averaging.swapping_saver(3)
