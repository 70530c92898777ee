"""What the readers of files do: (key, value) for each record of a file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from .files import open_file, open_stream, read_up_to
from .tfrecord import read_records

Records = Callable[[bytes], Iterator[tuple[bytes, bytes]]]
"""From the name of a file to its records."""


def tf_records(compression: str) -> Records:
    """The records of a TFRecord file; the key has the place where the record begins."""

    def read(path: bytes) -> Iterator[tuple[bytes, bytes]]:
        stream = open_stream(path, compression)
        try:
            at = 0
            for record in read_records(stream, os.fsdecode(path)):
                yield b"%s:%d" % (path, at), record
                at += 16 + len(record)
        finally:
            stream.close()

    return read


def lines(skipped: int) -> Records:
    """The lines of a text file without their ends; the key has the number of the line."""

    def read(path: bytes) -> Iterator[tuple[bytes, bytes]]:
        with open_file(path) as file:
            for number, line in enumerate(file, 1):
                if number > skipped:
                    yield b"%s:%d" % (path, number), line.removesuffix(b"\n").removesuffix(b"\r")

    return read


def whole(path: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The file as one record."""
    with open_file(path) as file:
        yield path, file.read()


def itself(path: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The name of the file as one record."""
    yield path, path


def fixed_length(header: int, record: int, footer: int, hop: int, compression: str) -> Records:
    """Records of one length between a header and a footer; the key has the number of the record.

    Each begins `hop` bytes after the one before.
    """

    def read(path: bytes) -> Iterator[tuple[bytes, bytes]]:
        stream = open_stream(path, compression)
        try:
            read_up_to(stream, header)
            ahead, number = b"", 0
            while True:
                ahead += read_up_to(stream, record + footer - len(ahead))
                if len(ahead) < record + footer:
                    return
                yield b"%s:%d" % (path, number), ahead[:record]
                number += 1
                if hop > len(ahead):
                    read_up_to(stream, hop - len(ahead))
                ahead = ahead[hop:]
        finally:
            stream.close()

    return read
