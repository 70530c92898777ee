"""Sound: WAV files, spectrograms and cepstral coefficients of the speech programs."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy as np

from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is


def _chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """The chunks of a WAV file up to its data."""
    found = []
    for at, wanted in ((0, b"RIFF"), (8, b"WAVE")):
        have = data[at : at + 4]
        if len(have) < 4:
            raise ValueError("Data too short when trying to read string")
        if have != wanted:
            raise ValueError(f"Header mismatch: Expected {wanted.decode()} but found {have!r}")
    at = 12
    while at < len(data):
        if at + 8 > len(data):
            raise ValueError("Data too short when trying to read a chunk's header")
        kind, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        content = data[at + 8 : at + 8 + size]
        if len(content) < size:
            raise ValueError(
                f"Data too short when trying to read string: chunk {kind!r} has {size}"
            )
        found.append((kind, content))
        at += 8 + size
    return found


def _decoded(data: bytes) -> tuple[np.ndarray, int]:
    """(samples [samples, channels] between -1 and 1, samples a second)."""
    channels = rate = 0
    for kind, content in _chunks(data):
        if kind == b"fmt ":
            if len(content) < 16:
                raise ValueError(f"Bad format chunk size for WAV: {len(content)}")
            form, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", content)
            if form != 1:
                raise ValueError(f"Bad audio format for WAV: Expected 1 (PCM), but got {form}")
            if bits != 16:
                raise ValueError(f"Can only read 16-bit WAV files, but received {bits}")
            if not channels:
                raise ValueError("The WAV file has no channels.")
        if kind == b"data":
            if not channels:
                raise ValueError("The data of the WAV file stand before its format.")
            samples = np.frombuffer(content, "<i2", len(content) // (2 * channels) * channels)
            return samples.reshape(-1, channels).astype(np.float32) / np.float32(32768), rate
    raise ValueError("The WAV file has no data.")


def _wav_shape(contents: Tensor, *, desired_channels: int, desired_samples: int) -> list[Dims]:
    rank_is(contents, 0)
    sizes = [None if n < 0 else n for n in (desired_samples, desired_channels)]
    return [tuple(sizes), ()]


@op("string -> audio: float32, sample_rate: int32", shape=_wav_shape, differentiable=False)
def DecodeWav(contents, *, desired_channels=-1, desired_samples=-1, device):
    """The samples [samples, channels] of a WAV file (16-bit PCM), between -1 and 1, and their rate.

    With `desired_channels` the last channel is repeated, or channels are left out; with
    `desired_samples` there are zeros behind, or samples are left out.
    """
    audio, rate = _decoded(contents.item())
    if desired_channels >= 0:
        places = np.minimum(np.arange(desired_channels), audio.shape[1] - 1)
        audio = audio[:, places]
    if desired_samples >= 0:
        missing = max(0, desired_samples - len(audio))
        audio = np.pad(audio[:desired_samples], [(0, missing), (0, 0)])
    rate = torch.tensor(rate, dtype=torch.int32, device=device)
    return torch.from_numpy(np.ascontiguousarray(audio)).to(device), rate


def _wav_file_shape(audio: Tensor, sample_rate: Tensor) -> Dims:
    rank_is(audio, 2)
    rank_is(sample_rate, 0)
    return ()


@op("float32, int32 -> contents: string", shape=_wav_file_shape, differentiable=False)
def EncodeWav(audio, sample_rate):
    """The WAV file (16-bit PCM) of samples [samples, channels] between -1 and 1."""
    if not audio.numel():
        raise ValueError(f"There is no audio: its shape is {list(audio.shape)}")
    samples = audio.cpu().numpy()
    scaled = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767).astype("<i2").tobytes()
    rate, channels = int(sample_rate), samples.shape[1]
    head = b"WAVEfmt " + struct.pack(
        "<IHHIIHH", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16
    )
    body = head + b"data" + struct.pack("<I", len(scaled)) + scaled
    found = np.empty((), object)
    found[()] = b"RIFF" + struct.pack("<I", len(body)) + body
    return found


# Spectra.


def _bins(window: int) -> int:
    """Half the transform's length (the next power of 2) and one."""
    return (1 << max(window - 1, 0).bit_length()) // 2 + 1


