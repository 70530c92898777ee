"""`RunOptions.FULL_TRACE`: how long each op of a run took, into a `tf.RunMetadata`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from .program import Program


def wants_trace(options: Any) -> bool:
    """Whether the tf.RunOptions ask for a trace."""
    return options is not None and options.trace_level > options.NO_TRACE


class LineTimes:
    """Calls a program while noting when each of its lines begins.

    On a GPU each line waits for the line before it to be computed, so that times are its own; the
    run is slower for it.
    """

    def __init__(self, program: Program, device: Any) -> None:
        self.program = program
        self.waits = device.type == "cuda"
        self.began: list[tuple[int, int]] = []  # line, nanoseconds

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the program's function returns."""
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            return function(*arguments)
        finally:
            sys.settrace(before)
            self._note(0)

    def _enter(self, frame: Any, event: str, argument: Any) -> Any:
        return self._line if frame.f_code is self.program.function.__code__ else None

    def _line(self, frame: Any, event: str, argument: Any) -> Any:
        self._note(frame.f_lineno if event == "line" else 0)
        return self._line

    def _note(self, line: int) -> None:
        if self.waits:
            torch.cuda.synchronize()
        self.began.append((line, time.time_ns()))

    def step_stats(self, device: Any) -> Any:
        """The times as a StepStats message: a NodeExecStats for each op that had a line."""
        from tensorboard.compat.proto.step_stats_pb2 import StepStats

        stats = StepStats()
        kind = "GPU" if device.type == "cuda" else "CPU"
        nodes = stats.dev_stats.add(device=f"/job:localhost/replica:0/task:0/device:{kind}:0")
        for (line, start), (_, end) in zip(self.began, self.began[1:], strict=False):
            op = self.program.line_ops.get(line)
            if op is None:
                continue
            inputs = ", ".join(t.op.name for t in op.inputs)
            nodes.node_stats.add(
                node_name=op.name,
                all_start_micros=start // 1000,
                op_end_rel_micros=(end - start) // 1000,
                all_end_rel_micros=(end - start) // 1000,
                all_start_nanos=start,
                op_end_rel_nanos=end - start,
                all_end_rel_nanos=end - start,
                timeline_label=f"{op.name} = {op.type}({inputs})",
            )
        return stats
