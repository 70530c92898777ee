"""tf.signal. Values: TensorFlow 1.15.5, and numpy."""

import numpy as np
import pytest

import scopeflow as tf

Y = np.random.RandomState(0).randn(2, 20).astype(np.float32)
NEAR = {"rtol": 1e-4, "atol": 1e-5}


def value(fetch):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(fetch())


@pytest.mark.parametrize(("suffix", "count"), [("", 1), ("2d", 2), ("3d", 3)])
def test_transforms(suffix, count):
    x = np.random.RandomState(1).randn(2, 4, 6, 5).astype(np.float32)
    axes = tuple(range(-count, 0))
    z = x.astype(np.complex64)
    for name, function in (("fft", np.fft.fftn), ("ifft", np.fft.ifftn)):
        found = value(lambda n=name: getattr(tf, n + suffix)(z))
        np.testing.assert_allclose(found, function(z, axes=axes), rtol=1e-3, atol=1e-4)
    lengths = [3, 8, 6][-count:]
    for given in (None, lengths):
        real = value(lambda g=given: getattr(tf.signal, "rfft" + suffix)(x, g))
        np.testing.assert_allclose(real, np.fft.rfftn(x, given, axes), rtol=1e-3, atol=1e-4)
        back = value(lambda r=real, g=given: getattr(tf.spectral, "irfft" + suffix)(r, g))
        np.testing.assert_allclose(back, np.fft.irfftn(real, given, axes), rtol=1e-3, atol=1e-4)
    with tf.Graph().as_default():
        place = tf.placeholder(tf.float32, [None] * 4)
        found = getattr(tf.signal, "rfft" + suffix)(place)
        with tf.Session() as session:
            got = session.run(found, {place: x})
            np.testing.assert_allclose(got, np.fft.rfftn(x, None, axes), rtol=1e-3, atol=1e-4)


def test_gradient_of_a_transform():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.constant(Y)
        power = tf.reduce_sum(tf.square(tf.abs(tf.signal.rfft(x))))
        slope = session.run(tf.gradients(power, x)[0])
    spectrum = np.fft.rfft(Y)
    expected = 20 * np.fft.irfft(spectrum) + (spectrum[:, :1].real + 0 * Y)
    expected += spectrum[:, -1:].real * (-1.0) ** np.arange(20)
    np.testing.assert_allclose(slope, expected, rtol=1e-3, atol=1e-3)


def test_windows():
    hann = tf.signal.hann_window
    np.testing.assert_allclose(value(lambda: hann(6)), [0, 0.25, 0.75, 1, 0.75, 0.25], **NEAR)
    expected = [0, 0.34549153, 0.90450853, 0.9045085, 0.34549144, 0]
    np.testing.assert_allclose(value(lambda: hann(6, periodic=False)), expected, **NEAR)
    np.testing.assert_allclose(value(lambda: hann(5)), [0, 0.5, 1, 0.5, 0], **NEAR)
    assert value(lambda: hann(1)).tolist() == [1]
    expected = [0.08, 0.31, 0.77, 1, 0.77, 0.31]
    np.testing.assert_allclose(value(lambda: tf.signal.hamming_window(6)), expected, **NEAR)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="floating point"):
        hann(3, dtype=tf.int32)


def test_frames():
    x = np.arange(10.0)
    found = value(lambda: tf.signal.frame(x, 4, 3))
    assert found.tolist() == [[0, 1, 2, 3], [3, 4, 5, 6], [6, 7, 8, 9]]
    padded = value(lambda: tf.signal.frame(x, 4, 3, pad_end=True, pad_value=-1))
    assert padded[-1].tolist() == [9, -1, -1, -1]
    inner = value(lambda: tf.signal.frame(np.arange(8.0).reshape(4, 2), 2, 2, axis=0))
    assert inner.tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]]]
    with tf.Graph().as_default(), tf.Session() as session:
        place = tf.placeholder(tf.float32, [None])
        assert session.run(tf.signal.frame(place, 4, 3), {place: x}).shape == (3, 4)
        assert tf.signal.frame(tf.zeros([2, 20]), 8, 5).shape.as_list() == [2, 3, 8]
    added = value(lambda: tf.signal.overlap_and_add(np.ones((3, 4), np.float32), 2))
    assert added.tolist() == [1, 1, 2, 2, 2, 2, 1, 1]


