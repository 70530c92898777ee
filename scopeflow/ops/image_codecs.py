"""Images decoded from strings and encoded to them. All runs on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.types import TypeSet
from . import image_files as files
from .checks import Assert
from .compare import equal
from .control_flow import cond, control_dependencies
from .image_color import convert_image_dtype
from .strings import substr
from .window import check_choice

_DEPTHS = TypeSet(dtypes.uint8, dtypes.uint16)
_COUNTS = TypeSet(dtypes.int32, dtypes.int64)


def _tensor(array: np.ndarray, device: Any) -> Any:
    return torch.from_numpy(np.ascontiguousarray(array)).to(device)


def _string(data: bytes) -> np.ndarray:
    found = np.empty((), object)
    found[()] = data
    return found


def _scalar(contents: Tensor, channels: int) -> Dims:
    rank_is(contents, 0)
    if channels < 0:
        raise ShapeError(f"channels must be non-negative, got {channels}")
    return None, None, channels or None


# Decoding.


def _decoded(
    data: bytes, channels: int, ratio: int = 1, recover: bool = False, deep: bool = False
) -> np.ndarray:
    """The pixels of a JPEG, PNG or one-frame GIF file, whichever it is."""
    if channels not in (0, 1, 3, 4):
        raise ValueError(f"channels must be 0, 1, 3, or 4, got {channels}")
    kind = files.kind_of(data)
    if kind == "png":
        return files.decode_png(data, channels, deep)
    if kind == "jpeg":
        found = files.decode_jpeg(data, channels, ratio, recover)
    else:
        if channels not in (0, 3):
            raise ValueError(f"channels must be 0 or 3 for GIF, got {channels}")
        frames = files.decode_gif(data)
        if len(frames) > 1:
            raise ValueError(
                f"Got {len(frames)} frames, but animated gifs can only be decoded by "
                "tf.image.decode_gif or tf.image.decode_image"
            )
        found = frames[0]
    return found.astype(np.uint16) * np.uint16(256) if deep else found


def _check_jpeg(ratio: int, dct_method: Any) -> None:
    if ratio not in (1, 2, 4, 8):
        raise ValueError(f"ratio must be 1, 2, 4, or 8, got {ratio}")
    text = dct_method.decode() if isinstance(dct_method, bytes) else dct_method
    if text not in ("", "INTEGER_FAST", "INTEGER_ACCURATE"):
        raise ValueError(
            "dct_method must be one of {'', 'INTEGER_FAST', 'INTEGER_ACCURATE'}, "
            f"not {dct_method!r}"
        )


@op(
    "string -> image: uint8",
    attrs={"fancy_upscaling": True, "acceptable_fraction": 1},
    shape=lambda contents, *, channels: _scalar(contents, channels),
)
def DecodeJpeg(
    contents, *, channels=0, ratio=1, try_recover_truncated=False, dct_method="", device
):
    """The pixels [rows, columns, channels] of a JPEG (or PNG, or one-frame GIF) file."""
    _check_jpeg(ratio, dct_method)
    found = _decoded(contents.item(), channels, ratio, try_recover_truncated)
    return _tensor(found, device)


def _window_shape(contents: Tensor, crop_window: Tensor, *, channels: int) -> Dims:
    from ..core.static_value import static_value

    (count,) = rank_is(crop_window, 1)  # type: ignore[misc]
    if count not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {count}")
    _scalar(contents, channels)
    window = static_value(crop_window)
    rows, columns = window[2:] if isinstance(window, tuple) else (None, None)
    return rows, columns, channels or None


@op(
    "string, host int32 -> image: uint8",
    attrs={"fancy_upscaling": True, "acceptable_fraction": 1},
    shape=_window_shape,
)
def DecodeAndCropJpeg(
    contents,
    crop_window,
    *,
    channels=0,
    ratio=1,
    try_recover_truncated=False,
    dct_method="",
    device,
):
    """The part [y, x, rows, columns] of a JPEG file's pixels."""
    _check_jpeg(ratio, dct_method)
    data = contents.item()
    if not data.startswith(files.JPEG):
        raise ValueError(f"Invalid JPEG data or crop window, data size {len(data)}")
    found = files.decode_jpeg(data, channels, ratio, try_recover_truncated)
    y, x, rows, columns = crop_window
    fits = min(y, x) >= 0 and min(rows, columns) > 0
    if not fits or y + rows > found.shape[0] or x + columns > found.shape[1]:
        raise ValueError(
            f"Invalid JPEG data or crop window, data size {len(data)}: the window "
            f"{list(crop_window)} is not inside the image {list(found.shape)}"
        )
    return _tensor(found[y : y + rows, x : x + columns], device)


