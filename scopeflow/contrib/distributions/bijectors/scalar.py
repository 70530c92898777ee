"""Bijectors of numbers: each element by itself."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf

from .bijector import Bijector


class _Elementwise(Bijector):
    """A bijector of numbers."""

    def __init__(
        self,
        validate_args: bool,
        name: str | None,
        parents: Any = (),
        dtype: Any = None,
        is_constant_jacobian: bool = False,
    ) -> None:
        super().__init__(
            parents,
            is_constant_jacobian,
            validate_args,
            dtype,
            forward_min_event_ndims=0,
            name=name,
        )

    def _checked(self, value: tf.Tensor, *checks: Any) -> tf.Tensor:
        """`value`, with these assertions of it where `validate_args` asks."""
        if not self.validate_args:
            return value
        with tf.control_dependencies([check(value) for check in checks]):
            return tf.identity(value)


def _up_to_one(y: tf.Tensor) -> Any:
    message = "Inverse transformation input must be less than or equal to 1."
    return tf.assert_less_equal(y, tf.ones([], y.dtype), message=message)


def _not_negative(x: tf.Tensor) -> Any:
    return tf.assert_non_negative(x, message="Argument must be non-negative.")


class Identity(_Elementwise):
    """y = x."""

    def __init__(self, validate_args: bool = False, name: str = "identity") -> None:
        super().__init__(validate_args, name, is_constant_jacobian=True)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return x

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return y

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], x.dtype)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], y.dtype)


class AbsoluteValue(_Elementwise):
    """y = |x|, which two x have in common: `inverse` gives (-y, y)."""

    def __init__(self, validate_args: bool = False, name: str = "absolute_value") -> None:
        super().__init__(validate_args, name, is_constant_jacobian=True)

    @property
    def _is_injective(self) -> bool:
        return False

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.abs(x)

    def _inverse(self, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        y = self._checked(y, _not_negative)
        return -y, y

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        zero = tf.zeros([], self._checked(y, _not_negative).dtype)
        return zero, zero


class PowerTransform(_Elementwise):
    """y = (1 + x power)^(1 / power), and exp(x) for power 0; for x > -1 / power."""

    def __init__(
        self, power: float = 0.0, validate_args: bool = False, name: str = "power_transform"
    ) -> None:
        known = tf.get_static_value(tf.convert_to_tensor(power, name="power"))
        if known is None or known < 0:
            raise ValueError("`power` must be a non-negative TF constant.")
        self._power = float(known)
        super().__init__(validate_args, name)

    @property
    def power(self) -> float:
        """The number that it was made with."""
        return self._power

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        if self.power == 0:
            return tf.exp(x)
        return tf.exp(tf.log1p(self._inside(x) * self.power) / self.power)

    def _inside(self, x: tf.Tensor) -> tf.Tensor:
        message = f"Forward transformation input must be at least {-1.0 / self.power}."
        return self._checked(
            x, lambda v: tf.assert_non_negative(1.0 + v * self.power, message=message)
        )

    def _outcome(self, y: tf.Tensor) -> tf.Tensor:
        message = "Inverse transformation input must be greater than 0."
        return self._checked(y, lambda v: tf.assert_positive(v, message=message))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        y = self._outcome(y)
        if self.power == 0:
            return tf.log(y)
        return tf.math.expm1(tf.log(y) * self.power) / self.power

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return (self.power - 1.0) * tf.log(self._outcome(y))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        if self.power == 0:
            return x
        return (1.0 / self.power - 1.0) * tf.log1p(self._inside(x) * self.power)


class Exp(PowerTransform):
    """y = exp(x)."""

    def __init__(self, validate_args: bool = False, name: str = "exp") -> None:
        super().__init__(0.0, validate_args, name)


class Sigmoid(_Elementwise):
    """y = 1 / (1 + exp(-x))."""

    def __init__(self, validate_args: bool = False, name: str = "sigmoid") -> None:
        super().__init__(validate_args, name)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.sigmoid(x)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.log(y) - tf.log1p(-y)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return -tf.log(y) - tf.log1p(-y)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.nn.softplus(-x) - tf.nn.softplus(x)


def softplus_inverse(x: tf.Tensor) -> tf.Tensor:
    """log(exp(x) - 1), written as x + log(1 - exp(-x)) so that large x stay finite.

    Where exp(-x) is lost beside 1, that is x; where x is tiny, log(x).
    """
    edge = np.log(np.finfo(x.dtype.as_numpy_dtype).eps) + 2.0
    small, large = x < np.exp(edge), x > -edge
    between = tf.where(small | large, tf.ones_like(x), x)
    y = between + tf.log(-tf.math.expm1(-between))
    return tf.where(small, tf.log(x), tf.where(large, x, y))


class Softplus(_Elementwise):
    """y = c log(1 + exp(x / c)), with `hinge_softness` for c (1 if not given)."""

    def __init__(
        self, hinge_softness: Any = None, validate_args: bool = False, name: str = "softplus"
    ) -> None:
        with tf.name_scope(name, values=[hinge_softness]):
            if hinge_softness is not None:
                hinge_softness = tf.convert_to_tensor(hinge_softness, name="hinge_softness")
        self._hinge_softness = hinge_softness
        super().__init__(validate_args, name)
        if validate_args and hinge_softness is not None:
            zero = tf.zeros([], hinge_softness.dtype)
            message = "hinge_softness must be non-zero"
            check = tf.assert_none_equal(hinge_softness, zero, message=message)
            with tf.control_dependencies([check]):
                self._hinge_softness = tf.identity(hinge_softness)

    @property
    def hinge_softness(self) -> Any:
        """The constant c, or None."""
        return self._hinge_softness

    def _scaled(self, value: tf.Tensor) -> tf.Tensor:
        softness = self._hinge_softness
        return value if softness is None else value / tf.cast(softness, value.dtype)

    def _unscaled(self, value: tf.Tensor) -> tf.Tensor:
        softness = self._hinge_softness
        return value if softness is None else value * tf.cast(softness, value.dtype)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return self._unscaled(tf.nn.softplus(self._scaled(x)))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return self._unscaled(softplus_inverse(self._scaled(y)))

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return -tf.log(-tf.math.expm1(-self._scaled(y)))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return -tf.nn.softplus(-self._scaled(x))


class Softsign(_Elementwise):
    """y = x / (1 + |x|)."""

    def __init__(self, validate_args: bool = False, name: str = "softsign") -> None:
        super().__init__(validate_args, name)

    def _inside(self, y: tf.Tensor) -> tf.Tensor:
        return self._checked(
            y,
            lambda v: tf.assert_greater(
                v,
                -tf.ones([], v.dtype),
                message="Inverse transformation input must be greater than -1.",
            ),
            lambda v: tf.assert_less(
                v, tf.ones([], v.dtype), message="Inverse transformation input must be less than 1."
            ),
        )

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return x / (1.0 + tf.abs(x))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        y = self._inside(y)
        return y / (1.0 - tf.abs(y))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return -2.0 * tf.log1p(tf.abs(x))

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        return -2.0 * tf.log1p(-tf.abs(self._inside(y)))


class Square(_Elementwise):
    """y = x² of numbers that are not negative."""

    def __init__(self, validate_args: bool = False, name: str = "square") -> None:
        super().__init__(validate_args, name)

    def _inside(self, x: tf.Tensor) -> tf.Tensor:
        message = "All elements must be non-negative."
        return self._checked(x, lambda v: tf.assert_non_negative(v, message=message))

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.square(self._inside(x))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.sqrt(self._inside(y))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return math.log(2.0) + tf.log(self._inside(x))


class _OfPair(_Elementwise):
    """A cdf with two positive or real parameters, named by the subclass."""

    def _take(self, name: str, validate_args: bool, positive: Any, **values: Any) -> None:
        with tf.name_scope(name, values=list(values.values())):
            tensors = {k: tf.convert_to_tensor(v, name=k) for k, v in values.items()}
            tf.assert_same_float_dtype(list(tensors.values()))
            for key, text in positive.items() if validate_args else ():
                with tf.control_dependencies([tf.assert_positive(tensors[key], message=text)]):
                    tensors[key] = tf.identity(tensors[key])
        self._tensors = tensors
        super().__init__(validate_args, name)


class Gumbel(_OfPair):
    """y = exp(-exp(-(x - loc) / scale)), the Gumbel distribution's cdf."""

    def __init__(
        self, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool = False, name: str = "gumbel"
    ) -> None:
        positive = {"scale": "Argument scale was not positive"}
        self._take(name, validate_args, positive, loc=loc, scale=scale)

    @property
    def loc(self) -> tf.Tensor:
        """The location."""
        return self._tensors["loc"]

    @property
    def scale(self) -> tf.Tensor:
        """The scale."""
        return self._tensors["scale"]

    def _inside(self, y: tf.Tensor) -> tf.Tensor:
        return self._checked(y, _not_negative, _up_to_one)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.exp(-tf.exp(-(x - self.loc) / self.scale))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return self.loc - self.scale * tf.log(-tf.log(self._inside(y)))

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        y = self._inside(y)
        return tf.log(self.scale / (-tf.log(y) * y))

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        z = (x - self.loc) / self.scale
        return -z - tf.exp(-z) - tf.log(self.scale)


