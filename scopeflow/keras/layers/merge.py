"""Layers of several inputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..engine.base_layer import Layer


class _Merge(Layer):
    """What combines inputs of shapes that broadcast."""

    _two = False

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        """Check that there are several inputs."""
        if not isinstance(input_shape, list) or len(input_shape) < 2:
            raise ValueError("A merge layer should be called on a list of inputs.")
        if self._two and len(input_shape) != 2:
            raise ValueError(
                f"A `{type(self).__name__}` layer should be called on exactly 2 inputs"
            )
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The combined inputs."""
        ranks = [t.shape.ndims for t in inputs]
        if len(set(ranks)) > 1 and None not in ranks:
            widest = max(ranks)
            inputs = [
                tf.reshape(t, tf.concat([tf.shape(t)[:1], [1] * (widest - r), tf.shape(t)[1:]], 0))
                if r < widest
                else t
                for t, r in zip(inputs, ranks, strict=True)
            ]
        return self._merge(list(inputs))

    def _merge(self, inputs: list) -> Any:
        raise NotImplementedError

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The steps that count in all inputs."""
        masks = [m for m in mask or () if m is not None]
        if not masks:
            return None
        found = masks[0]
        for each in masks[1:]:
            found = tf.logical_and(found, each)
        return found


def _folded(function: Callable, inputs: list) -> Any:
    found = inputs[0]
    for each in inputs[1:]:
        found = function(found, each)
    return found


class Add(_Merge):
    """The sum of the inputs."""

    def _merge(self, inputs: list) -> Any:
        return _folded(lambda a, b: a + b, inputs)


class Subtract(_Merge):
    """The first input less the second."""

    _two = True

    def _merge(self, inputs: list) -> Any:
        return inputs[0] - inputs[1]


class Multiply(_Merge):
    """The product of the inputs."""

    def _merge(self, inputs: list) -> Any:
        return _folded(lambda a, b: a * b, inputs)


class Average(_Merge):
    """The mean of the inputs."""

    def _merge(self, inputs: list) -> Any:
        return _folded(lambda a, b: a + b, inputs) / len(inputs)


class Maximum(_Merge):
    """The largest of the inputs, element by element."""

    def _merge(self, inputs: list) -> Any:
        return _folded(tf.maximum, inputs)


class Minimum(_Merge):
    """The smallest of the inputs, element by element."""

    def _merge(self, inputs: list) -> Any:
        return _folded(tf.minimum, inputs)


class Concatenate(_Merge):
    """The inputs, one after the other along an axis."""

    _arguments = ("axis",)

    def __init__(self, axis: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axis = axis

    def call(self, inputs: Any) -> Any:
        """The concatenated inputs."""
        return tf.concat(list(inputs), axis=self.axis)


class Dot(_Merge):
    """The scalar products of two inputs along axes; with `normalize` the cosines."""

    _arguments = ("axes", "normalize")
    _two = True

    def __init__(self, axes: Any, normalize: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.axes = axes
        self.normalize = normalize

    def call(self, inputs: Any) -> Any:
        """The products."""
        from .. import backend

        first, second = inputs
        axes = [self.axes] * 2 if isinstance(self.axes, int) else list(self.axes)
        axes = [a + t.shape.ndims if a < 0 else a for a, t in zip(axes, inputs, strict=True)]
        if self.normalize:
            first = tf.nn.l2_normalize(first, axes[0])
            second = tf.nn.l2_normalize(second, axes[1])
        return backend.batch_dot(first, second, axes)


def add(inputs: Any, **kwargs: Any) -> Any:
    """The sum of the inputs."""
    return Add(**kwargs)(inputs)


def subtract(inputs: Any, **kwargs: Any) -> Any:
    """The first input less the second."""
    return Subtract(**kwargs)(inputs)


def multiply(inputs: Any, **kwargs: Any) -> Any:
    """The product of the inputs."""
    return Multiply(**kwargs)(inputs)


def average(inputs: Any, **kwargs: Any) -> Any:
    """The mean of the inputs."""
    return Average(**kwargs)(inputs)


def maximum(inputs: Any, **kwargs: Any) -> Any:
    """The largest of the inputs."""
    return Maximum(**kwargs)(inputs)


def minimum(inputs: Any, **kwargs: Any) -> Any:
    """The smallest of the inputs."""
    return Minimum(**kwargs)(inputs)


def concatenate(inputs: Any, axis: int = -1, **kwargs: Any) -> Any:
    """The inputs, one after the other along an axis."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Any, axes: Any, normalize: bool = False, **kwargs: Any) -> Any:
    """The scalar products of two inputs along axes."""
    return Dot(axes, normalize, **kwargs)(inputs)
