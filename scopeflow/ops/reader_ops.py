"""The op types of readers, and the reader that a session holds."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.errors import InvalidArgumentError, UnimplementedError
from ..core.held import Held, held_object
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims
from ..core.protos import declare
from ..records.reading import Records, fixed_length, itself, lines, tf_records, whole
from .queue_objects import Queue


@functools.cache
def _state() -> Any:
    fields = (
        "work_started:1:int64 work_finished:2:int64 num_records_produced:3:int64 "
        "current_work:4:bytes"
    )
    return declare("scopeflow.readers", {"ReaderState": fields}).ReaderState


class Reader:
    """Takes names of files from a queue and gives out their records, one after the other.

    `single`: a file is one record, and done with as soon as that is given out.
    """

    def __init__(self, name: str, held: Held, records: Records, single: bool) -> None:
        self._name = name
        self._held = held
        self._records = records
        self._single = single
        self._lock = threading.Lock()
        self._work: Iterator[tuple[bytes, bytes]] | None = None
        self._current = b""
        self.started = self.finished = self.produced = 0

    def _begin(self, queue: Queue) -> None:
        if queue.types != (dtypes.string,):
            raise InvalidArgumentError(
                None, None,
                f"Reader {self._name!r} needs a queue of one string component, the names of files, "
                f"but '{queue.name}' has components {', '.join(t.name for t in queue.types)}",
            )  # fmt: skip
        (name,) = queue.dequeue()
        self._current = name.item()
        self.started += 1
        self._work = self._records(self._current)

    def _end(self) -> None:
        self._work = None
        self.finished += 1

    def _next(self) -> tuple[bytes, bytes] | None:
        assert self._work is not None
        try:
            found = next(self._work, None)
        except BaseException:
            self._work = None
            raise
        if found is not None:
            self.produced += 1
        if found is None or self._single:
            self._end()
        return found

    def read(self, queue: Queue) -> tuple[bytes, bytes]:
        """The next record, from the next file where one has ended."""
        with _Waiting(self._lock, self._held):
            while True:
                if self._work is None:
                    self._begin(queue)
                found = self._next()
                if found is not None:
                    return found

    def read_up_to(self, queue: Queue, count: int) -> list[tuple[bytes, bytes]]:
        """At least one record and at most `count`, without waiting for another file."""
        found: list[tuple[bytes, bytes]] = []
        with _Waiting(self._lock, self._held):
            while len(found) < count:
                if self._work is None:
                    if found:
                        break
                    self._begin(queue)
                record = self._next()
                if record is not None:
                    found.append(record)
        return found

    def reset(self) -> None:
        """Forget the present file, and all counts."""
        with _Waiting(self._lock, self._held):
            self._work, self._current = None, b""
            self.started = self.finished = self.produced = 0

    def state(self) -> bytes:
        """The state, for `restore`. UnimplementedError for readers inside a file."""
        self._check("SerializeState")
        with _Waiting(self._lock, self._held):
            made = _state()(
                work_started=self.started,
                work_finished=self.finished,
                num_records_produced=self.produced,
                current_work=self._current,
            )
            return made.SerializeToString()

    def restore(self, state: bytes) -> None:
        """Go back to a state."""
        self._check("RestoreState")
        from google.protobuf.message import DecodeError

        try:
            made = _state().FromString(state)
        except DecodeError:
            raise InvalidArgumentError(
                None, None, f"Could not parse state for reader '{self._name}': {state[:60]!r}"
            ) from None
        with _Waiting(self._lock, self._held):
            self._work, self._current = None, made.current_work
            self.started, self.finished = made.work_started, made.work_finished
            self.produced = made.num_records_produced

    def _check(self, what: str) -> None:
        if not self._single:
            raise UnimplementedError(
                None, None,
                f"Reader {what}\nOnly tf.WholeFileReader and tf.IdentityReader have a state that "
                "can be saved.",
            )  # fmt: skip


class _Waiting:
    """A lock that is waited for without the session's turn."""

    def __init__(self, lock: threading.Lock, held: Held) -> None:
        self._lock = lock
        self._held = held

    def __enter__(self) -> None:
        if not self._lock.acquire(blocking=False):
            with self._held.turn.given_up():
                self._lock.acquire()

    def __exit__(self, *exc_info: Any) -> None:
        self._lock.release()


