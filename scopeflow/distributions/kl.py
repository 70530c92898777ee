"""Kullback-Leibler divergences between distributions of registered kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

_registered: dict[tuple[type, type], Callable[..., tf.Tensor]] = {}


def _function_for(a: type, b: type) -> Callable[..., tf.Tensor] | None:
    """The function of the classes nearest to these two."""
    ways = [
        (i + j, _registered[first, second])
        for i, first in enumerate(a.__mro__)
        for j, second in enumerate(b.__mro__)
        if (first, second) in _registered
    ]
    return min(ways, key=lambda way: way[0])[1] if ways else None


def kl_divergence(
    distribution_a: Any,
    distribution_b: Any,
    allow_nan_stats: bool = True,
    name: str | None = None,
) -> tf.Tensor:
    """The expectation under `distribution_a` of log(a / b), for each of the batch.

    NotImplementedError where none is registered for their classes or those that they derive from.
    """
    kinds = type(distribution_a), type(distribution_b)
    function = _function_for(*kinds)
    if function is None:
        raise NotImplementedError(
            "No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{kinds[0].__name__} and distribution_b type {kinds[1].__name__}"
        )
    with tf.name_scope("KullbackLeibler"):
        found = function(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return found
        message = (
            f"KL calculation between {distribution_a.name} and {distribution_b.name} returned NaN "
            "values (and was called with allow_nan_stats=False). Values:"
        )
        finite = tf.reduce_all(tf.logical_not(tf.is_nan(found)))
        with tf.control_dependencies([tf.Assert(finite, [message, found])]):
            return tf.identity(found, name="checked_kl")


class RegisterKL:
    """Registers the decorated function of (a, b, name=None) for two classes.

    A second one for the same classes is a ValueError.
    """

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = (dist_cls_a, dist_cls_b)

    def __call__(self, kl_fn: Callable[..., tf.Tensor]) -> Callable[..., tf.Tensor]:
        """Register `kl_fn`, and give it back."""
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _registered:
            names = " and ".join(kind.__name__ for kind in self._key)
            raise ValueError(
                f"KL({names}) has already been registered to: {_registered[self._key]}"
            )
        _registered[self._key] = kl_fn
        return kl_fn
