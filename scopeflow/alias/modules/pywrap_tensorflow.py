"""tensorflow.python.pywrap_tensorflow: checkpoints, event files, versions."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__version__ = "1.15.5"
GRAPH_DEF_VERSION = 134


class EventsWriter:
    """Writes tf.Event messages to a file whose name begins with `prefix`."""

    def __init__(self, prefix: Any) -> None:
        import os
        import socket
        import time

        from tensorboard.summary.writer.record_writer import RecordWriter

        prefix = tf.compat.as_str(prefix)
        self._name = f"{prefix}.out.tfevents.{int(time.time()):010d}.{socket.gethostname()}"
        self._file = open(self._name, "wb")
        self._writer = RecordWriter(self._file)
        self._first = tf.Event(wall_time=time.time(), file_version="brain.Event:2")
        self._writer.write(self._first.SerializeToString())
        self._exists = lambda: os.path.exists(self._name)

    def WriteEvent(self, event: Any) -> None:
        """Append a message."""
        self._writer.write(event.SerializeToString())

    def FileName(self) -> bytes:
        """The file's name."""
        return tf.compat.as_bytes(self._name)

    def Flush(self) -> bool:
        """Hand what was written to the operating system; whether the file is still there."""
        self._writer.flush()
        return self._exists()

    def Close(self) -> bool:
        """Close the file."""
        kept = self.Flush()
        self._writer.close()
        return kept


def IsGoogleCudaEnabled() -> bool:
    """Whether torch was built for CUDA."""
    return tf.test.is_built_with_cuda()


def IsMklEnabled() -> bool:
    """False: no such build of TensorFlow."""
    return False
