"""`slim.parallel_reader`: records of files, by way of queues."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = ["get_data_files", "parallel_read", "single_pass_read"]


def get_data_files(data_sources: Any) -> list:
    """The files that names or patterns mean. ValueError where there are none."""
    if isinstance(data_sources, list | tuple):
        found = [file for source in data_sources for file in get_data_files(source)]
    elif any(mark in data_sources for mark in "*?["):
        found = tf.gfile.Glob(data_sources)
    else:
        found = [data_sources]
    if not found:
        raise ValueError(f"No data files found in {data_sources}")
    return found


def single_pass_read(
    data_sources: Any, reader_class: Any, reader_kwargs: Any = None, scope: Any = None
) -> Any:
    """(key, value) of the next record; each file is read once, in order."""
    files = get_data_files(data_sources)
    with tf.name_scope(scope, "single_pass_read"):
        queue = tf.train.string_input_producer(
            files, num_epochs=1, shuffle=False, capacity=1, name="filenames"
        )
        return reader_class(**(reader_kwargs or {})).read(queue)


def parallel_read(
    data_sources: Any, reader_class: Any, num_epochs: int | None = None, num_readers: int = 4,
    reader_kwargs: Any = None, shuffle: bool = True, dtypes: Any = None, capacity: int = 256,
    min_after_dequeue: int = 128, seed: int | None = None, scope: Any = None,
) -> Any:  # fmt: skip
    """(key, value) of the next record of files that several readers read at once.

    Each reader has a thread and fills a queue that they share; `shuffle` mixes files and records.
    """
    files = get_data_files(data_sources)
    with tf.name_scope(scope, "parallel_read"):
        names = tf.train.string_input_producer(
            files, num_epochs=num_epochs, shuffle=shuffle, seed=seed, name="filenames"
        )
        kinds = dtypes or [tf.string, tf.string]
        if shuffle:
            queue = tf.RandomShuffleQueue(
                capacity, min_after_dequeue, kinds, seed=seed, name="common_queue"
            )
        else:
            queue = tf.FIFOQueue(capacity, kinds, name="common_queue")
        enqueues = [
            queue.enqueue(reader_class(**(reader_kwargs or {})).read(names))
            for _ in range(num_readers)
        ]
        tf.train.add_queue_runner(tf.train.QueueRunner(queue, enqueues))
        key, value = queue.dequeue()
        key.set_shape([])
        value.set_shape([])
        return key, value