class Weibull(_OfPair):
    """y = 1 - exp(-(x / scale)^concentration), the Weibull distribution's cdf."""

    def __init__(
        self,
        scale: Any = 1.0,
        concentration: Any = 1.0,
        validate_args: bool = False,
        name: str = "weibull",
    ) -> None:
        positive = {
            "scale": "Argument scale was not positive",
            "concentration": "Argument concentration was not positive",
        }
        self._take(name, validate_args, positive, scale=scale, concentration=concentration)

    @property
    def scale(self) -> tf.Tensor:
        """The scale."""
        return self._tensors["scale"]

    @property
    def concentration(self) -> tf.Tensor:
        """The exponent."""
        return self._tensors["concentration"]

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        x = self._checked(x, _not_negative)
        return -tf.math.expm1(-tf.pow(x / self.scale, self.concentration))

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        y = self._checked(y, _not_negative, _up_to_one)
        return self.scale * tf.pow(-tf.log1p(-y), 1.0 / self.concentration)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        y = self._checked(y, _not_negative, _up_to_one)
        logs = (1.0 / self.concentration - 1.0) * tf.log(-tf.log1p(-y))
        return -tf.log1p(-y) + logs + tf.log(self.scale / self.concentration)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        x = self._checked(x, _not_negative)
        c = self.concentration
        powers = -tf.pow(x / self.scale, c) + (c - 1.0) * tf.log(x)
        return powers + tf.log(c) - c * tf.log(self.scale)


