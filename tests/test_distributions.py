"""tf.distributions against what TensorFlow 1.15.5 computed; samples against the moments."""

import json
from pathlib import Path

import distribution_cases as cases
import numpy as np
import pytest

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_distributions.json").read_text())
D = tf.distributions


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in cases.cases()}


@pytest.mark.parametrize("case", list(cases.cases()), ids="-".join)
def test_equals_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = cases.run(tf, *case)
    if len(wanted) == 2:
        assert found[0] == wanted[0]
        np.testing.assert_allclose(found[1], wanted[1], rtol=3e-5, atol=2e-6)
    else:
        assert found == wanted


@pytest.mark.parametrize("kind", cases.MADE)
def test_samples_have_the_moments(kind):
    if kind.startswith(("StudentT", "Categorical")):
        pytest.skip("without moments")
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        made = cases.MADE[kind](D)
        drawn = tf.cast(made.sample(20000), tf.float32)
        got, mean, deviation = session.run([drawn, made.mean(), made.stddev()])
    np.testing.assert_allclose(got.mean(0), mean, atol=6 * deviation.max() / 20000**0.5)
    np.testing.assert_allclose(got.std(0), deviation, rtol=0.1)


def test_samples_of_classes_and_students():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(3)
        classes = D.Categorical(probs=[[0.2, 0.3, 0.5], [1.0, 0.0, 0.0]])
        student = D.StudentT(5.0, 1.0, 2.0)
        drawn, values, again = session.run(
            [classes.sample(5000), student.sample(20000), student.sample(3, seed=5)]
        )
        below = session.run(student.cdf([0.0, 1.0, 4.0]))
    np.testing.assert_allclose(np.bincount(drawn[:, 0]) / 5000, [0.2, 0.3, 0.5], atol=0.03)
    assert not drawn[:, 1].any() and drawn.dtype == np.int32
    np.testing.assert_allclose([(values < x).mean() for x in (0, 1, 4)], below, atol=0.02)
    assert len(set(again)) == 3


def test_samples_are_differentiable():
    with tf.Graph().as_default(), tf.Session() as session:
        loc, scale = tf.constant(1.0), tf.constant(2.0)
        normal = D.Normal(loc, scale)
        drawn = normal.sample(4, seed=1)
        slopes = tf.gradients(drawn, [loc, scale])
        values, slopes = session.run([drawn, slopes])
        np.testing.assert_allclose(slopes, [4, ((values - 1) / 2).sum()], rtol=1e-5)
        rate = tf.constant(3.0)
        assert session.run(tf.gradients(D.Exponential(rate).sample(), rate)[0]) < 0
        p = tf.constant([0.3, 0.7])
        score = tf.gradients(D.Categorical(probs=p).log_prob(1), p)[0]
        np.testing.assert_allclose(session.run(score), [-1, 1 / 0.7 - 1], atol=1e-6)


def test_shapes_that_are_not_known():
    with tf.Graph().as_default(), tf.Session() as session:
        loc = tf.placeholder(tf.float32, [None])
        normal = D.Normal(loc, 1.0)
        feeds = {loc: [1.0, 2.0, 3.0]}
        assert normal.batch_shape.as_list() == [None]
        assert session.run(normal.batch_shape_tensor(), feeds).tolist() == [3]
        assert session.run(normal.sample([2]), feeds).shape == (2, 3)
        assert session.run(normal.is_scalar_batch(), feeds) == np.False_
        logits = tf.placeholder(tf.float32)
        drawn = D.Categorical(logits=logits).sample()
        assert session.run(drawn, {logits: [[0.0, 1], [2, 3]]}).shape == (2,)


def test_names():
    with tf.Graph().as_default():
        normal = D.Normal(0.0, 1.0)
        assert normal.log_prob(0.5).op.name.startswith("Normal/log_prob/")
        assert D.Normal(0.0, 1.0, name="policy").name == "policy/"
        assert D.Normal(0.0, 1.0).name == "Normal_1/"
        copied = normal.copy(scale=3.0)
        assert copied.parameters["scale"] == 3.0 and copied.parameters["loc"] == 0.0
    shapes = D.Normal.param_static_shapes([3])
    assert {k: v.as_list() for k, v in shapes.items()} == {"loc": [3], "scale": [3]}


def test_errors():
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="Must pass probs or logits, but not both"):
            D.Categorical()
        with pytest.raises(NotImplementedError, match="No KL.* type Normal and .* type Gamma"):
            D.kl_divergence(D.Normal(0.0, 1.0), D.Gamma(1.0, 1.0))
        with pytest.raises(NotImplementedError, match="quantile is not implemented: Gamma"):
            D.Gamma(1.0, 1.0).quantile(0.5)
        with pytest.raises(ValueError, match="must be of the same type"):
            D.Normal(tf.constant(0.0, tf.float64), tf.constant(1.0))
        scale = tf.placeholder_with_default(-1.0, [])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x > 0 did not hold"):
            session.run(D.Normal(0.0, scale, validate_args=True).scale)
        strict = D.Gamma(0.5, 1.0, allow_nan_stats=False)
        with pytest.raises(tf.errors.InvalidArgumentError, match="mode not defined"):
            session.run(strict.mode())
        with pytest.raises(ValueError, match="has already been registered"):
            D.RegisterKL(D.Normal, D.Normal)(lambda a, b, name=None: None)


def test_registered_divergence():
    class Mine(D.Normal):
        pass

    @D.RegisterKL(Mine, D.Normal)
    def _divergence(a, b, name=None):
        return tf.constant(42.0, name=name)

    with tf.Graph().as_default(), tf.Session() as session:
        one, two = Mine(0.0, 1.0), D.Normal(0.0, 1.0)
        assert session.run(D.kl_divergence(one, two)) == 42
        assert session.run(D.kl_divergence(two, one)) == 0
