"""The sorted table in a checkpoint's index file: keys and values in checked blocks."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NoReturn

from ..core.errors import DataLossError, UnimplementedError
from .checksums import masked_crc32c

MAGIC = 0xDB4775248B80FB57
FOOTER_SIZE = 48
_TRAILER_SIZE = 5  # after each block: its compression and its checksum
_SNAPPY = 1
# A key takes over the beginning of the one before, so keys may be longer than their file. Those of
# real variables are a few times, a file that exhausts the memory needs far more.
_KEY_BYTES = 1 << 20, 100


class Damaged(Exception):
    """What is wrong; whoever knows the file makes a DataLossError of it."""


def read_table(data: bytes, path: str) -> dict[bytes, bytes]:
    """All keys and values of the table, in their order. `path` is for errors."""
    try:
        return dict(_entries_of_table(data, path))
    except Damaged as problem:
        damaged(path, str(problem))


def damaged(path: str, problem: str) -> NoReturn:
    """Raise the error that says so."""
    raise DataLossError(None, None, f"The file {path} is damaged or no checkpoint: {problem}.")


def has_magic(tail: bytes) -> bool:
    """Whether a file that ends so is a table."""
    return len(tail) >= 8 and struct.unpack("<Q", tail[-8:])[0] == MAGIC


def _entries_of_table(data: bytes, path: str) -> Iterator[tuple[bytes, bytes]]:
    if len(data) < FOOTER_SIZE:
        raise Damaged(f"it has {len(data)} bytes, fewer than the {FOOTER_SIZE} of a table's footer")
    if not has_magic(data):
        raise Damaged("it does not end in the magic number of a table (is it truncated?)")
    footer = data[-FOOTER_SIZE:]
    _, _, at = _handle(footer, 0)  # of a block that holds nothing here
    offset, size, _ = _handle(footer, at)
    least, factor = _KEY_BYTES
    allowance = least + factor * len(data)
    previous: bytes | None = None
    for _, handle in _entries(_block(data, offset, size, path), allowance):
        offset, size, end = _handle(handle, 0)
        if end != len(handle):
            raise Damaged("the place of a block has bytes too many")
        for key, value in _entries(_block(data, offset, size, path), allowance):
            if previous is not None and key <= previous:
                raise Damaged("its keys are not in order")
            allowance -= len(key)
            previous = key
            yield key, value


def _handle(data: bytes, at: int) -> tuple[int, int, int]:
    """A block's offset and size, and where the next thing begins."""
    offset, at = varint(data, at)
    size, at = varint(data, at)
    return offset, size, at


def _block(data: bytes, offset: int, size: int, path: str) -> bytes:
    end = offset + size
    if end + _TRAILER_SIZE + FOOTER_SIZE > len(data):
        raise Damaged(f"a block should lie at bytes {offset} to {end} of {len(data)}")
    kind, crc = struct.unpack_from("<BI", data, end)
    if masked_crc32c(data[offset : end + 1]) != crc:
        raise Damaged(f"the checksum of the block at byte {offset} does not fit its contents")
    if kind == _SNAPPY:
        raise UnimplementedError(
            None, None, f"The file {path} is compressed with Snappy, which is not read yet. "
            "TensorFlow itself writes checkpoints without compression.",
        )  # fmt: skip
    if kind != 0:
        raise Damaged(f"the block at byte {offset} is compressed in an unknown way ({kind})")
    return data[offset:end]


def _entries(block: bytes, allowance: int) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a block. The keys together may have `allowance` bytes."""
    if len(block) < 4:
        raise Damaged("a block is too short")
    (restarts,) = struct.unpack("<I", block[-4:])
    limit = len(block) - 4 - 4 * restarts  # the rest serves binary search, which is not done here
    if limit < 0:
        raise Damaged("a block is too short")
    key, at = b"", 0
    while at < limit:
        shared, at = varint(block, at)
        unshared, at = varint(block, at)
        length, at = varint(block, at)
        if shared > len(key) or at + unshared + length > limit:
            raise Damaged("an entry reaches past the end of its block")
        allowance -= shared + unshared
        if allowance < 0:
            raise Damaged("its keys are far longer than their file")
        key = key[:shared] + block[at : at + unshared]
        at += unshared
        yield key, block[at : at + length]
        at += length


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number of variable length at `at`, and where the next thing begins."""
    value = 0
    for shift in range(0, 64, 7):
        if at >= len(data):
            raise Damaged("a number is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >> 64:
                break
            return value, at
    raise Damaged("a number is too long")
