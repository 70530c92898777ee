"""Checks of distributions and bijectors that programs' tests call."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf


def assert_scalar_congruency(
    bijector: Any,
    lower_x: float,
    upper_x: float,
    n: int = 10000,
    rtol: float = 0.01,
    sess: Any = None,
) -> None:
    """AssertionError unless a bijector of numbers, its inverse and log-dets fit together.

    It must be monotone from `lower_x` to `upper_x`; the integral of the inverse's Jacobian over
    the values must be the length of that interval, and forward and inverse log-dets opposite.
    """
    session = sess or tf.get_default_session()
    ends = session.run(bijector.forward(tf.constant([lower_x, upper_x], tf.float32)))
    low, high = sorted(ends)
    random = np.random.RandomState(0)
    x = np.sort(random.uniform(lower_x, upper_x, n)).astype(np.float32)
    y = random.uniform(low, high, n).astype(np.float32)
    given, values = tf.constant(x), tf.constant(y)
    forward = bijector.forward(given)
    taken, back, log_det, opposite, jacobian = session.run([
        forward,
        bijector.inverse(tf.identity(forward)),
        bijector.forward_log_det_jacobian(given, event_ndims=0) + tf.zeros_like(given),
        bijector.inverse_log_det_jacobian(tf.identity(forward), event_ndims=0)
        + tf.zeros_like(given),
        tf.exp(bijector.inverse_log_det_jacobian(values, event_ndims=0)) + tf.zeros_like(values),
    ])  # fmt: skip
    steps = np.diff(taken)
    assert (steps >= 0).all() or (steps <= 0).all(), "forward is not monotone"
    np.testing.assert_allclose(back, x, atol=1e-5, rtol=1e-3)
    np.testing.assert_allclose(log_det, -opposite, atol=1e-5, rtol=1e-3)
    np.testing.assert_allclose((high - low) * jacobian.mean(), upper_x - lower_x, rtol=rtol)


def assert_bijective_and_finite(
    bijector: Any,
    x: Any,
    y: Any,
    event_ndims: int,
    inverse_event_ndims: int | None = None,
    atol: float = 0.0,
    rtol: float = 1e-5,
    sess: Any = None,
) -> None:
    """AssertionError unless there and back gives `x` and `y`, all finite and of one log-det."""
    session = sess or tf.get_default_session()
    back_ndims = event_ndims if inverse_event_ndims is None else inverse_event_ndims
    x, y = tf.convert_to_tensor(x), tf.convert_to_tensor(y)
    forward, inverse = bijector.forward(x), bijector.inverse(y)
    found = session.run({
        "x": x,
        "y": y,
        "forward": forward,
        "inverse": inverse,
        "x again": bijector.inverse(tf.identity(forward)),
        "y again": bijector.forward(tf.identity(inverse)),
        "log-det at x": bijector.forward_log_det_jacobian(x, event_ndims),
        "opposite at x": -bijector.inverse_log_det_jacobian(tf.identity(forward), back_ndims),
        "log-det at y": bijector.inverse_log_det_jacobian(y, back_ndims),
        "opposite at y": -bijector.forward_log_det_jacobian(tf.identity(inverse), event_ndims),
    })  # fmt: skip
    for what, value in found.items():
        assert np.isfinite(value).all(), f"{what} is not finite"
    for one, two in (
        ("x", "x again"), ("y", "y again"),
        ("log-det at x", "opposite at x"), ("log-det at y", "opposite at y"),
    ):  # fmt: skip
        np.testing.assert_allclose(found[one], found[two], atol=atol, rtol=rtol, err_msg=one)
