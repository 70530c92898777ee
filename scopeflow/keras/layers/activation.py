"""Activations with parameters, padding, cropping, noise."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import activations, backend, constraints, initializers, regularizers
from ..engine import choices
from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec


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


class ZeroPadding2D(Layer):
    """Zeros around images: n, (rows, columns), or ((top, bottom), (left, right))."""

    _arguments = ("padding", "data_format")

    def __init__(self, padding: Any = (1, 1), data_format: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = choices.data_format(data_format)
        self.padding = _pairs(padding)
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """The padded images."""
        return backend.spatial_2d_padding(inputs, self.padding, self.data_format)


class Cropping2D(Layer):
    """Images without their border: n, (rows, columns), or ((top, bottom), (left, right))."""

    _arguments = ("cropping", "data_format")

    def __init__(
        self, cropping: Any = ((0, 0), (0, 0)), data_format: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.data_format = choices.data_format(data_format)
        self.cropping = _pairs(cropping)
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """The cropped images."""
        (top, bottom), (left, right) = self.cropping
        rows = slice(top, -bottom if bottom else None)
        columns = slice(left, -right if right else None)
        if self.data_format == "channels_first":
            return inputs[:, :, rows, columns]
        return inputs[:, rows, columns, :]


class ZeroPadding1D(Layer):
    """Zeros before and after sequences: n, or (before, after)."""

    _arguments = ("padding",)

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.padding = choices.sizes(padding, 2, "padding")
        self.input_spec = InputSpec(ndim=3)

    def call(self, inputs: Any) -> Any:
        """The padded sequences."""
        return tf.pad(inputs, [[0, 0], list(self.padding), [0, 0]])


class UpSampling2D(Layer):
    """Each pixel repeated."""

    _arguments = ("size", "data_format", "interpolation")

    def __init__(
        self, size: Any = (2, 2), data_format: Any = None, interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        if interpolation != "nearest":
            raise NotImplementedError(
                f"UpSampling2D(interpolation={interpolation!r}): use tf.image.resize_images."
            )
        self.size = choices.sizes(size, 2, "size")
        self.data_format = choices.data_format(data_format)
        self.interpolation = interpolation
        self.input_spec = InputSpec(ndim=4)

    def call(self, inputs: Any) -> Any:
        """The larger images."""
        first = 2 if self.data_format == "channels_first" else 1
        for axis, times in zip((first, first + 1), self.size, strict=True):
            inputs = backend.repeat_elements(inputs, times, axis)
        return inputs


def _pairs(value: Any) -> tuple:
    if isinstance(value, int):
        return ((value, value), (value, value))
    return tuple((each, each) if isinstance(each, int) else tuple(each) for each in value)
