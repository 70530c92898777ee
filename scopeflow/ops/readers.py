"""`tf.TFRecordReader` and its kin."""

from __future__ import annotations

from typing import Any

from ..core.operation import Operation, Tensor
from ..records.tfrecord import TFRecordOptions
from .reader_ops import (
    FixedLengthRecordReaderV2,
    IdentityReaderV2,
    ReaderNumRecordsProducedV2,
    ReaderNumWorkUnitsCompletedV2,
    ReaderReadUpToV2,
    ReaderReadV2,
    ReaderResetV2,
    ReaderRestoreStateV2,
    ReaderSerializeStateV2,
    TextLineReaderV2,
    TFRecordReaderV2,
    WholeFileReaderV2,
)


class ReaderBase:
    """Turns a queue of names of files into (key, value) records. It lives in the session."""

    def __init__(self, reader_ref: Tensor, supports_serialize: bool = False) -> None:
        self._reader_ref = reader_ref
        self._supports_serialize = supports_serialize

    @property
    def reader_ref(self) -> Tensor:
        """The tensor that stands for the reader."""
        return self._reader_ref

    @property
    def supports_serialize(self) -> bool:
        """Whether it has a state that can be saved."""
        return self._supports_serialize

    def read(self, queue: Any, name: str | None = None) -> Any:
        """(key, value): the next record, a new one each time it runs.

        Names of files are taken from the queue where one has ended; OutOfRangeError where the queue
        is closed and empty.
        """
        return ReaderReadV2(self._reader_ref, _ref(queue), name=name)

    def read_up_to(self, queue: Any, num_records: Any, name: str | None = None) -> Any:
        """(keys, values): at most `num_records` records of one file, and at least one."""
        return ReaderReadUpToV2(self._reader_ref, _ref(queue), num_records, name=name)

    def num_records_produced(self, name: str | None = None) -> Tensor:
        """How many records it has given out."""
        return ReaderNumRecordsProducedV2(self._reader_ref, name=name)

    def num_work_units_completed(self, name: str | None = None) -> Tensor:
        """How many files it has read to their end."""
        return ReaderNumWorkUnitsCompletedV2(self._reader_ref, name=name)

    def serialize_state(self, name: str | None = None) -> Tensor:
        """Its state as a string; UnimplementedError where it has none."""
        return ReaderSerializeStateV2(self._reader_ref, name=name)

    def restore_state(self, state: Any, name: str | None = None) -> Operation:
        """An op that brings it back to a state."""
        return ReaderRestoreStateV2(self._reader_ref, state, name=name)

    def reset(self, name: str | None = None) -> Operation:
        """An op that brings it back to its beginning."""
        return ReaderResetV2(self._reader_ref, name=name)


def _ref(queue: Any) -> Tensor:
    return queue if isinstance(queue, Tensor) else queue.queue_ref


class TFRecordReader(ReaderBase):
    """Reads the records of TFRecord files; `options` tells their compression."""

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        compression = TFRecordOptions.get_compression_type_string(options)
        super().__init__(TFRecordReaderV2(compression_type=compression, name=name))


class TextLineReader(ReaderBase):
    """Reads the lines of text files, without their ends."""

    def __init__(self, skip_header_lines: int | None = None, name: str | None = None) -> None:
        super().__init__(TextLineReaderV2(skip_header_lines or 0, name=name))


class WholeFileReader(ReaderBase):
    """Reads files: the key is the name, the value all that is in it."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(WholeFileReaderV2(name=name), supports_serialize=True)


class IdentityReader(ReaderBase):
    """Gives out what is in the queue, as key and as value."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(IdentityReaderV2(name=name), supports_serialize=True)


class FixedLengthRecordReader(ReaderBase):
    """Reads records of `record_bytes`, between `header_bytes` and `footer_bytes` of each file.

    A record begins `hop_bytes` after the one before (`record_bytes`). `encoding` may be "ZLIB".
    """

    def __init__(
        self,
        record_bytes: int,
        header_bytes: int | None = None,
        footer_bytes: int | None = None,
        hop_bytes: int | None = None,
        name: str | None = None,
        encoding: str | None = None,
    ) -> None:
        super().__init__(
            FixedLengthRecordReaderV2(
                record_bytes,
                header_bytes or 0,
                footer_bytes or 0,
                hop_bytes or 0,
                encoding=encoding or "",
                name=name,
            )
        )


class LMDBReader(ReaderBase):
    """Not built: LMDB files need a library of their own."""

    def __init__(self, name: str | None = None, options: Any = None) -> None:
        raise NotImplementedError(
            "tf.LMDBReader: LMDB databases are not read. Convert it once to a TFRecord file with "
            "the lmdb package and tf.python_io.TFRecordWriter, then use tf.TFRecordReader."
        )
