"""Writing the sorted table of an index file, byte for byte as TensorFlow does."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from .checksums import masked_crc32c
from .table import FOOTER_SIZE, MAGIC

_BLOCK_SIZE = 1 << 18
_RESTART_INTERVAL = 16  # every so many keys one is written in full


def table_bytes(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """The table of these keys and values, which come in the order of their keys."""
    data = bytearray()
    handles: list[tuple[bytes, bytes]] = []
    block = _Block(_RESTART_INTERVAL)
    last = waiting = None
    for key, value in pairs:
        if waiting is not None:
            handles.append((_between(last, key), waiting))
            waiting = None
        block.add(key, value)
        last = key
        if block.size() >= _BLOCK_SIZE:
            waiting = _append(data, block)
            block = _Block(_RESTART_INTERVAL)
    if last is not None and waiting is None:
        waiting = _append(data, block)
    meta = _append(data, _Block(1))
    if last is not None and waiting is not None:
        handles.append((_after(last), waiting))
    index = _Block(1)
    for key, handle in handles:
        index.add(key, handle)
    footer = meta + _append(data, index)
    data += footer.ljust(FOOTER_SIZE - 8, b"\0") + struct.pack("<Q", MAGIC)
    return bytes(data)


class _Block:
    """Entries, each of which leaves out what its key shares with the key before."""

    def __init__(self, interval: int) -> None:
        self._data = bytearray()
        self._restarts = [0]
        self._interval = interval
        self._since = 0
        self._key = b""

    def add(self, key: bytes, value: bytes) -> None:
        shared = 0
        if self._since < self._interval:
            most = min(len(key), len(self._key))
            while shared < most and key[shared] == self._key[shared]:
                shared += 1
        else:
            self._restarts.append(len(self._data))
            self._since = 0
        rest = key[shared:]
        self._data += to_varint(shared) + to_varint(len(rest)) + to_varint(len(value))
        self._data += rest + value
        self._key = key
        self._since += 1

    def size(self) -> int:
        return len(self._data) + 4 * len(self._restarts) + 4

    def finished(self) -> bytes:
        count = len(self._restarts)
        return bytes(self._data) + struct.pack(f"<{count}II", *self._restarts, count)


def _append(data: bytearray, block: _Block) -> bytes:
    """Append the block, with its kind (not compressed) and its checksum; where it lies."""
    contents = block.finished()
    handle = to_varint(len(data)) + to_varint(len(contents))
    contents += b"\0"
    data += contents + struct.pack("<I", masked_crc32c(contents))
    return handle


def to_varint(number: int) -> bytes:
    """The number in as many bytes as it needs."""
    data = bytearray()
    while number >= 0x80:
        data.append(number & 0x7F | 0x80)
        number >>= 7
    data.append(number)
    return bytes(data)


def _between(last: bytes | None, following: bytes) -> bytes:
    """A short key from `last` on that is less than `following`."""
    assert last is not None
    same = 0
    while same < min(len(last), len(following)) and last[same] == following[same]:
        same += 1
    if same < min(len(last), len(following)) and last[same] + 1 < min(following[same], 0x100):
        return last[:same] + bytes([last[same] + 1])
    return last


def _after(last: bytes) -> bytes:
    """A short key from `last` on."""
    for at, byte in enumerate(last):
        if byte != 0xFF:
            return last[:at] + bytes([byte + 1])
    return last
