"""A trace of a run for chrome://tracing."""

from __future__ import annotations

import json
from typing import Any


class Timeline:
    """The trace of `tf.RunMetadata().step_stats`; `graph` is accepted without effect."""

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        self._stats = step_stats

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False, op_time: str = "schedule"
    ) -> str:
        """The trace as JSON: one row for each device, one bar for each op.

        Arrows between ops (`show_dataflow`) and memory (`show_memory`) are not in it.
        """
        events: list[dict[str, Any]] = []
        for number, device in enumerate(self._stats.dev_stats):
            events.append(
                {"name": "process_name", "ph": "M", "pid": number, "args": {"name": device.device}}
            )
            for node in device.node_stats:
                kind = node.timeline_label.partition("= ")[2].partition("(")[0] or node.node_name
                events.append(
                    {
                        "ph": "X", "cat": "Op", "name": kind, "pid": number, "tid": node.thread_id,
                        "ts": node.all_start_micros, "dur": max(node.all_end_rel_micros, 1),
                        "args": {"name": node.node_name, "op": kind},
                    }
                )  # fmt: skip
        return json.dumps({"traceEvents": events}, indent=4)
