"""tf.contrib.distributions against scipy in float64, and what TensorFlow 1.15.5 was seen to do."""

import numpy as np
import pytest
from scipy import stats

import scopeflow as tf

D = tf.contrib.distributions
B = D.bijectors
RNG = np.random.RandomState(0)
LOC = RNG.randn(2, 3)
TRIL = np.tril(RNG.randn(2, 3, 3) * 0.3) + np.eye(3)
COVARIANCE = TRIL @ TRIL.transpose(0, 2, 1)
X = RNG.randn(2, 3)


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session() as opened:
        tf.set_random_seed(5)
        yield opened


def array(*values):
    return np.array(values)


SCALAR = {
    "Poisson": (lambda: D.Poisson(array(1.5, 4.0)), stats.poisson([1.5, 4.0])),
    "Geometric": (lambda: D.Geometric(probs=array(0.5, 0.3)), stats.geom([0.5, 0.3], loc=-1)),
    "NegativeBinomial": (
        lambda: D.NegativeBinomial(array(5.0, 4.0), probs=array(0.5, 0.3)),
        stats.nbinom([5, 4], [0.5, 0.7]),
    ),
    "Binomial": (
        lambda: D.Binomial(array(5.0, 4.0), probs=array(0.5, 0.3)),
        stats.binom([5, 4], [0.5, 0.3]),
    ),
    "HalfNormal": (lambda: D.HalfNormal(array(1.5, 4.0)), stats.halfnorm(scale=[1.5, 4.0])),
    "InverseGamma": (
        lambda: D.InverseGamma(array(6.5, 5.0), array(2.0, 3.0)),
        stats.invgamma([6.5, 5.0], scale=[2.0, 3.0]),
    ),
    "Chi2": (lambda: D.Chi2(array(1.5, 4.0)), stats.chi2([1.5, 4.0])),
}


@pytest.mark.parametrize("kind", SCALAR)
def test_numbers_and_counts_equal_scipy(kind, session):
    make, right = SCALAR[kind]
    made, x = make(), array(1.0, 3.0)
    log_prob = right.logpmf(x) if hasattr(right.dist, "pmf") else right.logpdf(x)
    wanted = {"log_prob": log_prob, "cdf": right.cdf(x)}
    wanted |= {"mean": right.mean(), "variance": right.var()}
    if kind not in ("Poisson", "NegativeBinomial", "Binomial"):
        wanted["entropy"] = right.entropy()
    for method, value in wanted.items():
        found = getattr(made, method)(*([x] if method in ("log_prob", "cdf") else []))
        np.testing.assert_allclose(session.run(found), value, rtol=1e-6, err_msg=method)
    assert made.batch_shape.as_list() == [2]
    if kind != "Binomial":
        drawn = session.run(made.sample(20000, seed=1))
        np.testing.assert_allclose(drawn.mean(0), right.mean(), rtol=0.05)
        np.testing.assert_allclose(drawn.std(0), right.std(), rtol=0.1)


