"""The base of all distributions: names, shapes, and what follows from what."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

import scopeflow as tf


class ReparameterizationType:
    """Whether samples are differentiable functions of the parameters."""

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameteriation Type: {self._rep_type}>"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


def given(arguments: dict[str, Any]) -> dict[str, Any]:
    """A constructor's arguments, of its `locals()`."""
    return {k: v for k, v in arguments.items() if k not in ("self", "__class__")}


def positive(validate_args: bool, tensor: tf.Tensor, name: str | None = None) -> tf.Tensor:
    """`tensor`, checked to be positive while running if `validate_args` asks for it."""
    checks = [tf.assert_positive(tensor)] if validate_args else []
    with tf.control_dependencies(checks):
        return tf.identity(tensor, name=name)


def whole_and_not_negative(value: tf.Tensor) -> list:
    """Assertions that these are counts."""
    checks = [tf.assert_non_negative(value, message=f"'{value.name}' must be non-negative.")]
    if not value.dtype.is_integer:
        message = f"'{value.name}' cannot contain fractional components."
        checks.append(tf.assert_equal(value, tf.floor(value), message=message))
    return checks


def same_type(*tensors: tf.Tensor) -> tf.DType:
    """The floating dtype of all of them."""
    tf.assert_same_float_dtype(list(tensors))
    return tensors[0].dtype.base_dtype


def nan_like(tensor: tf.Tensor) -> tf.Tensor:
    """NaN in the tensor's shape and dtype."""
    return tf.fill(tf.shape(tensor), np.array(np.nan, tensor.dtype.as_numpy_dtype))


def batch_of(*tensors: tf.Tensor) -> tf.TensorShape:
    """The static shape that they broadcast to."""
    shape = tensors[0].shape
    for tensor in tensors[1:]:
        shape = tf.broadcast_static_shape(shape, tensor.shape)
    return shape


def batch_tensor_of(*tensors: tf.Tensor) -> tf.Tensor:
    """The shape, as a tensor, that they broadcast to."""
    shape = tf.shape(tensors[0])
    for tensor in tensors[1:]:
        shape = tf.broadcast_dynamic_shape(shape, tf.shape(tensor))
    return shape


