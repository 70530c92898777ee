"""tf.contrib.framework.convolutional_*: kernels that keep norms."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf

framework = tf.contrib.framework

CASES = [
    (framework.convolutional_orthogonal_1d, (4, 3, 6)),
    (framework.convolutional_orthogonal_2d, (3, 3, 4, 6)),
    (framework.convolutional_orthogonal_3d, (2, 2, 2, 4, 4)),
    (framework.convolutional_delta_orthogonal, (5, 3, 6)),
    (framework.convolutional_delta_orthogonal, (4, 5, 3, 6)),
]


def _made(initializer, shape):
    with tf.Graph().as_default(), tf.Session() as sess:
        return sess.run(initializer(shape))


@pytest.mark.parametrize(("kind", "shape"), CASES)
def test_the_convolution_is_orthogonal(kind, shape):
    kernel = _made(kind(gain=2.0, seed=3, dtype=tf.float64), shape)
    spatial = len(shape) - 2
    spectrum = np.fft.fftn(kernel, s=(8,) * spatial, axes=tuple(range(spatial)))
    product = spectrum @ np.conj(np.swapaxes(spectrum, -1, -2))
    np.testing.assert_allclose(
        product, np.broadcast_to(4 * np.eye(shape[-2]), product.shape), atol=1e-9
    )


def test_delta_stands_at_the_middle_point():
    # TensorFlow 1.15.5 has it at (1, 2) of a kernel of 4 x 5.
    kernel = _made(framework.convolutional_delta_orthogonal(), (4, 5, 3, 6))
    places = np.nonzero(np.abs(kernel).sum((2, 3)))
    assert [p.tolist() for p in places] == [[1], [2]]


def test_a_seed_repeats_and_its_draws_differ():
    kind = framework.convolutional_orthogonal_2d
    first, again = (_made(kind(seed=1), (2, 2, 4, 4)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - _made(kind(seed=2), (2, 2, 4, 4))).max() > 0.1


@pytest.mark.parametrize(
    ("kind", "shape", "text"),
    [
        (framework.convolutional_orthogonal_2d, (3, 3, 7, 6), "In_filters cannot be greater"),
        (framework.convolutional_orthogonal_2d, (3, 4, 6, 6), "Kernel sizes must be equal"),
        (framework.convolutional_orthogonal_1d, (3, 6), "must be three-dimensional"),
        (framework.convolutional_orthogonal_3d, (3, 3, 6, 6), "must be five-dimensional"),
        (framework.convolutional_delta_orthogonal, (3,), "at least three-dimensional"),
    ],
)
def test_wrong_shapes(kind, shape, text):
    with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
        kind()(shape)


def test_only_floating_point_types():
    with pytest.raises(ValueError, match="Expected floating point type"):
        framework.convolutional_orthogonal_1d(dtype=tf.string)
    config = framework.convolutional_delta_orthogonal(seed=1).get_config()
    assert config == {"gain": 1.0, "seed": 1, "dtype": "float32"}
