"""A queue that threads fill from arrays."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf


class FeedingQueueRunner(tf.train.QueueRunner):
    """Fills a queue by runs of its enqueue ops, each with a source of feeds of its own."""

    def __init__(self, queue: Any, enqueue_ops: Any, sources: list[Callable[[], Iterator]]) -> None:
        super().__init__(
            queue,
            enqueue_ops,
            queue_closed_exception_types=(tf.errors.OutOfRangeError, tf.errors.CancelledError),
        )
        self._sources = dict(zip(enqueue_ops, sources, strict=True))
        self._counting = threading.Lock()
        self._left: dict[Any, int] = {}

    def _run(self, sess: Any, enqueue_op: Any, coord: Any) -> None:
        with self._counting:
            self._left.setdefault(sess, len(self.enqueue_ops))
        try:
            for feeds in self._sources[enqueue_op]():
                if coord and coord.should_stop():
                    return
                sess.run(enqueue_op, feed_dict=feeds)
        except self.queue_closed_exception_types:
            pass
        except Exception as error:
            if not coord:
                raise
            coord.request_stop(error)
        finally:
            with self._counting:
                self._left[sess] -= 1
                last = self._left[sess] == 0
            if last:
                self._quietly(sess, self.close_op)
            self._ended(sess)


def enqueue_arrays(
    arrays: list, capacity: int, shuffle: bool, num_threads: int, enqueue_size: int,
    num_epochs: int | None,
) -> Any:  # fmt: skip
    """A queue of the arrays' rows, each with its number in front."""
    rows = len(arrays[0])
    columns = [np.asarray(array) for array in arrays]
    columns = [c.astype(object) if c.dtype.kind in "US" else c for c in columns]
    types = [tf.int64, *(tf.as_dtype(np.dtype(c.dtype)) for c in columns)]
    shapes = [(), *(c.shape[1:] for c in columns)]
    with tf.name_scope("enqueue_input"):
        waiting = int(capacity / 4) if shuffle else 0
        if shuffle:
            queue: Any = tf.RandomShuffleQueue(capacity, waiting, types, shapes)
        else:
            queue = tf.FIFOQueue(capacity, types, shapes)
        if num_threads > 1 and num_epochs is not None:
            tf.logging.warning(
                "enqueue_data was called with num_epochs and num_threads > 1: each of the threads "
                "goes through the data num_epochs times."
            )
        ops, sources = [], []
        for _ in range(num_threads):
            places = [tf.placeholder(*pair) for pair in _batched(types, shapes)]
            ops.append(queue.enqueue_many(places))
            begin = random.randrange(rows) if num_threads > 1 and rows else 0
            sources.append(_source(places, columns, rows, begin, enqueue_size, num_epochs))
        tf.train.add_queue_runner(FeedingQueueRunner(queue, ops, sources))
        room = capacity - waiting
        full = tf.cast(tf.maximum(0, queue.size() - waiting), tf.float32) * (1.0 / room)
        tf.summary.scalar(f"queue/{queue.name}fraction_over_{waiting}_of_{room}_full", full)
    return queue


def _batched(types: list, shapes: list) -> Iterator[tuple]:
    for dtype, shape in zip(types, shapes, strict=True):
        yield dtype, [None, *shape]


def _source(
    places: list, columns: list, rows: int, begin: int, size: int, epochs: int | None
) -> Callable[[], Iterator]:
    def feeds() -> Iterator[dict]:
        position, left = begin, None if epochs is None else rows * epochs
        while rows and (left is None or left > 0):
            count = size if left is None else min(size, left)
            chosen = (position + np.arange(count)) % rows
            position = int((position + count) % rows)
            if left is not None:
                left -= count
            values = [chosen.astype(np.int64), *(column[chosen] for column in columns)]
            yield dict(zip(places, values, strict=True))

    return feeds