class Distribution:
    """A batch of distributions of one kind.

    A sample has the shape sample_shape + batch_shape + event_shape: `batch_shape` is that of the
    parameters, `event_shape` that of one outcome (() for numbers). Methods that a kind of
    distribution does not have raise NotImplementedError.
    """

    def __init__(
        self,
        dtype: Any,
        reparameterization_type: ReparameterizationType,
        validate_args: bool,
        allow_nan_stats: bool,
        parameters: dict | None = None,
        graph_parents: Any = None,
        name: str | None = None,
    ) -> None:
        self._dtype = dtype
        self._reparameterization_type = reparameterization_type
        self._validate_args = validate_args
        self._allow_nan_stats = allow_nan_stats
        self._parameters = parameters or {}
        self._graph_parents = list(graph_parents or [])
        name = name or type(self).__name__
        if not name.endswith("/"):
            with tf.name_scope(name) as scope:
                name = scope
        self._name = name

    # What a kind of distribution defines.

    def _batch_shape(self) -> tf.TensorShape:
        return tf.TensorShape(None)

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape(None)

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._missing("batch_shape_tensor")

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.constant([], tf.int32)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return self._missing("sample_n")

    @classmethod
    def _param_shapes(cls, sample_shape: Any) -> dict[str, Any]:
        raise NotImplementedError("param_shapes not implemented")

    def _missing(self, method: str) -> Any:
        raise NotImplementedError(f"{method} is not implemented: {type(self).__name__}")

    def _has(self, method: str) -> bool:
        return getattr(type(self), f"_{method}", None) is not None

    def _call(self, method: str, *arguments: Any) -> Any:
        if not self._has(method):
            self._missing(method)
        return getattr(self, f"_{method}")(*arguments)

    # Names and parameters.

    @property
    def name(self) -> str:
        """The name scope of its ops."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The dtype of samples."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments that it was made with."""
        return dict(self._parameters)

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        """FULLY_REPARAMETERIZED where samples are differentiable, else NOT_REPARAMETERIZED."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        """Whether statistics that are not defined are NaN; otherwise they are errors."""
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        """Whether parameters and values are checked while running."""
        return self._validate_args

    @property
    def batch_shape(self) -> tf.TensorShape:
        """The static shape of the batch."""
        return tf.TensorShape(self._batch_shape())

    @property
    def event_shape(self) -> tf.TensorShape:
        """The static shape of one outcome."""
        return tf.TensorShape(self._event_shape())

    @classmethod
    def param_shapes(
        cls, sample_shape: Any, name: str = "DistributionParamShapes"
    ) -> dict[str, Any]:
        """For each parameter the shape, as a tensor, that gives samples of `sample_shape`."""
        with tf.name_scope(name, values=[sample_shape]):
            return cls._param_shapes(sample_shape)

    @classmethod
    def param_static_shapes(cls, sample_shape: Any) -> dict[str, tf.TensorShape]:
        """`param_shapes` as static shapes. ValueError where `sample_shape` is not known."""
        if isinstance(sample_shape, tf.TensorShape):
            sample_shape = sample_shape.as_list()
        with tf.Graph().as_default():
            shapes = cls.param_shapes(sample_shape)
            known = {name: tf.get_static_value(shape) for name, shape in shapes.items()}
        if any(value is None for value in known.values()):
            raise ValueError("sample_shape must be a fully-defined TensorShape or list/tuple")
        return {name: tf.TensorShape(value.tolist()) for name, value in known.items()}

    def copy(self, **override_parameters_kwargs: Any) -> Any:
        """Another one with the same arguments, but for those given."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    @contextlib.contextmanager
    def _scope(self, name: str, *values: Any) -> Iterator[None]:
        with tf.name_scope(self.name), tf.name_scope(name, values=values):
            yield

    # Shapes.

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> tf.Tensor:
        """The shape of the batch as a tensor."""
        with self._scope(name):
            if self.batch_shape.is_fully_defined():
                return tf.constant(self.batch_shape.as_list(), tf.int32, name="batch_shape")
            return self._batch_shape_tensor()

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> tf.Tensor:
        """The shape of one outcome as a tensor."""
        with self._scope(name):
            if self.event_shape.is_fully_defined():
                return tf.constant(self.event_shape.as_list(), tf.int32, name="event_shape")
            return self._event_shape_tensor()

    def is_scalar_event(self, name: str = "is_scalar_event") -> tf.Tensor:
        """Whether an outcome is a number."""
        with self._scope(name):
            return self._is_scalar(self.event_shape, self.event_shape_tensor, "is_scalar_event")

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> tf.Tensor:
        """Whether it is a single distribution."""
        with self._scope(name):
            return self._is_scalar(self.batch_shape, self.batch_shape_tensor, "is_scalar_batch")

    @staticmethod
    def _is_scalar(static: tf.TensorShape, dynamic: Any, name: str) -> tf.Tensor:
        if static.ndims is not None:
            return tf.constant(static.ndims == 0, name=name)
        return tf.equal(tf.shape(dynamic())[0], 0, name=name)

    # Samples and probabilities.

    def sample(self, sample_shape: Any = (), seed: Any = None, name: str = "sample") -> tf.Tensor:
        """Outcomes: `sample_shape` of them for each distribution of the batch."""
        with self._scope(name, sample_shape):
            shape = tf.convert_to_tensor(sample_shape, tf.int32, name="sample_shape")
            static = tf.get_static_value(shape)
            if shape.shape.ndims == 0:
                shape = tf.reshape(shape, [1])
            found = self._sample_n(tf.reduce_prod(shape), seed)
            known = None if static is None else tf.TensorShape(np.atleast_1d(static).tolist())
            found = tf.reshape(found, tf.concat([shape, tf.shape(found)[1:]], 0))
            if known is not None:
                whole = known.concatenate(self.batch_shape).concatenate(self.event_shape)
                if whole.ndims is not None:
                    found.set_shape(whole)
            return found

    def _value(self, value: Any) -> tf.Tensor:
        hint = self.dtype if isinstance(self.dtype, tf.DType) else None
        return tf.convert_to_tensor(value, name="value", preferred_dtype=hint)

    _checked_methods: tuple[str, ...] = ("prob", "log_prob")

    def _outcome_checks(self, value: tf.Tensor) -> list:
        """Assertions, with validate_args, that `value` is a possible outcome."""
        return []

    def _either(self, name: str, value: Any, ways: list[tuple[str, Any]]) -> tf.Tensor:
        """By the first of the ways whose function there is."""
        with self._scope(name, value):
            value = self._value(value)
            if self._validate_args and name in self._checked_methods:
                with tf.control_dependencies(self._outcome_checks(value)):
                    value = tf.identity(value)
            for method, then in ways:
                if self._has(method):
                    return then(getattr(self, f"_{method}")(value))
            self._missing(ways[0][0])
            raise AssertionError  # _missing raises

    def log_prob(self, value: Any, name: str = "log_prob") -> tf.Tensor:
        """The logarithm of the probability (or its density) of `value`."""
        return self._either(name, value, [("log_prob", _same), ("prob", tf.log)])

    def prob(self, value: Any, name: str = "prob") -> tf.Tensor:
        """The probability, or its density, of `value`."""
        return self._either(name, value, [("prob", _same), ("log_prob", tf.exp)])

    def log_cdf(self, value: Any, name: str = "log_cdf") -> tf.Tensor:
        """The logarithm of `cdf`."""
        return self._either(name, value, [("log_cdf", _same), ("cdf", tf.log)])

    def cdf(self, value: Any, name: str = "cdf") -> tf.Tensor:
        """The probability of an outcome up to `value`."""
        return self._either(name, value, [("cdf", _same), ("log_cdf", tf.exp)])

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> tf.Tensor:
        """The logarithm of `survival_function`."""
        return self._either(
            name,
            value,
            [
                ("log_survival_function", _same),
                ("cdf", lambda p: tf.log1p(-p)),
                ("log_cdf", lambda p: tf.log1p(-tf.exp(p))),
            ],
        )

    def survival_function(self, value: Any, name: str = "survival_function") -> tf.Tensor:
        """The probability of an outcome above `value`."""
        return self._either(
            name,
            value,
            [
                ("survival_function", _same),
                ("cdf", lambda p: 1.0 - p),
                ("log_cdf", lambda p: 1.0 - tf.exp(p)),
            ],
        )

    def quantile(self, value: Any, name: str = "quantile") -> tf.Tensor:
        """The outcome that the probability `value` stays below."""
        return self._either(name, value, [("quantile", _same)])

    # Statistics.

    def entropy(self, name: str = "entropy") -> tf.Tensor:
        """Shannon's entropy, in nats."""
        with self._scope(name):
            return self._call("entropy")

    def mean(self, name: str = "mean") -> tf.Tensor:
        """The mean."""
        with self._scope(name):
            return self._call("mean")

    def variance(self, name: str = "variance") -> tf.Tensor:
        """The variance of each element."""
        with self._scope(name):
            if self._has("variance"):
                return self._call("variance")
            if self._has("stddev"):
                return tf.square(self._call("stddev"))
            return self._missing("variance")

    def stddev(self, name: str = "stddev") -> tf.Tensor:
        """The standard deviation of each element."""
        with self._scope(name):
            if self._has("stddev"):
                return self._call("stddev")
            if self._has("variance"):
                return tf.sqrt(self._call("variance"))
            return self._missing("stddev")

    def covariance(self, name: str = "covariance") -> tf.Tensor:
        """The covariance matrix of an outcome's elements."""
        with self._scope(name):
            return self._call("covariance")

    def mode(self, name: str = "mode") -> tf.Tensor:
        """The most probable outcome."""
        with self._scope(name):
            return self._call("mode")

    def _defined(self, condition: tf.Tensor, value: tf.Tensor, message: str) -> tf.Tensor:
        """`value`, and where it is not defined NaN or (not `allow_nan_stats`) an error."""
        if self.allow_nan_stats:
            return tf.where(condition, value, nan_like(value))
        with tf.control_dependencies([tf.Assert(tf.reduce_all(condition), [message])]):
            return tf.identity(value)

    def cross_entropy(self, other: Any, name: str = "cross_entropy") -> tf.Tensor:
        """`entropy()` + `kl_divergence(other)`."""
        with self._scope(name):
            return self._call("entropy") + self.kl_divergence(other)

    def kl_divergence(self, other: Any, name: str = "kl_divergence") -> tf.Tensor:
        """The Kullback-Leibler divergence from `other`, see `tf.distributions.kl_divergence`."""
        from .kl import kl_divergence

        with self._scope(name):
            return kl_divergence(self, other, allow_nan_stats=self.allow_nan_stats)

    def _text(self) -> tuple[str, str]:
        kind = self.dtype.name if isinstance(self.dtype, tf.DType) else self.dtype
        shapes = f"batch_shape={self.batch_shape}", f"event_shape={self.event_shape}"
        return type(self).__name__, f"{shapes[0]}|{shapes[1]}|dtype={kind}"

    def __str__(self) -> str:
        kind, parts = self._text()
        return f'tfp.distributions.{kind}("{self.name}", {parts.replace("|", ", ")})'

    def __repr__(self) -> str:
        kind, parts = self._text()
        return f"<tfp.distributions.{kind} '{self.name}' {parts.replace('|', ' ')}>"


