"""What the distributions of this package share."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """A constructor's arguments, of its `locals()`."""
    return {k: v for k, v in arguments.items() if k not in ("self", "__class__")}


def checked(tensor: tf.Tensor, checks: list, name: str | None = None) -> tf.Tensor:
    """`tensor`, read after the checks."""
    with tf.control_dependencies(checks):
        return tf.identity(tensor, name=name)


def positive(validate_args: bool, tensor: tf.Tensor, name: str | None = None) -> tf.Tensor:
    """`tensor`, checked to be positive while running if `validate_args` asks for it."""
    return checked(tensor, [tf.assert_positive(tensor)] if validate_args else [], name)


def whole(x: tf.Tensor) -> list:
    """Assertions that these are counts: not negative, without fractions."""
    checks = [tf.assert_non_negative(x, message="x must be non-negative.")]
    if not x.dtype.is_integer:
        message = "x cannot contain fractional components."
        checks.append(tf.assert_equal(x, tf.floor(x), message=message))
    return checks


class ScalarDistribution(tf.distributions.Distribution):
    """Distributions of numbers, whose batch is the broadcast shape of `_shape_parameters()`."""

    _parameter_names: tuple[str, ...] = ()

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        raise NotImplementedError

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        shape = tf.convert_to_tensor(sample_shape, tf.int32)
        return dict.fromkeys(cls._parameter_names, shape)

    def _batch_shape(self) -> tf.TensorShape:
        shape = tf.TensorShape([])
        for tensor in self._shape_parameters():
            shape = tf.broadcast_static_shape(shape, tensor.shape)
        return shape

    def _batch_shape_tensor(self) -> tf.Tensor:
        first, *others = self._shape_parameters()
        shape = tf.shape(first)
        for tensor in others:
            shape = tf.broadcast_dynamic_shape(shape, tf.shape(tensor))
        return shape

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape([])

    def _drawn_shape(self, n: tf.Tensor) -> tf.Tensor:
        return tf.concat([[n], self.batch_shape_tensor()], 0)

    def _whole(self, value: tf.Tensor) -> tf.Tensor:
        """`value` in the shape of the batch."""
        return value * tf.ones(self.batch_shape_tensor(), value.dtype)
