"""Event files: TFRecord files of `tf.Event` messages."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from .tfrecord import TFRecordWriter, tf_record_iterator

_numbers = itertools.count()


def summary_iterator(path: str) -> Iterator[Any]:
    """The tf.Event messages in an event file, one after the other."""
    for data in tf_record_iterator(path):
        yield _event_class().FromString(data)


def _event_class() -> Any:
    from tensorboard.compat.proto.event_pb2 import Event

    return Event


class EventFile:
    """An event file in `logdir`, written by any thread; what waits is flushed by time."""

    def __init__(self, logdir: str, flush_secs: float, suffix: str) -> None:
        os.makedirs(logdir, exist_ok=True)
        name = (
            f"events.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}."
            f"{os.getpid()}.{next(_numbers)}{suffix}"
        )
        self._records = TFRecordWriter(os.path.join(logdir, name))
        self._lock = threading.Lock()
        self._flush_secs = flush_secs
        self._timer: threading.Timer | None = None
        self._closed = False
        self.write(_event_class()(wall_time=time.time(), file_version="brain.Event:2"))
        self.flush()

    def write(self, event: Any) -> None:
        """Append an event."""
        with self._lock:
            self._records.write(event.SerializeToString())
            if self._timer is None:
                self._timer = threading.Timer(self._flush_secs, self.flush)
                self._timer.daemon = True
                self._timer.start()

    def write_summary(self, step: int, summary: Any) -> None:
        """Append a Summary of this step."""
        self.write(_event_class()(wall_time=time.time(), step=step, summary=summary))

    def write_graph(self, step: int, graph_def: bytes) -> None:
        """Append a serialized GraphDef."""
        self.write(_event_class()(wall_time=time.time(), step=step, graph_def=graph_def))

    def write_serialized(self, event: bytes) -> None:
        """Append a serialized Event."""
        self.write(_event_class().FromString(event))

    def session_closed(self) -> None:
        """Called when the session that holds it closes."""
        self.close()

    def flush(self) -> None:
        """Hand everything written to the file system."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if not self._closed:
                self._records.flush()

    def close(self) -> None:
        """Flush and close."""
        self.flush()
        with self._lock:
            if not self._closed:
                self._closed = True
                self._records.close()
