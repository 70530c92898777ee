"""Distributions whose parameters are made positive by a function: any number may be given."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base import given
from .continuous import Chi2, InverseGamma


def _whole_abs(x: Any) -> tf.Tensor:
    return tf.floor(tf.abs(x))


class BetaWithSoftplusConcentration(tf.distributions.Beta):
    """`Beta` with the softplus of both concentrations."""

    def __init__(
        self,
        concentration1: Any,
        concentration0: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "BetaWithSoftplusConcentration",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration1, concentration0]) as scope:
            concentration1 = tf.nn.softplus(concentration1)
            concentration0 = tf.nn.softplus(concentration0)
        super().__init__(concentration1, concentration0, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class ExponentialWithSoftplusRate(tf.distributions.Exponential):
    """`Exponential` with softplus(rate) for `rate`."""

    def __init__(
        self,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExponentialWithSoftplusRate",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[rate]) as scope:
            rate = tf.nn.softplus(rate)
        super().__init__(rate, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class GammaWithSoftplusConcentrationRate(tf.distributions.Gamma):
    """`Gamma` with softplus(concentration) and softplus(rate) for `concentration` and `rate`."""

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "GammaWithSoftplusConcentrationRate",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration, rate]) as scope:
            concentration = tf.nn.softplus(concentration)
            rate = tf.nn.softplus(rate)
        super().__init__(concentration, rate, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class LaplaceWithSoftplusScale(tf.distributions.Laplace):
    """`Laplace` with softplus(scale) for `scale`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "LaplaceWithSoftplusScale",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[loc, scale]) as scope:
            scale = tf.nn.softplus(scale)
        super().__init__(loc, scale, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class NormalWithSoftplusScale(tf.distributions.Normal):
    """`Normal` with softplus(scale) for `scale`."""

    def __init__(
        self,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NormalWithSoftplusScale",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[loc, scale]) as scope:
            scale = tf.nn.softplus(scale)
        super().__init__(loc, scale, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class StudentTWithAbsDfSoftplusScale(tf.distributions.StudentT):
    """`StudentT` with floor(|df|) and softplus(scale) for `df` and `scale`."""

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentTWithAbsDfSoftplusScale",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[df, loc, scale]) as scope:
            df = _whole_abs(df)
            scale = tf.nn.softplus(scale)
        super().__init__(df, loc, scale, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class InverseGammaWithSoftplusConcentrationRate(InverseGamma):
    """`InverseGamma` with the softplus of both parameters."""

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGammaWithSoftplusConcentrationRate",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[concentration, rate]) as scope:
            concentration = tf.nn.softplus(concentration)
            rate = tf.nn.softplus(rate)
        super().__init__(concentration, rate, validate_args, allow_nan_stats, scope)
        self._parameters = parameters


class Chi2WithAbsDf(Chi2):
    """`Chi2` with floor(|df|) for `df`."""

    def __init__(
        self,
        df: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Chi2WithAbsDf",
    ) -> None:
        parameters = given(locals())
        with tf.name_scope(name, values=[df]) as scope:
            df = _whole_abs(df)
        super().__init__(df, validate_args, allow_nan_stats, scope)
        self._parameters = parameters
