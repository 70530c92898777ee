"""Spectra of signals in time: short-time transforms, mel scales, cosine transforms."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .windows import frame, hann_window, overlap_and_add


def _power_of_two(length: Any) -> Any:
    """The smallest power of two that is not below it."""
    known = tf.get_static_value(tf.convert_to_tensor(length))
    if known is None:
        logs = tf.ceil(tf.log(tf.cast(length, tf.float32)) / math.log(2.0))
        return tf.cast(tf.pow(2.0, logs), tf.int32)
    return 1 << (int(known) - 1).bit_length()


def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable | None = hann_window,
    pad_end: bool = False,
    name: str | None = None,
) -> tf.Tensor:
    """The transforms of windowed frames of float32 signals, [..., frames, fft_length // 2 + 1].

    `fft_length` is the next power of two where it is not given; `window_fn` (length, dtype=…) gives
    the window, None means none.
    """
    with tf.name_scope(name, "stft", [signals, frame_length, frame_step]):
        signals = tf.convert_to_tensor(signals, name="signals")
        if fft_length is None:
            fft_length = _power_of_two(frame_length)
        framed = frame(signals, frame_length, frame_step, pad_end=pad_end)
        if window_fn is not None:
            framed = framed * window_fn(frame_length, dtype=framed.dtype)
        return tf.signal.rfft(framed, [fft_length])


def inverse_stft_window_fn(
    frame_step: Any, forward_window_fn: Callable = hann_window, name: str | None = None
) -> Callable:
    """A `window_fn` for `inverse_stft` with which it undoes `stft` with `forward_window_fn`."""

    def inverse_stft_window_fn_inner(frame_length: Any, dtype: Any) -> tf.Tensor:
        with tf.name_scope(name, "inverse_stft_window_fn", [forward_window_fn]):
            forward = forward_window_fn(frame_length, dtype=dtype)
            overlaps = -(-frame_length // frame_step)
            square = tf.pad(tf.square(forward), [[0, overlaps * frame_step - frame_length]])
            total = tf.reduce_sum(tf.reshape(square, [overlaps, frame_step]), 0, keepdims=True)
            whole = tf.reshape(tf.tile(total, [overlaps, 1]), [overlaps * frame_step])
            return forward / whole[:frame_length]

    return inverse_stft_window_fn_inner


def inverse_stft(
    stfts: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Callable | None = hann_window,
    name: str | None = None,
) -> tf.Tensor:
    """Signals of short-time transforms: their frames, windowed and added up.

    What `stft` was given comes back with `window_fn=inverse_stft_window_fn(frame_step)`.
    """
    with tf.name_scope(name, "inverse_stft", [stfts]):
        stfts = tf.convert_to_tensor(stfts, name="stfts")
        if fft_length is None:
            fft_length = _power_of_two(frame_length)
        frames = tf.signal.irfft(stfts, [fft_length])[..., :frame_length]
        known = frames.shape[-1].value
        if known is not None and isinstance(frame_length, int) and known < frame_length:
            rows = [[0, 0]] * (len(frames.shape) - 1) + [[0, frame_length - known]]
            frames = tf.pad(frames, rows)
        if window_fn is not None:
            frames = frames * window_fn(frame_length, dtype=frames.dtype)
        return overlap_and_add(frames, frame_step)


def _mel(hertz: Any) -> Any:
    return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)


def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: Any = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = tf.float32,
    name: str | None = None,
) -> tf.Tensor:
    """[num_spectrogram_bins, num_mel_bins]: how bins add to triangles on the mel scale.

    The arguments are Python numbers, or tensors whose values are known when the graph is built.
    """
    dtype = tf.as_dtype(dtype)
    values = []
    for value in (num_spectrogram_bins, sample_rate):
        known = tf.get_static_value(tf.convert_to_tensor(value))
        if known is None:
            raise NotImplementedError(
                "tf.signal.linear_to_mel_weight_matrix of a tensor that is only known at run time: "
                "pass numbers"
            )
        values.append(float(known))
    bins, rate = int(values[0]), values[1]
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if lower_edge_hertz < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(
            f"lower_edge_hertz {lower_edge_hertz:.1f} >= upper_edge_hertz {upper_edge_hertz:.1f}"
        )
    if upper_edge_hertz > rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). "
            f"Got {upper_edge_hertz} for sample_rate: {rate}"
        )
    with tf.name_scope(name, "linear_to_mel_weight_matrix") as scope:
        mels = _mel(np.linspace(0.0, rate / 2, bins)[1:])[:, None]
        edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
        lower, center, upper = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (mels - lower) / (center - lower), (upper - mels) / (upper - center)
        weights = np.maximum(0.0, np.minimum(rising, falling))
        whole = np.pad(weights, [[1, 0], [0, 0]])  # the frequency 0 belongs to none
        return tf.constant(whole, dtype, name=scope)


# Cosine transforms, as products with a matrix.


def _cosines(kind: int, size: int, ortho: bool) -> np.ndarray:
    """[output, input]"""
    k, n = np.arange(size)[:, None], np.arange(size)[None]
    if kind == 1:
        matrix = 2 * np.cos(np.pi * k * n / (size - 1))
        matrix[:, [0, -1]] /= 2
        return matrix
    if kind == 3:
        if ortho:
            return _cosines(2, size, ortho).T
        matrix = 2 * np.cos(np.pi * n * (2 * k + 1) / (2 * size))
        matrix[:, 0] /= 2
        return matrix
    matrix = 2 * np.cos(np.pi * k * (2 * n + 1) / (2 * size))
    if ortho:
        matrix *= np.sqrt(1 / (2 * size))
        matrix[0] /= np.sqrt(2)
    return matrix


def dct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> tf.Tensor:
    """The cosine transform of `type` 1, 2 or 3 over the last dimension; `norm` None or "ortho".

    With `n` the input is cut or padded with zeros to that length.
    """
    if type not in (1, 2, 3):
        raise ValueError(f"Only Types I, II and III (I)DCT are supported, got {type}.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    if axis != -1:
        raise NotImplementedError("axis must be -1. Got: %s" % axis)  # noqa: UP031
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    with tf.name_scope(name, "dct"):
        signal = tf.convert_to_tensor(input, preferred_dtype=tf.float32)
        size = signal.shape[-1].value
        if size is None:
            raise NotImplementedError("tf.signal.dct needs a last dimension of known size")
        if n is not None:
            signal = signal[..., :n]
            if n > size:
                rows = [[0, 0]] * (len(signal.shape) - 1) + [[0, n - size]]
                signal = tf.pad(signal, rows)
            size = n
        if type == 1 and size < 2:
            raise ValueError("Dimension must be greater than one for Type-I DCT.")
        matrix = tf.constant(_cosines(type, size, norm == "ortho").T, signal.dtype)
        return tf.tensordot(signal, matrix, 1)


def idct(
    input: Any,
    type: int = 2,
    n: int | None = None,
    axis: int = -1,
    norm: str | None = None,
    name: str | None = None,
) -> tf.Tensor:
    """The inverse of `dct` of that `type`, up to a factor unless `norm` is "ortho"."""
    if type not in (1, 2, 3):
        raise ValueError(f"Only Types I, II and III (I)DCT are supported, got {type}.")
    return dct(input, {1: 1, 2: 3, 3: 2}[type], n, axis, norm, name)


def mfccs_from_log_mel_spectrograms(
    log_mel_spectrograms: Any, name: str | None = None
) -> tf.Tensor:
    """Mel-frequency cepstral coefficients: the cosine transform of logarithms of mel spectra."""
    with tf.name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectra = tf.convert_to_tensor(log_mel_spectrograms, tf.float32)
        bins = spectra.shape[-1].value
        if bins == 0:
            raise ValueError("num_mel_bins must be positive. Got: 0")
        return dct(spectra) * (1.0 / math.sqrt(2.0 * bins))