@op(
    "string -> image: dtype",
    shape=lambda contents, *, channels: _scalar(contents, channels),
    dtype=_DEPTHS,
)
def DecodePng(contents, *, channels=0, dtype=dtypes.uint8, device):
    """The pixels [rows, columns, channels] of a PNG (or JPEG, or one-frame GIF) file."""
    return _tensor(_decoded(contents.item(), channels, deep=dtype == torch.uint16), device)


def _gif_shape(contents: Tensor) -> Dims:
    rank_is(contents, 0)
    return None, None, None, 3


@op("string -> image: uint8", shape=_gif_shape)
def DecodeGif(contents, *, device):
    """The frames [frames, rows, columns, 3] of a GIF file (of another file: one frame)."""
    data = contents.item()
    if files.kind_of(data) == "gif":
        return _tensor(files.decode_gif(data), device)
    return _tensor(_decoded(data, 3)[None], device)


@op(
    "string -> image: uint8",
    shape=lambda contents, *, channels: _scalar(contents, channels),
)
def DecodeBmp(contents, *, channels=0, device):
    """The pixels [rows, columns, channels] of a BMP file."""
    return _tensor(files.decode_bmp(contents.item(), channels), device)


def _three(contents: Tensor) -> Dims:
    rank_is(contents, 0)
    return (3,)


@op(
    "string -> image_shape: output_type",
    shape=_three,
    differentiable=False,
    output_type=_COUNTS,
)
def ExtractJpegShape(contents, *, output_type=dtypes.int32, device):
    """[rows, columns, channels] of a JPEG file, from its header."""
    return torch.tensor(files.jpeg_shape(contents.item()), dtype=output_type, device=device)


# Encoding.


def _jpeg_file_shape(image: Tensor, *, format: Any, density_unit: Any) -> Dims:
    check_choice("format", _text(format), "", "grayscale", "rgb")
    check_choice("density_unit", _text(density_unit), "in", "cm")
    rank_is(image, 3)
    return ()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else value


@op("uint8 -> contents: string", shape=_jpeg_file_shape, differentiable=False)
def EncodeJpeg(
    image,
    *,
    format="",
    quality=95,
    progressive=False,
    optimize_size=False,
    chroma_downsampling=True,
    density_unit="in",
    x_density=300,
    y_density=300,
    xmp_metadata="",
):
    """The JPEG file of an image [rows, columns, 1 or 3]."""
    for name, channels in (("grayscale", 1), ("rgb", 3)):
        if _text(format) == name and image.shape[-1] != channels:
            s = "s" if channels > 1 else ""
            raise ValueError(
                f"format {name} expects {channels} channel{s}, got {list(image.shape)}"
            )
    xmp = xmp_metadata.encode() if isinstance(xmp_metadata, str) else xmp_metadata
    found = files.encode_jpeg(
        image.cpu().numpy(),
        quality,
        progressive,
        optimize_size,
        chroma_downsampling,
        _text(density_unit),
        x_density,
        y_density,
        xmp,
    )
    return _string(found)


def _variable_shape(images: Tensor, quality: Tensor) -> Dims:
    rank_is(images, 3)
    rank_is(quality, 0)
    return ()


@op("uint8, int32 -> contents: string", shape=_variable_shape, differentiable=False)
def EncodeJpegVariableQuality(images, quality):
    """The JPEG file of an image, of a quality that is computed."""
    return _string(files.encode_jpeg(images.cpu().numpy(), int(quality)))


def _png_file_shape(image: Tensor) -> Dims:
    rank_is(image, 3)
    return ()


@op("T -> contents: string", shape=_png_file_shape, differentiable=False,
    T=TypeSet(*_DEPTHS.order, default=dtypes.uint8))  # fmt: skip
def EncodePng(image, *, compression=-1):
    """The PNG file of an image [rows, columns, 1 to 4] of uint8 or uint16."""
    return _string(files.encode_png(image.cpu().numpy(), compression))


# The public functions.


