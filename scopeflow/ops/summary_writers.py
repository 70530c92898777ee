"""Ops that write summaries to event files themselves (tf.contrib.summary)."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import FailedPreconditionError
from ..core.held import held_object
from ..core.op import op
from ..core.operation import Operation
from ..core.types import REAL
from .printing import _array
from .summaries import (
    _PICTURE,
    audio_summary,
    histogram_summary,
    image_summary,
    scalar_summary,
    tensor_summary,
)


class Writer:
    """What a session holds for a SummaryWriter op: its event file, once it was created."""

    def __init__(self) -> None:
        self.opened: Any = None

    def file(self, op: Operation) -> Any:
        """The event file."""
        if self.opened is None:
            raise FailedPreconditionError(
                None,
                op,
                f"The summary writer of '{op.inputs[0].op.name}' was not created in this session. "
                "Run tf.contrib.summary.initialize() (or summary_writer_initializer_op()) first.",
            )
        return self.opened

    def close(self) -> None:
        """Close the event file, if there is one."""
        if self.opened is not None:
            self.opened.close()
            self.opened = None

    session_closed = close


@op("-> resource", attrs={"shared_name": "", "container": ""}, shape=lambda **_: (), stateful=True)
def SummaryWriter(*, op, held):
    """A writer of event files, not yet open."""
    return held_object(held, op, Writer)


@op("held resource, string, host int32, host int32, string ->", stateful=True)
def CreateSummaryFileWriter(writer, logdir, max_queue, flush_millis, filename_suffix):
    """Opens an event file in `logdir` for the writer, unless it has one.

    `max_queue` is accepted: events are written where they come.
    """
    from ..records.events import EventFile

    if writer.opened is None:
        directory, suffix = (np.asarray(x).item().decode() for x in (logdir, filename_suffix))
        writer.opened = EventFile(directory, flush_millis / 1000, suffix)


@op("held resource, host int64, string, T ->", T=REAL, stateful=True)
def WriteScalarSummary(writer, step, tag, value, *, op):
    """Writes a number."""
    file = writer.file(op)
    file.write_summary(step, scalar_summary(np.asarray(tag), _array(value)))


@op("held resource, host int64, string, T ->", T=REAL, stateful=True)
def WriteHistogramSummary(writer, step, tag, values, *, op):
    """Writes a histogram."""
    file = writer.file(op)
    file.write_summary(step, histogram_summary(tag, values))


@op("held resource, host int64, string, T, uint8 ->", T=_PICTURE, stateful=True)
def WriteImageSummary(writer, step, tag, tensor, bad_color, *, max_images=3, op):
    """Writes images."""
    file = writer.file(op)
    summary = image_summary(tag, tensor, max_images, _array(bad_color), op.attrs["T"])
    file.write_summary(step, summary)


@op("held resource, host int64, string, float32, float32 ->", stateful=True)
def WriteAudioSummary(writer, step, tag, tensor, sample_rate, *, max_outputs=3, op):
    """Writes sounds."""
    file = writer.file(op)
    rate = float(_array(sample_rate))
    file.write_summary(step, audio_summary(tag, tensor, rate, max_outputs))


@op("held resource, host int64, T, string, string ->", stateful=True)
def WriteSummary(writer, step, tensor, tag, summary_metadata, *, op):
    """Writes a tensor's value."""
    file = writer.file(op)
    file.write_summary(step, tensor_summary(tag, tensor, summary_metadata, op.attrs["T"]))


@op("held resource, host int64, string ->", stateful=True)
def WriteGraphSummary(writer, step, tensor, *, op):
    """Writes a serialized GraphDef."""
    writer.file(op).write_graph(step, np.asarray(tensor).item())


@op("held resource, string ->", stateful=True)
def ImportEvent(writer, event, *, op):
    """Writes a serialized Event."""
    writer.file(op).write_serialized(np.asarray(event).item())


@op("held resource ->", stateful=True)
def FlushSummaryWriter(writer, *, op):
    """Hands what was written to the file system."""
    if writer.opened is not None:
        writer.opened.flush()


@op("held resource ->", stateful=True)
def CloseSummaryWriter(writer, *, op):
    """Closes the writer's event file."""
    writer.close()
