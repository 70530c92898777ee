"""A distribution's outcomes, mapped by a bijector."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import given
from .bijectors import Bijector, Identity


class TransformedDistribution(tf.distributions.Distribution):
    """Y = bijector.forward(X) for X of another distribution.

    log p(y) = log p_X(x) + log |det dx/dy| at x = bijector.inverse(y), summed over the branches
    where the bijector has several. `batch_shape` and `event_shape` make a batch and vectors of a
    scalar distribution without a batch. Keyword arguments of `sample`, `log_prob` and the others
    are for the bijector (`bijector_kwargs`) and the distribution (`distribution_kwargs`).
    """

    def __init__(
        self,
        distribution: Any,
        bijector: Bijector | None = None,
        batch_shape: Any = None,
        event_shape: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        parameters = given(locals())
        bijector = bijector or Identity(validate_args=validate_args)
        label = name or (bijector.name + distribution.name.rstrip("/").rpartition("/")[2])
        with tf.name_scope(label, values=bijector.graph_parents) as scope:
            self._distribution, self._bijector = distribution, bijector
            self._given_batch = _shape(batch_shape, "batch_shape", distribution, validate_args)
            self._given_event = _shape(event_shape, "event_shape", distribution, validate_args)
        super().__init__(
            distribution.dtype, distribution.reparameterization_type, validate_args,
            distribution.allow_nan_stats, parameters, bijector.graph_parents, scope,
        )  # fmt: skip

    @property
    def distribution(self) -> Any:
        """The distribution that is mapped."""
        return self._distribution

    @property
    def bijector(self) -> Bijector:
        """The map."""
        return self._bijector

    # Shapes.

    def _base_event(self) -> tf.TensorShape:
        if self._given_event is None:
            return self.distribution.event_shape
        return _static(self._given_event)

    def _event_shape(self) -> tf.TensorShape:
        return self.bijector.forward_event_shape(self._base_event())

    def _batch_shape(self) -> tf.TensorShape:
        if self._given_batch is None:
            return self.distribution.batch_shape
        return _static(self._given_batch)

    def _event_shape_tensor(self) -> tf.Tensor:
        base = self._given_event
        if base is None:
            base = self.distribution.event_shape_tensor()
        return self.bijector.forward_event_shape_tensor(base)

    def _batch_shape_tensor(self) -> tf.Tensor:
        if self._given_batch is None:
            return self.distribution.batch_shape_tensor()
        return self._given_batch

    def _more_shape(self) -> tf.Tensor | None:
        """What the given shapes put before the distribution's own outcomes."""
        parts = [part for part in (self._given_batch, self._given_event) if part is not None]
        return tf.concat(parts, 0) if parts else None

    # Samples and probabilities.

    def sample(
        self, sample_shape: Any = (), seed: Any = None, name: str = "sample", **kwargs: Any
    ) -> tf.Tensor:
        """Outcomes, see `Distribution.sample`."""
        with self._scope(name, sample_shape):
            self._kwargs = kwargs
            try:
                return super().sample(sample_shape, seed, name)
            finally:
                self._kwargs = {}

    _kwargs: dict = {}

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        more = self._more_shape()
        shape = [n] if more is None else tf.concat([[n], more], 0)
        x = self.distribution.sample(shape, seed, **self._kwargs.get("distribution_kwargs", {}))
        if more is not None and self._given_batch is None:
            x = self._event_last(x)
        return self.bijector.forward(x, **self._kwargs.get("bijector_kwargs", {}))

    def _event_last(self, x: tf.Tensor) -> tf.Tensor:
        """[n, event, batch] as [n, batch, event], where only the event shape is given."""
        if self.distribution.batch_shape.ndims == 0:
            return x
        ndims = self._given_event.shape.as_list()[0]
        rank = tf.rank(x)
        order = tf.concat([[0], tf.range(1 + ndims, rank), tf.range(1, 1 + ndims)], 0)
        return tf.transpose(x, order)

    def _event_ndims(self) -> Any:
        ndims = self.event_shape.ndims
        return tf.size(self.event_shape_tensor()) if ndims is None else ndims

    def _parts(self, y: tf.Tensor, kwargs: dict) -> list[tuple[tf.Tensor, tf.Tensor]]:
        """(log p(x), log-det) of each x that is mapped to y."""
        of_bijector = kwargs.get("bijector_kwargs", {})
        x = self.bijector.inverse(y, **of_bijector)
        log_det = self.bijector.inverse_log_det_jacobian(
            y, event_ndims=self._event_ndims(), **of_bijector
        )
        if isinstance(x, tuple):
            return [
                (self._base_log_prob(one, kwargs), det) for one, det in zip(x, log_det, strict=True)
            ]
        return [(self._base_log_prob(x, kwargs), log_det)]

    def _base_log_prob(self, x: tf.Tensor, kwargs: dict) -> tf.Tensor:
        value = self.distribution.log_prob(x, **kwargs.get("distribution_kwargs", {}))
        if self._given_event is None:
            return value
        ndims = self._given_event.shape.as_list()[0]
        return tf.reduce_sum(value, list(range(-ndims, 0)))

    def log_prob(self, value: Any, name: str = "log_prob", **kwargs: Any) -> tf.Tensor:
        """The logarithm of the density of `value`."""
        with self._scope(name, value):
            value = self._value(value)
            terms = [one + log_det for one, log_det in self._parts(value, kwargs)]
            found = terms[0] if len(terms) == 1 else tf.reduce_logsumexp(tf.stack(terms), 0)
            return self._shaped(found, value)

    def prob(self, value: Any, name: str = "prob", **kwargs: Any) -> tf.Tensor:
        """The density of `value`."""
        with self._scope(name, value):
            value = self._value(value)
            terms = [tf.exp(one + log_det) for one, log_det in self._parts(value, kwargs)]
            return self._shaped(terms[0] if len(terms) == 1 else tf.add_n(terms), value)

    def _shaped(self, found: tf.Tensor, value: tf.Tensor) -> tf.Tensor:
        ndims = self.event_shape.ndims
        if ndims is not None and value.shape.ndims is not None:
            batch = value.shape[: value.shape.ndims - ndims]
            whole = tf.broadcast_static_shape(batch, self.batch_shape)
            if found.shape.is_compatible_with(whole):
                found.set_shape(whole)
        return found

    def _by_inverse(self, function: str, y: Any, kwargs: dict) -> tf.Tensor:
        if self._given_event is not None:
            raise NotImplementedError(f"{function} is not implemented when overriding event_shape")
        x = self.bijector.inverse(self._value(y), **kwargs.get("bijector_kwargs", {}))
        if isinstance(x, tuple):
            raise NotImplementedError(
                f"{function} is not implemented when bijector is not injective."
            )
        method = getattr(self.distribution, function)
        return method(x, **kwargs.get("distribution_kwargs", {}))

    def cdf(self, value: Any, name: str = "cdf", **kwargs: Any) -> tf.Tensor:
        """The probability of an outcome up to `value`, for a map that increases."""
        with self._scope(name, value):
            return self._by_inverse("cdf", value, kwargs)

    def log_cdf(self, value: Any, name: str = "log_cdf", **kwargs: Any) -> tf.Tensor:
        """The logarithm of `cdf`."""
        with self._scope(name, value):
            return self._by_inverse("log_cdf", value, kwargs)

    def survival_function(
        self, value: Any, name: str = "survival_function", **kwargs: Any
    ) -> tf.Tensor:
        """The probability of an outcome above `value`, for a map that increases."""
        with self._scope(name, value):
            return self._by_inverse("survival_function", value, kwargs)

    def log_survival_function(
        self, value: Any, name: str = "log_survival_function", **kwargs: Any
    ) -> tf.Tensor:
        """The logarithm of `survival_function`."""
        with self._scope(name, value):
            return self._by_inverse("log_survival_function", value, kwargs)

    def _quantile(self, p: tf.Tensor) -> tf.Tensor:
        if self._given_event is not None:
            raise NotImplementedError("quantile is not implemented when overriding event_shape")
        if not self.bijector._is_injective:
            raise NotImplementedError("quantile is not implemented when bijector is not injective.")
        return self.bijector.forward(self.distribution.quantile(p))

    # Statistics.

    def _linear(self, what: str) -> None:
        if not self.bijector.is_constant_jacobian:
            raise NotImplementedError(f"{what} is not implemented for non-affine bijectors")
        if not self.bijector._is_injective:
            raise NotImplementedError(f"{what} is not implemented when bijector is not injective")

    def _expanded(self, value: tf.Tensor) -> tf.Tensor:
        """A number of the distribution in the given shapes."""
        more = self._more_shape()
        if more is None:
            return value
        if self._given_batch is None and self.distribution.batch_shape.ndims != 0:
            ndims = self._given_event.shape.as_list()[0]
            for _ in range(ndims):
                value = value[..., None]
            shape = tf.concat([self.distribution.batch_shape_tensor(), self._given_event], 0)
            return value * tf.ones(shape, value.dtype)
        return value * tf.ones(more, value.dtype)

    def _mean(self) -> tf.Tensor:
        self._linear("mean")
        return self.bijector.forward(self._expanded(self.distribution.mean()))

    def _entropy(self) -> tf.Tensor:
        self._linear("entropy")
        entropy = self.distribution.entropy()
        if self._given_event is not None:
            entropy = entropy * tf.cast(tf.reduce_prod(self._given_event), entropy.dtype)
        if self._given_batch is not None:
            entropy = entropy * tf.ones(self._given_batch, entropy.dtype)
        # The Jacobian is the same everywhere: at zeros, then.
        shape = tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        log_det = self.bijector.inverse_log_det_jacobian(
            tf.zeros(shape, self.dtype), event_ndims=self._event_ndims()
        )
        return entropy - log_det


