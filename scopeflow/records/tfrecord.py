"""TFRecord files: byte strings with their lengths and checksums (`tf.python_io`).

A record is its length (8 bytes), the masked crc32c of these, the data, the masked crc32c of that.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any

from ..checkpoint.checksums import masked_crc32c
from ..core.errors import DataLossError, FailedPreconditionError
from .files import CHUNK, WINDOW_BITS, Stream, open_file, open_stream, read_up_to

_LENGTH = struct.Struct("<Q")
_CRC = struct.Struct("<I")
_HEADER = struct.Struct("<QI")


class TFRecordCompressionType:
    """How a TFRecord file is compressed."""

    NONE = 0
    ZLIB = 1
    GZIP = 2


def _compression(value: Any) -> str:
    """ "", "ZLIB" or "GZIP" for a name, a number of TFRecordCompressionType or None."""
    while isinstance(value, TFRecordOptions):
        value = value.compression_type
    if value is None:
        return ""
    named = TFRecordOptions.compression_type_map.get(value, value)
    if named not in TFRecordOptions.compression_type_map.values():
        raise ValueError(f'Not a valid compression_type: "{value}". Use "GZIP", "ZLIB" or "".')
    return named


class TFRecordOptions:
    """How a TFRecord file is written: its compression, and what zlib is told.

    `compression_type` is "GZIP", "ZLIB", "" or a TFRecordCompressionType. `flush_mode` may be
    `zlib.Z_NO_FLUSH` and its kin, used when the writer is flushed. Buffer sizes and
    `compression_method` (zlib knows one) are accepted and change nothing.
    """

    compression_type_map = {
        TFRecordCompressionType.ZLIB: "ZLIB",
        TFRecordCompressionType.GZIP: "GZIP",
        TFRecordCompressionType.NONE: "",
    }

    def __init__(
        self,
        compression_type: Any = None,
        flush_mode: int | None = None,
        input_buffer_size: int | None = None,
        output_buffer_size: int | None = None,
        window_bits: int | None = None,
        compression_level: int | None = None,
        compression_method: int | None = None,
        mem_level: int | None = None,
        compression_strategy: int | None = None,
    ) -> None:
        self.get_compression_type_string(compression_type)
        self.compression_type = compression_type
        self.flush_mode = flush_mode
        self.input_buffer_size = input_buffer_size
        self.output_buffer_size = output_buffer_size
        self.window_bits = window_bits
        self.compression_level = compression_level
        self.compression_method = compression_method
        self.mem_level = mem_level
        self.compression_strategy = compression_strategy

    @classmethod
    def get_compression_type_string(cls, options: Any) -> str:
        """ "", "ZLIB" or "GZIP" for TFRecordOptions, a name or a number; ValueError for others."""
        return _compression(options)


def read_records(stream: Stream, path: Any) -> Iterator[bytes]:
    """The records of an opened file.

    DataLossError, with the place, for a wrong checksum and for a record that is cut short. As in
    TensorFlow, a file that ends inside the 12 bytes before a record's data just ends.
    """
    at = 0
    while True:
        header = stream.read(_HEADER.size)
        if len(header) < _HEADER.size:
            return
        length, crc = _HEADER.unpack(header)
        if masked_crc32c(header[: _LENGTH.size]) != crc:
            raise _loss(f"corrupted record at {at}", "The length's checksum is wrong", path)
        data = read_up_to(stream, length)
        footer = stream.read(_CRC.size) if len(data) == length else b""
        if len(footer) < _CRC.size:
            raise _loss(
                f"truncated record at {at}",
                f"It says {length} bytes, but the file ends after {len(data)}",
                path,
            )
        if masked_crc32c(data) != _CRC.unpack(footer)[0]:
            place = at + _HEADER.size
            raise _loss(f"corrupted record at {place}", "The data's checksum is wrong", path)
        yield data
        at += _HEADER.size + length + _CRC.size


def _loss(what: str, why: str, path: Any) -> DataLossError:
    return DataLossError(None, None, f"{what}\n{why}: {path}")


def tf_record_iterator(path: Any, options: Any = None) -> Iterator[bytes]:
    """The records of a TFRecord file, one after the other, as bytes.

    `options` is a TFRecordOptions (or just its compression type). Raises NotFoundError where there
    is no such file, DataLossError where a record is damaged.
    """
    stream = open_stream(path, TFRecordOptions.get_compression_type_string(options))
    try:
        yield from read_records(stream, path)
    finally:
        stream.close()


class TFRecordWriter:
    """Writes records to a TFRecord file; a `with` block closes it.

    >>> with tf.python_io.TFRecordWriter("/tmp/some.tfrecord") as writer:  # doctest: +SKIP
    ...     writer.write(example.SerializeToString())
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        if not isinstance(options, TFRecordOptions):
            options = TFRecordOptions(options)
        kind = TFRecordOptions.get_compression_type_string(options)
        self._file = open_file(path, "wb")
        self._flush_mode = options.flush_mode
        self._deflate: Any = None
        if kind:
            bits, level = options.window_bits, options.compression_level
            strategy = options.compression_strategy
            self._deflate = zlib.compressobj(
                zlib.Z_DEFAULT_COMPRESSION if level is None else level,
                zlib.DEFLATED,
                WINDOW_BITS[kind] if bits is None else bits + 16 * (kind == "GZIP" and bits > 0),
                zlib.DEF_MEM_LEVEL if options.mem_level is None else options.mem_level,
                zlib.Z_DEFAULT_STRATEGY if strategy is None else strategy,
            )

    def write(self, record: bytes) -> None:
        """Append a record. TypeError where it is no bytes."""
        if not isinstance(record, bytes | bytearray | memoryview):
            hint = " (encode it: record.encode())" if isinstance(record, str) else ""
            raise TypeError(f"expected bytes, {type(record).__name__} found{hint}")
        self._check_open()
        record = bytes(record)
        length = _LENGTH.pack(len(record))
        head = length + _CRC.pack(masked_crc32c(length))
        foot = _CRC.pack(masked_crc32c(record))
        if self._deflate is None and len(record) > CHUNK:
            for part in (head, record, foot):
                self._file.write(part)
        else:
            self._put(head + record + foot)

    def _put(self, data: bytes) -> None:
        self._file.write(data if self._deflate is None else self._deflate.compress(data))

    def flush(self) -> None:
        """Hand what was written to the operating system.

        A compressed file may hold some of it back, unless the options' flush mode says otherwise.
        """
        self._check_open()
        if self._deflate is not None:
            mode = zlib.Z_NO_FLUSH if self._flush_mode is None else self._flush_mode
            if mode not in (zlib.Z_NO_FLUSH, zlib.Z_FINISH):
                self._file.write(self._deflate.flush(mode))
        self._file.flush()

    def close(self) -> None:
        """Finish the file; a second call does nothing."""
        if self._file.closed:
            return
        if self._deflate is not None:
            self._file.write(self._deflate.flush(zlib.Z_FINISH))
        self._file.close()

    def _check_open(self) -> None:
        if self._file.closed:
            raise FailedPreconditionError(None, None, "Writer not initialized or previously closed")

    def __enter__(self) -> TFRecordWriter:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.close()
