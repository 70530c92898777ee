"""Checks of distributions and bijectors that programs' tests call."""

from __future__ import annotations

import math
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
    y = (low + (high - low) * (np.arange(n) + 0.5) / n).astype(np.float32)
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


class VectorDistributionTestHelpers:
    """Checks of samples of vectors against density and moments, for a test case to inherit."""

    def run_test_sample_consistent_log_prob(
        self,
        sess_run_fn: Any,
        dist: Any,
        num_samples: int = int(1e5),
        radius: float = 1.0,
        center: Any = 0.0,
        seed: int = 42,
        rtol: float = 1e-2,
        atol: float = 0.0,
    ) -> None:
        """The mean of 1 / density over samples in a ball must be the ball's volume."""
        samples = dist.sample(num_samples, seed=seed)
        x, density = sess_run_fn([samples, dist.prob(samples)])
        size = x.shape[-1]
        log_volume = size / 2 * math.log(math.pi) - math.lgamma(1 + size / 2)
        volume = math.exp(log_volume) * radius**size
        inside = np.linalg.norm(x - np.asarray(center), axis=-1) <= radius
        found = np.where(inside, 1.0 / density, 0.0).mean(axis=0)
        np.testing.assert_allclose(found, np.full_like(found, volume), rtol=rtol, atol=atol)

    def run_test_sample_consistent_mean_covariance(
        self,
        sess_run_fn: Any,
        dist: Any,
        num_samples: int = int(1e5),
        seed: int = 24,
        rtol: float = 1e-2,
        atol: float = 0.1,
        cov_rtol: float | None = None,
        cov_atol: float | None = None,
    ) -> None:
        """Mean, covariance, variance and deviation must be those of samples."""
        fetches = [dist.sample(num_samples, seed=seed), dist.mean(), dist.covariance()]
        x, mean, covariance, variance, deviation = sess_run_fn(
            [*fetches, dist.variance(), dist.stddev()]
        )
        cov_rtol = rtol if cov_rtol is None else cov_rtol
        cov_atol = atol if cov_atol is None else cov_atol
        np.testing.assert_allclose(x.mean(0), mean, rtol=rtol, atol=atol)
        apart = x - x.mean(0)
        found = np.einsum("n...i,n...j->...ij", apart, apart) / len(x)
        np.testing.assert_allclose(found, covariance, rtol=cov_rtol, atol=cov_atol)
        np.testing.assert_allclose(x.var(0), variance, rtol=cov_rtol, atol=cov_atol)
        np.testing.assert_allclose(x.std(0), deviation, rtol=cov_rtol, atol=cov_atol)


class DiscreteScalarDistributionTestHelpers:
    """Checks of samples of whole numbers, for a test case to inherit."""

    def run_test_sample_consistent_log_prob(
        self,
        sess_run_fn: Any,
        dist: Any,
        num_samples: int = int(1e5),
        num_threshold: int = int(1e3),
        seed: int = 42,
        batch_size: int | None = None,
        rtol: float = 1e-2,
        atol: float = 0.0,
    ) -> None:
        """Values drawn `num_threshold` times or more must be as frequent as they are probable."""
        x = sess_run_fn(dist.sample(num_samples, seed=seed))
        columns = x.reshape(num_samples, -1)
        for i, column in enumerate(columns.T):
            values, counts = np.unique(column, return_counts=True)
            values, counts = values[counts >= num_threshold], counts[counts >= num_threshold]
            at = values.reshape(-1, *[1] * (x.ndim - 1)) * np.ones((1, *x.shape[1:]), x.dtype)
            probs = sess_run_fn(dist.prob(at)).reshape(len(values), -1)[:, i]
            np.testing.assert_allclose(counts / num_samples, probs, rtol=rtol, atol=atol)

    def run_test_sample_consistent_mean_variance(
        self,
        sess_run_fn: Any,
        dist: Any,
        num_samples: int = int(1e5),
        seed: int = 24,
        rtol: float = 1e-2,
        atol: float = 0.0,
    ) -> None:
        """Mean, variance and deviation must be those of samples."""
        fetches = [dist.sample(num_samples, seed=seed), dist.mean(), dist.variance()]
        x, mean, variance, deviation = sess_run_fn([*fetches, dist.stddev()])
        np.testing.assert_allclose(x.mean(0), mean, rtol=rtol, atol=atol)
        np.testing.assert_allclose(x.var(0), variance, rtol=rtol, atol=atol)
        np.testing.assert_allclose(x.std(0), deviation, rtol=rtol, atol=atol)
