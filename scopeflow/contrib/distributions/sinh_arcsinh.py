"""Numbers of another distribution with changed skewness and tails."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import bijectors
from .base import given
from .transformed import TransformedDistribution


class SinhArcsinh(TransformedDistribution):
    """Y = loc + scale F(Z) 2 / F0(2), with F(z) = sinh((arcsinh(z) + skewness) tailweight).

    F0 is F without skewness; Z is `distribution`, a standard Normal if None. `skewness` 0 and
    `tailweight` 1, the defaults, leave Z as it is.
    Source: Jones and Pewsey, Sinh-arcsinh distributions, Biometrika 96 (2009).
    """

    def __init__(
        self,
        loc: Any,
        scale: Any,
        skewness: Any = None,
        tailweight: Any = None,
        distribution: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "SinhArcsinh",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[loc, scale, skewness, tailweight]) as scope:
            loc = tf.convert_to_tensor(loc, name="loc")
            kind = loc.dtype.base_dtype
            scale = tf.convert_to_tensor(scale, kind, name="scale")
            skewness = tf.convert_to_tensor(0.0 if skewness is None else skewness, kind)
            tailweight = tf.convert_to_tensor(1.0 if tailweight is None else tailweight, kind)
            self._loc, self._scale = loc, scale
            self._skewness, self._tailweight = skewness, tailweight
            batch = tf.zeros_like(loc + scale + skewness + tailweight)
            shape = None
            if distribution is None:
                distribution = tf.distributions.Normal(
                    batch, tf.ones_like(batch), allow_nan_stats=allow_nan_stats
                )
            elif distribution.batch_shape.ndims == 0 and batch.shape.ndims != 0:
                known = batch.shape.is_fully_defined()
                shape = batch.shape if known else tf.shape(batch)
            unskewed = bijectors.SinhArcsinh(tailweight=tailweight)
            factor = 2.0 / unskewed.forward(tf.constant(2.0, kind))
            map_ = bijectors.Chain([
                bijectors.AffineScalar(loc, scale * factor, validate_args),
                bijectors.SinhArcsinh(skewness, tailweight, validate_args),
            ])  # fmt: skip
        super().__init__(distribution, map_, shape, validate_args=validate_args, name=scope)
        self._parameters = parameters

    @property
    def loc(self) -> tf.Tensor:
        """What is added."""
        return self._loc

    @property
    def scale(self) -> tf.Tensor:
        """What is multiplied by."""
        return self._scale

    @property
    def skewness(self) -> tf.Tensor:
        """To which side the middle is moved."""
        return self._skewness

    @property
    def tailweight(self) -> tf.Tensor:
        """How heavy the tails are."""
        return self._tailweight
