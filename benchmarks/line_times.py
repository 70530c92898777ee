"""Where the time of a workload's `session.run` goes, line by line of its program."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from typing import Any

import scopeflow as tf

from .workloads import WORKLOADS

RUNS = 20


def last_run(name: str) -> tuple[Any, Any, dict]:
    """The session, fetches and feeds of the last `session.run` of a workload."""
    calls: list[tuple[Any, Any, dict]] = []
    run = tf.Session.run

    def noted(session: Any, fetches: Any, feed_dict: Any = None, **options: Any) -> Any:
        calls[:] = [(session, fetches, feed_dict or {})]
        return run(session, fetches, feed_dict, **options)

    tf.Session.run = noted
    try:
        WORKLOADS[name].function(tf)
    finally:
        tf.Session.run = run
    if not calls:
        raise SystemExit(f"{name} runs no session: there is nothing to profile")
    return calls[-1]


def profile(name: str, lines: int = 30) -> str:
    """A Markdown table of the lines that took longest (medians of 20 traced runs)."""
    session, fetches, feeds = last_run(name)
    start = time.perf_counter()
    for _ in range(RUNS):
        session.run(fetches, feeds)
    whole = (time.perf_counter() - start) / RUNS * 1e6
    options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(RUNS):
        metadata = tf.RunMetadata()
        session.run(fetches, feeds, options, metadata)
        (device,) = metadata.step_stats.dev_stats
        once: dict[str, float] = defaultdict(float)
        for stats in device.node_stats:
            once[stats.node_name] += stats.all_end_rel_nanos / 1000
        for op, microseconds in once.items():
            taken[op].append(microseconds)
    medians = {op: statistics.median(times) for op, times in taken.items()}
    texts = {}
    for line in session.program(fetches, list(feeds)).source.splitlines():
        text, mark, op = line.rpartition("  # ")
        if mark:
            texts[op] = text.strip()
    total = sum(medians.values())
    rows = ["| µs | share | op | line |", "|--:|--:|---|---|"]
    for op in sorted(medians, key=medians.__getitem__, reverse=True)[:lines]:
        share = f"{medians[op] / total:.1%}"
        rows.append(f"| {medians[op]:.1f} | {share} | {op} | `{texts.get(op, '')[:90]}` |")
    rows.append("")
    rows.append(
        f"{len(medians)} lines, {total:.0f} µs together while traced; a run takes {whole:.0f} µs "
        "when it is not."
    )
    return "\n".join(rows)
