"""Summaries: what a run saw, as serialized `Summary` messages for event files."""

from __future__ import annotations

import functools
import io
import struct
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_proto import shape_proto
from ..core.shape_rules import rank_is
from ..core.tensor_proto import make_tensor_proto
from ..core.types import REAL, TypeSet
from .printing import _array

_LARGEST = float(np.finfo(np.float64).max)
_PICTURE = TypeSet(dtypes.uint8, dtypes.float32, dtypes.float16, dtypes.float64)


def _messages() -> Any:
    from tensorboard.compat.proto import summary_pb2

    return summary_pb2


def _serialized(summary: Any) -> np.ndarray:
    return np.array(summary.SerializeToString(), dtype=object)


def _text(tag: Any) -> str:
    return np.asarray(tag).item().decode()


def _scalar(*tensors: Tensor, **_: Any) -> Dims:
    return ()


def _dims(array: np.ndarray) -> str:
    return f"[{','.join(map(str, array.shape))}]"


@op("string, T -> string", shape=_scalar, T=REAL, differentiable=False)
def ScalarSummary(tags, values):
    """A Summary with a number for each tag."""
    names, numbers = np.asarray(tags), _array(values)
    if names.shape != numbers.shape:
        tag = f" (tag '{_text(names)}')" if names.ndim == 0 else ""
        raise ValueError(
            f"tags and values not the same shape: {_dims(names)} != {_dims(numbers)}{tag}"
        )
    return _serialized(scalar_summary(names, numbers))


def scalar_summary(names: np.ndarray, numbers: np.ndarray) -> Any:
    """The message of a ScalarSummary."""
    summary = _messages().Summary()
    for name, number in zip(names.ravel(), numbers.ravel(), strict=True):
        with np.errstate(over="ignore"):
            summary.value.add(tag=name.decode(), simple_value=float(np.float32(number)))
    return summary


@functools.cache
def bucket_limits() -> np.ndarray:
    """The upper limits of a histogram's buckets: steps of a tenth from 1e-12 to 1e20, mirrored."""
    positive = []
    limit = 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    positive.append(_LARGEST)
    return np.array([*(-x for x in reversed(positive)), 0.0, *positive])


def _fill_histogram(histogram: Any, values: np.ndarray) -> None:
    values = values.astype(np.float64).ravel()
    limits = bucket_limits()
    places = np.minimum(np.searchsorted(limits, values, side="right"), len(limits) - 1)
    counts = np.bincount(places, minlength=len(limits))
    with np.errstate(over="ignore"):
        histogram.min = values.min(initial=_LARGEST)
        histogram.max = values.max(initial=-_LARGEST)
        histogram.num = values.size
        # One after the other, as TensorFlow adds them.
        histogram.sum = np.add.accumulate(values)[-1] if values.size else 0
        histogram.sum_squares = np.add.accumulate(np.square(values))[-1] if values.size else 0
    # Of neighbouring empty buckets one stands for all.
    empty = counts == 0
    kept = ~empty | np.append(~empty[1:], True)
    histogram.bucket_limit.extend(limits[kept].tolist())
    histogram.bucket.extend(counts[kept].astype(float).tolist())


@op("string, T -> string", shape=_scalar, T=REAL, differentiable=False)
def HistogramSummary(tag, values):
    """A Summary with a histogram of the values; NaN and infinity raise InvalidArgumentError."""
    return _serialized(histogram_summary(tag, values))


def histogram_summary(tag: Any, values: Any) -> Any:
    """The message of a HistogramSummary."""
    array = _array(values)
    name = _text(tag)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        what = "Nan" if np.isnan(array).any() else "Infinity"
        raise ValueError(f"{what} in summary histogram for: {name}")
    summary = _messages().Summary()
    value = summary.value.add(tag=name)
    value.histo.SetInParent()
    _fill_histogram(value.histo, array)
    return summary


def _scaled(image: np.ndarray, bad_color: np.ndarray) -> np.ndarray:
    """Floats as bytes: the largest becomes 255, or 0 becomes 128 where there are negative ones."""
    good = np.isfinite(image).all(-1)
    seen = image[good]
    low, high = seen.min(initial=0), seen.max(initial=0)
    one = image.dtype.type
    if low < 0:
        size = max(abs(low), abs(high))
        scale, offset = one(0 if size < 1e-6 else 127 / size), one(128)
    else:
        scale, offset = one(0 if high < 1e-6 else 255 / high), one(0)
    found = np.empty(image.shape, np.uint8)
    found[good] = (seen * scale + offset).astype(np.uint8)
    found[~good] = bad_color[: image.shape[-1]]
    return found


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    depth = image.shape[-1]
    kind = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[depth]
    height, width = image.shape[:2]
    stream = io.BytesIO()
    Image.frombytes(kind, (width, height), np.ascontiguousarray(image).tobytes()).save(
        stream, "PNG"
    )
    return stream.getvalue()


def _image_shape(tag: Tensor, tensor: Tensor) -> Dims:
    rank_is(tensor, 4)
    return ()


@op(
    "string, T -> string",
    attrs={"bad_color": np.array([255, 0, 0, 255], np.uint8)},
    shape=_image_shape,
    T=_PICTURE,
    differentiable=False,
)
def ImageSummary(tag, tensor, *, max_images=3, op):
    """A Summary with the first images of a batch [batch, height, width, 1, 3 or 4], as PNG."""
    color = np.asarray(op.attrs["bad_color"])
    return _serialized(image_summary(tag, tensor, max_images, color, op.attrs["T"]))


