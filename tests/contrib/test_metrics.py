"""tf.contrib.metrics and tf.contrib.distributions. Values: TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf

M = tf.contrib.metrics
L = [2.0, 1.0, 4.0, 6.0]


def twice(build):
    """Value and update after two runs of a metric's update op, starting with the value."""
    with tf.Graph().as_default(), tf.Session() as session:
        value, update = build()
        session.run(tf.local_variables_initializer())
        found = [session.run(value)]
        for _ in range(2):
            found += [session.run(update), session.run(value)]
        return [np.asarray(v).tolist() for v in found], value, update


def predictions():
    return tf.constant([1.0, 2, 3, 5]), tf.constant(L)


@pytest.mark.parametrize(
    ("build", "expected", "name"),
    [
        (
            lambda: M.streaming_pearson_correlation(*predictions()),
            [np.nan, 0.90224367, 0.90224367, 0.90224355, 0.90224355],
            "pearson_r/pearson_r",
        ),
        (
            lambda: M.streaming_pearson_correlation(*predictions(), tf.constant([1.0, 0, 2, 1])),
            [np.nan, 1, 1, 1, 1],
            "pearson_r/pearson_r",
        ),
        (
            lambda: M.streaming_covariance(*predictions()),
            [np.nan, 3.4166667, 3.4166667, 2.92857126, 2.92857126],
            "covariance/covariance",
        ),
        (
            lambda: M.streaming_false_negative_rate(tf.constant([1, 0, 0]), tf.constant([1, 1, 0])),
            [0, 0.5, 0.5, 0.5, 0.5],
            "false_negative_rate/value",
        ),
        (
            lambda: M.streaming_false_positive_rate(tf.constant([1, 0, 1]), tf.constant([0, 0, 0])),
            [0, 2 / 3, 2 / 3, 2 / 3, 2 / 3],
            "false_positive_rate/value",
        ),
        (lambda: M.count(predictions()[0]), [0, 4, 4, 8, 8], "count/Identity"),
        (
            lambda: M.streaming_accuracy(tf.constant([1, 0]), tf.constant([1, 1])),
            [0, 0.5, 0.5, 0.5, 0.5],
            "accuracy/value",
        ),
        (
            lambda: M.streaming_recall(predictions=tf.constant([1, 0]), labels=tf.constant([1, 1])),
            [0, 0.5, 0.5, 0.5, 0.5],
            "recall/value",
        ),
        (lambda: M.streaming_mean([1.0, 2.0]), [0, 1.5, 1.5, 1.5, 1.5], "mean/value"),
    ],
)  # fmt: skip
def test_streams(build, expected, name):
    found, value, _ = twice(build)
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert value.op.name == name


def test_values_so_far():
    found, value, _ = twice(lambda: M.streaming_concat(tf.constant([[1, 2], [3, 4]])))
    assert found == [[], 2, [[1, 2], [3, 4]], 4, [[1, 2], [3, 4], [1, 2], [3, 4]]]
    assert value.shape.as_list() == [None, 2] and value.op.name == "streaming_concat/concat"
    found, value, _ = twice(lambda: M.streaming_concat(tf.constant([[1, 2], [3, 4]]), 1, 3))
    assert found == [[[], []], 2, [[1, 2], [3, 4]], 3, [[1, 2, 1], [3, 4, 3]]]
    assert value.shape.as_list() == [2, None]
    with tf.Graph().as_default(), pytest.raises(ValueError, match="statically known size"):
        M.streaming_concat(tf.placeholder(tf.float32, [None, None]))


def test_without_a_stream():
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(M.accuracy(tf.constant([1, 0]), tf.constant([1, 1]))) == 0.5
        with pytest.raises(ValueError, match="Dtypes of predictions and labels should match"):
            M.accuracy(tf.constant([1.0]), tf.constant([1]))
    assert M.aggregate_metric_map({"a": (1, 2), "b": (3, 4)}) == (
        {"a": 1, "b": 3},
        {"a": 2, "b": 4},
    )
    assert M.aggregate_metrics((1, 2), (3, 4)) == ([1, 3], [2, 4])


def test_multivariate_normal():
    with tf.Graph().as_default(), tf.Session() as session:
        made = tf.contrib.distributions.MultivariateNormalDiag([0.0, 1.0], [1.0, 2.0])
        assert made.batch_shape.as_list() == [] and made.event_shape.as_list() == [2]
        found = session.run(made.log_prob([[0.5, 0.5], [0.0, 0.0]]))
        np.testing.assert_allclose(found, [-2.6872742, -2.6560242], rtol=1e-6)
        assert session.run(made.covariance()).tolist() == [[1, 0], [0, 4]]
        np.testing.assert_allclose(session.run(made.entropy()), 3.5310242, rtol=1e-6)
        other = tf.contrib.distributions.MultivariateNormalDiag(
            [[0.0, 1.0]], scale_identity_multiplier=2.0
        )
        assert session.run(other.stddev()).tolist() == [2, 2]  # as TensorFlow 1.15.5
        drawn = made.sample(3)
        assert drawn.shape.as_list() == [3, 2]
        divergence = session.run(tf.distributions.kl_divergence(made, other))
        np.testing.assert_allclose(
            divergence, [0.5 * (0.25 + 1 - 2 + np.log(16) - np.log(4))], 1e-6
        )
        # What was drawn is known to come from the location: as in TensorFlow it has no slope.
        assert tf.gradients(made.log_prob(drawn), made.loc) == [None]
        slope = tf.gradients(made.log_prob(tf.identity(drawn)), made.loc)[0]
        assert session.run(slope).shape == (2,)
