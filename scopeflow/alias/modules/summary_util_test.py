"""tensorflow.contrib.testing.python.framework.util_test: what event files hold."""

from __future__ import annotations

import glob
import os
from typing import Any

import scopeflow as tf


def latest_event_file(base_dir: str) -> str | None:
    """The newest event file of a directory; None if there is none."""
    files = glob.glob(os.path.join(base_dir, "events.*"))
    return max(files, key=lambda path: (os.stat(path).st_mtime, path), default=None)


def latest_events(base_dir: str) -> list:
    """The events of the newest event file of a directory."""
    path = latest_event_file(base_dir)
    return [] if path is None else list(tf.train.summary_iterator(path))


def latest_summaries(base_dir: str) -> list:
    """Those of the newest events that have a summary."""
    return [event for event in latest_events(base_dir) if event.HasField("summary")]


def simple_values_from_events(events: Any, tags: Any) -> dict[str, float]:
    """The numbers of the summaries' values with these tags; the last of each tag."""
    found = {}
    for event in events:
        for value in event.summary.value:
            if value.tag in tags:
                found[value.tag] = value.simple_value
    return found


def to_summary_proto(summary_str: bytes) -> Any:
    """The tf.Summary of its bytes."""
    return tf.Summary.FromString(summary_str)


def assert_summary(expected_tags: Any, expected_simple_values: dict, summary_proto: Any) -> None:
    """AssertionError unless the summary has these tags, and these numbers under some of them."""
    tags = {value.tag for value in summary_proto.value}
    if tags != set(expected_tags):
        raise AssertionError(f"Expected tags {sorted(expected_tags)}, got {sorted(tags)}.")
    values = {value.tag: value.simple_value for value in summary_proto.value}
    for tag, wanted in expected_simple_values.items():
        if abs(values[tag] - wanted) > 1e-5 * max(1.0, abs(wanted)):
            raise AssertionError(f"Expected {wanted} under {tag}, got {values[tag]}.")
