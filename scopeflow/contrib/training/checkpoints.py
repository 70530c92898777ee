"""Waiting for the checkpoints that another process writes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import scopeflow as tf


def wait_for_new_checkpoint(
    checkpoint_dir, last_checkpoint=None, seconds_to_sleep=1, timeout=None
) -> str | None:
    """The newest checkpoint once it is another than `last_checkpoint`; None after `timeout`."""
    stop = None if timeout is None else time.time() + timeout
    while True:
        found = tf.train.latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            return found
        if stop is not None and time.time() + seconds_to_sleep > stop:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir, min_interval_secs=0, timeout=None, timeout_fn=None
) -> Iterator[str]:
    """`tf.train.checkpoints_iterator`: each new checkpoint of a directory, as it appears."""
    return tf.train.checkpoints_iterator(checkpoint_dir, min_interval_secs, timeout, timeout_fn)
