"""Files as streams of bytes: opened with TensorFlow's errors, unpacked on the way."""

from __future__ import annotations

import os
import zlib
from typing import Any, Protocol

from ..core import errors

CHUNK = 1 << 18
WINDOW_BITS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}
"""What tells zlib which of the two formats it is."""

_KINDS: tuple[tuple[type[OSError], Any], ...] = (
    (FileNotFoundError, errors.NotFoundError),
    (PermissionError, errors.PermissionDeniedError),
    (IsADirectoryError, errors.FailedPreconditionError),
    (NotADirectoryError, errors.FailedPreconditionError),
)


class Stream(Protocol):
    """What can be read and closed."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes; fewer only at the end."""

    def close(self) -> None:
        """Close it."""


def file_error(path: Any, error: OSError) -> errors.OpError:
    """An operating system's error about a file as TensorFlow's."""
    kind = next((ours for theirs, ours in _KINDS if isinstance(error, theirs)), None)
    text = f"{os.fsdecode(path)}; {error.strerror or error}"
    return (kind or errors.UnknownError)(None, None, text)


def open_file(path: Any, mode: str = "rb") -> Any:
    """`open`, with TensorFlow's errors."""
    try:
        return open(os.fsdecode(path), mode, buffering=CHUNK)
    except OSError as error:
        raise file_error(path, error) from error


def open_stream(path: Any, compression: str = "") -> Stream:
    """The file's bytes, unpacked where `compression` is "GZIP" or "ZLIB"."""
    file = open_file(path)
    return _Inflated(file, WINDOW_BITS[compression]) if compression else file


def read_up_to(stream: Stream, size: int) -> bytes:
    """`size` bytes, or what is left. Memory grows with what is there, not with what is asked."""
    if size <= CHUNK:
        return stream.read(size)
    parts = []
    while size > 0:
        part = stream.read(min(size, CHUNK))
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


class _Inflated:
    """A zlib or gzip stream, unpacked; gzip's members follow each other."""

    def __init__(self, file: Any, window_bits: int) -> None:
        self._file = file
        self._window_bits = window_bits
        self._inflate = zlib.decompressobj(window_bits)
        self._ready = b""

    def read(self, size: int, /) -> bytes:
        """At most `size` bytes; fewer only at the end. DataLossError for what is no such stream."""
        if len(self._ready) >= size:
            found, self._ready = self._ready[:size], self._ready[size:]
            return found
        parts, missing = [self._ready], size - len(self._ready)
        self._ready = b""
        while missing > 0:
            part = self._more()
            if not part:
                break
            parts.append(part[:missing])
            self._ready = part[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    def _more(self) -> bytes:
        while True:
            inflate = self._inflate
            packed = inflate.unconsumed_tail
            if inflate.eof:
                packed = inflate.unused_data or self._file.read(CHUNK)
                if not packed:
                    return b""
                inflate = self._inflate = zlib.decompressobj(self._window_bits)
            packed = packed or self._file.read(CHUNK)
            try:
                found = inflate.decompress(packed, CHUNK)
            except zlib.error as error:
                text = str(error).removeprefix("Error -3 while decompressing data: ")
                raise errors.DataLossError(
                    None,
                    None,
                    f"inflate() failed with error -3: {text}\n{self._file.name} is damaged, or is "
                    "not of the compression type that it is read with.",
                ) from None
            if found or not (packed or inflate.unconsumed_tail):
                return found

    def close(self) -> None:
        self._file.close()
