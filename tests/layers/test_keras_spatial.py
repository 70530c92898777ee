"""Keras layers of space, and dropouts: shapes and numbers as TensorFlow 1.15.5 gave them."""

import numpy as np
import pytest

import scopeflow as tf

L = tf.keras.layers


@pytest.fixture(autouse=True)
def session():
    with tf.Graph().as_default(), tf.Session().as_default():
        yield


@pytest.mark.parametrize(
    ("layer", "dims", "shape", "checksum"),
    [
        ("ZeroPadding1D(2)", (2, 3, 2), (2, 7, 2), 1244.0),
        ("ZeroPadding1D((1,2))", (2, 3, 2), (2, 6, 2), 1010.0),
        (
            "ZeroPadding2D(((1,2),(0,3)),data_format='channels_first')",
            (2, 3, 2, 2),
            (2, 3, 5, 5),
            26800.0,
        ),
        ("ZeroPadding3D(2)", (1, 2, 3, 2, 2), (1, 6, 7, 6, 2), 76536.0),
        (
            "ZeroPadding3D(((1,0),(2,1),(0,3)),'channels_first')",
            (1, 2, 3, 2, 2),
            (1, 2, 4, 5, 5),
            40330.0,
        ),
        ("ZeroPadding3D((1,2,3))", (1, 2, 3, 2, 2), (1, 4, 7, 8, 2), 71080.0),
        ("Cropping1D()", (2, 5, 2), (2, 3, 2), 956.0),
        ("Cropping1D((0,2))", (2, 5, 2), (2, 3, 2), 800.0),
        ("Cropping2D(((1,0),(2,1)),'channels_first')", (1, 2, 4, 5), (1, 2, 3, 2), 2198.0),
        ("Cropping3D()", (1, 4, 4, 4, 2), (1, 2, 2, 2, 2), 9808.0),
        ("Cropping3D((1,0,2),'channels_first')", (1, 2, 4, 4, 5), (1, 2, 2, 4, 1), 13792.0),
        ("UpSampling1D()", (2, 3, 2), (2, 6, 2), 2216.0),
        ("UpSampling1D(3)", (2, 3, 2), (2, 9, 2), 4932.0),
        ("UpSampling2D((2,3))", (1, 3, 2, 2), (1, 6, 6, 2), 19296.0),
        ("UpSampling2D(2,interpolation='bilinear')", (1, 3, 2, 2), (1, 6, 4, 2), 8484.0),
        (
            "UpSampling2D((2,3),'channels_first','bilinear')",
            (1, 2, 3, 2),
            (1, 2, 6, 6),
            19472.000079751015,
        ),
        ("UpSampling3D()", (1, 2, 1, 2, 2), (1, 4, 2, 4, 2), 9472.0),
        ("UpSampling3D((1,2,3),'channels_first')", (1, 2, 1, 2, 2), (1, 2, 1, 4, 6), 5592.0),
    ],
)
def test_padding_cropping_repeating(layer, dims, shape, checksum):
    x = np.arange(np.prod(dims)).reshape(dims).astype("f")
    made = eval(f"L.{layer}", {"L": L})
    y = made(tf.constant(x))
    value = y.eval()
    assert y.shape.as_list() == list(value.shape) == list(shape)
    found = (value.ravel().astype(float) * np.arange(1, value.size + 1)).sum()
    assert found == pytest.approx(checksum, rel=1e-6)
    again = type(made).from_config(made.get_config())
    np.testing.assert_array_equal(again(tf.constant(x)).eval(), value)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: L.ZeroPadding3D((1, 2)), "`padding` should have 3 elements"),
        (lambda: L.UpSampling2D(interpolation="cubic"), "`interpolation` argument should be one"),
        (lambda: L.Cropping1D(1)(tf.zeros([2, 3])), "ndim"),
    ],
)
def test_what_they_refuse(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_gaussian_dropout(rate):
    layer = L.GaussianDropout(rate)
    x = tf.ones([200, 200])
    noisy = layer(x, training=True).eval()
    assert noisy.mean() == pytest.approx(1.0, abs=0.03)
    assert noisy.var() == pytest.approx(rate / (1 - rate), rel=0.05)
    np.testing.assert_array_equal(layer(x, training=False).eval(), np.ones([200, 200]))


def test_alpha_dropout_keeps_mean_and_variance():
    x = np.random.RandomState(0).randn(300, 300).astype("f")
    layer = L.AlphaDropout(0.3)
    dropped = layer(tf.constant(x), training=True).eval()
    assert dropped.mean() == pytest.approx(0.0, abs=0.02)
    assert dropped.var() == pytest.approx(1.0, abs=0.03)
    _, counts = np.unique(dropped, return_counts=True)
    assert counts.max() / dropped.size == pytest.approx(0.3, abs=0.01)  # all at one number
    np.testing.assert_array_equal(layer(tf.constant(x), training=False).eval(), x)


def test_spatial_dropout_of_volumes_drops_channels():
    x = tf.ones([4, 2, 3, 2, 50])
    dropped = L.SpatialDropout3D(0.5)(x, training=True).eval()
    per_channel = dropped.reshape(4, 12, 50)
    assert (per_channel == per_channel[:, :1]).all()
    assert set(np.unique(dropped)) == {0.0, 2.0}