def decode_jpeg(
    contents: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """The uint8 pixels [rows, columns, channels] of a JPEG file; also of PNG and GIF.

    `channels`: 1 (gray), 3 (RGB) or 0 (as the file has). `ratio` (1, 2, 4, 8) makes the image that
    much smaller. `try_recover_truncated` fills what is missing with gray. The pixels are computed
    as with TensorFlow's `fancy_upscaling=True, dct_method="INTEGER_ACCURATE"` (its default, the
    fast method, differs by up to 8 gray levels), whatever these two say; `acceptable_fraction` has
    no effect. Bytes that are no image raise InvalidArgumentError when running.
    """
    return DecodeJpeg(
        contents, channels, ratio, try_recover_truncated, dct_method, fancy_upscaling,
        acceptable_fraction, name=name,
    )  # fmt: skip


def decode_and_crop_jpeg(
    contents: Any,
    crop_window: Any,
    channels: int = 0,
    ratio: int = 1,
    fancy_upscaling: bool = True,
    try_recover_truncated: bool = False,
    acceptable_fraction: float = 1,
    dct_method: str = "",
    name: str | None = None,
) -> Tensor:
    """The part `crop_window` = [y, x, rows, columns] of a JPEG file's pixels.

    The other arguments are those of tf.image.decode_jpeg.
    """
    return DecodeAndCropJpeg(
        contents, crop_window, channels, ratio, try_recover_truncated, dct_method, fancy_upscaling,
        acceptable_fraction, name=name,
    )  # fmt: skip


decode_png = DecodePng
decode_gif = DecodeGif
decode_bmp = DecodeBmp
extract_jpeg_shape = ExtractJpegShape
encode_jpeg = EncodeJpeg
encode_png = EncodePng


def is_jpeg(contents: Any, name: str | None = None) -> Tensor:
    """Whether a string is a JPEG file, by its first three bytes."""
    with name_scope(name, "is_jpeg"):
        return equal(substr(contents, 0, 3), files.JPEG)


def decode_image(
    contents: Any,
    channels: int | None = None,
    dtype: Any = dtypes.uint8,
    name: str | None = None,
    expand_animations: bool = True,
) -> Tensor:
    """The pixels of a JPEG, PNG, GIF or BMP file, as `dtype` (tf.image.convert_image_dtype).

    The result is [rows, columns, channels], of GIF files [frames, rows, columns, 3], for which
    `expand_animations=False` takes the first frame. So the rank is not known while the graph is
    built: set_shape tells it. `channels` as in tf.image.decode_jpeg; GIF and BMP files have no 1.
    """
    with name_scope(name, "decode_image"):
        if channels not in (None, 0, 1, 3, 4):
            raise ValueError(f"channels must be in (None, 0, 1, 3, 4), not {channels}")
        count = channels or 0
        contents = convert_to_tensor(contents, dtypes.string, name="contents")

        def checked(good: tuple, kind: str, build: Any) -> Tensor:
            text = f"Channels must be in {good} when decoding {kind} images"
            with control_dependencies([Assert(channels in good, [text])]):
                return build()

        def jpeg() -> Tensor:
            found = checked((None, 0, 1, 3), "JPEG", lambda: decode_jpeg(contents, count))
            return convert_image_dtype(found, dtype)

        def png() -> Tensor:
            deep = dtypes.uint8 if dtype == dtypes.uint8 else dtypes.uint16
            return convert_image_dtype(decode_png(contents, count, deep), dtype)

        def gif() -> Tensor:
            found = checked((None, 0, 3), "GIF", lambda: decode_gif(contents))
            return convert_image_dtype(found if expand_animations else found[0], dtype)

        def bmp() -> Tensor:
            known = equal(substr(contents, 0, 2), b"BM", name="is_bmp")
            text = "Unable to decode bytes as JPEG, PNG, GIF, or BMP"
            with control_dependencies([Assert(known, [text])]):
                found = checked((None, 0, 3, 4), "BMP", lambda: decode_bmp(contents))
            return convert_image_dtype(found, dtype)

        def gif_or_bmp() -> Tensor:
            known = equal(substr(contents, 0, 3), b"GIF", name="is_gif")
            return cond(known, gif, bmp, name="cond_gif")

        def others() -> Tensor:
            known = equal(substr(contents, 0, 3), b"\x89PN", name="is_png")
            return cond(known, png, gif_or_bmp, name="cond_png")

        return cond(is_jpeg(contents), jpeg, others, name="cond_jpeg")
