"""tensorflow.python.ops.distributions.util: what distributions are written with."""

from __future__ import annotations

import hashlib
import inspect
from typing import Any

import numpy as np

import scopeflow as tf


def same_dynamic_shape(a: Any, b: Any) -> tf.Tensor:
    """Whether both have one shape, as a boolean tensor."""
    a, b = tf.convert_to_tensor(a), tf.convert_to_tensor(b)
    if None not in (a.shape.ndims, b.shape.ndims) and a.shape.ndims != b.shape.ndims:
        return tf.constant(False)
    one, two = tf.shape(a), tf.shape(b)
    return tf.cond(
        tf.equal(tf.rank(a), tf.rank(b)),
        lambda: tf.reduce_all(tf.equal(one, two)),
        lambda: tf.constant(False),
    )


def maybe_get_static_value(x: Any, dtype: Any = None) -> Any:
    """The value as an array where it is known when the graph is built, else None."""
    if x is None:
        return None
    found = tf.get_static_value(tf.convert_to_tensor(x))
    return found if found is None or dtype is None else np.array(found, dtype)


def prefer_static_value(x: Any) -> Any:
    """The value as an array if it is known, else the tensor."""
    found = maybe_get_static_value(x)
    return tf.convert_to_tensor(x) if found is None else found


def prefer_static_rank(x: Any) -> Any:
    """The number of axes as a number if it is known, else a tensor."""
    return prefer_static_value(tf.rank(x))


def prefer_static_shape(x: Any) -> Any:
    """The shape as an array if it is known, else a tensor."""
    return prefer_static_value(tf.shape(x))


def get_logits_and_probs(
    logits: Any = None,
    probs: Any = None,
    multidimensional: bool = False,
    validate_args: bool = False,
    name: str = "get_logits_and_probs",
    dtype: Any = None,
) -> tuple[Any, Any]:
    """Both, of the one that is given; `multidimensional`: of classes along the last axis."""
    from scopeflow.contrib.distributions.counts import logits_and_probs

    with tf.name_scope(name, values=[probs, logits]):
        if dtype is not None:
            logits = None if logits is None else tf.convert_to_tensor(logits, dtype)
            probs = None if probs is None else tf.convert_to_tensor(probs, dtype)
        return logits_and_probs(logits, probs, validate_args, multidimensional)


def log_combinations(n: Any, counts: Any, name: str = "log_combinations") -> tf.Tensor:
    """log of n! / prod counts!, the counts along the last axis."""
    with tf.name_scope(name, values=[n, counts]):
        n, counts = tf.convert_to_tensor(n), tf.convert_to_tensor(counts)
        return tf.lgamma(n + 1.0) - tf.reduce_sum(tf.lgamma(counts + 1.0), -1)


def rotate_transpose(x: Any, shift: Any, name: str = "rotate_transpose") -> tf.Tensor:
    """The axes moved `shift` places to the right, those at the end to the front."""
    with tf.name_scope(name, values=[x, shift]):
        x = tf.convert_to_tensor(x, name="x")
        order = tf.roll(tf.range(tf.rank(x)), shift, axis=0)
        return tf.transpose(x, order)


def pick_vector(
    cond: Any, true_vector: Any, false_vector: Any, name: str = "pick_vector"
) -> tf.Tensor:
    """One of two vectors, whose lengths may differ, by a boolean scalar."""
    with tf.name_scope(name, values=[cond, true_vector, false_vector]):
        cond = tf.convert_to_tensor(cond, name="cond")
        if cond.dtype != tf.bool:
            raise TypeError(f"cond.dtype={cond.dtype} which is not {tf.bool}")
        known = tf.get_static_value(cond)
        if known is not None:
            return true_vector if known else false_vector
        first, second = tf.convert_to_tensor(true_vector), tf.convert_to_tensor(false_vector)
        if first.dtype != second.dtype:
            raise TypeError(f"vectors of {first.dtype} and {second.dtype}")
        return tf.cond(cond, lambda: tf.identity(first), lambda: tf.identity(second))


def gen_new_seed(seed: Any, salt: str) -> int | None:
    """Another seed, made of this one and a text; None for None."""
    if seed is None:
        return None
    digest = hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) & 0x7FFFFFFF


def assert_integer_form(
    x: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    int_dtype: Any = None,
    name: str = "assert_integer_form",
) -> Any:
    """Fails while running unless all elements are whole numbers."""
    with tf.name_scope(name, values=[x]):
        x = tf.convert_to_tensor(x, name="x")
        if x.dtype.is_integer:
            return tf.no_op()
        message = message or f"{x.name} has non-integer components"
        kinds = {tf.float16: tf.int16, tf.float32: tf.int32, tf.float64: tf.int64}
        kind = int_dtype or kinds.get(x.dtype.base_dtype)
        if kind is None:
            raise TypeError(f"Unrecognized type {x.dtype.name}")
        rounded = tf.cast(tf.cast(x, kind), x.dtype)
        return tf.assert_equal(x, rounded, data=data, summarize=summarize, message=message)


def parent_frame_arguments() -> dict[str, Any]:
    """The arguments of the function which calls this one, without those of its `*args`."""
    frame = inspect.currentframe()
    assert frame is not None and frame.f_back is not None
    names, _, keywords, values = inspect.getargvalues(frame.f_back)
    found = dict(values[keywords]) if keywords else {}
    found.update({name: values[name] for name in names if name != "self"})
    return found


def mixture_stddev(mixture_weight_vector: Any, mean_vector: Any, stddev_vector: Any) -> tf.Tensor:
    """The standard deviation of a mixture of components along the last axis."""
    from scopeflow.contrib.distributions.mixtures import mixture_stddev as function

    tensors = (mixture_weight_vector, mean_vector, stddev_vector)
    return function(*(tf.convert_to_tensor(tensor) for tensor in tensors))


def make_diag_scale(
    loc: Any = None,
    scale_diag: Any = None,
    scale_identity_multiplier: Any = None,
    shape_hint: Any = None,
    validate_args: bool = False,
    assert_positive: bool = False,
    name: str | None = None,
) -> Any:
    """A linear operator of a diagonal, for vectors of the length of `loc` or `shape_hint`."""
    from scopeflow.contrib.distributions.scales import diag_operator

    with tf.name_scope(name, "make_diag_scale", [loc, scale_diag, scale_identity_multiplier]):
        if loc is None and shape_hint is not None:
            loc = tf.ones([shape_hint], tf.convert_to_tensor(scale_identity_multiplier).dtype)
        return diag_operator(
            loc, scale_diag, scale_identity_multiplier, validate_args, assert_positive
        )


def make_tril_scale(
    loc: Any = None,
    scale_tril: Any = None,
    scale_diag: Any = None,
    scale_identity_multiplier: Any = None,
    shape_hint: Any = None,
    validate_args: bool = False,
    assert_positive: bool = False,
    name: str | None = None,
) -> Any:
    """A linear operator of a lower triangle and more on its diagonal."""
    from scopeflow.contrib.distributions.scales import tril_operator

    with tf.name_scope(name, "make_tril_scale", [loc, scale_tril, scale_diag]):
        if scale_tril is None:
            return make_diag_scale(
                loc, scale_diag, scale_identity_multiplier, shape_hint, validate_args,
                assert_positive,
            )  # fmt: skip
        return tril_operator(
            loc, scale_tril, scale_diag, scale_identity_multiplier, validate_args, assert_positive
        )