class Kumaraswamy(_OfPair):
    """y = (1 - (1 - x)^(1 / concentration0))^(1 / concentration1) on [0, 1].

    It takes uniform values to the Kumaraswamy distribution's.
    """

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        name: str = "kumaraswamy",
    ) -> None:
        positive = dict.fromkeys(
            ("concentration1", "concentration0"), "Concentration parameter must be positive."
        )
        self._take(
            name, validate_args, positive,
            concentration1=concentration1, concentration0=concentration0,
        )  # fmt: skip

    @property
    def concentration1(self) -> tf.Tensor:
        """The exponent of x in the density."""
        return self._tensors["concentration1"]

    @property
    def concentration0(self) -> tf.Tensor:
        """The exponent of 1 - x^concentration1 in the density."""
        return self._tensors["concentration0"]

    def _inside(self, value: tf.Tensor) -> tf.Tensor:
        return self._checked(value, _not_negative, _up_to_one)

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        inner = -tf.math.expm1(tf.log1p(-self._inside(x)) / self.concentration0)
        return tf.exp(tf.log(inner) / self.concentration1)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        power = tf.pow(self._inside(y), self.concentration1)
        return -tf.math.expm1(self.concentration0 * tf.log1p(-power))

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        y = self._inside(y)
        one, zero = self.concentration1, self.concentration0
        rest = tf.math.xlogy(zero - 1.0, 1.0 - tf.pow(y, one))
        return tf.log(one) + tf.log(zero) + tf.math.xlogy(one - 1.0, y) + rest