def _spectrogram_shape(input: Tensor, *, window_size: int, stride: int) -> Dims:
    dims = rank_is(input, 2)
    assert dims is not None
    if window_size < 2 or stride < 1:
        return dims[1], None, None
    count = None if dims[0] is None else max(0, 1 + (dims[0] - window_size) // stride)
    return dims[1], count, _bins(window_size)


@op("float32 -> spectrogram: float32", shape=_spectrogram_shape, differentiable=False)
def AudioSpectrogram(input, *, window_size, stride, magnitude_squared=False):
    """[channels, windows, frequencies]: magnitudes in Hann windows of samples [samples, channels].

    Each window is filled up to a power of 2.
    """
    if window_size < 2 or stride < 1:
        raise ValueError(
            f"Spectrogram initialization failed for window size {window_size} and stride {stride}"
        )
    bins = _bins(window_size)
    if len(input) < window_size:
        return input.new_zeros(input.shape[1], 0, bins)
    frames = input.t().to(torch.float64).unfold(1, window_size, stride)
    window = torch.hann_window(window_size, dtype=torch.float64, device=input.device)
    found = torch.fft.rfft(frames * window, (bins - 1) * 2).abs()
    return (found.square() if magnitude_squared else found).to(torch.float32)


def _mfcc_shape(spectrogram: Tensor, sample_rate: Tensor, *, dct_coefficient_count: int) -> Dims:
    dims = rank_is(spectrogram, 3)
    rank_is(sample_rate, 0)
    assert dims is not None
    if dct_coefficient_count < 1:
        raise ShapeError(f"dct_coefficient_count must be positive, not {dct_coefficient_count}")
    return dims[0], dims[1], dct_coefficient_count


def _mel(frequency: Any) -> Any:
    return 1127.0 * np.log1p(frequency / 700.0)


def _filters(bins: int, rate: int, low: float, high: float, channels: int) -> np.ndarray:
    """[bins, channels]: triangles that stand evenly on the mel scale."""
    start = _mel(low)
    step = (_mel(high) - start) / (channels + 1)
    width = 0.5 * rate / (bins - 1)
    first, last = int(1.5 + low / width), int(high / width)
    found = np.zeros((bins, channels))
    for i in range(first, min(last, bins - 1) + 1):
        place = (_mel(i * width) - start) / step - 1  # 0 is the top of the first triangle
        below = math.floor(place)
        rest = place - below
        if 0 <= below < channels:
            found[i, below] += 1 - rest
        if 0 <= below + 1 < channels:
            found[i, below + 1] += rest
    return found


@op("float32, int32 -> output: float32", shape=_mfcc_shape, differentiable=False)
def Mfcc(
    spectrogram,
    sample_rate,
    *,
    upper_frequency_limit=4000,
    lower_frequency_limit=20,
    filterbank_channel_count=40,
    dct_coefficient_count=13,
):
    """[channels, windows, coefficients]: the mel frequency cepstrum of squared magnitudes."""
    bins, rate = spectrogram.shape[2], int(sample_rate)
    low, high = float(lower_frequency_limit), float(upper_frequency_limit)
    if not 0 <= low < high or bins < 2 or rate <= 0 or filterbank_channel_count < 1:
        raise ValueError(
            f"Mfcc initialization failed for channel count {bins} and sample rate {rate}: "
            f"the frequencies go from {low} to {high}"
        )
    if dct_coefficient_count > filterbank_channel_count:
        raise ValueError(
            f"Mfcc initialization failed for channel count {bins} and sample rate {rate}: "
            f"{dct_coefficient_count} coefficients of {filterbank_channel_count} filters"
        )
    filters = torch.from_numpy(_filters(bins, rate, low, high, filterbank_channel_count))
    energy = spectrogram.to(torch.float64).sqrt() @ filters.to(spectrogram.device)
    logs = energy.clamp(min=1e-12).log()
    count = filterbank_channel_count
    angles = np.outer(np.arange(count) + 0.5, np.arange(dct_coefficient_count)) * math.pi / count
    cosines = torch.from_numpy(np.cos(angles) * math.sqrt(2 / count)).to(spectrogram.device)
    return (logs @ cosines).to(torch.float32)


decode_wav = DecodeWav
encode_wav = EncodeWav
audio_spectrogram = AudioSpectrogram
mfcc = Mfcc
