"""`tf.keras.initializers`: those of `tf.initializers`, some with other defaults."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import saved_objects as _saved

__all__ = [
    "Constant", "Identity", "Initializer", "Ones", "Orthogonal", "RandomNormal", "RandomUniform",
    "TruncatedNormal", "VarianceScaling", "Zeros", "constant", "deserialize", "get",
    "glorot_normal", "glorot_uniform", "he_normal", "he_uniform", "identity", "lecun_normal",
    "lecun_uniform", "normal", "ones", "orthogonal", "random_normal", "random_uniform",
    "serialize", "truncated_normal", "uniform", "zeros",
]  # fmt: skip

Initializer: Any = tf.zeros_initializer.__base__  # which has no name outside of Keras

Constant = constant = tf.initializers.constant
Identity = identity = tf.initializers.identity
Ones = ones = tf.initializers.ones
Orthogonal = orthogonal = tf.initializers.orthogonal
VarianceScaling = tf.initializers.variance_scaling
Zeros = zeros = tf.initializers.zeros
glorot_normal = tf.initializers.glorot_normal
glorot_uniform = tf.initializers.glorot_uniform
he_normal = tf.initializers.he_normal
he_uniform = tf.initializers.he_uniform
lecun_normal = tf.initializers.lecun_normal
lecun_uniform = tf.initializers.lecun_uniform


class RandomNormal(tf.initializers.random_normal):
    """Values of the normal distribution, with a standard deviation of 0.05 unless given."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: Any = None, dtype: Any = tf.float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


class RandomUniform(tf.initializers.random_uniform):
    """Values evenly distributed over [minval, maxval), ±0.05 unless given."""

    def __init__(
        self, minval: Any = -0.05, maxval: Any = 0.05, seed: Any = None, dtype: Any = tf.float32
    ) -> None:
        super().__init__(minval, maxval, seed, dtype)


class TruncatedNormal(tf.initializers.truncated_normal):
    """Values of the normal distribution (its standard deviation 0.05 unless given), cut at two.

    That is, of those within two standard deviations of the mean.
    """

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: Any = None, dtype: Any = tf.float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


normal = random_normal = RandomNormal
uniform = random_uniform = RandomUniform
truncated_normal = TruncatedNormal

_KNOWN = {
    **{name: value for name, value in globals().items() if name in __all__},
    "GlorotNormal": glorot_normal,  # the classes' names, as `serialize` gives them
    "GlorotUniform": glorot_uniform,
    "one": ones,
    "zero": zeros,
}


def serialize(initializer: Any) -> Any:
    """The initializer as its class's name and its config.

    >>> serialize(tf.ones_initializer())
    {'class_name': 'Ones', 'config': {'dtype': 'float32'}}
    """
    return _saved.serialize(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The initializer of a name or of what `serialize` gave.

    `custom_objects` are your own classes and functions by name. ValueError for an unknown name.

    >>> deserialize({"class_name": "RandomNormal", "config": {"stddev": 0.1}}).stddev
    0.1
    """
    return _saved.deserialize(config, _KNOWN, custom_objects, "initializer")


def get(identifier: Any) -> Any:
    """The initializer that a name, a config or a callable means; None for None.

    >>> get("he_normal").scale
    2.0
    """
    not_one = f"Could not interpret initializer identifier: {identifier}"
    return _saved.get(identifier, _KNOWN, "initializer", not_one)