def _same(tensor: tf.Tensor) -> tf.Tensor:
    return tensor


class ScalarEvents(Distribution):
    """Distributions of numbers, whose batch is the broadcast shape of `_shape_parameters()`."""

    def _shape_parameters(self) -> tuple[tf.Tensor, ...]:
        raise NotImplementedError

    def _batch_shape(self) -> tf.TensorShape:
        return batch_of(*self._shape_parameters())

    def _batch_shape_tensor(self) -> tf.Tensor:
        return batch_tensor_of(*self._shape_parameters())

    def _event_shape(self) -> tf.TensorShape:
        return tf.TensorShape([])

    def _drawn_shape(self, n: tf.Tensor) -> tf.Tensor:
        return tf.concat([[n], self.batch_shape_tensor()], 0)

    def _whole(self, value: tf.Tensor) -> tf.Tensor:
        """`value` in the shape of the batch."""
        return value * tf.ones(self.batch_shape_tensor(), value.dtype)


def twice_shapes(*names: str) -> Any:
    """`_param_shapes` of a distribution whose parameters all have the samples' shape."""

    def _param_shapes(cls: type, sample_shape: Any) -> dict[str, Any]:
        shape = tf.convert_to_tensor(sample_shape, tf.int32)
        return dict.fromkeys(names, shape)

    return classmethod(_param_shapes)
