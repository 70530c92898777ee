"""The summaries: each is a boolean tensor; running it writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import scopeflow as tf

from .state import OPS, recording, state, step_or_global


def always_record_summaries() -> AbstractContextManager[None]:
    """A `with` block whose summaries are written whenever they run."""
    return recording(True)


def never_record_summaries() -> AbstractContextManager[None]:
    """A `with` block whose summaries are never written."""
    return recording(False)


def record_summaries_every_n_global_steps(
    n: int, global_step: Any = None
) -> AbstractContextManager[None]:
    """A `with` block whose summaries are written when the global step is a multiple of `n`."""
    step = step_or_global(global_step)
    with tf.device("cpu:0"):
        due = tf.equal(step % n, 0)
    return recording(due)


def should_record_summaries() -> tf.Tensor:
    """A boolean tensor: whether summaries made here are written."""
    return tf.logical_and(True, state.recording)


def all_summary_ops() -> list:
    """All summaries of the default graph."""
    return tf.get_collection(OPS)


def _written(
    name: str | None, tensor: Any, family: str | None, write: Callable[[str, str, Any], Any]
) -> Any:
    """The summary: true where `write(tag, scope, tensor)` was run."""
    if state.writer is None or state.writer._resource is None:
        return tf.no_op()
    due = should_record_summaries()

    def record() -> tf.Tensor:
        with tf.summary._summary_scope(name, family, values=[tensor]) as (tag, scope):
            with tf.control_dependencies([write(tag, scope, tf.identity(tensor))]):
                return tf.constant(True)

    if isinstance(state.recording, bool):
        made = record() if state.recording else tf.constant(False)
    else:
        made = tf.cond(due, record, lambda: tf.constant(False), name="")
    tf.add_to_collection(OPS, made)
    return made


def scalar(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Writes a number under the tag `name`, for `step` (the global step)."""
    return _written(
        name,
        tensor,
        family,
        lambda tag, scope, value: tf.raw_ops.WriteScalarSummary(
            writer=state.writer._resource,
            step=step_or_global(step),
            tag=tag,
            value=value,
            name=scope,
        ),
    )


def histogram(name: str, tensor: Any, family: str | None = None, step: Any = None) -> Any:
    """Writes how the values are distributed."""
    return _written(
        name,
        tensor,
        family,
        lambda tag, scope, value: tf.raw_ops.WriteHistogramSummary(
            writer=state.writer._resource,
            step=step_or_global(step),
            tag=tag,
            values=value,
            name=scope,
        ),
    )


def image(
    name: str,
    tensor: Any,
    bad_color: Any = None,
    max_images: int = 3,
    family: str | None = None,
    step: Any = None,
) -> Any:
    """Writes the first images of a batch, as tf.summary.image."""

    def write(tag: str, scope: str, value: Any) -> Any:
        color = tf.constant([255, 0, 0, 255], dtype=tf.uint8) if bad_color is None else bad_color
        return tf.raw_ops.WriteImageSummary(
            writer=state.writer._resource,
            step=step_or_global(step),
            tag=tag,
            tensor=value,
            bad_color=color,
            max_images=max_images,
            name=scope,
        )

    return _written(name, tensor, family, write)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int,
    family: str | None = None,
    step: Any = None,
) -> Any:
    """Writes the first sounds of a batch, as tf.summary.audio."""
    return _written(
        name,
        tensor,
        family,
        lambda tag, scope, value: tf.raw_ops.WriteAudioSummary(
            writer=state.writer._resource,
            step=step_or_global(step),
            tag=tag,
            tensor=value,
            sample_rate=sample_rate,
            max_outputs=max_outputs,
            name=scope,
        ),
    )


def generic(
    name: str, tensor: Any, metadata: Any = None, family: str | None = None, step: Any = None
) -> Any:
    """Writes a tensor's value; `metadata` (a tf.SummaryMetadata or its bytes) tells the plugin."""

    def write(tag: str, scope: str, value: Any) -> Any:
        serialized = metadata
        if metadata is None:
            serialized = tf.constant("")
        elif hasattr(metadata, "SerializeToString"):
            serialized = tf.constant(metadata.SerializeToString())
        return tf.raw_ops.WriteSummary(
            writer=state.writer._resource,
            step=step_or_global(step),
            tensor=value,
            tag=tag,
            summary_metadata=serialized,
            name=scope,
        )

    return _written(name, tensor, family, write)


def graph(param: Any, step: Any = None, name: str | None = None) -> Any:
    """An op that writes a graph: a scalar string tensor with a serialized tf.GraphDef."""
    if isinstance(param, tf.Graph | tf.GraphDef):
        raise TypeError(
            f"graph() needs a tf.Tensor (e.g. tf.placeholder) in graph mode, but was: {type(param)}"
        )
    if state.writer is None or state.writer._resource is None:
        return tf.no_op()
    return tf.raw_ops.WriteGraphSummary(
        writer=state.writer._resource, step=step_or_global(step), tensor=param, name=name
    )


def import_event(tensor: Any, name: str | None = None) -> Any:
    """An op that writes a serialized tf.Event."""
    if state.writer is None or state.writer._resource is None:
        return tf.no_op()
    return tf.raw_ops.ImportEvent(writer=state.writer._resource, event=tensor, name=name)
