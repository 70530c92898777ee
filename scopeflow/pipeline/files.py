"""Datasets of what files hold: lines, records of one length, TFRecords."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..core import errors
from ..records.files import CHUNK, WINDOW_BITS, Stream, open_stream, read_up_to
from .base import Dataset, Element, Stage

_WHOLE = 1 << 62  # bytes: more than a file has


class Files(Dataset):
    """The records of files, one file after the other.

    `read` makes the records of an open file, given its name.
    """

    def __init__(
        self,
        paths: np.ndarray,
        compression: np.ndarray,
        read: Callable[[Stream, str], Iterator[bytes]],
    ) -> None:
        self.paths = list(paths.reshape(-1))
        self.compression = compression.item().decode()
        if self.compression not in ("", *WINDOW_BITS):
            raise errors.InvalidArgumentError(
                None, None, f"Unsupported compression_type: {self.compression}"
            )
        self.read = read

    def items(self) -> Iterator[Element]:
        """The records."""
        return _Reading(self)


class _Reading(Stage):
    def __init__(self, dataset: Files) -> None:
        super().__init__(iter(()))
        self.dataset = dataset
        self.paths = iter(dataset.paths)
        self.file: Any = None

    def __next__(self) -> Element:
        while True:
            try:
                record = next(self.source)
            except StopIteration:
                self.close()
                path = next(self.paths)
                self.file = open_stream(path, self.dataset.compression)
                self.source = self.dataset.read(self.file, os.fsdecode(path))
                continue
            except (OSError, EOFError, zlib.error) as error:
                name = getattr(self.file, "name", "")
                raise errors.DataLossError(None, None, f"{name}: {error}") from error
            return (as_string(record),)

    def close(self) -> None:
        """Close the file."""
        if self.file is not None:
            self.file.close()
            self.file = None


def as_string(value: bytes) -> np.ndarray:
    """A string scalar."""
    found = np.empty((), object)
    found[()] = value
    return found


def lines(file: Stream, name: str) -> Iterator[bytes]:
    """The lines, without their ends (a newline, with or without a carriage return)."""
    rest = b""
    while True:
        data = file.read(CHUNK)
        if not data:
            break
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            yield line.removesuffix(b"\r")
    if rest:
        yield rest


def fixed_length(length: int, header: int, footer: int) -> Callable[[Any, str], Iterator[bytes]]:
    """A reader of records of `length` bytes between a header and a footer."""

    def read(file: Any, name: str) -> Iterator[bytes]:
        data = read_up_to(file, _WHOLE)
        body = len(data) - header - footer
        if body < 0 or body % length:
            raise errors.InvalidArgumentError(
                None,
                None,
                f"Excluding the header ({header} bytes) and footer ({footer} bytes), input file "
                f'"{name}" has body length {body} bytes, which is not an exact multiple of the '
                f"record length ({length} bytes).",
            )
        for at in range(header, header + body, length):
            yield data[at : at + length]

    return read


def csv_records(header: bool, quotes: bool) -> Callable[[Stream, str], Iterator[bytes]]:
    """A reader of CSV records: lines, where a quoted field may go on in the next one."""

    def read(file: Stream, name: str) -> Iterator[bytes]:
        parts: list[bytes] = []
        waiting = header
        for line in lines(file, name):
            parts.append(line)
            if quotes and sum(part.count(b'"') for part in parts) % 2:
                continue
            record, parts = b"\n".join(parts), []
            if waiting:
                waiting = False
            elif record:
                yield record
        if parts:
            yield b"\n".join(parts)

    return read