@pytest.mark.parametrize("kind", ["HalfNormal", "InverseGamma", "Chi2"])
def test_gradient_of_log_prob(kind, session):
    make, right = SCALAR[kind]
    x = tf.constant([1.0, 3.0], tf.float64)
    slope = session.run(tf.gradients(make().log_prob(x), x)[0])
    up, down = right.logpdf(array(1, 3) + 1e-6), right.logpdf(array(1, 3) - 1e-6)
    np.testing.assert_allclose(slope, (up - down) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("kind", ["TriL", "FullCovariance", "Diag", "DiagPlusLowRank"])
def test_multivariate_normals_equal_scipy(kind, session):
    make, covariance = {
        "TriL": (lambda: D.MultivariateNormalTriL(LOC, TRIL), COVARIANCE),
        "FullCovariance": (
            lambda: D.MultivariateNormalFullCovariance(LOC, COVARIANCE), COVARIANCE,
        ),
        "Diag": (
            lambda: D.MultivariateNormalDiag(LOC, np.full([2, 3], 2.0)),
            np.stack([np.eye(3) * 4.0] * 2),
        ),
        "DiagPlusLowRank": (
            lambda: D.MultivariateNormalDiagPlusLowRank(
                LOC, np.ones(3), scale_perturb_factor=array([1.0], [0.0], [2.0])
            ),
            np.stack([np.linalg.matrix_power(np.eye(3) + np.outer([1, 0, 2], [1, 0, 2]), 2)] * 2),
        ),
    }[kind]  # fmt: skip
    made = make()
    assert made.batch_shape.as_list() == [2] and made.event_shape.as_list() == [3]
    assert made.sample([5, 4]).shape.as_list() == [5, 4, 2, 3]
    log_prob, entropy = session.run([made.log_prob(X), made.entropy()])
    for i in range(2):
        right = stats.multivariate_normal(LOC[i], covariance[i])
        np.testing.assert_allclose(log_prob[i], right.logpdf(X[i]))
        np.testing.assert_allclose(entropy[i] if entropy.ndim else entropy, right.entropy())
    found = np.broadcast_to(session.run(made.covariance()), covariance.shape)
    np.testing.assert_allclose(found, covariance)
    drawn = session.run(made.sample(20000, seed=2))
    np.testing.assert_allclose(np.cov(drawn[:, 0].T), covariance[0], atol=0.5)


def test_divergence_of_multivariate_normals(session):
    one = D.MultivariateNormalTriL(LOC[0], TRIL[0])
    two = D.MultivariateNormalDiag(LOC[1], array(1.0, 2.0, 3.0))
    inverse = np.diag([1.0, 1 / 4, 1 / 9])
    apart = LOC[1] - LOC[0]
    wanted = 0.5 * (
        np.trace(inverse @ COVARIANCE[0]) + apart @ inverse @ apart - 3
        + np.log(36) - np.log(np.linalg.det(COVARIANCE[0]))
    )  # fmt: skip
    np.testing.assert_allclose(session.run(D.kl_divergence(one, two)), wanted)


def test_deviations_of_a_diagonal_are_sums(session):
    """Recorded from TensorFlow 1.15.5: the multiplier is added to the diagonal."""
    made = D.MultivariateNormalDiag([1.0, 2.0], [1.0, 3.0], 2.0)
    assert session.run(made.stddev()).tolist() == [3.0, 5.0]
    assert D.MultivariateNormalDiag([[1.0, 2.0], [3.0, 4.0]], [1.0, 3.0]).stddev().shape == [2]
    with pytest.raises(ValueError, match="Cannot infer `event_shape`"):
        D.MultivariateNormalDiag()


def test_mixtures(session):
    parts = [D.Normal(0.0, 1.0), D.Normal(3.0, 2.0)]
    wanted = np.log(0.3 * stats.norm.pdf(1) + 0.7 * stats.norm.pdf(1, 3, 2))
    for made in (
        D.Mixture(D.Categorical(probs=[0.3, 0.7]), parts),
        D.MixtureSameFamily(D.Categorical(probs=[0.3, 0.7]), D.Normal([0.0, 3.0], [1.0, 2.0])),
    ):
        log_prob, mean, deviation = session.run([made.log_prob(1.0), made.mean(), made.stddev()])
        np.testing.assert_allclose(log_prob, wanted, rtol=1e-5)
        drawn = session.run(made.sample(20000, seed=1))
        np.testing.assert_allclose([drawn.mean(), drawn.std()], [mean, deviation], rtol=0.05)
    with pytest.raises(ValueError, match="cat.num_classes != len"):
        D.Mixture(D.Categorical(probs=[0.3, 0.3, 0.4]), parts)
    with pytest.raises(TypeError, match="cat must be a Categorical"):
        D.Mixture(parts[0], parts)


def test_transformed(session):
    made = D.TransformedDistribution(D.Normal(0.0, 1.0), B.Exp())
    assert made.name == "expNormal/"
    found = session.run([made.log_prob([1.0, 2.0]), made.cdf([1.0, 2.0])])
    right = stats.lognorm(1.0)
    np.testing.assert_allclose(found, [right.logpdf([1, 2]), right.cdf([1, 2])], rtol=1e-5)
    folded = D.TransformedDistribution(D.Normal(0.0, 1.0), B.AbsoluteValue())
    wanted = stats.halfnorm.logpdf([1, 2])
    np.testing.assert_allclose(session.run(folded.log_prob([1.0, 2.0])), wanted, rtol=1e-5)
    with pytest.raises(NotImplementedError, match="mean is not implemented"):
        made.mean()


def test_sinh_arcsinh(session):
    """The change of variables, by hand; without skewness and tail weight, the normal."""
    plain = D.SinhArcsinh(1.0, 2.0).log_prob([0.5, 4.0])
    np.testing.assert_allclose(session.run(plain), stats.norm.logpdf([0.5, 4], 1, 2), rtol=1e-5)
    made = D.SinhArcsinh([1.0, 2.0], 2.0, skewness=0.3, tailweight=1.5)
    y = np.array([0.5, 4.0])
    factor = 2 * 2 / np.sinh(np.arcsinh(2) * 1.5)

    def inverse(y):
        return np.sinh(np.arcsinh((y - [1.0, 2.0]) / factor) / 1.5 - 0.3)

    slope = (inverse(y + 1e-6) - inverse(y - 1e-6)) / 2e-6
    wanted = stats.norm.logpdf(inverse(y)) + np.log(slope)
    np.testing.assert_allclose(session.run(made.log_prob([0.5, 4.0])), wanted, rtol=1e-4)
    assert made.batch_shape.as_list() == [2] and made.name == "SinhArcsinh_1/"
    of_laplace = D.SinhArcsinh([1.0, 2.0], 2.0, distribution=D.Laplace(0.0, 1.0))
    assert session.run(of_laplace.sample(500)).shape == (500, 2)
    wanted = stats.laplace.logpdf(y, [1.0, 2.0], 2.0)
    np.testing.assert_allclose(session.run(of_laplace.log_prob([0.5, 4.0])), wanted, rtol=1e-5)


def test_classes(session):
    made = D.OneHotCategorical(probs=[[0.2, 0.3, 0.5], [0.0, 0.5, 0.5]])
    log_prob, drawn = session.run([made.log_prob([[0, 1, 0], [0, 0, 1]]), made.sample(9)])
    np.testing.assert_allclose(log_prob, np.log([0.3, 0.5]), rtol=1e-5)
    assert (drawn.sum(-1) == 1).all() and drawn.shape == (9, 2, 3)
    relaxed = D.RelaxedOneHotCategorical(0.5, probs=[0.2, 0.8])
    # Of two classes, the first element is a relaxed yes or no.
    binary = D.RelaxedBernoulli(0.5, probs=0.2)
    both = session.run([relaxed.log_prob([0.3, 0.7]), binary.log_prob(0.3)])
    assert np.isfinite(both).all()
    # sigmoid of a logistic variable; its density by the change of variables, at 0.3.
    right = stats.logistic(np.log(0.25) / 0.5, 1 / 0.5).logpdf(np.log(0.3 / 0.7))
    np.testing.assert_allclose(both[1], right - np.log(0.3 * 0.7), rtol=1e-5)
    drawn = relaxed.sample(5)
    np.testing.assert_allclose(session.run(tf.reduce_sum(drawn, -1)), 1.0, rtol=1e-5)
    assert tf.gradients(drawn, relaxed.distribution.logits)[0] is not None


def test_reshaped(session):
    normal = D.Normal(np.zeros([4, 3]), 1.0 + np.arange(12.0).reshape(4, 3))
    joint = D.Independent(normal, 1)
    assert (joint.batch_shape.as_list(), joint.event_shape.as_list()) == ([4], [3])
    apart, together = session.run([normal.log_prob(np.ones(3)), joint.log_prob(np.ones(3))])
    np.testing.assert_allclose(apart.sum(-1), together)
    other = D.BatchReshape(normal, [2, -1])
    assert other.sample(7).shape.as_list() == [7, 2, 6]
    found = session.run(other.log_prob(np.ones([2, 6])))
    np.testing.assert_allclose(found, session.run(normal.log_prob(np.ones([4, 3]))).reshape(2, 6))
    with pytest.raises(ValueError, match="cannot exceed distribution.batch_ndims"):
        D.Independent(normal, 3)
    with pytest.raises(ValueError, match="must match `distribution.batch_shape` size"):
        D.BatchReshape(normal, [5])


def test_certain_and_rounded(session):
    certain = D.Deterministic([1.0, 2.0], atol=0.1)
    assert session.run(certain.prob([1.05, 2.2])).tolist() == [1, 0]
    vector = D.VectorDeterministic([1.0, 2.0])
    assert session.run(vector.prob([[1.0, 2.2], [1.0, 2.0]])).tolist() == [0, 1]
    rounded = D.QuantizedDistribution(D.Normal(0.0, 1.0), low=-2.0, high=2.0)
    at = np.arange(-3.0, 4.0, dtype="f")
    edges = stats.norm.cdf([-2, -1, 0, 1])
    wanted = [0, *np.diff(np.concatenate([[0], edges, [1]])), 0]
    np.testing.assert_allclose(session.run(rounded.prob(at)), wanted, atol=1e-6)
    assert set(session.run(rounded.sample(500))) == {-2, -1, 0, 1, 2}


def test_triangular():
    """Recorded from TensorFlow 1.15.5."""
    with tf.Session() as session:
        lower = session.run(D.fill_triangular(np.arange(1.0, 7)))
        upper = session.run(D.fill_triangular(np.arange(1.0, 7), upper=True))
        assert lower.tolist() == [[4, 0, 0], [6, 5, 0], [3, 2, 1]]
        assert upper.tolist() == [[1, 2, 3], [0, 5, 6], [0, 0, 4]]
        back = session.run(D.fill_triangular_inverse(lower + np.triu(np.ones([3, 3]), 1)))
        assert back.tolist() == [1, 2, 3, 4, 5, 6]
        three = session.run(D.tridiag([1.0, 2], [3.0, 4, 5], [6.0, 7]))
        assert three.tolist() == [[3, 6, 0], [1, 4, 7], [0, 2, 5]]
        changed = session.run(D.matrix_diag_transform(np.ones([2, 2]), tf.negative))
        assert changed.tolist() == [[-1, 1], [1, -1]]
    with pytest.raises(ValueError, match="does not correspond to a triangular matrix"):
        D.fill_triangular([1.0, 2.0])


def test_percentile(session):
    """The middle of four and of six elements recorded from TensorFlow 1.15.5."""
    assert session.run(D.percentile(np.arange(4.0), 50)) == 1
    assert session.run(D.percentile(np.arange(6.0), 50)) == 3
    x = RNG.randn(3, 4, 5)
    for way in ("lower", "higher", "nearest"):
        found = session.run(D.percentile(x, 30.0, axis=[0, 2], interpolation=way, keep_dims=True))
        wanted = np.percentile(x, 30.0, axis=(0, 2), method=way, keepdims=True)
        np.testing.assert_allclose(found, wanted)
    with pytest.raises(ValueError, match="must be in {'lower', 'higher', 'nearest'}"):
        D.percentile(x, 30.0, interpolation="linear")


def test_auto_correlation(session):
    """The complex series recorded from TensorFlow 1.15.5."""
    series = np.array([1, 1j, 0.5, 2.0], np.complex64)
    found = session.run(D.auto_correlation(series, center=False, normalize=False))
    np.testing.assert_allclose(found, [1.5625, 1 / 3 + 1j / 6, 0.25 - 1j, 2], atol=1e-6)
    x = RNG.randn(2, 6, 3).astype("f")
    found = D.auto_correlation(x, axis=1, max_lags=2)
    assert found.shape.as_list() == [2, 3, 3]
    y = x - x.mean(1, keepdims=True)
    wanted = [(y[:, m:] * y[:, : 6 - m]).mean(1) for m in range(3)]
    wanted = np.stack([w / wanted[0] for w in wanted], 1)
    np.testing.assert_allclose(session.run(found), wanted, atol=1e-5)


def test_helpers(session):
    x = array(1e-8, 0.5, 3.0, 500.0)
    np.testing.assert_allclose(session.run(tf.nn.softplus(D.softplus_inverse(x))), x, rtol=1e-6)
    total, sign = D.reduce_weighted_logsumexp([1.0, 2.0], [1.0, -1.0], return_sign=True)
    np.testing.assert_allclose(session.run(total), np.log(np.exp(2) - np.exp(1)), rtol=1e-6)
    assert session.run(sign) == -1
    prior = D.Normal(2.0, 3.0)
    after = D.normal_conjugates_known_scale_posterior(prior, 4.0, tf.constant(10.0), 5)
    precision = 1 / 9 + 5 / 16
    np.testing.assert_allclose(session.run(after.loc), (2 / 9 + 10 / 16) / precision, rtol=1e-6)
    stream, again = D.SeedStream(3, "a"), D.SeedStream(3, "a")
    seeds = [stream(), stream()]
    assert seeds == [again(), again()] and seeds[0] != seeds[1]
    assert D.SeedStream(None, "a")() is None


def test_samples_are_remembered_by_the_bijector(session):
    """What a flow without an inverse needs: the sample is the tensor that forward made."""

    class Shifted(B.ConditionalBijector):
        def __init__(self):
            super().__init__(forward_min_event_ndims=0, name="shifted")

        def _forward(self, x, by=1.0):
            return x + by

        def _forward_log_det_jacobian(self, x, by=1.0):
            return tf.zeros([], x.dtype)

    made = D.ConditionalTransformedDistribution(D.Normal(0.0, 1.0), Shifted())
    given = {"bijector_kwargs": {"by": 5.0}}
    y = made.sample([3], seed=1, **given)
    drawn, found = session.run([y, made.log_prob(y, **given)])
    np.testing.assert_allclose(found, stats.norm.logpdf(drawn - 5.0), rtol=1e-4)
    with pytest.raises(NotImplementedError, match="inverse not implemented"):
        made.log_prob(tf.constant([1.0]))
