"""PNG files with 16 bits a channel, which pillow has only for gray ones."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
_KIND = {channels: kind for kind, channels in _CHANNELS.items()}


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(type, content) of each chunk. ValueError where the file ends too early."""
    at = len(SIGNATURE)
    while at < len(data):
        if at + 12 > len(data):
            raise ValueError("the file ends inside a chunk")
        (length,) = struct.unpack_from(">I", data, at)
        end = at + 8 + length
        if end + 4 > len(data):
            raise ValueError("the file ends inside a chunk")
        content, kind = data[at + 8 : end], data[at + 4 : at + 8]
        if zlib.crc32(kind + content) != struct.unpack_from(">I", data, end)[0]:
            raise ValueError(f"the check sum of chunk {kind!r} is wrong")
        yield kind, content
        at = end + 4


def is_deep(data: bytes) -> bool:
    """Whether it is a PNG file with 16 bits a channel."""
    return data.startswith(SIGNATURE) and data[24:25] == b"\x10"


def decode(data: bytes) -> np.ndarray:
    """[rows, columns, channels] of uint16."""
    header, packed = b"", []
    for kind, content in chunks(data):
        if kind == b"IHDR":
            header = content
        elif kind == b"IDAT":
            packed.append(content)
    columns, rows, depth, color, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if interlaced:
        raise NotImplementedError(
            "interlaced PNG files with 16 bits a channel are not supported: save the image without "
            "interlacing, or decode it as uint8"
        )
    if depth != 16 or color not in _CHANNELS:
        raise ValueError(f"bit depth {depth} and color type {color} do not go together")
    channels = _CHANNELS[color]
    width = columns * channels * 2
    unpacker = zlib.decompressobj()
    size = rows * (width + 1)
    raw = unpacker.decompress(b"".join(packed), size)
    if len(raw) < size:
        raise ValueError("there is not enough data")
    lines = np.frombuffer(raw, np.uint8).reshape(rows, width + 1)
    found = np.zeros((rows + 1, width), np.uint8)
    for i, line in enumerate(lines):
        found[i + 1] = _unfiltered(int(line[0]), line[1:], found[i], channels * 2)
    return found[1:].copy().view(">u2").astype(np.uint16).reshape(rows, columns, channels)


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    """The bytes of a row, of which the file has the differences to what is around them."""
    if kind == 0:
        return line
    if kind == 1:
        pixels = line.reshape(-1, step)
        return np.add.accumulate(pixels, 0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return line + above
    if kind not in (3, 4):
        raise ValueError(f"there is no filter {kind}")
    found = [0] * step
    up = [0] * step + above.tolist()
    for i, value in enumerate(line.tolist(), step):
        left = found[i - step]
        if kind == 3:
            guess = (left + up[i]) // 2
        else:
            corner = up[i - step]
            whole = left + up[i] - corner
            distances = abs(whole - left), abs(whole - up[i]), abs(whole - corner)
            guess = (left, up[i], corner)[distances.index(min(distances))]
        found.append((value + guess) & 255)
    return np.array(found[step:], np.uint8)


def encode(image: np.ndarray, compression: int) -> bytes:
    """The file of a uint16 image [rows, columns, 1 to 4 channels]."""
    rows, columns, channels = image.shape
    raw = image.astype(">u2").reshape(rows, -1).view(np.uint8)
    before = np.zeros_like(raw)
    before[1:] = raw[:-1]
    lines = np.concatenate([np.full((rows, 1), 2, np.uint8), raw - before], 1)
    header = struct.pack(">IIBBBBB", columns, rows, 16, _KIND[channels], 0, 0, 0)
    parts = (
        (b"IHDR", header),
        (b"IDAT", zlib.compress(lines.tobytes(), compression)),
        (b"IEND", b""),
    )
    return SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + kind + content
        + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in parts
    )  # fmt: skip
