"""Activations with parameters, padding, cropping, noise."""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf

from .. import activations, backend, constraints, initializers, regularizers
from ..engine import choices
from ..engine.base_layer import Layer

_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


class _OnElements(Layer):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True


class LeakyReLU(_OnElements):
    """x, and `alpha` x below 0."""

    _arguments = ("alpha",)

    def __init__(self, alpha: float = 0.3, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return tf.nn.leaky_relu(inputs, alpha=self.alpha)


class ReLU(_OnElements):
    """max(x, 0), with a slope below and a largest value if wanted."""

    _arguments = ("max_value", "negative_slope", "threshold")

    def __init__(
        self, max_value: Any = None, negative_slope: float = 0, threshold: float = 0, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return activations.relu(inputs, self.negative_slope, self.max_value, self.threshold)


class ELU(_OnElements):
    """x, and `alpha` (exp(x) - 1) below 0."""

    _arguments = ("alpha",)

    def __init__(self, alpha: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.alpha = float(alpha)

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return activations.elu(inputs, self.alpha)


class ThresholdedReLU(_OnElements):
    """x above `theta`, else 0."""

    _arguments = ("theta",)

    def __init__(self, theta: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.theta = float(theta)

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return inputs * tf.cast(tf.greater(inputs, self.theta), inputs.dtype)


class Softmax(_OnElements):
    """exp(x), scaled to a sum of 1 along the axis."""

    _arguments = ("axis",)

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return activations.softmax(inputs, axis=self.axis)


class PReLU(_OnElements):
    """x, and alpha x below 0, with a trained alpha for each feature."""

    _arguments = ("alpha_initializer", "alpha_regularizer", "alpha_constraint", "shared_axes")

    def __init__(
        self, alpha_initializer: Any = "zeros", alpha_regularizer: Any = None,
        alpha_constraint: Any = None, shared_axes: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = [shared_axes] if isinstance(shared_axes, int) else shared_axes

    def build(self, input_shape: Any) -> None:
        """Make alpha."""
        shape = tf.TensorShape(input_shape).as_list()[1:]
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(
            name="alpha", shape=shape, initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer, constraint=self.alpha_constraint,
        )  # fmt: skip
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        return tf.nn.relu(inputs) + -self.alpha * tf.nn.relu(-inputs)


class GaussianNoise(_OnElements):
    """Noise added while training."""

    _arguments = ("stddev",)

    def __init__(self, stddev: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.stddev = stddev

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The outputs."""
        training = backend.learning_phase() if training is None else training
        return choices.choose(
            training,
            lambda: inputs + tf.random_normal(tf.shape(inputs), 0.0, self.stddev, inputs.dtype),
            lambda: tf.identity(inputs),
        )


class GaussianDropout(_OnElements):
    """While training, elements times noise around 1 of variance rate / (1 - rate)."""

    _arguments = ("rate",)

    def __init__(self, rate: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rate = rate

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The outputs."""
        if not 0 < self.rate < 1:
            return inputs
        training = backend.learning_phase() if training is None else training
        deviation = math.sqrt(self.rate / (1 - self.rate))
        return choices.choose(
            training,
            lambda: inputs * tf.random_normal(tf.shape(inputs), 1.0, deviation, inputs.dtype),
            lambda: tf.identity(inputs),
        )


class AlphaDropout(_OnElements):
    """Dropout that keeps mean and variance of what a SELU gives (Klambauer et al., 2017)."""

    _arguments = ("rate",)

    def __init__(
        self, rate: float, noise_shape: Any = None, seed: int | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.rate = rate
        self.noise_shape = noise_shape
        self.seed = seed

    def call(self, inputs: Any, training: Any = None) -> Any:
        """The outputs."""
        if not 0 < self.rate < 1:
            return inputs
        training = backend.learning_phase() if training is None else training

        def dropped() -> Any:
            low = -_SELU_ALPHA * _SELU_SCALE
            shape = tf.shape(inputs) if self.noise_shape is None else self.noise_shape
            random = tf.random_uniform(shape, seed=self.seed)
            kept = tf.cast(random >= self.rate, inputs.dtype)
            scale = ((1 - self.rate) * (1 + self.rate * low**2)) ** -0.5
            return scale * (inputs * kept + low * (1 - kept) - low * self.rate)

        return choices.choose(training, dropped, lambda: tf.identity(inputs))