def image_summary(
    tag: Any, tensor: Any, max_images: int, color: np.ndarray, dtype: dtypes.DType
) -> Any:
    """The message of an ImageSummary."""
    images = _array(tensor)
    if dtype is dtypes.float16:
        images = images.astype(np.float16)
    if images.ndim != 4 or images.shape[-1] not in (1, 3, 4):
        raise ValueError(
            f"Tensor must be 4-D with last dim 1, 3, or 4, not [{','.join(map(str, images.shape))}]"
        )
    if images.size == 0:
        raise ValueError("The images have no pixels.")
    name = _text(tag)
    summary = _messages().Summary()
    for number, image in enumerate(images[:max_images]):
        pixels = image if image.dtype == np.uint8 else _scaled(image, color)
        value = summary.value.add(tag=f"{name}/image" + ("" if max_images == 1 else f"/{number}"))
        value.image.height, value.image.width, value.image.colorspace = pixels.shape
        value.image.encoded_image_string = _png(pixels)
    return summary


def _wave(samples: np.ndarray, rate: float) -> bytes:
    """Samples [frames, channels] between -1 and 1 as a 16 bit WAV file."""
    channels = samples.shape[1]
    clipped = np.clip(samples.astype(np.float64) * 32768, -32768, 32767)
    data = np.rint(clipped).astype("<i2").tobytes()
    frame, hertz = channels * 2, int(rate)
    return (
        struct.pack("<4sI4s", b"RIFF", 36 + len(data), b"WAVE")
        + struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, channels, hertz, hertz * frame, frame, 16)
        + struct.pack("<4sI", b"data", len(data))
        + data
    )


def audio_summary(tag: Any, tensor: Any, rate: float, max_outputs: int) -> Any:
    """The message of an AudioSummary."""
    sounds = _array(tensor)
    if sounds.ndim not in (2, 3):
        raise ValueError(f"Tensor must be 3-D or 2-D, got: {_dims(sounds)}")
    if rate <= 0:
        raise ValueError("sample_rate must be positive")
    name = _text(tag)
    summary = _messages().Summary()
    for number, sound in enumerate(sounds[:max_outputs]):
        sound = sound.reshape(len(sound), -1)
        value = summary.value.add(tag=f"{name}/audio" + ("" if max_outputs == 1 else f"/{number}"))
        value.audio.sample_rate = rate
        value.audio.length_frames, value.audio.num_channels = sound.shape
        value.audio.encoded_audio_string = _wave(sound, rate)
        value.audio.content_type = "audio/wav"
    return summary


@op("string, float32, float32 -> string", shape=_scalar, differentiable=False)
def AudioSummaryV2(tag, tensor, sample_rate, *, max_outputs=3):
    """A Summary with the first sounds of a batch [batch, frames, channels], as WAV."""
    return _serialized(audio_summary(tag, tensor, float(_array(sample_rate)), max_outputs))


@op("string, float32 -> string", shape=_scalar, differentiable=False)
def AudioSummary(tag, tensor, *, sample_rate, max_outputs=3):
    """As AudioSummaryV2, the rate an attribute."""
    return _serialized(audio_summary(tag, tensor, sample_rate, max_outputs))


def _tensor_proto(value: Any, dtype: dtypes.DType) -> Any:
    from tensorboard.compat.proto.tensor_pb2 import TensorProto

    if dtype is dtypes.string:
        return make_tensor_proto(value, dtype)
    array = _array(value).astype(dtype.as_numpy_dtype)
    return TensorProto(
        dtype=dtype.as_datatype_enum,
        tensor_shape=shape_proto(array.shape),
        tensor_content=array.tobytes(),
    )


@op("string, T, string -> string", shape=_scalar, differentiable=False)
def TensorSummaryV2(tag, tensor, serialized_summary_metadata, *, op):
    """A Summary with a tensor's value; the metadata says which plugin shows it."""
    return _serialized(tensor_summary(tag, tensor, serialized_summary_metadata, op.attrs["T"]))


def tensor_summary(tag: Any, tensor: Any, metadata: Any, dtype: dtypes.DType) -> Any:
    """The message of a TensorSummaryV2."""
    summary = _messages().Summary()
    value = summary.value.add(tag=_text(tag))
    value.tensor.CopyFrom(_tensor_proto(tensor, dtype))
    value.metadata.ParseFromString(np.asarray(metadata).item())
    value.metadata.SetInParent()
    return summary


@op(
    "T -> string",
    attrs={"description": "", "labels": (), "display_name": ""},
    shape=_scalar,
    differentiable=False,
)
def TensorSummary(tensor, *, op):
    """A Summary with a tensor's value, tagged with the op's name."""
    summary = _messages().Summary()
    value = summary.value.add(node_name=op.name)
    value.tensor.CopyFrom(_tensor_proto(tensor, op.attrs["T"]))
    return _serialized(summary)


@op("N * string -> string", shape=lambda inputs: (), differentiable=False)
def MergeSummary(inputs):
    """One Summary with all values of several. A tag in two of them raises InvalidArgumentError."""
    merged = _messages().Summary()
    tags: set[str] = set()
    for part in inputs:
        for item in np.asarray(part).ravel():
            for value in _messages().Summary.FromString(item).value:
                if value.tag and value.tag in tags:
                    raise ValueError(f"Duplicate tag {value.tag} found in summary inputs")
                tags.add(value.tag)
                merged.value.append(value)
    return _serialized(merged)
