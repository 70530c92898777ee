"""Multivariate normal distributions, and other vectors of independent elements made dependent."""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf

from .base import given
from .bijectors import AffineLinearOperator
from .scales import diag_operator, low_rank_operator, tril_operator
from .transformed import TransformedDistribution

_LOG_2PI = math.log(2 * math.pi)


class VectorOfIndependent(TransformedDistribution):
    """loc + scale x for vectors x of independent elements of a scalar distribution."""

    def _make(self, distribution: Any, loc: Any, scale: Any, parameters: dict, name: str) -> None:
        """The affine map of the elements; the batch is what `loc` and `scale` broadcast to."""
        batch, event = scale.batch_shape_tensor(), scale.range_dimension_tensor()[None]
        static_batch, static_event = scale.batch_shape, scale.shape[-1:]
        if loc is not None:
            batch = tf.broadcast_dynamic_shape(batch, tf.shape(loc)[:-1])
            static_batch = tf.broadcast_static_shape(static_batch, loc.shape[:-1])
        if static_batch.is_fully_defined():
            batch = tf.constant(static_batch.as_list(), tf.int32)
        if static_event.is_fully_defined():
            event = tf.constant(static_event.as_list(), tf.int32)
        validate = parameters["validate_args"]
        map_ = AffineLinearOperator(loc, scale, validate_args=validate)
        super().__init__(distribution, map_, batch, event, validate, name)
        self._allow_nan_stats = parameters["allow_nan_stats"]
        self._parameters = parameters

    @property
    def loc(self) -> Any:
        """What is added, or None."""
        return self.bijector.shift

    @property
    def scale(self) -> Any:
        """The operator that multiplies."""
        return self.bijector.scale

    def _zeros(self) -> tf.Tensor:
        shape = tf.concat([self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        return tf.zeros(shape, self.dtype)

    def _covariance(self) -> tf.Tensor:
        """scale scale^T times an element's variance."""
        factor = tf.square(self.distribution.stddev())
        if isinstance(self.scale, tf.linalg.LinearOperatorDiag):
            found = tf.matrix_diag(factor * tf.square(self.scale.diag_part()))
        else:
            found = factor * self.scale.matmul(self.scale.to_dense(), adjoint_arg=True)
        return found

    def _variance(self) -> tf.Tensor:
        factor = tf.square(self.distribution.stddev())
        if isinstance(self.scale, tf.linalg.LinearOperatorDiag):
            return factor * tf.square(self.scale.diag_part())
        return factor * tf.reduce_sum(tf.square(self.scale.to_dense()), -1)

    def _stddev(self) -> tf.Tensor:
        if isinstance(self.scale, tf.linalg.LinearOperatorDiag):
            return tf.abs(self.distribution.stddev() * self.scale.diag_part())
        return tf.sqrt(self._variance())

    def _mode(self) -> tf.Tensor:
        return self.bijector.forward(self._zeros() + self.distribution.mode())


class MultivariateNormalLinearOperator(VectorOfIndependent):
    """The normal distribution of vectors with mean `loc` and covariance scale scale^T.

    `scale` is a `tf.linalg.LinearOperator`. Source of the formulas: Petersen and Pedersen, The
    Matrix Cookbook, section 8.
    """

    def __init__(
        self,
        loc: Any = None,
        scale: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalLinearOperator",
    ) -> None:
        parameters = given(locals())
        if scale is None:
            raise ValueError("Missing required `scale` parameter.")
        if not scale.dtype.is_floating:
            raise TypeError("`scale` parameter must have floating-point dtype.")
        self._normal(lambda: scale, loc, parameters, name)

    def _normal(self, scale_fn: Any, loc: Any, parameters: dict, name: str) -> None:
        with tf.name_scope(name, values=[loc]) as scope:
            if loc is not None:
                loc = tf.convert_to_tensor(loc, name="loc")
            scale = scale_fn()
            zero, one = tf.zeros([], scale.dtype), tf.ones([], scale.dtype)
            self._make(tf.distributions.Normal(zero, one), loc, scale, parameters, scope)

    def _mean(self) -> tf.Tensor:
        if self.loc is None:
            return self._zeros()
        if self.loc.shape[-1:].is_compatible_with(self.event_shape):
            return tf.identity(self.loc)
        return self.loc + tf.zeros(self.event_shape_tensor(), self.dtype)

    def _mode(self) -> tf.Tensor:
        return self._mean()


class MultivariateNormalDiag(MultivariateNormalLinearOperator):
    """Vectors of independent normal elements: mean `loc`, standard deviations `scale_diag`.

    `scale_identity_multiplier` is added to each deviation; what is not given is 0 for `loc`,
    and 1 for the deviations if both are missing.
    """

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiag",
    ) -> None:
        parameters = given(locals())
        self._normal(
            lambda: diag_operator(loc, scale_diag, scale_identity_multiplier, validate_args),
            loc, parameters, name,
        )  # fmt: skip


class MultivariateNormalDiagWithSoftplusScale(MultivariateNormalDiag):
    """`MultivariateNormalDiag` with the softplus of `scale_diag` for deviations."""

    def __init__(
        self,
        loc: Any,
        scale_diag: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagWithSoftplusScale",
    ) -> None:
        parameters = given(locals())
        self._normal(
            lambda: diag_operator(loc, tf.nn.softplus(scale_diag), None, validate_args),
            loc, parameters, name,
        )  # fmt: skip


class MultivariateNormalTriL(MultivariateNormalLinearOperator):
    """Mean `loc`, covariance scale_tril scale_tril^T; of `scale_tril` the lower triangle counts."""

    def __init__(
        self,
        loc: Any = None,
        scale_tril: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalTriL",
    ) -> None:
        parameters = given(locals())
        if loc is None and scale_tril is None:
            raise ValueError("Must specify one or both of `loc`, `scale_tril`.")
        self._normal(
            lambda: tril_operator(loc, scale_tril, None, None, validate_args),
            loc, parameters, name,
        )  # fmt: skip


class MultivariateNormalFullCovariance(MultivariateNormalTriL):
    """Mean `loc` and covariance `covariance_matrix`, which is symmetric and positive definite."""

    def __init__(
        self,
        loc: Any = None,
        covariance_matrix: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalFullCovariance",
    ) -> None:
        parameters = given(locals())

        def scale() -> Any:
            if covariance_matrix is None:
                return diag_operator(loc, None, None, validate_args)
            matrix = tf.convert_to_tensor(covariance_matrix, name="covariance_matrix")
            if validate_args:
                message = "Matrix was not symmetric."
                other = tf.linalg.transpose(matrix)
                with tf.control_dependencies([tf.assert_equal(matrix, other, message=message)]):
                    matrix = tf.identity(matrix)
            return tril_operator(None, tf.cholesky(matrix), None, None, False)

        self._normal(scale, loc, parameters, name)


class MultivariateNormalDiagPlusLowRank(MultivariateNormalLinearOperator):
    """Mean `loc` and scale diag(scale_diag + scale_identity_multiplier)
    + scale_perturb_factor diag(scale_perturb_diag) scale_perturb_factor^T."""

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        scale_perturb_factor: Any = None,
        scale_perturb_diag: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MultivariateNormalDiagPlusLowRank",
    ) -> None:
        parameters = given(locals())

        def scale() -> Any:
            sized = loc
            if loc is None and scale_diag is None and scale_perturb_factor is not None:
                sized = tf.zeros_like(tf.convert_to_tensor(scale_perturb_factor)[..., 0])
            found = diag_operator(sized, scale_diag, scale_identity_multiplier, validate_args)
            if scale_perturb_factor is None:
                return found
            return low_rank_operator(found, scale_perturb_factor, scale_perturb_diag)

        self._normal(scale, loc, parameters, name)