def test_short_time_transforms():
    found = value(lambda: tf.abs(tf.signal.stft(Y, 8, 4)))
    assert found.shape == (2, 4, 5)
    np.testing.assert_allclose(
        found[0, 0], [3.94697, 3.2921817, 2.81493, 2.2845387, 1.7169722], **NEAR
    )
    padded = value(lambda: tf.abs(tf.signal.stft(Y, 6, 4, fft_length=8, pad_end=True)))
    np.testing.assert_allclose(
        padded[0, -1], [0.67058456, 0.69756776, 0.8364384, 1.0430161, 1.1401861], **NEAR
    )
    back = value(
        lambda: tf.signal.inverse_stft(
            tf.signal.stft(Y, 8, 4), 8, 4, window_fn=tf.signal.inverse_stft_window_fn(4)
        )
    )
    np.testing.assert_allclose(back[:, 4:16], Y[:, 4:16], **NEAR)
    np.testing.assert_allclose(back[0, :3], [0, 0.01144269, 0.48936895], **NEAR)


def test_mel_scale():
    found = value(lambda: tf.signal.linear_to_mel_weight_matrix(4, 9, 8000, 100.0, 3000.0))
    assert found.shape == (9, 4) and not found[0].any() and not found[6:].any()
    np.testing.assert_allclose(found[1], [0.676228, 0.323772, 0, 0], **NEAR)
    np.testing.assert_allclose(found[4], [0, 0, 0.02868412, 0.97131586], **NEAR)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="Nyquist"):
        tf.signal.linear_to_mel_weight_matrix(upper_edge_hertz=5000.0)


def test_cosine_transforms():
    x = Y[:1, :4]
    dct, idct = tf.signal.dct, tf.signal.idct
    for fetch, expected in [
        (lambda: dct(x), [10.767681, -1.3239138, 3.7137961, 0.7041199]),
        (lambda: dct(x, norm="ortho"), [2.6919203, -0.4680742, 1.3130252, 0.24894398]),
        (lambda: idct(x, norm="ortho"), [2.2391918, -0.962995, 1.7483094, 0.5035986]),
        (lambda: tf.signal.mfccs_from_log_mel_spectrograms(x),
         [3.80695, -0.4680742, 1.3130252, 0.24894398]),
    ]:  # fmt: skip
        np.testing.assert_allclose(value(fetch)[0], expected, **NEAR)
    for kind, factor in ((1, 6), (2, 8), (3, 8)):
        back = value(lambda k=kind: idct(dct(x, k), k))
        np.testing.assert_allclose(back / factor, x, **NEAR)
    assert value(lambda: dct(x, n=6)).shape == (1, 6)
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Only Types I, II and III"):
            dct(x, 5)
        with pytest.raises(NotImplementedError, match="axis must be -1"):
            dct(x, axis=0)


def test_shifts():
    x = np.arange(10.0).reshape(2, 5)
    assert value(lambda: tf.signal.fftshift(x)).tolist() == np.fft.fftshift(x).tolist()
    found = value(lambda: tf.signal.ifftshift(x, axes=1))
    assert found.tolist() == np.fft.ifftshift(x, 1).tolist()


@pytest.mark.parametrize("shape", [[2, 3], [None, None], None])
def test_rfft_is_padded_to_the_length(shape):
    x = np.float32([[1, 2, 3], [4, 5, 7]])
    with tf.Graph().as_default(), tf.Session() as session:
        place = tf.placeholder(tf.float32, shape)
        for length in (2, 3, 5):
            for given in ([length], tf.placeholder_with_default([length], None)):
                found = tf.signal.rfft(place, given)
                got = session.run(found, {place: x})
                np.testing.assert_allclose(got, np.fft.rfft(x, length), rtol=1e-5, atol=1e-5)
                assert found.shape.is_compatible_with(got.shape)


def test_frames_need_an_axis():
    with tf.Graph().as_default(), pytest.raises(ValueError, match="no axis -1"):
        tf.signal.frame(1.0, 1, 1)
