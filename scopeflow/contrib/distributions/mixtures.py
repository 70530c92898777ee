"""Mixtures: one of several distributions is drawn, then an outcome of it."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import given

Distribution = tf.distributions.Distribution


def mixture_stddev(weights: tf.Tensor, means: tf.Tensor, stddevs: tf.Tensor) -> tf.Tensor:
    """Of components along the last axis: sqrt(E[mean² + stddev²] - E[mean]²)."""
    second = tf.reduce_sum(weights * (tf.square(means) + tf.square(stddevs)), -1)
    return tf.sqrt(second - tf.square(tf.reduce_sum(weights * means, -1)))


class Mixture(Distribution):
    """A mixture of `components`, a list of distributions of the same dtype and shapes.

    `cat`, a Categorical of the components' batch shape, draws the component.
    """

    def __init__(
        self,
        cat: Any,
        components: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        use_static_graph: bool = False,
        name: str = "Mixture",
    ) -> None:
        parameters = given(locals())
        if not isinstance(cat, tf.distributions.Categorical):
            raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
        if not components:
            raise ValueError("components must be a non-empty list or tuple")
        if not isinstance(components, (list, tuple)):
            raise TypeError(f"components must be a list or tuple, but saw: {components}")
        if not all(isinstance(one, Distribution) for one in components):
            raise TypeError(
                f"all entries in components must be Distribution instances but saw: {components}"
            )
        dtype = components[0].dtype
        if any(one.dtype != dtype for one in components):
            kinds = [(one.name, one.dtype) for one in components]
            raise TypeError(f"All components must have the same dtype, but saw dtypes: {kinds}")
        event, batch = components[0].event_shape, components[0].batch_shape
        for one in components:
            event = event.merge_with(one.event_shape)
            batch = batch.merge_with(one.batch_shape)
        if event.ndims is None:
            raise ValueError(
                "Expected to know rank(event_shape) from components, but none of the components "
                "provide a static number of ndims"
            )
        count = tf.get_static_value(cat.event_size)
        if count is None:
            raise ValueError("Could not infer number of classes from cat and unable to compare "
                             "this value to the number of components passed in.")  # fmt: skip
        if int(count) != len(components):
            raise ValueError(f"cat.num_classes != len(components): {count} vs. {len(components)}")
        with tf.name_scope(name, values=[cat.logits]) as scope:
            self._cat, self._components = cat, list(components)
            self._static_event, self._static_batch = event, batch.merge_with(cat.batch_shape)
            self._checks = []
            if validate_args and not self._static_batch.is_fully_defined():
                text = "components batch shape must match cat batch shape"
                for one in components:
                    own, of_cat = one.batch_shape_tensor(), cat.batch_shape_tensor()
                    self._checks.append(tf.assert_equal(own, of_cat, message=text))
        super().__init__(
            dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
            parameters, [cat.logits], scope,
        )  # fmt: skip

    @property
    def cat(self) -> Any:
        """The distribution of the components' numbers."""
        return self._cat

    @property
    def components(self) -> list:
        """The components."""
        return self._components

    @property
    def _event_ndims(self) -> int:
        """The number of an event's axes, known since the mixture was made."""
        ndims = self.event_shape.ndims
        assert ndims is not None
        return ndims

    @property
    def num_components(self) -> int:
        """How many there are."""
        return len(self._components)

    def _batch_shape(self) -> tf.TensorShape:
        return self._static_batch

    def _event_shape(self) -> tf.TensorShape:
        return self._static_event

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._cat.batch_shape_tensor()

    def _event_shape_tensor(self) -> tf.Tensor:
        return self._components[0].event_shape_tensor()

    def _weights(self, event: bool = True) -> tf.Tensor:
        """The components' probabilities along a first axis, with ones for the event's axes."""
        probs = tf.cast(tf.nn.softmax(self.cat.logits), self.dtype)
        order = tf.concat([[tf.rank(probs) - 1], tf.range(tf.rank(probs) - 1)], 0)
        probs = tf.transpose(probs, order)
        for _ in range(self._event_ndims if event else 0):
            probs = probs[..., None]
        return probs

    def _all(self, method: str, *arguments: Any) -> tf.Tensor:
        with tf.control_dependencies(self._checks):
            found = [getattr(one, method)(*arguments) for one in self._components]
        shape = tf.shape(found[0])
        for one in found[1:]:
            shape = tf.broadcast_dynamic_shape(shape, tf.shape(one))
        return tf.stack([tf.broadcast_to(one, shape) for one in found])

    def _mean(self) -> tf.Tensor:
        found = tf.reduce_sum(self._weights() * self._all("mean"), 0)
        found.set_shape(self.batch_shape.concatenate(self.event_shape))
        return found

    def _stddev(self) -> tf.Tensor:
        weights, means = self._weights(), self._all("mean")
        second = tf.reduce_sum(weights * (tf.square(means) + tf.square(self._all("stddev"))), 0)
        found = tf.sqrt(second - tf.square(tf.reduce_sum(weights * means, 0)))
        found.set_shape(self.batch_shape.concatenate(self.event_shape))
        return found

    def _log_weighted(self, method: str, x: tf.Tensor) -> tf.Tensor:
        logits = tf.cast(tf.nn.log_softmax(self.cat.logits), self.dtype)
        logs = tf.unstack(logits, num=self.num_components, axis=-1)
        with tf.control_dependencies(self._checks):
            found = [getattr(one, method)(x) for one in self._components]
        return tf.reduce_logsumexp(
            tf.stack([log + one for log, one in zip(logs, found, strict=True)]), 0
        )

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return self._log_weighted("log_prob", x)

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return self._log_weighted("log_cdf", x)

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        which = self.cat.sample(n, seed=seed)
        found: Any = None
        for i, one in enumerate(self._components):
            drawn = one.sample(n, seed=None if seed is None else seed + 1 + i)
            chosen = tf.equal(which, i)
            for _ in range(self._event_ndims):
                chosen = chosen[..., None]
            chosen = tf.broadcast_to(chosen, tf.shape(drawn))
            found = drawn if found is None else tf.where(chosen, drawn, found)
        return found

    def entropy_lower_bound(self, name: str = "entropy_lower_bound") -> tf.Tensor:
        """sum_i weight_i entropy_i, which the entropy is not below, by Jensen's inequality."""
        with self._scope(name):
            return tf.reduce_sum(self._weights(event=False) * self._all("entropy"), 0)

    def _cat_probs(self, log_probs: bool) -> list:
        """Each component's probability, or its logarithm."""
        function = tf.nn.log_softmax if log_probs else tf.nn.softmax
        return tf.unstack(function(self.cat.logits), num=self.num_components, axis=-1)