class SinhArcsinh(_Elementwise):
    """y = sinh((arcsinh(x) + skewness) tailweight).

    Source: Jones and Pewsey, Sinh-arcsinh distributions, Biometrika 96 (2009).
    """

    def __init__(
        self,
        skewness: Any = None,
        tailweight: Any = None,
        validate_args: bool = False,
        name: str = "SinhArcsinh",
    ) -> None:
        with tf.name_scope(name, values=[skewness, tailweight]):
            tailweight = tf.convert_to_tensor(
                1.0 if tailweight is None else tailweight, name="tailweight"
            )
            skewness = tf.convert_to_tensor(
                0.0 if skewness is None else skewness, tailweight.dtype, name="skewness"
            )
            if validate_args:
                message = "Argument tailweight was not positive"
                check = tf.assert_positive(tailweight, message=message)
                with tf.control_dependencies([check]):
                    tailweight = tf.identity(tailweight)
        self._skewness, self._tailweight = skewness, tailweight
        super().__init__(validate_args, name)

    @property
    def skewness(self) -> tf.Tensor:
        """How far the middle is moved to one side."""
        return self._skewness

    @property
    def tailweight(self) -> tf.Tensor:
        """How heavy the tails get; 1 leaves them."""
        return self._tailweight

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        return tf.sinh((tf.asinh(x) + self.skewness) * self.tailweight)

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        return tf.sinh(tf.asinh(y) / self.tailweight - self.skewness)

    def _inverse_log_det_jacobian(self, y: tf.Tensor) -> tf.Tensor:
        inner = _log_cosh(tf.asinh(y) / self.tailweight - self.skewness)
        return inner - tf.log(self.tailweight) - _log_hypot_one(y)

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        inner = _log_cosh((tf.asinh(x) + self.skewness) * self.tailweight)
        return inner + tf.log(self.tailweight) - _log_hypot_one(x)


def _log_cosh(x: tf.Tensor) -> tf.Tensor:
    return tf.abs(x) + tf.log1p(tf.exp(-2.0 * tf.abs(x))) - math.log(2.0)


def _log_hypot_one(x: tf.Tensor) -> tf.Tensor:
    """log sqrt(1 + x²), without squaring large x."""
    large = tf.abs(x) > 1e8
    middle = tf.where(large, tf.ones_like(x), x)
    return tf.where(large, tf.log(tf.abs(x)), 0.5 * tf.log1p(tf.square(middle)))


class AffineScalar(_Elementwise):
    """y = scale x + shift; what is None is left out."""

    def __init__(
        self,
        shift: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        name: str = "affine_scalar",
    ) -> None:
        with tf.name_scope(name, values=[shift, scale]):
            if shift is not None:
                shift = tf.convert_to_tensor(shift, name="shift")
            if scale is not None:
                scale = tf.convert_to_tensor(scale, name="scale")
                if validate_args:
                    zero = tf.zeros([], scale.dtype)
                    with tf.control_dependencies([tf.assert_none_equal(scale, zero)]):
                        scale = tf.identity(scale)
        self._shift, self._scale = shift, scale
        super().__init__(validate_args, name, is_constant_jacobian=True)

    @property
    def shift(self) -> Any:
        """What is added, or None."""
        return self._shift

    @property
    def scale(self) -> Any:
        """What is multiplied by, or None."""
        return self._scale

    def _forward(self, x: tf.Tensor) -> tf.Tensor:
        y = x if self.scale is None else x * self.scale
        return tf.identity(y) if self.shift is None else y + self.shift

    def _inverse(self, y: tf.Tensor) -> tf.Tensor:
        x = y if self.shift is None else y - self.shift
        return tf.identity(x) if self.scale is None else x / self.scale

    def _forward_log_det_jacobian(self, x: tf.Tensor) -> tf.Tensor:
        return tf.zeros([], x.dtype) if self.scale is None else tf.log(tf.abs(self.scale))
