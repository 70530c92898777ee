"""Bijectors of vectors: permutations, shapes, ordered vectors, probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from .bijector import Bijector


class Permute(Bijector):
    """y[i] = x[permutation[i]] along the last axis."""

    def __init__(
        self, permutation: Any, validate_args: bool = False, name: str | None = None
    ) -> None:
        with tf.name_scope(name, "permute", [permutation]):
            permutation = tf.convert_to_tensor(permutation, name="permutation")
            if not permutation.dtype.is_integer:
                raise TypeError("permutation.dtype should be `int`-like.")
            known = tf.get_static_value(permutation)
            wrong = "Permutation over `d` must contain exactly one of each of `{0, 1, ..., d}`."
            if known is not None:
                if not np.array_equal(np.sort(known), np.arange(np.size(known))):
                    raise ValueError(wrong)
            elif validate_args:
                order = tf.sort(permutation, axis=-1)
                range_ = tf.range(tf.size(permutation), dtype=permutation.dtype)
                with tf.control_dependencies([tf.assert_equal(order, range_, message=wrong)]):
                    permutation = tf.identity(permutation)
        self._permutation = permutation
        super().__init__(
            None, True, validate_args, forward_min_event_ndims=1, name=name or "permute"
        )

    @property
    def permutation(self) -> tf.Tensor:
        """From where each element is taken."""
        return self._permutation

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.gather(x, self.permutation, axis=-1)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.gather(y, tf.math.invert_permutation(self.permutation), axis=-1)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], x.dtype)


class Reshape(Bijector):
    """The last axes, of shape `event_shape_in`, in the shape `event_shape_out`.

    One number of each may be -1, the size that is left.
    """

    def __init__(
        self,
        event_shape_out: Any,
        event_shape_in: Any = (-1,),
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        with tf.name_scope(name, "reshape", [event_shape_out, event_shape_in]):
            out = tf.convert_to_tensor(event_shape_out, tf.int32, name="event_shape_out")
            into = tf.convert_to_tensor(event_shape_in, tf.int32, name="event_shape_in")
            self._in, self._out = into, out
            self._checks = _shape_checks(into) + _shape_checks(out) if validate_args else []
        super().__init__(None, True, validate_args, forward_min_event_ndims=0,
                         name=name or "reshape")  # fmt: skip

    def _changed(self, value: tf.Tensor, into: tf.Tensor, out: tf.Tensor) -> tf.Tensor:
        shape = tf.shape(value)
        start = tf.size(shape) - tf.size(into)
        sizes = self._sizes(shape[start:], into, out)
        found = tf.reshape(value, tf.concat([shape[:start], sizes], 0))
        ndims = into.shape.num_elements() if into.shape.is_fully_defined() else None
        if value.shape.ndims is not None and ndims is not None:
            at = value.shape.ndims - ndims
            event = self._static(value.shape[at:], into, out)
            found.set_shape(value.shape[:at].concatenate(event))
        return found

    def _sizes(self, event: tf.Tensor, into: tf.Tensor, out: tf.Tensor) -> tf.Tensor:
        """`out` with the size for -1, for events of the shape `event`."""
        checks = list(self._checks)
        if self.validate_args:
            fits = tf.reduce_all(tf.equal(event, into) | tf.equal(into, -1))
            message = "Input `event_shape` does not match `event_shape_in`."
            checks.append(tf.Assert(fits, [message, event, into]))
        with tf.control_dependencies(checks):
            known = tf.reduce_prod(tf.where(tf.equal(out, -1), tf.ones_like(out), out))
            left = tf.reduce_prod(event) // tf.maximum(known, 1)
            return tf.where(tf.equal(out, -1), left * tf.ones_like(out), out)

    @staticmethod
    def _static(event: tf.TensorShape, into: tf.Tensor, out: tf.Tensor) -> tf.TensorShape:
        given, wanted = tf.get_static_value(into), tf.get_static_value(out)
        if wanted is None:
            length = out.shape.num_elements() if out.shape.is_fully_defined() else None
            return tf.TensorShape(None if length is None else [None] * length)
        if given is not None and event.ndims is not None:
            fits = tf.TensorShape([None if size < 0 else int(size) for size in given])
            if not event.is_compatible_with(fits):
                raise ValueError("Input `event_shape` does not match `event_shape_in`.")
        sizes = [None if size < 0 else int(size) for size in wanted]
        if sizes.count(None) > 1:
            return tf.TensorShape(sizes)
        if None in sizes and event.is_fully_defined():
            rest = int(np.prod([size for size in sizes if size is not None]))
            sizes[sizes.index(None)] = (event.num_elements() or 0) // max(rest, 1)
        return tf.TensorShape(sizes)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return self._changed(x, self._in, self._out)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return self._changed(y, self._out, self._in)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], x.dtype)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], y.dtype)

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> tf.TensorShape:
        return self._static(input_shape, self._in, self._out)

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> tf.TensorShape:
        return self._static(output_shape, self._out, self._in)

    def _forward_event_shape_tensor(self, input_shape: tf.Tensor) -> tf.Tensor:
        return self._sizes(input_shape, self._in, self._out)

    def _inverse_event_shape_tensor(self, output_shape: tf.Tensor) -> tf.Tensor:
        return self._sizes(output_shape, self._out, self._in)


def _shape_checks(shape: tf.Tensor) -> list:
    """Checks that it is a shape; what is wrong in known numbers is an error at once."""
    minus = tf.equal(shape, -1)
    one = tf.reduce_sum(tf.cast(minus, tf.int32))
    text = "elements must be either positive integers or `-1`."
    known = tf.get_static_value(shape)
    if known is not None and (known < -1).any():
        raise tf.errors.InvalidArgumentError(None, None, f"`event_shape` {text}")
    many = "elements must have at most one `-1`."
    return [
        tf.Assert(one < 2, [f"`event_shape` {many}", shape]),
        tf.Assert(tf.reduce_all(shape > -2), [f"`event_shape` {text}", shape]),
    ]


class Ordered(Bijector):
    """Increasing vectors to any: y[0] = x[0], y[i] = log(x[i] - x[i - 1])."""

    def __init__(self, validate_args: bool = False, name: str = "ordered") -> None:
        super().__init__(None, False, validate_args, forward_min_event_ndims=1, name=name)

    def _increasing(self, x: tf.Tensor) -> tf.Tensor:
        if not self.validate_args:
            return x
        message = "Forward transformation input must be strictly increasing."
        with tf.control_dependencies(
            [tf.assert_positive(x[..., 1:] - x[..., :-1], message=message)]
        ):
            return tf.identity(x)

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> tf.TensorShape:
        return tf.TensorShape(input_shape).with_rank_at_least(1)

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> tf.TensorShape:
        return self._forward_event_shape(output_shape)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        x = self._increasing(x)
        return tf.concat([x[..., :1], tf.log(x[..., 1:] - x[..., :-1])], -1)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.cumsum(tf.concat([y[..., :1], tf.exp(y[..., 1:])], -1), axis=-1)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(y[..., 1:], -1)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        x = self._increasing(x)
        return -tf.reduce_sum(tf.log(x[..., 1:] - x[..., :-1]), -1)


class SoftmaxCentered(Bijector):
    """Vectors of n numbers to n + 1 probabilities: the softmax of x with a 0 behind."""

    def __init__(self, validate_args: bool = False, name: str = "softmax_centered") -> None:
        super().__init__(None, False, validate_args, forward_min_event_ndims=1, name=name)

    def _forward_event_shape(self, input_shape: tf.TensorShape) -> tf.TensorShape:
        return self._longer(input_shape, 1)

    def _inverse_event_shape(self, output_shape: tf.TensorShape) -> tf.TensorShape:
        return self._longer(output_shape, -1)

    @staticmethod
    def _longer(shape: tf.TensorShape, by: int) -> tf.TensorShape:
        if shape.ndims is None or shape[-1].value is None:
            return shape if shape.ndims is None else shape[:-1].concatenate([None])
        if shape[-1].value + by < 1:
            raise ValueError(f"output_shape[-1] = {shape[-1].value + by} <= 1")
        return shape[:-1].concatenate([shape[-1].value + by])

    def _forward_event_shape_tensor(self, input_shape: tf.Tensor) -> tf.Tensor:
        return tf.concat([input_shape[:-1], input_shape[-1:] + 1], 0)

    def _inverse_event_shape_tensor(self, output_shape: tf.Tensor) -> tf.Tensor:
        return tf.concat([output_shape[:-1], output_shape[-1:] - 1], 0)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.nn.softmax(tf.concat([x, tf.zeros_like(x[..., :1])], -1))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        logs = tf.log(y)
        return logs[..., :-1] - logs[..., -1:]

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        """The Jacobian of softmax is diag(y) - y y^T; its determinant, prod of all y[i], by the
        matrix determinant lemma."""
        return -tf.reduce_sum(tf.log(y), -1)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        """sum x - (n + 1) log(1 + sum exp(x))."""
        above = tf.reduce_logsumexp(tf.concat([x, tf.zeros_like(x[..., :1])], -1), -1)
        return tf.reduce_sum(x, -1) - (1.0 + tf.cast(tf.shape(x)[-1], x.dtype)) * above
