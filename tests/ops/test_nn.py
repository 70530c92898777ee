"""Activations, softmax and losses, dropout, top k, normalizations, embeddings."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.core.op import registry
from scopeflow.ops import embedding, losses, nn, normalization

# Activations.

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772
ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "relu6": lambda x: np.clip(x, 0, 6),
    "elu": lambda x: np.where(x > 0, x, np.expm1(x)),
    "selu": lambda x: _SCALE * np.where(x > 0, x, _ALPHA * np.expm1(x)),
    "softplus": lambda x: np.logaddexp(x, 0),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "log_sigmoid": lambda x: -np.logaddexp(-x, 0),
    "swish": lambda x: x / (1 + np.exp(-x)),
    "crelu": lambda x: np.concatenate([np.maximum(x, 0), np.maximum(-x, 0)], -1),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name):
    x = data(3, 4, low=-8, high=8)
    check(getattr(nn, name), x, expected=ACTIVATIONS[name], unknown_rank=name != "crelu")


def test_activations_at_their_kinks():
    # TF 1.15.5: tf.gradients(tf.nn.relu6(z), z) …
    x = np.array([-1.0, 0, 1, 6, 7])
    expected = {
        "relu": [0, 0, 1, 1, 1],
        "relu6": [0, 0, 1, 0, 0],
        "elu": [0.36787944, 1, 1, 1, 1],
        "selu": [0.64676861, 1.05070099, 1.05070099, 1.05070099, 1.05070099],
        "leaky_relu": [0.2, 0.2, 1, 1, 1],
        "softsign": [0.25, 1, 0.25, 1 / 49, 1 / 64],
    }
    for name, slopes in expected.items():
        np.testing.assert_allclose(gradient_of(getattr(nn, name), x), slopes, rtol=1e-7)


def test_activations_far_out():
    x = np.array([-1e30, -100, 100, 1e30], np.float32)
    near = {"rtol": 1e-6, "atol": 1e-30}
    np.testing.assert_allclose(value(nn.softplus, x), [0, 0, 100, 1e30], **near)
    np.testing.assert_allclose(value(nn.log_sigmoid, x), [-1e30, -100, 0, 0], **near)
    for name in ACTIVATIONS:
        assert np.isfinite(gradient_of(getattr(nn, name), x)).all(), name


def test_activation_arguments():
    assert value(nn.relu, np.array([-1, 2], np.int32)).tolist() == [0, 2]
    np.testing.assert_allclose(value(lambda x: nn.leaky_relu(x, 0.5), np.array([-2, 2])), [-1, 2])
    assert value(lambda x: nn.leaky_relu(x), np.array([1], np.int32)).dtype == np.float32
    assert value(lambda x: nn.crelu(x, axis=0), data(2, 3)).shape == (4, 3)
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="alpha"):
            nn.leaky_relu(tf.zeros([2]), tf.constant(0.1))
        with pytest.raises(TypeError, match="int32"):
            nn.elu(tf.constant([1]))


# Softmax.


def _softmax(x, axis=-1):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


@pytest.mark.parametrize("axis", [-1, 2, 0, 1, -2])
def test_softmax(axis):
    x = data(2, 3, 4)
    check(
        lambda x: nn.softmax(x, axis),
        x,
        expected=lambda x: _softmax(x, axis),
        unknown_rank=axis == -1,
    )
    check(
        lambda x: nn.log_softmax(x, dim=axis),
        x,
        expected=lambda x: np.log(_softmax(x, axis)),
        unknown_rank=axis == -1,
    )


def test_softmax_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"Dimension \(2\)"):
            nn.softmax(x, 2)
        with pytest.raises(ValueError, match="'dim' and 'axis'"):
            nn.softmax(x, axis=1, dim=1)
        with pytest.raises(ValueError, match="rank 1"):
            nn.softmax(tf.constant(1.0))
        with pytest.raises(TypeError):
            nn.softmax(tf.placeholder(tf.float32), 1)
        with pytest.raises(NotImplementedError, match="axis"):
            nn.softmax(x, tf.placeholder(tf.int32, []))


# Losses.


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_softmax_cross_entropy(axis):
    logits = data(3, 4, 2, seed=1)
    labels = _softmax(data(3, 4, 2), axis)
    reference = lambda y, z: -(y * np.log(_softmax(z, axis))).sum(axis)  # noqa: E731
    check(
        lambda y, z: losses.softmax_cross_entropy_with_logits_v2(labels=y, logits=z, axis=axis),
        labels,
        logits,
        expected=reference,
        gradient=False,
        unknown_rank=axis == -1,
    )
    check(
        lambda z: losses.softmax_cross_entropy_with_logits_v2(
            labels=tf.constant(labels), logits=z, axis=axis
        ),
        logits,
        expected=lambda z: reference(labels, z),
        unknown_rank=False,
    )
    check(
        lambda y: losses.softmax_cross_entropy_with_logits_v2(
            labels=y, logits=tf.constant(logits), dim=axis
        ),
        labels,
        expected=lambda y: reference(y, logits),
        unknown_rank=False,
    )


def test_softmax_cross_entropy_gradient_is_softmax_minus_labels():
    # TF 1.15.5: also where the labels do not sum to 1.
    logits, labels = np.array([[3.0, 4.0]]), np.array([[2.0, 3.0]])
    with tf.Graph().as_default():
        y, z = tf.constant(labels), tf.constant(logits)
        cost = losses.softmax_cross_entropy_with_logits_v2(labels=y, logits=z)
        found, for_logits, for_labels = run([cost, *tf.gradients(cost, [z, y])])
        np.testing.assert_allclose(found, [3.5663083], rtol=1e-7)
        np.testing.assert_allclose(for_logits, [[-1.7310586, -2.2689414]], rtol=1e-7)
        np.testing.assert_allclose(for_labels, [[1.3132616, 0.31326166]], rtol=1e-7)
        old = losses.softmax_cross_entropy_with_logits(labels=y, logits=z)
        assert tf.gradients(old, y) == [None]
        np.testing.assert_allclose(run(tf.gradients(old, z)[0]), for_logits)


@pytest.mark.parametrize("sparse", [False, True])
def test_second_gradient_of_cross_entropy(sparse):
    with tf.Graph().as_default():
        z = tf.placeholder(tf.float64, [2, 3])
        if sparse:
            cost = losses.sparse_softmax_cross_entropy_with_logits(labels=[2, 0], logits=z)
        else:
            cost = losses.softmax_cross_entropy_with_logits_v2(
                labels=tf.constant([[0.0, 0.5, 0.5], [1.0, 0, 0]], tf.float64), logits=z
            )
        first = tf.gradients(cost, z)[0]
        weights = data(2, 3, seed=5)
        second = tf.gradients(tf.reduce_sum(first * weights), z)[0]
        x, step = data(2, 3), 1e-6
        direction = data(2, 3, seed=6)
        with tf.Session() as session:
            above = session.run(first, {z: x + step * direction})
            below = session.run(first, {z: x - step * direction})
            np.testing.assert_allclose(
                (session.run(second, {z: x}) * direction).sum(),
                ((above - below) * weights).sum() / (2 * step),
                rtol=1e-6,
            )


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (4,)])
def test_sparse_softmax_cross_entropy(shape):
    z = data(*shape)
    labels = np.random.RandomState(3).randint(0, 4, shape[:-1]).astype(np.int32)
    function = losses.sparse_softmax_cross_entropy_with_logits

    def reference(z):
        return -np.log(np.take_along_axis(_softmax(z), labels[..., None], -1))[..., 0]

    check(
        lambda z: function(labels=tf.constant(labels), logits=z),
        z,
        expected=reference,
    )
    check(
        lambda y, z: function(labels=y, logits=z),
        labels.astype(np.int64),
        z,
        expected=lambda y, z: reference(z),
    )


def test_losses_in_float16():
    z, y = data(2, 3).astype(np.float16), np.eye(3)[:2].astype(np.float16)
    for build in (
        lambda z: losses.softmax_cross_entropy_with_logits_v2(labels=tf.constant(y), logits=z),
        lambda z: losses.sparse_softmax_cross_entropy_with_logits(labels=[0, 1], logits=z),
    ):
        found = value(build, z)
        assert found.dtype == np.float16
        np.testing.assert_allclose(
            found, -np.log(_softmax(z.astype(float)))[[0, 1], [0, 1]], rtol=2e-3
        )


def test_losses_refuse():
    sparse = losses.sparse_softmax_cross_entropy_with_logits
    with tf.Graph().as_default():
        z = tf.zeros([2, 3])
        for function in (
            losses.softmax_cross_entropy_with_logits,
            sparse,
            losses.sigmoid_cross_entropy_with_logits,
        ):
            with pytest.raises(ValueError, match="named arguments"):
                function(z, z)
            with pytest.raises(ValueError, match="Both labels and logits"):
                function(labels=z)
        for labels, text in (
            (tf.zeros([2, 3], tf.int32), "Rank mismatch"),
            (tf.zeros([3], tf.int32), "Shape mismatch"),
        ):
            with pytest.raises(ValueError, match=text):
                sparse(labels=labels, logits=z)
        with pytest.raises(ValueError, match="scalars"):
            sparse(labels=1, logits=tf.constant(1.0))
        with pytest.raises(TypeError):
            sparse(labels=tf.zeros([2]), logits=z)
        for function in (
            losses.sigmoid_cross_entropy_with_logits,
            losses.weighted_cross_entropy_with_logits,
        ):
            with pytest.raises(ValueError, match="same shape"):
                options = {"pos_weight": 1.0} if "weighted" in function.__name__ else {}
                function(labels=tf.zeros([2, 4]), logits=z, **options)
        with pytest.raises(ValueError, match="must be equal"):
            losses.softmax_cross_entropy_with_logits_v2(labels=tf.zeros([2, 4]), logits=z)
        with pytest.raises(ValueError, match="'labels' and 'targets'|'targets' and 'labels'"):
            losses.weighted_cross_entropy_with_logits(z, z, 1.0, targets=z)
        for wrong in (3, -1):
            with pytest.raises(tf.errors.InvalidArgumentError, match=f"label value of {wrong}"):
                run(sparse(labels=[0, wrong], logits=z))
        with pytest.raises(tf.errors.InvalidArgumentError, match="same first dimension"):
            run(sparse(labels=tf.placeholder_with_default([0], None), logits=z))


def test_sigmoid_cross_entropy():
    y, z = data(3, 4, low=0, high=1), data(3, 4, low=-5, high=5)
    p = 1 / (1 + np.exp(-z))
    check(
        lambda y, z: losses.sigmoid_cross_entropy_with_logits(labels=y, logits=z),
        y,
        z,
        expected=lambda y, z: -y * np.log(p) - (1 - y) * np.log1p(-p),
    )
    check(
        lambda y, z: losses.weighted_cross_entropy_with_logits(y, z, 3.0),
        y,
        z,
        expected=lambda y, z: -3 * y * np.log(p) - (1 - y) * np.log1p(-p),
    )
    far = np.array([-1000.0, 1000.0])
    np.testing.assert_array_equal(
        value(
            lambda z: losses.sigmoid_cross_entropy_with_logits(
                labels=tf.constant([0.0, 0.0], tf.float64), logits=z
            ),
            far,
        ),
        [0, 1000],
    )


def test_other_losses():
    x = data(3, 4)
    check(losses.l2_loss, x, expected=lambda x: (x * x).sum() / 2)
    t = data(3, 4, low=0.1, high=5)
    check(
        lambda t, x: losses.log_poisson_loss(t, x),
        t,
        x,
        expected=lambda t, x: np.exp(x) - x * t,
    )

    def full(t, x):
        stirling = t * np.log(t) - t + 0.5 * np.log(2 * np.pi * t)
        return np.exp(x) - x * t + np.where((t >= 0) & (t <= 1), 0, stirling)

    check(lambda t, x: losses.log_poisson_loss(t, x, True), t, x, expected=full)


# Dropout.


def test_dropout():
    ones = np.ones((100, 100), np.float32)
    for options in ({"keep_prob": 0.8}, {"rate": 0.2}):
        found = value(lambda x, o=options: nn.dropout(x, **o), ones)
        assert set(np.unique(found)) == {np.float32(0), np.float32(1.25)}
        assert 0.76 < (found > 0).mean() < 0.84
    rows = value(lambda x: nn.dropout(x, 0.5, noise_shape=[None, 1]), ones)
    assert ((rows == 0).all(1) | (rows == 2).all(1)).all()
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 3])
        y = nn.dropout(x, 0.5, noise_shape=tf.stack([tf.shape(x)[0], 1]))
        assert y.shape.as_list() == [None, 3]
        run(y, {x: np.ones((5, 3))})
        keep = tf.placeholder_with_default(0.5, [])
        y = nn.dropout(x, keep)
        assert (run(y, {x: np.ones((5, 3)), keep: 1.0}) == 1).all()
        z = nn.dropout(x, 0.5, seed=1)
        gradient, kept = run([tf.gradients(z, x)[0], z], {x: np.ones((50, 3))})
        np.testing.assert_array_equal(gradient, kept)
        for same in ({"keep_prob": 1.0}, {"rate": 0}, {"keep_prob": 1}):
            assert nn.dropout(x, **same) is x


def test_dropout_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        for options, text in (
            ({"keep_prob": 0.0}, "range"),
            ({"keep_prob": 2.0}, "range"),
            ({"rate": 1}, "range"),
            ({}, "must provide a rate"),
            ({"keep_prob": 0.5, "rate": 0.5}, "both"),
            ({"keep_prob": "a"}, "floating point number or Tensor"),
        ):
            with pytest.raises(ValueError, match=text):
                nn.dropout(x, **options)
        with pytest.raises(ValueError, match="floating point tensor"):
            nn.dropout(tf.constant([1]), 0.5)
        with pytest.raises(ValueError):
            nn.dropout(x, rate=tf.zeros([2]))


# Top k.


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int32])
@pytest.mark.parametrize(("length", "k"), [(5, 1), (5, 3), (1000, 7), (600, 600)])
def test_top_k(length, k, dtype):
    x = np.random.RandomState(0).randint(-20, 20, (3, length)).astype(dtype)
    order = np.argsort(-x, -1, kind="stable")[:, :k]
    values, places = value(lambda x: nn.top_k(x, k), x)
    assert values.dtype == dtype
    assert places.dtype == np.int32
    np.testing.assert_array_equal(places, order)
    np.testing.assert_array_equal(values, np.take_along_axis(x, order, -1))


def test_top_k_details():
    check(lambda x: nn.top_k(x, 2)[0], data(3, 5), expected=lambda x: -np.sort(-x)[:, :2])
    long = data(1, 700).astype(np.float32)
    weights = gradient_of(lambda x: nn.top_k(x, 3)[0], long)
    assert (weights.ravel().nonzero()[0] == np.sort(np.argsort(-long.ravel())[:3])).all()
    zeros = np.array([-0.0, 0.0] * 300, np.float32)
    assert value(lambda x: nn.top_k(x, 3), zeros)[1].tolist() == [0, 1, 2]
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        k = tf.placeholder(tf.int32, [])
        values, places = nn.top_k(x, k)
        assert values.shape.as_list() == places.shape.as_list() == [2, None]
        with pytest.raises(tf.errors.InvalidArgumentError, match="at least k columns"):
            run(values, {k: 4})
        for wrong in (4, -1):
            with pytest.raises(ValueError, match="k"):
                nn.top_k(x, wrong)
        with pytest.raises(ValueError, match="rank 1"):
            nn.top_k(tf.constant(1.0))


def test_in_top_k():
    # TF 1.15.5
    x = np.array(
        [[1, 2, 2, 0], [1, 2, 2, 0], [1, np.inf, 2, 0], [1, np.nan, 2, 0], [4, 3, 2, 1]], np.float32
    )
    targets = [2, 7, 1, 0, 1]
    assert value(lambda x: nn.in_top_k(x, targets, 1), x).tolist() == [True] + [False] * 4
    assert value(lambda x: nn.in_top_k(x, targets, 2), x).tolist() == [
        True,
        False,
        False,
        False,
        True,
    ]
    with tf.Graph().as_default(), pytest.raises(ValueError, match="must be equal"):
        nn.in_top_k(tf.zeros([2, 3]), [0, 1, 2], 1)


def test_small_things():
    assert value(nn.zero_fraction, np.array([0.0, 1, 0, 0])) == 0.75
    assert np.isnan(value(nn.zero_fraction, np.zeros(0)))
    x, w, b = data(2, 3), data(3, 4), data(4)
    check(nn.xw_plus_b, x, w, b, expected=lambda x, w, b: x @ w + b, unknown_rank=False)
    check(
        nn.relu_layer,
        x,
        w,
        b,
        expected=lambda x, w, b: np.maximum(x @ w + b, 0),
        unknown_rank=False,
    )


# Normalization.


@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("axes", [[0], [0, 1, 2], [1, 2], 1])
def test_moments(axes, keepdims):
    x = data(3, 4, 5)
    numpy_axes = axes if isinstance(axes, int) else tuple(axes)
    for i, function in enumerate((np.mean, np.var)):
        check(
            lambda x, i=i: normalization.moments(x, axes, keep_dims=keepdims)[i],
            x,
            expected=lambda x, f=function: f(x, axis=numpy_axes, keepdims=keepdims),
        )
    weights = data(3, 4, 5, seed=2, low=0.1)
    check(
        lambda x, w: normalization.weighted_moments(x, axes, w, keepdims=keepdims)[0],
        x,
        weights,
        expected=lambda x, w: (
            (x * w).sum(numpy_axes, keepdims=keepdims) / w.sum(numpy_axes, keepdims=keepdims)
        ),
    )


def test_sufficient_statistics():
    x = data(3, 4)
    for shift in (None, 0.5):
        found = value(
            lambda x, s=shift: normalization.normalize_moments(
                *normalization.sufficient_statistics(x, [0], s)
            ),
            x,
        )
        np.testing.assert_allclose(found[0], x.mean(0))
        np.testing.assert_allclose(found[1], x.var(0))
    with tf.Graph().as_default():
        place = tf.placeholder(tf.float64, [None, 4])
        count, total, _, _ = normalization.sufficient_statistics(place, [0], keep_dims=True)
        assert total.shape.as_list() == [1, 4]
        assert run(count, {place: x}) == 3


def test_moments_details():
    x = data(4, 3)
    w = np.array([[1.0], [2], [3], [4]])
    mean = (x * w).sum(0) / w.sum()
    variance = value(lambda x: normalization.weighted_moments(x, [0], w)[1], x)
    np.testing.assert_allclose(variance, (w * (x - mean) ** 2).sum(0) / w.sum())
    half = value(lambda x: normalization.moments(x, [0]), np.full((5000, 1), 4, np.float16))
    assert half[0].dtype == np.float16
    assert (half[0][0], half[1][0]) == (4, 0)


def test_batch_normalization():
    x, m, v, b, s = data(4, 3), data(3), data(3, low=0.5), data(3, seed=1), data(3, seed=2)
    check(
        lambda *a: normalization.batch_normalization(*a, 1e-3),
        x,
        m,
        v,
        b,
        s,
        expected=lambda x, m, v, b, s: (x - m) / np.sqrt(v + 1e-3) * s + b,
    )
    check(
        lambda x, m, v: normalization.batch_normalization(x, m, v, None, None, 1e-3),
        x,
        m,
        v,
        expected=lambda x, m, v: (x - m) / np.sqrt(v + 1e-3),
    )
    check(
        lambda x, m, v, b: normalization.batch_norm_with_global_normalization(
            x, m, v, b, tf.constant(s), 1e-3, False
        ),
        x,
        m,
        v,
        b,
        expected=lambda x, m, v, b: (x - m) / np.sqrt(v + 1e-3) + b,
    )


@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_fused_batch_norm(data_format):
    x = data(3, 4, 5, 2).astype(np.float32)
    s, b = np.array([1.5, -2], np.float32), np.array([0.5, 0], np.float32)
    axes = (0, 1, 2)
    mean, variance = x.mean(axes), x.var(axes)
    wanted = (x - mean) / np.sqrt(variance + 1e-3) * s + b
    place = x if data_format == "NHWC" else np.moveaxis(x, -1, 1)
    y, m, v = value(
        lambda x: normalization.fused_batch_norm(x, s, b, data_format=data_format), place
    )
    y = y if data_format == "NHWC" else np.moveaxis(y, 1, -1)
    np.testing.assert_allclose(y, wanted, atol=1e-5)
    np.testing.assert_allclose(m, mean, atol=1e-6)
    np.testing.assert_allclose(v, variance * 60 / 59, atol=1e-5)
    m0, v0 = np.array([0.5, -0.5], np.float32), np.array([2, 3], np.float32)
    y, m, v = value(
        lambda x: normalization.fused_batch_norm(
            x, s, b, m0, v0, is_training=False, data_format=data_format
        ),
        place,
    )
    y = y if data_format == "NHWC" else np.moveaxis(y, 1, -1)
    np.testing.assert_allclose(y, (x - m0) / np.sqrt(v0 + 1e-3) * s + b, atol=1e-5)
    np.testing.assert_array_equal(m, m0)
    np.testing.assert_array_equal(v, v0)


def test_fused_batch_norm_gradients():
    torch = pytest.importorskip("torch")
    kernel = registry["FusedBatchNormV3"].kernel
    x, s, b, m = (
        torch.tensor(data(*shape, seed=i), requires_grad=True)
        for i, shape in enumerate([(2, 3, 2, 2), (2,), (2,), (2,)])
    )
    v = torch.tensor(data(2, low=0.5), requires_grad=True)
    for training in (True, False):
        vectors = (m.detach(), v.detach())
        assert torch.autograd.gradcheck(
            lambda x, s, b, t=training, r=vectors: kernel(
                x, s, b, *r, epsilon=1e-3, data_format="NHWC", is_training=t
            )[0],
            (x, s, b),
        )


def test_fused_batch_norm_details():
    x = np.ones((1, 1, 1, 2), np.float32)
    y, m, v = value(lambda x: normalization.fused_batch_norm(x, [1.0, 1], [0.5, 0]), x)
    assert (y.ravel().tolist(), m.tolist(), v.tolist()) == ([0.5, 0], [1, 1], [0, 0])
    half = value(
        lambda x: normalization.fused_batch_norm(x, [1.0, 1], [0.5, 0]),
        data(2, 3, 3, 2).astype(np.float16),
    )
    assert (half[0].dtype, half[1].dtype) == (np.float16, np.float32)
    with tf.Graph().as_default():
        image, one = tf.placeholder(tf.float32, [None] * 4), tf.ones([3])
        y, m, v = normalization.fused_batch_norm(image, one, one, epsilon=0.0)
        assert y.op.get_attr("epsilon") == np.float32(1.001e-5)
        assert (y.shape.as_list(), m.shape.as_list()) == ([None, None, None, 3], [3])
        x = tf.zeros([2, 4, 4, 3])
        with pytest.raises(ValueError, match="must be None"):
            normalization.fused_batch_norm(x, one, one, one, one)
        with pytest.raises(ValueError, match="must be equal"):
            normalization.fused_batch_norm(x, tf.ones([2]), one)
        with pytest.raises(ValueError, match="must be equal"):
            normalization.fused_batch_norm(x, one, one, is_training=False)
        with pytest.raises(ValueError, match="rank 4"):
            normalization.fused_batch_norm(tf.zeros([2, 3]), one, one)
        with pytest.raises(TypeError, match="float64"):
            normalization.fused_batch_norm(tf.zeros([2, 4, 4, 3], tf.float64), one, one)


@pytest.mark.parametrize("axis", [None, 0, 1, [0, 1]])
def test_l2_normalize(axis):
    numpy_axis = tuple(axis) if isinstance(axis, list) else axis
    check(
        lambda x: normalization.l2_normalize(x, axis),
        data(3, 4),
        expected=lambda x: x / np.sqrt((x * x).sum(numpy_axis, keepdims=True)),
    )
    rows = value(lambda x: normalization.l2_normalize(x, dim=1), np.array([[3.0, 4], [0, 0]]))
    assert rows.tolist() == [[0.6000000000000001, 0.8], [0, 0]]


@pytest.mark.parametrize("radius", [0, 1, 2, 9])
def test_local_response_normalization(radius):
    x = data(2, 3, 2, 5).astype(np.float32)
    total = sum(
        np.pad(x**2, [(0, 0)] * 3 + [(radius, radius)])[..., i : i + 5]
        for i in range(2 * radius + 1)
    )
    found = value(lambda x: normalization.lrn(x, radius, 2.0, 0.3, 0.75), x)
    np.testing.assert_allclose(found, x / (2 + 0.3 * total) ** 0.75, rtol=1e-5)
    torch = pytest.importorskip("torch")
    place = torch.tensor(x.astype(float), requires_grad=True)
    assert torch.autograd.gradcheck(
        lambda x: registry["LRN"].kernel(x, depth_radius=radius, bias=2.0, alpha=0.3, beta=0.75),
        place,
    )


# Embeddings.


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_embedding_lookup(shape):
    table = data(5, 2)
    ids = np.random.RandomState(1).randint(0, 5, shape).astype(np.int64)
    check(
        lambda t: embedding.embedding_lookup(t, ids),
        table,
        expected=lambda t: t[ids],
        unknown_rank=False,
    )
    norm = np.linalg.norm(table[ids], axis=-1, keepdims=True)
    check(
        lambda t: embedding.embedding_lookup(t, ids, max_norm=1.5),
        table,
        unknown_rank=False,
        expected=lambda t: t[ids] * np.minimum(1, 1.5 / norm),
    )


@pytest.mark.parametrize("strategy", ["mod", "div"])
@pytest.mark.parametrize("known", [True, False])
def test_embedding_lookup_in_parts(strategy, known):
    table = data(7, 2)
    if strategy == "mod":
        parts = [table[i::3] for i in range(3)]
    else:
        parts = [table[:3], table[3:5], table[5:]]
    ids = np.array([[6, 0, 3], [1, 2, 5]])
    with tf.Graph().as_default():
        places = [tf.placeholder(tf.float64, p.shape if known else [None, 2]) for p in parts]
        feeds = dict(zip(places, parts))
        found = embedding.embedding_lookup(places, ids, strategy)
        assert found.shape.as_list() == [2, 3, 2]
        np.testing.assert_array_equal(run(found, feeds), table[ids])
        counts = run(tf.gradients(found, places), feeds)
        counts = [
            np.asarray(c) if not hasattr(c, "values") else _dense(c, p.shape)
            for c, p in zip(counts, parts)
        ]
        assert sum(c.sum() for c in counts) == 12
        clipped = embedding.embedding_lookup(places, ids, strategy, max_norm=1.0)
        norm = np.linalg.norm(table[ids], axis=-1, keepdims=True)
        np.testing.assert_allclose(
            run(clipped, feeds), table[ids] * np.minimum(1, 1 / norm), rtol=1e-12
        )


def _dense(slices, shape):
    found = np.zeros(shape)
    np.add.at(found, slices.indices, slices.values)
    return found


def test_embedding_lookup_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([3, 2])
        for params, options, text in (
            (None, {}, "must be specified"),
            ([], {}, "at least one"),
            ([x, x], {"partition_strategy": "foo"}, "strategy"),
        ):
            with pytest.raises(ValueError, match=text):
                embedding.embedding_lookup(params, [0], **options)
        with pytest.raises(tf.errors.InvalidArgumentError):
            run(embedding.embedding_lookup(x, [3]))


def test_dynamic_partition_and_stitch():
    x = data(5, 2)
    parts = value(lambda x: embedding.dynamic_partition(x, [1, 0, 1, 2, 0], 3), x)
    for found, rows in zip(parts, ([1, 4], [0, 2], [3])):
        np.testing.assert_array_equal(found, x[rows])
    check(
        lambda x: embedding.dynamic_stitch(
            [[1, 4], [0, 2], [3]], embedding.dynamic_partition(x, [1, 0, 1, 2, 0], 3)
        ),
        x,
        expected=lambda x: x,
        unknown_rank=False,
    )
    found = value(lambda: embedding.dynamic_stitch([[0, 2], [0]], [[1.0, 2.0], [3.0]]))
    assert found.tolist() == [3, 0, 2]
    with tf.Graph().as_default(), pytest.raises(tf.errors.InvalidArgumentError):
        run(embedding.dynamic_partition([1.0, 2.0], [0, 3], 2))


# Graphs.


def test_graph():
    # TF 1.15.5's op.name and op.type.
    assert ops_of(lambda x: nn.dropout(x, 0.5), [2, 3]) == [
        f"dropout/{op}"
        for op in (
            "rate Const",
            "Shape Const",
            "random_uniform/min Const",
            "random_uniform/max Const",
            "random_uniform/RandomUniform RandomUniform",
            "random_uniform/sub Sub",
            "random_uniform/mul Mul",
            "random_uniform Add",
            "sub/x Const",
            "sub Sub",
            "truediv/x Const",
            "truediv RealDiv",
            "GreaterEqual GreaterEqual",
            "mul Mul",
            "Cast Cast",
            "mul_1 Mul",
        )
    ]
    assert ops_of(
        lambda x: losses.sigmoid_cross_entropy_with_logits(labels=x, logits=x, name="s"), [2, 3]
    ) == [
        f"s/{op}"
        for op in (
            "zeros_like Const",
            "GreaterEqual GreaterEqual",
            "Select Select",
            "Neg Neg",
            "Select_1 Select",
            "mul Mul",
            "sub Sub",
            "Exp Exp",
            "Log1p Log1p",
        )
    ] + ["s Add"]
    assert ops_of(
        lambda x: losses.sparse_softmax_cross_entropy_with_logits(labels=[1, 2], logits=x), [2, 3]
    ) == [
        f"SparseSoftmaxCrossEntropyWithLogits/{op}"
        for op in (
            "Const Const",
            "Shape Const",
            "SparseSoftmaxCrossEntropyWithLogits SparseSoftmaxCrossEntropyWithLogits",
        )
    ]
    made = ops_of(
        lambda x: losses.softmax_cross_entropy_with_logits(labels=x, logits=x, name="s"), [2, 3]
    )
    assert made[:9] == ["s/labels_stop_gradient StopGradient"] + [
        f"s/{op}"
        for op in (
            "Rank Const",
            "Shape Const",
            "Rank_1 Const",
            "Shape_1 Const",
            "Sub/y Const",
            "Sub Sub",
            "Slice/begin Pack",
            "Slice/size Const",
        )
    ]
    assert (
        made[-7:]
        == [
            "s/Reshape_1 Reshape",
            "s SoftmaxCrossEntropyWithLogits",
            "s/Sub_2/y Const",
            "s/Sub_2 Sub",
            "s/Slice_2/begin Const",
            "s/Slice_2/size Pack",
            "s/Slice_2 Slice",
            "s/Reshape_2 Reshape",
        ][1:]
    )
    assert ops_of(lambda x: normalization.moments(x, [0]), [2, 3]) == [
        f"moments/{op}"
        for op in (
            "mean/reduction_indices Const",
            "mean Mean",
            "StopGradient StopGradient",
            "SquaredDifference SquaredDifference",
            "variance/reduction_indices Const",
            "variance Mean",
            "Squeeze Squeeze",
            "Squeeze_1 Squeeze",
        )
    ]
    assert ops_of(lambda x: nn.crelu(x), [2, 3]) == [
        "CRelu/Neg Neg",
        "CRelu/axis Const",
        "CRelu ConcatV2",
        "CRelu/Relu Relu",
    ]
    assert ops_of(lambda x: embedding.embedding_lookup(x, [0, 1]), [4, 3]) == [
        "embedding_lookup/ids Const",
        "embedding_lookup/axis Const",
        "embedding_lookup GatherV2",
        "embedding_lookup/Identity Identity",
    ]
    assert ops_of(lambda x: nn.softmax(x, 1), [2, 3, 4])[-1] == "transpose_1 Transpose"
    assert ops_of(lambda x: normalization.l2_normalize(x, 1), [2, 3]) == [
        f"l2_normalize/{op}"
        for op in (
            "Square Square",
            "Sum/reduction_indices Const",
            "Sum Sum",
            "Maximum/y Const",
            "Maximum Maximum",
            "Rsqrt Rsqrt",
        )
    ] + ["l2_normalize Mul"]
