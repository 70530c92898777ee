"""Random numbers of a seed alone: TensorFlow's own, recorded from TF 1.15.5 (on two cores)."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops import philox

from .common import run

SEED = (7, 17)
DRAWS = {
    "stateless_uniform": {
        "float32": [0.586215854, 0.439820051, 0.885385513, 0.386606932, 0.580549359, 0.349125504],
        "float64": [0.689727641, 0.0830846157, 0.644395406, 0.386365902, 0.0221340198, 0.476508829],
        "float16": [0.2802734375, 0.005859375, 0.078125, 0.083984375],
        "bfloat16": [0.2421875, 0.046875, 0.625, 0.671875],
    },
    "stateless_normal": {
        "float32": [0.381545126, -0.96049875, 0.322551608, -0.373396158, 0.847048283, -0.608333766],
        "float64": [0.429796123, 0.747122653, 0.613914611, -0.708515606, 0.405994751, -2.7306496],
        "float16": [0.381591796875, -0.96044921875, 0.322509765625, -0.373291015625],
        "bfloat16": [0.380859375, -0.9609375, 0.322265625, -0.373046875],
    },
    "stateless_truncated_normal": {
        "float32": [0.381545126, -0.96049875, 0.322551608, -0.373396158, -0.486276686, 1.19783056],
        "float64": [0.429796123, 0.747122653, 0.703106991, -0.791603296, -0.359771808, 1.1771579],
        "float16": [0.381591796875, -0.96044921875, 0.322509765625, -0.373291015625],
        "bfloat16": [0.380859375, -0.9609375, 0.322265625, -0.373046875],
    },
}


@pytest.mark.parametrize(
    ("name", "dtype"), [(name, dtype) for name, rows in DRAWS.items() for dtype in rows]
)
def test_draws(name, dtype):
    wanted = DRAWS[name][dtype]
    with tf.Graph().as_default():
        drawn = getattr(tf.random, name)([len(wanted)], SEED, dtype=tf.as_dtype(dtype))
        found = run(tf.cast(drawn, tf.float64))
    np.testing.assert_allclose(found, wanted, rtol=1e-5)


def test_integers_and_classes():
    with tf.Graph().as_default():
        kinds = (tf.int32, tf.int64)
        whole = [tf.random.stateless_uniform([3, 2], SEED, -5, 1000, kind) for kind in kinds]
        far = tf.random.stateless_uniform([3], (-3, 2**40 + 5), -5, 1000, tf.int64)
        logits = np.array([[0.1, 0.25, 0.5, 0.15], [0, 0, 0, -1.0]], np.float32)
        classes = tf.random.stateless_categorical(logits, 13, SEED)
        whole, far, classes = run([whole, far, classes])
    assert whole[0].ravel().tolist() == [645, 148, 807, 458, 987, 87]
    assert whole[1].ravel().tolist() == [468, 475, 539, 453, 761, 206]
    assert far.tolist() == [182, 481, 527]
    assert classes.tolist() == [
        [2, 0, 2, 1, 0, 2, 2, 2, 1, 0, 1, 1, 0],
        [2, 0, 3, 1, 2, 3, 1, 0, 0, 3, 2, 1, 2],
    ]


def test_many_truncated_numbers():
    stream = philox.seeded(SEED)
    found = philox.truncated_normal(stream, 100_000, "float32")
    np.testing.assert_allclose(found[-4:], [-0.14800882, 1.5039262, -1.3839889, 0.598742], 1e-5)
    found = philox.truncated_normal(stream, 100_000, "float64")
    np.testing.assert_allclose(found[-2:], [-0.05320662, 1.19862213], 1e-6)
    assert np.abs(found).max() <= 2


def test_a_counter_of_128_bits():
    near = philox.Philox(5, (1 << 64) - 1).first(8)
    assert near[4:].tolist() == philox.Philox(5, 1 << 64).first(4).tolist()


def test_classes_without_a_finite_logit_are_not_drawn():
    with tf.Graph().as_default():
        logits = tf.constant([[0.0, -np.inf, 1.0]])
        assert set(run(tf.random.stateless_categorical(logits, 200, SEED))[0]) == {0, 2}
        with pytest.raises(tf.errors.InvalidArgumentError, match="Need minval < maxval"):
            run(tf.random.stateless_uniform([2], SEED, 3, tf.constant(3), tf.int32))