def _static(shape: tf.Tensor) -> tf.TensorShape:
    known = tf.get_static_value(shape)
    if known is None:
        length = shape.shape.num_elements() if shape.shape.is_fully_defined() else None
        return tf.TensorShape(None if length is None else [None] * length)
    return tf.TensorShape(known.tolist())


def _shape(shape: Any, name: str, distribution: Any, validate_args: bool) -> tf.Tensor | None:
    """The shape as a tensor; ValueError where the distribution has one of its own."""
    if shape is None:
        return None
    if isinstance(shape, tf.TensorShape):
        shape = shape.as_list()
    shape = tf.convert_to_tensor(shape, tf.int32, name=name)
    known = tf.get_static_value(shape)
    if known is not None and not known.size:
        return None
    unknown = shape.shape.ndims != 1 or shape.shape[0].value is None
    if unknown and name == "event_shape":
        raise NotImplementedError(
            f"TransformedDistribution: {name} must be of a known length; give a list of sizes"
        )
    if getattr(distribution, name).ndims != 0:
        if getattr(distribution, name).ndims is not None:
            what = name.removesuffix("_shape")
            raise ValueError(
                f"Base distribution must be scalar in its {what} to override {name}, but its "
                f"{name} is {getattr(distribution, name)}."
            )
        if validate_args:
            scalar = getattr(distribution, f"is_scalar_{name.removesuffix('_shape')}")()
            with tf.control_dependencies([tf.Assert(scalar, ["must be scalar"])]):
                shape = tf.identity(shape)
    return shape


class ConditionalTransformedDistribution(TransformedDistribution):
    """A `TransformedDistribution` whose methods take keyword arguments for its parts."""