class MixtureSameFamily(Distribution):
    """A mixture of the distributions that lie along the last batch axis of another one."""

    def __init__(
        self,
        mixture_distribution: Any,
        components_distribution: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MixtureSameFamily",
    ) -> None:
        parameters = given(locals())
        mixture, parts = mixture_distribution, components_distribution
        with tf.name_scope(name) as scope:
            if not mixture.dtype.is_integer:
                raise ValueError(
                    f"`mixture_distribution.dtype` ({mixture.dtype}) is not over integers"
                )
            batch = mixture.batch_shape
            if batch.ndims not in (None, 0) and not batch.is_compatible_with(
                parts.batch_shape[:-1]
            ):
                raise ValueError(
                    f"`mixture_distribution.batch_shape` ({batch}) is not compatible with "
                    f"`components_distribution.batch_shape` ({parts.batch_shape[:-1]})"
                )
            count = mixture.logits.shape[-1]
            if parts.batch_shape.ndims is not None and not count.is_compatible_with(
                parts.batch_shape[-1]
            ):
                raise ValueError(
                    f"`mixture_distribution components` ({count}) does not equal "
                    f"`components_distribution.batch_shape[-1]` ({parts.batch_shape[-1]})"
                )
            if parts.event_shape.ndims is None:
                raise NotImplementedError(
                    "MixtureSameFamily: components of events of unknown rank are not supported; "
                    "give their parameters a static rank"
                )
        self._mixture, self._parts = mixture, parts
        super().__init__(
            parts.dtype, tf.distributions.NOT_REPARAMETERIZED, validate_args, allow_nan_stats,
            parameters, [*mixture._graph_parents, *parts._graph_parents], scope,
        )  # fmt: skip

    @property
    def _event_ndims(self) -> int:
        """The number of an event's axes, known since the mixture was made."""
        ndims = self.event_shape.ndims
        assert ndims is not None
        return ndims

    @property
    def mixture_distribution(self) -> Any:
        """The distribution of the components' numbers."""
        return self._mixture

    @property
    def components_distribution(self) -> Any:
        """The components, along the last batch axis."""
        return self._parts

    def _batch_shape(self) -> tf.TensorShape:
        return self._parts.batch_shape[:-1]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._parts.batch_shape_tensor()[:-1]

    def _event_shape(self) -> tf.TensorShape:
        return self._parts.event_shape

    def _event_shape_tensor(self) -> tf.Tensor:
        return self._parts.event_shape_tensor()

    def _padded(self, x: tf.Tensor) -> tf.Tensor:
        """`x` with an axis for the components before the event's."""
        return tf.expand_dims(x, -1 - self._event_ndims)

    def _weights(self) -> tf.Tensor:
        """The probabilities, with ones for the event's axes."""
        probs = self._mixture.probs
        for _ in range(self._event_ndims):
            probs = probs[..., None]
        return probs

    @property
    def _axis(self) -> int:
        return -1 - self._event_ndims

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        drawn = self._parts.sample(n, seed=seed)
        batch = self.batch_shape_tensor()
        shape = [n] if self._mixture.batch_shape.ndims != 0 else tf.concat([[n], batch], 0)
        which = self._mixture.sample(shape, seed=None if seed is None else seed + 1)
        count = tf.shape(self._mixture.logits)[-1]
        mask = tf.one_hot(which, count, dtype=drawn.dtype)
        for _ in range(self._event_ndims):
            mask = mask[..., None]
        found = tf.reduce_sum(drawn * mask, self._axis)
        found.set_shape(
            tf.TensorShape([None]).concatenate(self.batch_shape).concatenate(self.event_shape)
        )
        return found

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        logs = self._parts.log_prob(self._padded(x)) + tf.nn.log_softmax(self._mixture.logits)
        return tf.reduce_logsumexp(logs, -1)

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        logs = self._parts.log_cdf(self._padded(x)) + tf.nn.log_softmax(self._mixture.logits)
        return tf.reduce_logsumexp(logs, -1)

    def _mean(self) -> tf.Tensor:
        return tf.reduce_sum(self._weights() * self._parts.mean(), self._axis)

    def _variance(self) -> tf.Tensor:
        """The law of total variance."""
        means, weights = self._parts.mean(), self._weights()
        apart = tf.squared_difference(means, self._padded(self._mean()))
        return tf.reduce_sum(weights * (self._parts.variance() + apart), self._axis)

    def _covariance(self) -> tf.Tensor:
        """The law of total covariance."""
        if self.event_shape.ndims != 1:
            self._missing("covariance")
        weights = self._weights()
        apart = self._parts.mean() - self._padded(self._mean())
        outer = tf.matmul(apart[..., None], apart[..., None, :])
        return tf.reduce_sum(weights[..., None] * (self._parts.covariance() + outer), -3)
