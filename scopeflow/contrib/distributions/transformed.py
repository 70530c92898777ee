"""A distribution's outcomes, mapped by a bijector."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from .base import given
from .bijectors import Bijector, Identity


class TransformedDistribution(tf.distributions.Distribution):
    """Y = bijector.forward(X) for X of another distribution.

    log p(y) = log p_X(x) + log |det dx/dy| at x = bijector.inverse(y), summed over the branches
    where the bijector has several. `batch_shape` and `event_shape` make a batch and vectors of a
    scalar distribution without a batch.
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
            self._given_batch: Any = _shape(batch_shape, "batch_shape", distribution, validate_args)
            self._given_event: Any = _shape(event_shape, "event_shape", distribution, validate_args)
        super().__init__(
            distribution.dtype, distribution.reparameterization_type, validate_args,
            distribution.allow_nan_stats, parameters, bijector.graph_parents, scope,
        )  # fmt: skip

    @property
    def distribution(self) -> Any:
        """The distribution that is mapped."""
        return self._distribution

    @property
    def bijector(self) -> Any:
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

    def sample(self, sample_shape: Any = (), seed: Any = None, name: str = "sample") -> tf.Tensor:
        """Outcomes, see `Distribution.sample`; the bijector remembers of what they were made."""
        return self._call_sample(sample_shape, seed, name, {})

    def _call_sample(self, sample_shape: Any, seed: Any, name: str, kwargs: dict) -> tf.Tensor:
        with self._scope(name, sample_shape):
            shape = tf.convert_to_tensor(sample_shape, tf.int32, name="sample_shape")
            static = tf.get_static_value(shape)
            shape = tf.reshape(shape, [-1])
            more, n = self._more_shape(), tf.reduce_prod(shape)
            drawn = [n] if more is None else tf.concat([[n], more], 0)
            x = self.distribution.sample(drawn, seed, **kwargs.get("distribution_kwargs", {}))
            if more is not None and self._given_batch is None:
                x = self._event_last(x)
            x = tf.reshape(x, tf.concat([shape, tf.shape(x)[1:]], 0))
            known = None if static is None else tf.TensorShape(np.atleast_1d(static).tolist())
            self._set_shape(x, known, self._base_event())
            y = self.bijector._call_forward(x, "forward", kwargs.get("bijector_kwargs", {}))
            self._set_shape(y, known, self.event_shape)
            return y

    def _set_shape(self, x: tf.Tensor, head: Any, event: tf.TensorShape) -> None:
        if head is not None:
            whole = head.concatenate(self.batch_shape).concatenate(event)
            if whole.ndims is not None:
                x.set_shape(whole)

    def _event_last(self, x: tf.Tensor) -> tf.Tensor:
        """[n, event, batch] as [n, batch, event], where only the event shape is given."""
        if self.distribution.batch_shape.ndims == 0:
            return x
        ndims: int = self._given_event.shape.as_list()[0]
        rank = tf.rank(x)
        order = tf.concat([[0], tf.range(1 + ndims, rank), tf.range(1, 1 + ndims)], 0)
        return tf.transpose(x, order)

    def _event_ndims(self) -> Any:
        ndims = self.event_shape.ndims
        return tf.size(self.event_shape_tensor()) if ndims is None else ndims

    def _parts(self, y: tf.Tensor, kwargs: dict) -> list[tuple[tf.Tensor, tf.Tensor]]:
        """(log p(x), log-det) of each x that is mapped to y."""
        of_bijector = kwargs.get("bijector_kwargs", {})
        x = self.bijector._call_inverse(y, "inverse", of_bijector)
        log_det = self.bijector._call_inverse_log_det_jacobian(
            y, self._event_ndims(), "inverse_log_det_jacobian", of_bijector
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
        ndims: int = self._given_event.shape.as_list()[0]
        return tf.reduce_sum(value, list(range(-ndims, 0)))

    def log_prob(self, value: Any, name: str = "log_prob") -> tf.Tensor:
        """The logarithm of the density of `value`."""
        return self._call_log_prob(value, name, {})

    def _call_log_prob(self, value: Any, name: str, kwargs: dict) -> tf.Tensor:
        with self._scope(name, value):
            value = self._value(value)
            terms = [one + log_det for one, log_det in self._parts(value, kwargs)]
            found = terms[0] if len(terms) == 1 else tf.reduce_logsumexp(tf.stack(terms), 0)
            return self._shaped(found, value)

    def prob(self, value: Any, name: str = "prob") -> tf.Tensor:
        """The density of `value`."""
        return self._call_prob(value, name, {})

    def _call_prob(self, value: Any, name: str, kwargs: dict) -> tf.Tensor:
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
        of_bijector = kwargs.get("bijector_kwargs", {})
        x = self.bijector._call_inverse(self._value(y), "inverse", of_bijector)
        if isinstance(x, tuple):
            raise NotImplementedError(
                f"{function} is not implemented when bijector is not injective."
            )
        method = getattr(self.distribution, function)
        return method(x, **kwargs.get("distribution_kwargs", {}))

    def cdf(self, value: Any, name: str = "cdf") -> tf.Tensor:
        """The probability of an outcome up to `value`, for a map that increases."""
        return self._of_value("cdf", value, name, {})

    def log_cdf(self, value: Any, name: str = "log_cdf") -> tf.Tensor:
        """The logarithm of `cdf`."""
        return self._of_value("log_cdf", value, name, {})

    def survival_function(self, value: Any, name: str = "survival_function") -> tf.Tensor:
        """The probability of an outcome above `value`, for a map that increases."""
        return self._of_value("survival_function", value, name, {})

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> tf.Tensor:
        """The logarithm of `survival_function`."""
        return self._of_value("log_survival_function", value, name, {})

    def _of_value(self, function: str, value: Any, name: str, kwargs: dict) -> tf.Tensor:
        with self._scope(name, value):
            return self._by_inverse(function, value, kwargs)

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
            ndims: int = self._given_event.shape.as_list()[0]
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
                f"base distribution not scalar: its {what} shape is "
                f"{getattr(distribution, name)}, so that {name} cannot be given"
            )
        if validate_args:
            scalar = getattr(distribution, f"is_scalar_{name.removesuffix('_shape')}")()
            with tf.control_dependencies([tf.Assert(scalar, ["must be scalar"])]):
                shape = tf.identity(shape)
    return shape


