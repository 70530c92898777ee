"""What is current in a thread: whether summaries are recorded, and by which writer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

OPS = "_SUMMARY_V2"
"""The collection of the summaries."""

WRITERS = "_SUMMARY_WRITER_V2"
"""The collection of the ops that open writers."""


class _State(threading.local):
    def __init__(self) -> None:
        self.recording: Any = False  # a bool, or a boolean tensor
        self.writer: Any = None


state = _State()


@contextmanager
def recording(value: Any) -> Iterator[None]:
    """Summaries made in the block are recorded if (or when) the value is true."""
    before, state.recording = state.recording, value
    try:
        yield
    finally:
        state.recording = before


@contextmanager
def writing(writer: Any) -> Iterator[Any]:
    """The writer is the default one in the block; it is flushed at its end."""
    before, state.writer = state.writer, writer
    try:
        yield writer
    finally:
        state.writer = before


def step_or_global(step: Any) -> Any:
    """The step, or the global step."""
    return tf.train.get_or_create_global_step() if step is None else step
