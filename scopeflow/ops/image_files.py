"""Image files as bytes, and their pixels as numpy arrays: JPEG, PNG, GIF (pillow), BMP."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np

from . import png16

JPEG = b"\xff\xd8\xff"
_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def kind_of(data: bytes) -> str:
    """ "jpeg", "png", "gif", or ValueError."""
    for kind, start in (("jpeg", JPEG), ("png", png16.SIGNATURE), ("gif", b"GIF8")):
        if data.startswith(start):
            return kind
    if not data:
        raise ValueError("Expected image (JPEG, PNG, or GIF), got empty file")
    raise ValueError(
        f"Expected image (JPEG, PNG, or GIF), got unknown format starting with {data[:16]!r}"
    )


def _opened(data: bytes, kind: str) -> Any:
    from PIL import Image

    try:
        return Image.open(io.BytesIO(data), formats=[kind.upper()])
    except Image.DecompressionBombError as error:
        raise ValueError(f"The {kind.upper()} image is too large: {error}") from None
    except (OSError, SyntaxError, ValueError, struct.error) as error:
        raise _invalid(kind, data, error) from None


def _invalid(kind: str, data: bytes, error: Any) -> ValueError:
    return ValueError(f"Invalid {kind.upper()} data, size {len(data)}: {error}")


def _pixels(image: Any, kind: str, data: bytes) -> np.ndarray:
    """[rows, columns, channels], writable."""
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, struct.error, IndexError) as error:
        raise _invalid(kind, data, error) from None
    found = np.array(image)
    return found[:, :, None] if found.ndim == 2 else found


# JPEG.


def decode_jpeg(data: bytes, channels: int, ratio: int = 1, recover: bool = False) -> np.ndarray:
    """The pixels, with 1 or 3 channels (0: as many as the file has)."""
    if channels not in (0, 1, 3):
        raise ValueError(f"channels must be 0, 1, or 3 for JPEG, got {channels}")
    if recover:
        data += b"\xff\xd9"  # the end mark: what is missing becomes gray
    image = _opened(data, "jpeg")
    gray = channels == 1 or (channels == 0 and image.mode == "L")
    mode = "L" if gray else "RGB"
    columns, rows = image.size
    image.draft(mode, (max(columns // ratio, 1), max(rows // ratio, 1)))
    found = _pixels(image, "jpeg", data)
    if image.mode != mode:
        image = image.convert(mode)
        found = _pixels(image, "jpeg", data)
    return found


def jpeg_shape(data: bytes) -> tuple[int, int, int]:
    """(rows, columns, channels)."""
    image = _opened(data, "jpeg")
    return image.size[1], image.size[0], len(image.getbands())


def encode_jpeg(
    image: np.ndarray,
    quality: int = 95,
    progressive: bool = False,
    optimize_size: bool = False,
    chroma_downsampling: bool = True,
    density_unit: str = "in",
    x_density: int = 300,
    y_density: int = 300,
    xmp_metadata: bytes = b"",
) -> bytes:
    """The file of a uint8 image [rows, columns, 1 or 3]."""
    from PIL import Image

    if not 0 <= quality <= 100:
        raise ValueError(f"quality must be in [0,100], got {quality}")
    if image.ndim != 3 or image.shape[2] not in (1, 3):
        raise ValueError(f"image must have 1 or 3 channels, got {list(image.shape)}")
    if not image.size:
        raise ValueError(f"JPEG encoding failed: the image has no pixels, {list(image.shape)}")
    stream = io.BytesIO()
    Image.fromarray(image[:, :, 0] if image.shape[2] == 1 else image).save(
        stream,
        "JPEG",
        quality=max(quality, 1),
        progressive=progressive,
        optimize=optimize_size,
        subsampling=2 if chroma_downsampling else 0,
        dpi=(x_density, y_density),
    )
    found = bytearray(stream.getvalue())
    # The JFIF header: SOI, APP0, length, "JFIF\0", version, unit, densities.
    found[13:18] = struct.pack(">BHH", 1 if density_unit == "in" else 2, x_density, y_density)
    if xmp_metadata:
        content = _XMP + xmp_metadata
        found[20:20] = struct.pack(">HH", 0xFFE1, len(content) + 2) + content
    return bytes(found)


# PNG.


def decode_png(data: bytes, channels: int, deep: bool = False) -> np.ndarray:
    """The pixels as uint8 (`deep`: uint16), with 1, 3 or 4 channels (0: as the file has)."""
    if png16.is_deep(data) and (deep or data[28:29] == b"\0"):
        try:
            found = png16.decode(data)
        except (ValueError, struct.error) as error:
            raise _invalid("png", data, error) from None
        found = as_channels(found, channels)
        return found if deep else (found >> 8).astype(np.uint8)
    image = _opened(data, "png")
    if png16.is_deep(data) and image.mode.startswith("I"):
        raise NotImplementedError("interlaced PNG files with 16 bits of gray are not supported")
    clear = "transparency" in image.info
    wanted = {"1": "L", "L": "L", "P": "RGB", "RGB": "RGB"}.get(image.mode, image.mode)
    if clear and wanted in ("L", "RGB"):
        wanted += "A"
    found = _pixels(image, "png", data)
    if image.mode != wanted:
        found = _pixels(image.convert(wanted), "png", data)
    found = as_channels(found, channels)
    return found.astype(np.uint16) * np.uint16(257) if deep else found


def as_channels(image: np.ndarray, channels: int) -> np.ndarray:
    """With 1 (gray), 3 (RGB) or 4 (RGB, alpha) channels; 0 changes nothing."""
    have = image.shape[2]
    if channels in (0, have):
        return image
    alpha = (
        image[:, :, -1:]
        if have in (2, 4)
        else np.full_like(image[:, :, :1], np.iinfo(image.dtype).max)
    )
    colors = image[:, :, :3] if have >= 3 else image[:, :, :1]
    if channels == 1:
        if have >= 3:
            weights = np.array([9798, 19235, 3735], np.int64)
            half = 1 << 14 if image.dtype == np.uint16 else 0  # 8 bits are cut off, 16 rounded
            gray = (colors.astype(np.int64) @ weights + half) >> 15
            colors = gray[:, :, None].astype(image.dtype)
        return colors
    if have < 3:
        colors = np.repeat(colors, 3, 2)
    return colors if channels == 3 else np.concatenate([colors, alpha], 2)


def encode_png(image: np.ndarray, compression: int = -1) -> bytes:
    """The file of a uint8 or uint16 image [rows, columns, 1 to 4 channels]."""
    from PIL import Image

    if not -1 <= compression <= 9:
        raise ValueError(f"compression should be in [-1,9], got {compression}")
    if image.shape[2] not in (1, 2, 3, 4):
        raise ValueError(f"image must have 1, 2, 3, or 4 channels, got {image.shape[2]}")
    if not image.size:
        raise ValueError(f"PNG encoding failed: the image has no pixels, {list(image.shape)}")
    if image.dtype == np.uint16:
        return png16.encode(image, compression)
    stream = io.BytesIO()
    flat = image[:, :, 0] if image.shape[2] == 1 else image
    Image.fromarray(np.ascontiguousarray(flat)).save(stream, "PNG", compress_level=compression)
    return stream.getvalue()


# GIF and BMP.


def decode_gif(data: bytes) -> np.ndarray:
    """[frames, rows, columns, 3] of uint8."""
    from PIL import ImageSequence

    image = _opened(data, "gif")
    try:
        frames = [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]
    except (OSError, SyntaxError, ValueError, EOFError, IndexError) as error:
        raise _invalid("gif", data, error) from None
    return np.stack(frames)


def decode_bmp(data: bytes, channels: int) -> np.ndarray:
    """The pixels, with the 1, 3 or 4 channels that the file has."""
    if channels not in (0, 1, 3, 4):
        raise ValueError(f"channels must be 0, 1, 3 or 4, got {channels}")
    if len(data) < 32:
        raise ValueError(
            "Incomplete bmp content, requires at least 32 bytes to find the header size, width, "
            f"height, and bpp, got {len(data)} bytes"
        )
    if not data.startswith(b"BM"):
        raise ValueError(f"Invalid BMP data, starting with {data[:2]!r}")
    (start,) = struct.unpack_from("<i", data, 10)
    columns, height, _, bits = struct.unpack_from("<iiHH", data, 18)
    have = bits // 8
    if channels and channels != have:
        raise ValueError(
            f"channels attribute {channels} does not match bits per pixel from file {have}"
        )
    if bits not in (8, 24, 32):
        raise ValueError(f"Number of channels must be 1, 3 or 4, was {have}")
    rows = abs(height)
    width = (columns * have + 3) // 4 * 4
    if columns <= 0 or not rows or start < 0 or start + rows * width > len(data):
        raise ValueError(
            f"Incomplete bmp content: {len(data)} bytes for {rows} x {columns} x {have} pixels"
        )
    lines = np.frombuffer(data, np.uint8, rows * width, start).reshape(rows, width)
    image = lines[:, : columns * have].reshape(rows, columns, have)
    if height > 0:  # the last row stands first
        image = image[::-1]
    if have >= 3:
        image = image[:, :, [2, 1, 0, 3][:have]]
    return image.copy()
