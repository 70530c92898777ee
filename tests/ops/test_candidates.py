"""Candidate sampling and its losses. Records: TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import data, run

import scopeflow as tf

W = np.random.RandomState(0).randn(10, 3).astype(np.float32)
B = (np.arange(10) / 10).astype(np.float32)
X = np.random.RandomState(1).randn(2, 3).astype(np.float32)
ONE, TWO = np.array([[5], [2]], np.int64), np.array([[5, 1], [2, 5]], np.int64)
DRAWN = np.array([1, 5, 7], np.int64), np.float32([[0.5], [0.2]]), np.float32([0.3, 0.2, 0.1])
DRAWN_TWO = DRAWN[0], np.float32([[0.5, 0.1], [0.2, 0.3]]), DRAWN[2]


@pytest.mark.parametrize(
    ("loss", "labels", "options", "expected"),
    [
        ("nce_loss", ONE, {}, [10.602949, 11.4801035]),
        ("nce_loss", ONE, {"remove_accidental_hits": True}, [8.610554, 11.4801035]),
        ("sampled_softmax_loss", ONE, {}, [3.9250464, 4.2300525]),
        ("sampled_softmax_loss", ONE, {"remove_accidental_hits": False}, [3.9732203, 4.2300525]),
        ("nce_loss", TWO, {"num_true": 2, "parts": 2}, [13.780256, 13.52755]),
        ("sampled_softmax_loss", TWO, {"num_true": 2}, [2.4559863, 3.0538454]),
    ],
)
def test_losses(loss, labels, options, expected):
    with tf.Graph().as_default():
        options = dict(options)
        parts = options.pop("parts", 1)
        weights = [tf.constant(W[i::parts]) for i in range(parts)]
        drawn = [tf.constant(x) for x in (DRAWN_TWO if labels is TWO else DRAWN)]
        found = getattr(tf.nn, loss)(
            weights, tf.constant(B), labels, X, 3, 10, sampled_values=drawn, **options
        )
        np.testing.assert_allclose(run(found), expected, rtol=1e-5)


def test_losses_train():
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        weights, biases = tf.Variable(W), tf.Variable(B)
        loss = tf.reduce_mean(tf.nn.nce_loss(weights, biases, ONE, X, 4, 10))
        step = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step])[0] for _ in range(40)]
        assert np.mean(losses[-5:]) < np.mean(losses[:5]) / 2


def draw(name, *, num_sampled=4, unique=True, range_max=10, labels=ONE, runs=1, **options):
    with tf.Graph().as_default(), tf.Session() as session:
        ranged = {} if name == "all" else {"range_max": range_max}
        sampler = getattr(tf.nn, f"{name}_candidate_sampler")
        found = sampler(labels, labels.shape[1], num_sampled, unique, seed=1, **ranged, **options)
        assert found.sampled_candidates.shape == [num_sampled]
        return [session.run(found) for _ in range(runs)]


def test_unique_candidates():
    for name, options in [("uniform", {}), ("log_uniform", {}), ("learned_unigram", {}),
                          ("fixed_unigram", {"unigrams": [1.0] * 10})]:  # fmt: skip
        for classes, _, expected in draw(name, runs=5, **options):
            assert len(set(classes)) == 4 and classes.min() >= 0 and classes.max() < 10
            assert ((expected > 0) & (expected < 1)).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match="Sampler's range is too small"):
        draw("uniform", num_sampled=14)


def test_expected_counts():
    # With repetitions: the number of draws times the probability.
    (found,) = draw("uniform", unique=False)
    assert found.true_expected_count.tolist() == [[np.float32(0.4)], [np.float32(0.4)]]
    (found,) = draw("log_uniform", unique=False)
    np.testing.assert_allclose(found.true_expected_count[:, 0], [0.25714332, 0.47989097], 1e-6)
    (found,) = draw(
        "fixed_unigram", unique=False, range_max=4, labels=ONE % 4, unigrams=[1, 2, 3, 4],
        distortion=0.5,
    )  # fmt: skip
    np.testing.assert_allclose(found.true_expected_count[:, 0], [0.9203727, 1.1272217], 1e-6)
    (found,) = draw("all", num_sampled=3)
    assert found.sampled_candidates.tolist() == [0, 1, 2]
    # Drawn as often as expected:
    classes = np.concatenate(
        [f.sampled_candidates for f in draw("log_uniform", unique=False, num_sampled=500, runs=4)]
    )
    assert (classes == 0).mean() == pytest.approx(np.log(2) / np.log(11), abs=0.05)


def test_fixed_unigrams_from_a_file(tmp_path):
    place = tmp_path / "vocab.txt"
    place.write_text("a,1\nb,0\nc,3\n")
    (found,) = draw(
        "fixed_unigram", unique=True, range_max=4, num_sampled=2, vocab_file=str(place),
        num_reserved_ids=1,
    )  # fmt: skip
    assert set(found.sampled_candidates) == {1, 3}


def test_learned_unigrams_learn():
    found = draw("learned_unigram", unique=False, runs=3, labels=np.full((50, 1), 3))
    assert [f.true_expected_count[0, 0].round(2) for f in found] == [0.4, 3.4, 3.67]


def test_accidental_hits():
    with tf.Graph().as_default():
        found = run(tf.nn.compute_accidental_hits(TWO, tf.constant([1, 5, 7], tf.int64), 2))
    assert found.indices.tolist() == [0, 0, 1] and found.ids.tolist() == [1, 0, 1]
    assert (found.weights == np.finfo(np.float32).min).all()


# Embeddings of lists of ids.

TABLE = np.arange(20.0, dtype=np.float32).reshape(10, 2)


def _ids(values=(1, 3, 5), places=((0, 0), (0, 1), (2, 0))):
    return tf.SparseTensor(np.array(places), tf.constant(values, tf.int64), [3, 2])


@pytest.mark.parametrize(
    ("combiner", "plain", "weighted"),
    [
        ("sum", [[8, 10], [0, 0], [10, 11]], [[5, 6.5], [0, 0], [20, 22]]),
        ("mean", [[4, 5], [0, 0], [10, 11]], [[10 / 3, 13 / 3], [np.nan, np.nan], [10, 11]]),
        (
            "sqrtn",
            [[5.656854, 7.071068], [0, 0], [10, 11]],
            [[4.472136, 5.8137765], [np.nan, np.nan], [10, 11]],
        ),
    ],
)
def test_embedding_lookup_sparse(combiner, plain, weighted):
    with tf.Graph().as_default():
        weights = tf.SparseTensor([[0, 0], [0, 1], [2, 0]], tf.constant([1, 0.5, 2]), [3, 2])
        for given, expected in ((None, plain), (weights, weighted)):
            found = tf.nn.embedding_lookup_sparse(TABLE, _ids(), given, combiner=combiner)
            np.testing.assert_allclose(run(found), expected, rtol=1e-6)
        with pytest.raises(ValueError, match="combiner must be one of"):
            tf.nn.embedding_lookup_sparse(TABLE, _ids(), None, combiner="x")
        with pytest.raises(TypeError, match="sp_ids must be SparseTensor"):
            tf.nn.embedding_lookup_sparse(TABLE, tf.constant([1]), None)


def test_safe_embedding_lookup_sparse():
    with tf.Graph().as_default():
        look = tf.nn.safe_embedding_lookup_sparse
        assert run(look(TABLE, _ids())).tolist() == [[4, 5], [0, 0], [10, 11]]
        found = look(TABLE, _ids(), default_id=7)
        assert found.shape.as_list() == [3, 2]
        assert run(found).tolist() == [[4, 5], [14, 15], [10, 11]]
        negative = look(TABLE, _ids((-1, 3), ((0, 0), (1, 1))))
        assert run(negative).tolist() == [[0, 0], [6, 7], [0, 0]]


# Morphology, fractional pooling, gradients of convolutions.


def test_dilation_and_erosion():
    from ops.common import check

    image = np.arange(16.0).reshape(1, 4, 4, 1)
    kernel = np.array([[0.0, 1], [2, 3]]).reshape(2, 2, 1)
    same = {"strides": [1] * 4, "rates": [1] * 4, "padding": "SAME"}
    check(
        lambda x, k: tf.nn.dilation2d(x, k, **same),
        image,
        kernel,
        expected=lambda *_: np.reshape(
            [8, 9, 10, 9, 12, 13, 14, 13, 16, 17, 18, 17, 14, 15, 16, 15], (1, 4, 4, 1)
        ),
        unknown_rank=False,
    )
    check(
        lambda x, k: tf.nn.erosion2d(x, k, [1, 2, 2, 1], [1, 2, 2, 1], "VALID"),
        np.arange(25.0).reshape(1, 5, 5, 1),
        kernel,
        expected=lambda *_: np.reshape([-3, -1, 7, 9], (1, 2, 2, 1)),
        unknown_rank=False,
    )


@pytest.mark.parametrize("kind", ["max", "avg"])
@pytest.mark.parametrize("options", [{}, {"pseudo_random": True}, {"overlapping": True}])
def test_fractional_pooling(kind, options):
    x = data(2, 7, 9, 3)
    with tf.Graph().as_default():
        place = tf.constant(x)
        pool = getattr(tf.nn, f"fractional_{kind}_pool")
        found, rows, columns = pool(place, [1, 1.5, 1.7, 1], seed=3, deterministic=True, **options)
        assert found.shape.as_list() == [2, 4, 5, 3]
        slope = tf.gradients(found, place)[0]
        got, rows, columns, slope = run([found, rows, columns, slope])
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (0, 7, 0, 9)
    assert len(rows) == 5 and set(np.diff(rows)) <= {1, 2, 3} and (np.diff(columns) > 0).all()
    assert np.isfinite(slope).all()
    if kind == "max" or not options.get("overlapping"):
        assert slope.sum() == pytest.approx(got.size)
    reduce = np.max if kind == "max" else np.mean
    more = 1 if options.get("overlapping") else 0
    window = x[:, rows[1] : rows[2] + more, columns[2] : columns[3] + more]
    np.testing.assert_allclose(got[:, 1, 2], reduce(window, axis=(1, 2)))


def test_gradients_of_convolutions_as_ops():
    from ops.common import check

    x, w = data(2, 5, 6, 3), data(2, 3, 3, 4, seed=1)
    strides = [1, 2, 1, 1]
    cases = [
        (tf.nn.conv2d, tf.nn.conv2d_backprop_filter, x, w, strides),
        (tf.nn.depthwise_conv2d, tf.nn.depthwise_conv2d_backprop_filter, x, w, [1, 1, 1, 1]),
        (tf.nn.conv3d, tf.nn.conv3d_backprop_filter, data(1, 4, 4, 3, 2), data(2, 2, 2, 2, 3),
         [1] * 5),
    ]  # fmt: skip
    for forward, backward, image, weight, steps in cases:
        with tf.Graph().as_default():
            out = run(forward(image, weight, strides=steps, padding="SAME"))
            place = tf.constant(weight)
            found = forward(image, place, strides=steps, padding="SAME")
            expected = run(tf.gradients(found, place, grad_ys=out)[0])
        check(
            lambda a, g, f=backward, s=weight.shape, t=steps: f(a, s, g, strides=t, padding="SAME"),
            image,
            out,
            expected=lambda *_, e=expected: e,
            unknown_rank=False,
        )
    with tf.Graph().as_default():
        place = tf.constant(x)
        found = tf.nn.depthwise_conv2d(place, w, [1, 1, 1, 1], "VALID")
        expected = tf.gradients(found, place)[0]
        same = tf.nn.depthwise_conv2d_backprop_input(
            x.shape, w, tf.ones_like(found), [1, 1, 1, 1], "VALID"
        )
        a, b = run([expected, same])
        np.testing.assert_allclose(a, b)
        wide = tf.nn.atrous_conv2d_transpose(
            np.ones((1, 4, 4, 1)), np.ones((2, 2, 1, 1)), [1, 4, 4, 1], 2, "SAME"
        )
        rows = [[1, 2, 2, 1], [2, 4, 4, 2], [2, 4, 4, 2], [1, 2, 2, 1]]
        assert run(wide)[0, :, :, 0].tolist() == rows


def test_losses_over_replicas():
    with tf.Graph().as_default():
        losses = tf.constant([1.0, 2])
        assert run(tf.nn.compute_average_loss(losses, global_batch_size=4)) == 0.75
        assert run(tf.nn.compute_average_loss(losses, tf.constant([0.5, 1]))) == 1.25
        assert run(tf.nn.scale_regularization_loss(losses)) == 3


def test_with_space_to_batch():
    x, w = data(1, 6, 6, 2), data(2, 2, 2, 3, seed=1)

    def convolve(image, count, padding):
        assert count == 2
        return tf.nn.conv2d(image, w, strides=[1, 1, 1, 1], padding=padding)

    for padding in ("SAME", "VALID"):
        with tf.Graph().as_default():
            found = tf.nn.with_space_to_batch(x, [2, 2], padding, convolve, filter_shape=[2, 2])
            same = tf.nn.convolution(x, w, padding, dilation_rate=[2, 2])
            np.testing.assert_allclose(*run([found, same]))
    with tf.Graph().as_default(), pytest.raises(ValueError, match="increasing positive integers"):
        tf.nn.with_space_to_batch(x, [2, 2], "VALID", convolve, spatial_dims=[2, 1])
