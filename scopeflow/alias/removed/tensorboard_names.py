"""The names of TensorBoard 1's `tensorboard.summary`; today they are in `tensorboard.summary.v1`.

A program asks for them through TensorBoard's own lazy module: who asks cannot be told.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

_NAMES = (
    "audio_pb custom_scalar custom_scalar_pb histogram_pb image_pb pr_curve pr_curve_pb "
    "pr_curve_raw_data_op pr_curve_raw_data_pb pr_curve_streaming_op scalar_pb text_pb"
).split()


def _patch(summary: Any) -> None:
    def __getattr__(name: str) -> Any:
        if name in _NAMES:
            return getattr(import_module("tensorboard.summary.v1"), name)
        raise AttributeError(f"module {summary.__name__!r} has no attribute {name!r}")

    summary.__dict__.setdefault("__getattr__", __getattr__)


PATCHES: dict[str, Callable[[Any], None]] = {"tensorboard.summary": _patch}
