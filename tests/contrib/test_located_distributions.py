"""tf.contrib.distributions' location and scale families against scipy, in float64."""

import numpy as np
import pytest
from scipy import stats

import scopeflow as tf

D = tf.contrib.distributions
PAIRS = [(D.Cauchy, stats.cauchy), (D.Logistic, stats.logistic)]
LOC, SCALE = np.array([0.5, -1.0]), np.array([[2.0], [0.7]])
X = np.array([-1.5, 2.25])


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_values_equal_scipy(ours, theirs):
    right = theirs(LOC, SCALE)
    with tf.Graph().as_default(), tf.Session() as session:
        made = ours(LOC, SCALE)
        assert made.batch_shape.as_list() == [2, 2]
        assert made.event_shape.as_list() == []
        for method, wanted in (
            ("prob", right.pdf(X)), ("log_prob", right.logpdf(X)), ("cdf", right.cdf(X)),
            ("log_cdf", right.logcdf(X)), ("survival_function", right.sf(X)),
            ("log_survival_function", right.logsf(X)),
        ):  # fmt: skip
            np.testing.assert_allclose(session.run(getattr(made, method)(X)), wanted, rtol=1e-9)
        wanted = right.ppf([0.1, 0.8])
        np.testing.assert_allclose(session.run(made.quantile([0.1, 0.8])), wanted, rtol=1e-7)
        np.testing.assert_allclose(session.run(made.mean()), right.mean() + 0 * wanted)
        np.testing.assert_allclose(session.run(made.stddev()), right.std() + 0 * wanted)
        np.testing.assert_allclose(session.run(made.entropy()), right.entropy() + 0 * wanted)
        np.testing.assert_array_equal(session.run(made.mode()), LOC + 0 * SCALE)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_gradient_of_log_prob(ours, theirs):
    step = 1e-6
    with tf.Graph().as_default(), tf.Session() as session:
        at = [tf.constant(v, tf.float64) for v in (0.5, 2.0, 1.25)]
        slopes = session.run(tf.gradients(ours(at[0], at[1]).log_prob(at[2]), at))

    def value(loc, scale, x):
        return theirs.logpdf(x, loc, scale)

    for i, slope in enumerate(slopes):
        up, down = (
            [v + (i == j) * s for j, v in enumerate((0.5, 2.0, 1.25))] for s in (step, -step)
        )
        np.testing.assert_allclose(slope, (value(*up) - value(*down)) / (2 * step), atol=1e-7)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_samples_follow_the_cdf(ours, theirs):
    with tf.Graph().as_default(), tf.Session() as session:
        drawn = session.run(ours(0.5, 2.0).sample(4000, seed=3))
    assert drawn.dtype == np.float32 and np.isfinite(drawn).all()
    assert stats.kstest(drawn, theirs(0.5, 2.0).cdf).statistic < 0.03


def test_errors_and_copies():
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="mean.* is undefined for Cauchy"):
            D.Cauchy(0.0, 1.0, allow_nan_stats=False).mean()
        with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x > 0"):
            scale = tf.placeholder_with_default(-1.0, [])
            session.run(D.Logistic(0.0, scale, validate_args=True).scale)
        copied = D.Logistic(1.0, 2.0).copy(loc=3.0)
        assert session.run(copied.mode()) == 3.0
        assert copied.name == "Logistic_2/"


@pytest.mark.parametrize("kind", [D.Normal, D.Laplace, D.Cauchy, D.Logistic])
def test_dtype_is_that_of_the_values(kind):
    """As TensorFlow 1.15.5 was seen to do: arrays keep float64, whole numbers are refused."""
    wide = np.array([1.0, 2.0])
    with tf.Graph().as_default():
        assert kind(wide, wide).dtype == tf.float64
        assert kind(1.0, 2.0).dtype == tf.float32
        with pytest.raises(ValueError, match="must be of the same type"):
            kind(1.0, wide)
        with pytest.raises(ValueError, match="Expected floating point type, got"):
            kind(1, 2)
