"""Windows, frames of a signal, and signals of overlapping frames."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

import scopeflow as tf


def hann_window(
    window_length: Any, periodic: Any = True, dtype: Any = tf.float32, name: str | None = None
) -> tf.Tensor:
    """The Hann window (a raised cosine); `periodic` ones of even length leave out the last 0."""
    return _raised_cosine(name, "hann_window", window_length, periodic, dtype, 0.5, 0.5)


def hamming_window(
    window_length: Any, periodic: Any = True, dtype: Any = tf.float32, name: str | None = None
) -> tf.Tensor:
    """The Hamming window: 0.54 - 0.46 cos."""
    return _raised_cosine(name, "hamming_window", window_length, periodic, dtype, 0.54, 0.46)


def _raised_cosine(
    name: str | None, scope: str, length: Any, periodic: Any, dtype: Any, a: float, b: float
) -> tf.Tensor:
    dtype = tf.as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    with tf.name_scope(name, scope, [length, periodic]):
        length = tf.convert_to_tensor(length, tf.int32, name="window_length")
        length.shape.assert_has_rank(0)
        more = tf.cast(periodic, tf.int32) * (1 - tf.mod(length, 2))
        last = tf.cast(length + more - 1, dtype)
        places = tf.cast(tf.range(length), dtype)
        window = a - b * tf.cos(2 * math.pi * places / tf.maximum(last, 1))
        known = tf.get_static_value(length)
        single = tf.fill(tf.shape(window), tf.equal(length, 1))
        found = tf.where(single, tf.ones_like(window), window)
        if known is not None:
            found.set_shape([int(known)])
        return found


def frame(
    signal: Any,
    frame_length: Any,
    frame_step: Any,
    pad_end: bool = False,
    pad_value: Any = 0,
    axis: int = -1,
    name: str | None = None,
) -> tf.Tensor:
    """Stretches of `frame_length` every `frame_step`, in a new dimension before that of `axis`.

    With `pad_end` frames that reach over the end are filled with `pad_value`; else there are none.
    """
    with tf.name_scope(name, "frame", [signal, frame_length, frame_step, pad_value]):
        signal = tf.convert_to_tensor(signal, name="signal")
        rank = signal.shape.ndims
        if rank is None:
            raise ValueError("the rank of `signal` must be known.")
        if not -rank <= axis < rank:
            raise ValueError(f"`signal` has no axis {axis}: its shape is {signal.shape}")
        axis = axis % rank
        known = signal.shape[axis].value
        size: Any = tf.shape(signal)[axis] if known is None else known
        length, step = (
            x if (value := tf.get_static_value(tf.convert_to_tensor(x))) is None else int(value)
            for x in (frame_length, frame_step)
        )
        if pad_end:
            count = -(-size // step)
            missing = (count - 1) * step + length - size
            missing = max(missing, 0) if isinstance(missing, int) else tf.maximum(missing, 0)
            paddings: list[Any] = [[0, 0] for _ in range(rank)]
            paddings[axis] = [0, missing]
            signal = tf.pad(signal, paddings, constant_values=pad_value)
        else:
            count = (size - length) // step + 1
            count = max(count, 0) if isinstance(count, int) else tf.maximum(count, 0)
        places = tf.range(count)[:, None] * step + tf.range(length)
        return tf.gather(signal, places, axis=axis)


def overlap_and_add(signal: Any, frame_step: Any, name: str | None = None) -> tf.Tensor:
    """Frames [..., frames, frame_length] put `frame_step` apart and added up, [..., samples]."""
    with tf.name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal = tf.convert_to_tensor(signal, name="signal")
        if signal.shape.ndims is not None and signal.shape.ndims < 2:
            raise ValueError(f"signal needs at least two dimensions, got shape {signal.shape}")
        step = tf.convert_to_tensor(frame_step, tf.int32, name="frame_step")
        shape = tf.shape(signal)
        count, length = shape[-2], shape[-1]
        size = (count - 1) * step + length
        places = tf.reshape(tf.range(count)[:, None] * step + tf.range(length), [-1, 1])
        columns = tf.transpose(tf.reshape(signal, [-1, count * length]))
        added = tf.scatter_nd(places, columns, tf.stack([size, tf.shape(columns)[1]]))
        found = tf.reshape(tf.transpose(added), tf.concat([shape[:-2], [size]], 0))
        if signal.shape.ndims is not None:
            found.set_shape(signal.shape[:-2].concatenate([tf.get_static_value(size)]))
        return found


def fftshift(x: Any, axes: Any = None, name: str | None = None) -> tf.Tensor:
    """`x` rolled so that the frequency 0 stands in the middle of `axes` (all of them)."""
    with tf.name_scope(name, "fftshift") as scope:
        return _shifted(x, axes, scope, lambda size: size // 2)


def ifftshift(x: Any, axes: Any = None, name: str | None = None) -> tf.Tensor:
    """Undoes `fftshift`."""
    with tf.name_scope(name, "ifftshift") as scope:
        return _shifted(x, axes, scope, lambda size: -(size // 2))


def _shifted(x: Any, axes: Any, scope: str, shift: Any) -> tf.Tensor:
    x = tf.convert_to_tensor(x)
    if axes is None:
        if x.shape.ndims is None:
            raise ValueError("`x` needs a known rank where `axes` are not given.")
        axes = list(range(x.shape.ndims))
    chosen = np.atleast_1d(axes).tolist()
    sizes = tf.shape(x)
    return tf.roll(x, tf.stack([shift(sizes[a]) for a in chosen]), chosen, name=scope)
