"""`FileWriter`: summaries, graphs and other events into a directory that TensorBoard watches."""

from __future__ import annotations

import os
import threading
import time
import warnings
from typing import Any, ClassVar

import scopeflow as tf

from . import _EventFile as EventFile


class FileWriter:
    """Writes event files in `logdir` (made where missing); as a `with` block it closes at its end.

    `graph` is written at once, for TensorBoard's Graphs page; `graph_def` is its deprecated form.
    Events reach the disk after at most `flush_secs`, and with flush() and close().
    `filename_suffix` ends the file's name. `max_queue` and `session` are accepted: events are
    written where they are added, not by a thread or by ops of the session.
    """

    def __init__(
        self,
        logdir: str,
        graph: Any = None,
        max_queue: int = 10,
        flush_secs: float = 120,
        graph_def: Any = None,
        filename_suffix: str | None = None,
        session: Any = None,
    ) -> None:
        self._logdir = os.fsdecode(logdir)
        self._flush_secs = flush_secs
        self._suffix = filename_suffix or ""
        self._described: set[str] = set()
        self._closed = False
        self._file: EventFile | None = EventFile(self._logdir, flush_secs, self._suffix)
        if graph is None and graph_def is None:
            return
        try:
            whole = graph if isinstance(graph, tf.Graph) else None
            if whole is not None and graph_def is None:
                graph = whole.as_graph_def(add_shapes=True)
            self.add_graph(graph, graph_def=graph_def)
            shaped = graph_def if graph is None else graph
            self.add_meta_graph(
                tf.train.export_meta_graph(graph=whole, graph_def=shaped, collection_list=[])
            )
        except (TypeError, ValueError):
            self.close()
            raise

    def __enter__(self) -> FileWriter:
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.close()

    def get_logdir(self) -> str:
        """The directory that it writes to."""
        return self._logdir

    def add_summary(self, summary: Any, global_step: Any = None) -> None:
        """Write a tf.Summary, or the bytes of one (what running a summary op gives)."""
        if isinstance(summary, bytes):
            summary = tf.Summary.FromString(summary)
        # A tag's metadata is told once.
        for value in summary.value:
            if not value.metadata.ByteSize():
                continue
            if value.tag in self._described:
                value.ClearField("metadata")
            else:
                self._described.add(value.tag)
        self._add(tf.Event(summary=summary), global_step)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Write a tf.SessionLog: that a session began, saved or ended."""
        self._add(tf.Event(session_log=session_log), global_step)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Write a tf.Graph, with its static shapes (or a GraphDef, which is deprecated)."""
        if graph is not None and graph_def is not None:
            raise ValueError("Please pass only graph, or graph_def (deprecated), but not both.")
        if isinstance(graph, tf.Graph):
            definition = graph.as_graph_def(add_shapes=True)
        elif isinstance(graph, tf.GraphDef) or isinstance(graph_def, tf.GraphDef):
            definition = graph if graph is not None else graph_def
        else:
            raise TypeError(
                "The passed graph must be an instance of `Graph` or the deprecated `GraphDef`"
            )
        self._add(tf.Event(graph_def=definition.SerializeToString()), global_step)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Write a tf.MetaGraphDef."""
        if not isinstance(meta_graph_def, tf.MetaGraphDef):
            raise TypeError(
                f"meta_graph_def must be type MetaGraphDef, saw type: {type(meta_graph_def)}"
            )
        self._add(tf.Event(meta_graph_def=meta_graph_def.SerializeToString()), global_step)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Write what session.run traced (a tf.RunMetadata). A tag may be used once."""
        if tag in self._described:
            raise ValueError("The provided tag was already used for this event type")
        self._described.add(tag)
        tagged = tf.summary.TaggedRunMetadata(
            tag=tag, run_metadata=run_metadata.SerializeToString()
        )
        self._add(tf.Event(tagged_run_metadata=tagged), global_step)

    def _add(self, event: Any, step: Any) -> None:
        event.wall_time = time.time()
        if step is not None:
            event.step = int(step)
        self.add_event(event)

    def add_event(self, event: Any) -> None:
        """Write a tf.Event as it is. On a closed writer it warns and writes nothing."""
        if self._closed:
            warnings.warn("Attempting to use a closed FileWriter. ", stacklevel=2)
            return
        if self._file is None:
            self._file = EventFile(self._logdir, self._flush_secs, self._suffix)
        self._file.write(event)

    def flush(self) -> None:
        """Hand everything written to the file system."""
        if self._closed:
            warnings.warn("Attempting to use a closed FileWriter. ", stacklevel=2)
        elif self._file is not None:
            self._file.flush()

    def close(self) -> None:
        """Flush and close; reopen() allows more."""
        if self._file is not None:
            self._file.close()
            self._file = None
        self._closed = True

    def reopen(self) -> None:
        """After close(): go on, in a new event file."""
        self._closed = False


class FileWriterCache:
    """One FileWriter for each directory."""

    _writers: ClassVar[dict[str, FileWriter]] = {}
    _lock = threading.RLock()

    @staticmethod
    def get(logdir: str) -> FileWriter:
        """The directory's writer, made at the first call, with the default graph."""
        with FileWriterCache._lock:
            if logdir not in FileWriterCache._writers:
                FileWriterCache._writers[logdir] = FileWriter(logdir, graph=tf.get_default_graph())
            return FileWriterCache._writers[logdir]

    @staticmethod
    def clear() -> None:
        """Close the writers and forget them."""
        with FileWriterCache._lock:
            for writer in FileWriterCache._writers.values():
                writer.close()
            FileWriterCache._writers.clear()
