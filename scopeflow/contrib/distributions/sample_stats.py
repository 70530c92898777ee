"""Statistics of samples: percentiles and autocorrelation."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def percentile(
    x: Any,
    q: Any,
    axis: Any = None,
    interpolation: str | None = None,
    keep_dims: bool = False,
    validate_args: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """The value that `q` percent of the elements along `axis` (None: all axes) stay below.

    Between two elements the 'nearest' one is taken, the 'lower' or the 'higher'. `q` is one
    number from 0 to 100. ValueError for another `interpolation`, or an axis twice.
    """
    interpolation = "nearest" if interpolation is None else interpolation
    if interpolation not in ("lower", "higher", "nearest"):
        raise ValueError(
            "Argument 'interpolation' must be in {'lower', 'higher', 'nearest'}. "
            f"Found {interpolation}"
        )
    with tf.name_scope(name, "percentile", [x, q]):
        x = tf.convert_to_tensor(x, name="x")
        q = tf.cast(tf.convert_to_tensor(q, name="q"), tf.float64)
        if q.shape.ndims not in (None, 0):
            raise ValueError(f"Expected `q` to have 0 ndims, found {q.shape.ndims}")
        if validate_args:
            text = "q must be from 0 to 100"
            checks = [tf.assert_rank(q, 0), tf.assert_greater_equal(q, tf.zeros([], q.dtype))]
            checks.append(tf.assert_less_equal(q, tf.constant(100.0, q.dtype), message=text))
            with tf.control_dependencies(checks):
                q = tf.identity(q)
        flat, kept = _joined(x, axis)
        count = tf.shape(flat)[-1]
        # Counted from the top, as TensorFlow does: that decides what halfway between two gives.
        rounding = {"lower": tf.ceil, "higher": tf.floor, "nearest": tf.round}[interpolation]
        above = rounding((1.0 - q / 100.0) * tf.cast(count - 1, tf.float64))
        place = tf.clip_by_value(count - 1 - tf.cast(above, tf.int32), 0, count - 1)
        found = tf.gather(tf.sort(flat, axis=-1), place, axis=-1)
        if keep_dims:
            for one in kept:
                found = tf.expand_dims(found, one)
        return found


def _joined(x: tf.Tensor, axis: Any) -> tuple[tf.Tensor, list[int]]:
    """`x` with the axes as one, the last; and the axes, sorted."""
    if axis is None:
        if x.shape.ndims is None:
            return tf.reshape(x, [-1]), []
        return tf.reshape(x, [-1]), list(range(x.shape.ndims))
    known = tf.get_static_value(tf.convert_to_tensor(axis))
    if known is None or x.shape.ndims is None:
        raise NotImplementedError(
            "tf.contrib.distributions.percentile: axis and the rank of x must be known when the "
            "graph is built; set x's shape, or reshape x and give axis=None"
        )
    ndims = x.shape.ndims
    axes = [int(one) % ndims for one in known.reshape(-1)]
    if len(set(axes)) != len(axes):
        raise ValueError(f"Expected `axis` to have distinct elements, found {known}")
    others = [one for one in range(ndims) if one not in axes]
    moved = tf.transpose(x, [*others, *sorted(axes)])
    shape = tf.concat([tf.shape(moved)[: len(others)], [-1]], 0)
    flat = tf.reshape(moved, shape)
    sizes = [x.shape[one].value for one in axes]
    total: int | None = 1
    for size in sizes:
        total = None if size is None or total is None else total * size
    flat.set_shape([x.shape[one].value for one in others] + [total])
    return flat, sorted(axes)


def auto_correlation(
    x: Any,
    axis: int = -1,
    max_lags: Any = None,
    center: bool = True,
    normalize: bool = True,
    name: str = "auto_correlation",
) -> tf.Tensor:
    """The correlation of a series along `axis` with itself, `0 … max_lags` steps later.

    r[m] = sum_n conj(x[n]) x[n + m] / (N - m), computed with FFTs (the Wiener-Khinchin theorem);
    `center` takes the mean away first, `normalize` divides by r[0]. None: all lags.
    """
    with tf.name_scope(name, values=[x]):
        x = tf.convert_to_tensor(x, name="x")
        ndims = x.shape.ndims
        rank = tf.rank(x) if ndims is None else ndims
        place = axis % ndims if ndims is not None else tf.where(axis < 0, rank + axis, axis)
        # The axis goes to the end and back.
        order = tf.concat([tf.range(place), tf.range(place + 1, rank), [place]], 0)
        series = tf.transpose(x, order)
        if ndims is not None:
            shape = x.shape.as_list()
            series.set_shape(shape[:place] + shape[place + 1 :] + [shape[place]])
        if center:
            series = series - tf.reduce_mean(series, -1, keepdims=True)
        length = tf.shape(series)[-1]
        lags = (
            length - 1 if max_lags is None else tf.minimum(tf.cast(max_lags, tf.int32), length - 1)
        )
        kind = series.dtype.base_dtype
        pad = tf.concat([tf.shape(series)[:-1], [length]], 0)
        wide = tf.concat([series, tf.zeros(pad, kind)], -1)
        if not kind.is_complex:
            wide = tf.complex(wide, tf.zeros_like(wide))
        spectrum = tf.fft(wide)
        products = tf.ifft(spectrum * tf.conj(spectrum))
        found = tf.cast(products if kind.is_complex else tf.real(products), kind)
        found = found[..., : lags + 1]
        known = tf.get_static_value(lags)
        if known is not None and series.shape.ndims is not None:
            found.set_shape(series.shape[:-1].concatenate([int(known) + 1]))
        pairs = tf.cast(tf.range(length, length - lags - 1, -1), tf.float32)
        found = found / tf.cast(pairs, kind)
        if normalize:
            found = found / found[..., :1]
        back = tf.concat([tf.range(place), [rank - 1], tf.range(place, rank - 1)], 0)
        result = tf.transpose(found, back)
        if ndims is not None:
            sizes = found.shape.as_list()
            result.set_shape(sizes[:place] + sizes[-1:] + sizes[place:-1])
        return result
