"""Normal numbers between bounds."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops.random_truncated import parameterized_truncated_normal as draw

from .common import run


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        yield


@pytest.mark.parametrize(
    ("mean", "deviation", "low", "high", "expected"),
    [  # the mean and the standard deviation between the bounds: scipy.stats.truncnorm
        (0.0, 1.0, -2.0, 2.0, (0.0, 0.8796)),
        (0.0, 1.0, 4.0, np.inf, (4.2256, 0.2157)),
        (1.0, 2.0, -np.inf, -7.0, (-7.4513, 0.4314)),
        (0.8, 0.05, -1.0, 1.0, (0.8, 0.05)),
    ],
)
def test_moments(mean, deviation, low, high, expected):
    found = run(draw([40_000], mean, deviation, low, high, tf.float64))
    assert found.min() >= low and found.max() <= high
    np.testing.assert_allclose([found.mean(), found.std()], expected, atol=0.012)


def test_a_row_for_each_parameter():
    op = draw([2, 1000], [0.0, 5], 1.0, [-1.0, 4], [1.0, 6])
    assert op.op.type == "ParameterizedTruncatedNormal" and op.shape == (2, 1000)
    found = run(op)
    assert found.dtype == np.float32
    assert np.abs(found[0]).max() <= 1 and np.abs(found[1] - 5).max() <= 1
    np.testing.assert_allclose(found.mean(1), [0, 5], atol=0.06)
    assert run(draw([0, 3])).shape == (0, 3) and run(draw([])).shape == ()


def test_parameters_that_cannot_be():
    for arguments, match in (
        (([2], 0.0, -1.0), "Invalid parameters"),
        (([2], 0.0, 1.0, 1.0, 1.0), "Invalid parameters"),
        (([2, 4], [0.0, 5, 3]), r"Input means should have length 1 or shape\[0\], got shape: \[3"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=match):
            run(draw(*arguments))
    with pytest.raises(ValueError, match="at most rank 1 but is rank 2"):
        draw([2], [[0.0]])