class ConditionalTransformedDistribution(TransformedDistribution):
    """A `TransformedDistribution` whose methods take arguments for its parts.

    `bijector_kwargs` are the bijector's, `distribution_kwargs` those of the distribution.
    """

    def sample(
        self,
        sample_shape: Any = (),
        seed: Any = None,
        name: str = "sample",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """Outcomes, see `Distribution.sample`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._call_sample(sample_shape, seed, name, kwargs)

    def log_prob(
        self,
        value: Any,
        name: str = "log_prob",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The logarithm of the density of `value`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._call_log_prob(value, name, kwargs)

    def prob(
        self,
        value: Any,
        name: str = "prob",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The density of `value`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._call_prob(value, name, kwargs)

    def cdf(
        self,
        value: Any,
        name: str = "cdf",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The probability of an outcome up to `value`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._of_value("cdf", value, name, kwargs)

    def log_cdf(
        self,
        value: Any,
        name: str = "log_cdf",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The logarithm of `cdf`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._of_value("log_cdf", value, name, kwargs)

    def survival_function(
        self,
        value: Any,
        name: str = "survival_function",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The probability of an outcome above `value`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._of_value("survival_function", value, name, kwargs)

    def log_survival_function(
        self,
        value: Any,
        name: str = "log_survival_function",
        bijector_kwargs: dict | None = None,
        distribution_kwargs: dict | None = None,
    ) -> tf.Tensor:
        """The logarithm of `survival_function`."""
        kwargs = _of_parts(bijector_kwargs, distribution_kwargs)
        return self._of_value("log_survival_function", value, name, kwargs)


def _of_parts(bijector_kwargs: dict | None, distribution_kwargs: dict | None) -> dict:
    return {
        "bijector_kwargs": bijector_kwargs or {},
        "distribution_kwargs": distribution_kwargs or {},
    }
