"""Another distribution with its batch axes taken otherwise: `Independent`, `BatchReshape`."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf

from .base import given

Distribution = tf.distributions.Distribution


class Independent(Distribution):
    """The last `reinterpreted_batch_ndims` batch axes of a distribution as axes of the event.

    log_prob and entropy are summed over them. None: all batch axes but the first.
    """

    def __init__(
        self,
        distribution: Any,
        reinterpreted_batch_ndims: int | None = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        parameters = given(locals())
        label = name or "Independent" + distribution.name.rstrip("/").rpartition("/")[2]
        with tf.name_scope(label) as scope:
            batch = distribution.batch_shape.ndims
            ndims = reinterpreted_batch_ndims
            if ndims is None:
                ndims = None if batch is None else max(0, batch - 1)
            else:
                known = tf.get_static_value(tf.convert_to_tensor(ndims))
                ndims = None if known is None else int(known)
            if ndims is None:
                raise NotImplementedError(
                    "Independent: reinterpreted_batch_ndims must be known when the graph is "
                    "built; give it as a number"
                )
            if batch is not None and ndims > batch:
                raise ValueError(
                    f"reinterpreted_batch_ndims({ndims}) cannot exceed distribution.batch_ndims"
                    f"({batch})"
                )
        self._distribution, self._ndims = distribution, ndims
        super().__init__(
            distribution.dtype, distribution.reparameterization_type, validate_args,
            distribution.allow_nan_stats, parameters, distribution._graph_parents, scope,
        )  # fmt: skip

    @property
    def distribution(self) -> Any:
        """The distribution whose batch is taken."""
        return self._distribution

    @property
    def reinterpreted_batch_ndims(self) -> int:
        """How many batch axes are the event's."""
        return self._ndims

    def _batch_shape(self) -> tf.TensorShape:
        shape = self.distribution.batch_shape
        return shape if shape.ndims is None else shape[: shape.ndims - self._ndims]

    def _event_shape(self) -> tf.TensorShape:
        shape = self.distribution.batch_shape
        if shape.ndims is None:
            return tf.TensorShape(None)
        return shape[shape.ndims - self._ndims :].concatenate(self.distribution.event_shape)

    def _split(self) -> tuple[tf.Tensor, tf.Tensor]:
        shape = self.distribution.batch_shape_tensor()
        at = tf.size(shape) - self._ndims
        return shape[:at], shape[at:]

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._split()[0]

    def _event_shape_tensor(self) -> tf.Tensor:
        return tf.concat([self._split()[1], self.distribution.event_shape_tensor()], 0)

    def _summed(self, value: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(value, list(range(-self._ndims, 0))) if self._ndims else value

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        return self.distribution.sample(n, seed=seed)

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return self._summed(self.distribution.log_prob(x))

    def _entropy(self) -> tf.Tensor:
        return self._summed(self.distribution.entropy())

    def _mean(self) -> tf.Tensor:
        return self.distribution.mean()

    def _variance(self) -> tf.Tensor:
        return self.distribution.variance()

    def _stddev(self) -> tf.Tensor:
        return self.distribution.stddev()

    def _mode(self) -> tf.Tensor:
        return self.distribution.mode()


@tf.distributions.RegisterKL(Independent, Independent)
def _kl_independent(a: Independent, b: Independent, name: str | None = None) -> tf.Tensor:
    """The divergences of the distributions inside, summed over the event's axes."""
    p, q = a.distribution, b.distribution
    if a.event_shape.ndims is None or b.event_shape.ndims is None:
        raise NotImplementedError("KL of Independent: the events' ranks must be known")
    if not a.event_shape.is_compatible_with(b.event_shape):
        raise ValueError("Event shapes do not match.")
    if p.event_shape.ndims != q.event_shape.ndims:
        raise NotImplementedError("KL between Independents with different event shapes of their "
                                  "distributions is not supported.")  # fmt: skip
    with tf.name_scope(name, "kl_independent"):
        return a._summed(tf.distributions.kl_divergence(p, q))


class BatchReshape(Distribution):
    """A distribution with its batch in another shape of the same size; one size may be -1."""

    def __init__(
        self,
        distribution: Any,
        batch_shape: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ) -> None:
        parameters = given(locals())
        label = name or "BatchReshape" + distribution.name.rstrip("/").rpartition("/")[2]
        with tf.name_scope(label, values=[batch_shape]) as scope:
            shape = tf.convert_to_tensor(batch_shape, tf.int32, name="batch_shape")
            self._distribution = distribution
            self._static = self._checked_shape(shape, distribution.batch_shape)
            self._wanted = shape
            if self._static.is_fully_defined():
                self._wanted = tf.constant(self._static.as_list(), tf.int32)
            else:
                size = tf.reduce_prod(distribution.batch_shape_tensor())
                free = tf.equal(shape, -1)
                rest = tf.reduce_prod(tf.where(free, tf.ones_like(shape), shape))
                self._wanted = tf.where(free, tf.ones_like(shape) * (size // rest), shape)
                if validate_args:
                    text = "`batch_shape` size must match unshaped distribution batch shape size"
                    check = tf.assert_equal(tf.reduce_prod(self._wanted), size, message=text)
                    with tf.control_dependencies([check]):
                        self._wanted = tf.identity(self._wanted)
        super().__init__(
            distribution.dtype, distribution.reparameterization_type, validate_args,
            allow_nan_stats, parameters, [shape, *distribution._graph_parents], scope,
        )  # fmt: skip

    @staticmethod
    def _checked_shape(shape: tf.Tensor, own: tf.TensorShape) -> tf.TensorShape:
        if shape.shape.ndims not in (None, 1):
            raise ValueError(f"`batch_shape` must be a vector (saw rank: {shape.shape.ndims}).")
        known = tf.get_static_value(shape)
        if known is None:
            count = shape.shape[0].value if shape.shape.ndims is not None else None
            return tf.TensorShape(None if count is None else [None] * count)
        if (known < -1).any():
            raise ValueError(f"`batch_shape` elements must be >=-1 (saw: {known.tolist()}).")
        if (known == -1).sum() > 1:
            raise ValueError("`batch_shape` elements must have at most one -1")
        sizes: list[Any] = [None if size == -1 else int(size) for size in known]
        total = own.num_elements() if own.is_fully_defined() else None
        if total is not None:
            rest = int(np.prod([size for size in sizes if size is not None]))
            if None in sizes:
                sizes[sizes.index(None)] = total // max(rest, 1)
            if int(np.prod(sizes)) != total:
                raise ValueError(
                    f"`batch_shape` size ({int(np.prod(sizes))}) must match "
                    f"`distribution.batch_shape` size ({total})."
                )
        return tf.TensorShape(sizes)

    @property
    def distribution(self) -> Any:
        """The distribution in its own shape."""
        return self._distribution

    def _batch_shape(self) -> tf.TensorShape:
        return self._static

    def _batch_shape_tensor(self) -> tf.Tensor:
        return self._wanted

    def _event_shape(self) -> tf.TensorShape:
        return self.distribution.event_shape

    def _event_shape_tensor(self) -> tf.Tensor:
        return self.distribution.event_shape_tensor()

    def _reshaped(self, value: tf.Tensor, head: Any, *tail: tf.Tensor) -> tf.Tensor:
        return tf.reshape(value, tf.concat([head, *tail], 0))

    def _sample_n(self, n: tf.Tensor, seed: Any) -> tf.Tensor:
        x = self.distribution.sample(n, seed=seed)
        return self._reshaped(x, [n], self._wanted, self.event_shape_tensor())

    def _of_value(self, method: str, x: tf.Tensor) -> tf.Tensor:
        """At `x` [sample, batch, event], whose batch must be there as a whole."""
        event = self.event_shape_tensor()
        shape = tf.shape(x)
        before = tf.size(shape) - tf.size(event) - tf.size(self._wanted)
        ndims: Any = (x.shape.ndims, self.event_shape.ndims, self._static.ndims)
        if None not in ndims:
            start = ndims[0] - ndims[1] - ndims[2]
            whole = x.shape[max(start, 0) : ndims[0] - ndims[1]]
            if start < 0 or not whole.is_compatible_with(self._static):
                raise NotImplementedError(
                    "Broadcasting is not supported; too few batch and event dims "
                    f"(expected at least {ndims[1] + ndims[2]}, saw {ndims[0]})."
                    if start < 0
                    else "Broadcasting is not supported; unexpected batch and event shape."
                )
        checks = []
        if self.validate_args:
            text = "Broadcasting is not supported; unexpected batch shape."
            own = shape[before : before + tf.size(self._wanted)]
            checks.append(tf.assert_equal(own, self._wanted, message=text))
        with tf.control_dependencies(checks):
            head = shape[:before]
        own = self.distribution.batch_shape_tensor()
        found = getattr(self.distribution, method)(self._reshaped(x, head, own, event))
        found = self._reshaped(found, head, self._wanted)
        if None not in ndims:
            found.set_shape(x.shape[:start].concatenate(self._static))
        return found

    def _log_prob(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("log_prob", x)

    def _prob(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("prob", x)

    def _cdf(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("cdf", x)

    def _log_cdf(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("log_cdf", x)

    def _survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("survival_function", x)

    def _log_survival_function(self, x: tf.Tensor) -> tf.Tensor:
        return self._of_value("log_survival_function", x)

    def _statistic(self, method: str, *event: tf.Tensor) -> tf.Tensor:
        found = self._reshaped(getattr(self.distribution, method)(), self._wanted, *event)
        if self._static.is_fully_defined() and not event:
            found.set_shape(self._static)
        return found

    def _entropy(self) -> tf.Tensor:
        return self._statistic("entropy")

    def _mean(self) -> tf.Tensor:
        return self._statistic("mean", self.event_shape_tensor())

    def _mode(self) -> tf.Tensor:
        return self._statistic("mode", self.event_shape_tensor())

    def _stddev(self) -> tf.Tensor:
        return self._statistic("stddev", self.event_shape_tensor())

    def _variance(self) -> tf.Tensor:
        return self._statistic("variance", self.event_shape_tensor())

    def _covariance(self) -> tf.Tensor:
        event = self.event_shape_tensor()
        return self._statistic("covariance", event, event)
