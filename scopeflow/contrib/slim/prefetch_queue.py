"""`slim.prefetch_queue`: batches that a thread keeps ready."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = ["prefetch_queue"]


def prefetch_queue(
    tensors: Any, capacity: int = 8, num_threads: int = 1, dynamic_pad: bool = False,
    shared_name: str | None = None, name: str | None = None,
) -> Any:  # fmt: skip
    """A queue of whole batches: a list, or a dict, of tensors goes in and comes out as it is.

    Args:
        tensors: a list or a dict of tensors; their shapes must be known, with `dynamic_pad` only
            their ranks.
        capacity: how many batches wait at most.
        num_threads: the number of enqueue operations, each with a thread of its own.
        dynamic_pad: let dimensions differ from batch to batch.
        shared_name: of the queue, among sessions.
        name: a scope.
    """
    named = isinstance(tensors, dict)
    names = sorted(tensors) if named else None
    values = [tensors[key] for key in names] if names is not None else list(tensors)
    with tf.name_scope(name, "prefetch_queue", values):
        values = [tf.convert_to_tensor(value) for value in values]
        kind = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue
        queue = kind(
            capacity,
            dtypes=[value.dtype for value in values],
            shapes=[value.shape for value in values],
            names=names,
            shared_name=shared_name,
        )
        batch = values if names is None else dict(zip(names, values, strict=True))
        enqueue = queue.enqueue(batch)
        runner = tf.train.QueueRunner(queue, [enqueue] * num_threads)
        tf.train.add_queue_runner(runner)
        full = tf.cast(queue.size(), tf.float32) * (1.0 / capacity)
        tf.summary.scalar(f"fraction_of_{capacity}_full", full)
        return queue