def _scalar() -> Dims:
    return ()


def _reader(held: Any, op: Any, records: Records, single: bool = False) -> Reader:
    return held_object(held, op, lambda: Reader(op.name, held, records, single))


@op("-> resource", shape=_scalar, stateful=True)
def TFRecordReaderV2(*, container="", shared_name="", compression_type="", op, held):
    """Reads the records of TFRecord files."""
    return _reader(held, op, tf_records(compression_type))


@op("-> resource", shape=_scalar, stateful=True)
def TextLineReaderV2(*, skip_header_lines=0, container="", shared_name="", op, held):
    """Reads the lines of text files."""
    return _reader(held, op, lines(skip_header_lines))


@op("-> resource", shape=_scalar, stateful=True)
def WholeFileReaderV2(*, container="", shared_name="", op, held):
    """Reads files, each as one record."""
    return _reader(held, op, whole, single=True)


@op("-> resource", shape=_scalar, stateful=True)
def IdentityReaderV2(*, container="", shared_name="", op, held):
    """Gives out what is in the queue, as key and as value."""
    return _reader(held, op, itself, single=True)


@op("-> resource", shape=_scalar, stateful=True)
def FixedLengthRecordReaderV2(
    *, record_bytes, header_bytes=0, footer_bytes=0, hop_bytes=0, container="", shared_name="",
    encoding="", op, held,
):  # fmt: skip
    """Reads records of one length."""
    for name, value, least in (
        ("record_bytes", record_bytes, 1),
        ("header_bytes", header_bytes, 0),
        ("footer_bytes", footer_bytes, 0),
        ("hop_bytes", hop_bytes, 0),
    ):
        if value < least:
            raise InvalidArgumentError(None, None, f"{name} must be >= {least} not {value}")
    if encoding not in ("", "ZLIB", "GZIP"):
        raise InvalidArgumentError(
            None, None, f"Unsupported encoding {encoding!r}: use '', 'ZLIB' or 'GZIP'"
        )
    hop = hop_bytes or record_bytes
    records = fixed_length(header_bytes, record_bytes, footer_bytes, hop, encoding)
    return _reader(held, op, records)


def _strings(values: Any) -> np.ndarray:
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _string(value: bytes) -> np.ndarray:
    found = np.empty((), object)
    found[()] = value
    return found


@op(
    "held resource, held resource -> key: string, value: string",
    shape=lambda reader_handle, queue_handle: [(), ()],
    stateful=True,
)
def ReaderReadV2(reader_handle, queue_handle):
    """The next record of a reader, which takes names of files from the queue."""
    key, value = reader_handle.read(queue_handle)
    return _string(key), _string(value)


@op(
    "held resource, held resource, host int64 -> keys: string, values: string",
    shape=lambda reader_handle, queue_handle, num_records: [(None,), (None,)],
    stateful=True,
)
def ReaderReadUpToV2(reader_handle, queue_handle, num_records):
    """Up to so many records of a reader."""
    if num_records <= 0:
        raise InvalidArgumentError(None, None, f"num_records must be > 0 not {num_records}")
    found = reader_handle.read_up_to(queue_handle, num_records)
    return _strings([key for key, _ in found]), _strings([value for _, value in found])


@op("held resource -> records_produced: int64", shape=lambda reader_handle: (), stateful=True)
def ReaderNumRecordsProducedV2(reader_handle, *, device):
    """How many records the reader has given out."""
    return torch.tensor(reader_handle.produced, device=device)


@op("held resource -> units_completed: int64", shape=lambda reader_handle: (), stateful=True)
def ReaderNumWorkUnitsCompletedV2(reader_handle, *, device):
    """How many files the reader has read to their end."""
    return torch.tensor(reader_handle.finished, device=device)


@op("held resource -> state: string", shape=lambda reader_handle: (), stateful=True)
def ReaderSerializeStateV2(reader_handle):
    """The reader's state."""
    return _string(reader_handle.state())


@op("held resource, string", stateful=True)
def ReaderRestoreStateV2(reader_handle, state):
    """Bring the reader back to a state."""
    reader_handle.restore(state.item())


@op("held resource", stateful=True)
def ReaderResetV2(reader_handle):
    """Bring the reader back to its beginning."""
    reader_handle.reset()