@tf.distributions.RegisterKL(MultivariateNormalLinearOperator, MultivariateNormalLinearOperator)
def _kl(a: Any, b: Any, name: str | None = None) -> tf.Tensor:
    """(|B^-1 A|² + |B^-1 (mean_b - mean_a)|² - k) / 2 + log |B| - log |A|, for scales A and B."""
    with tf.name_scope(name, "kl_mvn", a.scale.graph_parents + b.scale.graph_parents):
        size = tf.cast(a.scale.domain_dimension_tensor(), a.dtype)
        dets = b.scale.log_abs_determinant() - a.scale.log_abs_determinant()
        diagonal = tf.linalg.LinearOperatorDiag
        if isinstance(a.scale, diagonal) and isinstance(b.scale, diagonal):
            ratio = a.scale.diag_part() / b.scale.diag_part()
            spread = tf.reduce_sum(tf.square(ratio), -1)
        else:
            spread = tf.reduce_sum(tf.square(b.scale.solve(a.scale.to_dense())), [-2, -1])
        apart = b.scale.solvevec((b.mean() - a.mean())[..., None, :][..., 0, :])
        return 0.5 * (spread + tf.reduce_sum(tf.square(apart), -1) - size) + dets


class VectorLaplaceDiag(VectorOfIndependent):
    """Vectors loc + scale x, with x of independent standard Laplace elements."""

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorLaplaceDiag",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name) as scope:
            if loc is not None:
                loc = tf.convert_to_tensor(loc, name="loc")
            scale = diag_operator(loc, scale_diag, scale_identity_multiplier, validate_args)
            zero, one = tf.zeros([], scale.dtype), tf.ones([], scale.dtype)
            self._make(tf.distributions.Laplace(zero, one), loc, scale, parameters, scope)


class VectorExponentialDiag(VectorOfIndependent):
    """Vectors loc + scale x, with x of independent standard exponential elements."""

    def __init__(
        self,
        loc: Any = None,
        scale_diag: Any = None,
        scale_identity_multiplier: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VectorExponentialDiag",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name) as scope:
            if loc is not None:
                loc = tf.convert_to_tensor(loc, name="loc")
            scale = diag_operator(loc, scale_diag, scale_identity_multiplier, validate_args)
            one = tf.ones([], scale.dtype)
            self._make(tf.distributions.Exponential(one), loc, scale, parameters, scope)

    def _mode(self) -> tf.Tensor:
        return self._zeros() if self.loc is None else self.loc + self._zeros()
