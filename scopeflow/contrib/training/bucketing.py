"""Batches of examples that are alike: one queue for each bucket, and one for their batches."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import scopeflow as tf


def _listed(tensors: Any) -> tuple[list | None, list]:
    """The keys of a dict of tensors (None for a list), and the tensors."""
    if not isinstance(tensors, dict):
        return None, list(tensors)
    keys = sorted(tensors)
    return keys, [tensors[key] for key in keys]


def _as_given(keys: list | None, tensors: list) -> Any:
    """Tensors in the structure that `_listed` took apart."""
    return tensors if keys is None else dict(zip(keys, tensors, strict=True))


def bucket(
    tensors: Any,
    which_bucket: Any,
    batch_size: Any,
    num_buckets: int,
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple:
    """Batches of examples of the same bucket, by queues and their runners.

    Args:
      tensors: A list or a dict of tensors: one example.
      which_bucket: int32, scalar: its bucket, in [0, num_buckets).
      batch_size: An integer, or one for each bucket.
      num_buckets: How many there are.
      num_threads: How many threads put examples into the buckets.
      capacity: How many batches may wait, and how many examples in a bucket unless
        `bucket_capacities` says so for each.
      bucket_capacities: An integer for each bucket.
      shapes: Of the tensors, where they do not know theirs.
      dynamic_pad: Whether unknown dimensions are filled up, with 0 or "", to the batch's longest.
      allow_smaller_final_batch: Whether what remains in the buckets at the end is given, too.
      keep_input: A boolean, or a boolean tensor: whether this example is taken.
      shared_name: Under which sessions share the queues.
      name: Of the ops.

    Returns:
      (bucket, batch): int32, scalar, and a list or dict as `tensors`, with a dimension in front.

    Raises:
      ValueError: If there are no tensors, or shapes are not known that must be, or there is another
        number of sizes or capacities than of buckets.
    """
    keys, values = _listed(tensors)
    if not values:
        raise ValueError("Expected at least one tensor in bucket().")
    several = isinstance(batch_size, list | tuple)
    sizes = list(batch_size) if several else [batch_size] * num_buckets
    capacities = [capacity] * num_buckets if bucket_capacities is None else list(bucket_capacities)
    for what, given in (("batch_size", sizes), ("bucket_capacities", capacities)):
        if len(given) != num_buckets:
            raise ValueError(
                f"If {what} is a list it must have num_buckets elements: {num_buckets}, found "
                f"{len(given)}"
            )
    with tf.name_scope(name, "bucket", [*values, which_bucket]):
        values = [tf.convert_to_tensor(value) for value in values]
        which_bucket = tf.convert_to_tensor(which_bucket, tf.int32)
        keep = tf.convert_to_tensor(keep_input)
        types = [value.dtype.base_dtype for value in values]
        if shapes is None:
            shapes = [value.shape for value in values]
        shapes = [tf.TensorShape(shape) for shape in shapes]
        if not dynamic_pad and not all(shape.is_fully_defined() for shape in shapes):
            raise ValueError(
                "When dynamic_pad=False, all shapes must be known, found "
                f"{[str(shape) for shape in shapes]}. Give `shapes`, or dynamic_pad=True."
            )
        kind = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue
        queues = [
            kind(
                room, types, shapes, name=f"bucket_queue_{i}",
                shared_name=None if shared_name is None else f"{shared_name}_{i}",
            )
            for i, room in enumerate(capacities)
        ]  # fmt: skip
        ready = tf.FIFOQueue(
            capacity, [tf.int32, *types], name="top_queue",
            shared_name=None if shared_name is None else f"{shared_name}_top",
        )  # fmt: skip
        _fill(queues, values, which_bucket, keep, num_threads)
        _collect(queues, sizes, ready, allow_smaller_final_batch)
        waiting = tf.cast(ready.size(), tf.float32) * (1.0 / capacity)
        tf.summary.scalar(f"bucket/fraction_of_{capacity}_full", waiting)
        found, *batch = ready.dequeue(name="dequeue_top")
        size = None
        if not allow_smaller_final_batch and len({*map(str, sizes)}) == 1:
            size = tf.contrib.util.constant_value(tf.convert_to_tensor(sizes[0]))
        found.set_shape([])
        for tensor, shape in zip(batch, shapes, strict=True):
            tensor.set_shape(tf.TensorShape([size]).concatenate(shape))
    return found, _as_given(keys, batch)


def _fill(queues: list, values: list, which_bucket: Any, keep: Any, num_threads: int) -> None:
    """The threads that put examples into the buckets."""

    def put() -> tf.Operation:
        return tf.group(
            *(
                tf.cond(
                    tf.equal(which_bucket, i),
                    lambda queue=queue: tf.group(queue.enqueue(values)),
                    tf.no_op,
                )
                for i, queue in enumerate(queues)
            )
        )

    known = tf.contrib.util.constant_value(keep)
    if known is None:
        enqueue = tf.cond(keep, put, tf.no_op)
    else:
        enqueue = put() if known else tf.no_op()
    tf.train.add_queue_runner(
        tf.train.QueueRunner(
            queues[0],
            [enqueue] * num_threads,
            close_op=tf.group(*(queue.close() for queue in queues)),
            cancel_op=tf.group(*(queue.close(cancel_pending_enqueues=True) for queue in queues)),
            queue_closed_exception_types=(tf.errors.OutOfRangeError, tf.errors.CancelledError),
        )
    )


def _collect(queues: list, sizes: list, ready: Any, smaller: bool) -> None:
    """The threads, one for each bucket, that make its examples a batch."""
    enqueues = []
    for i, (queue, size) in enumerate(zip(queues, sizes, strict=True)):
        dequeue = queue.dequeue_up_to if smaller else queue.dequeue_many
        batch = dequeue(size, name=f"read_bucket_{i}")
        batch = batch if isinstance(batch, list | tuple) else [batch]
        enqueues.append(ready.enqueue([tf.constant(i), *batch]))
    tf.train.add_queue_runner(
        tf.train.QueueRunner(
            ready,
            enqueues,
            queue_closed_exception_types=(tf.errors.OutOfRangeError, tf.errors.CancelledError),
        )
    )


def bucket_by_sequence_length(
    input_length: Any,
    tensors: Any,
    batch_size: Any,
    bucket_boundaries: list[int],
    num_threads: int = 1,
    capacity: int = 32,
    bucket_capacities: Sequence[int] | None = None,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    keep_input: Any = True,
    shared_name: str | None = None,
    name: str | None = None,
) -> tuple:
    """Batches of examples of similar length: `bucket` by `input_length`.

    Args:
      input_length: int32, scalar: the example's length.
      bucket_boundaries: Integers, rising: a bucket holds the lengths from one to below the next,
        and two more those before the first and from the last on.
      tensors: See `bucket`, as for the others.

    Returns:
      (lengths, batch): int32, [batch_size], and a list or dict as `tensors`.

    Raises:
      TypeError: If `bucket_boundaries` are no list of integers.
      ValueError: If they do not rise, or there are none.
    """
    if not isinstance(bucket_boundaries, list | tuple):
        raise TypeError(
            f"bucket_boundaries must be a list or tuple, but received: {bucket_boundaries}"
        )
    if not bucket_boundaries:
        raise ValueError("bucket_boundaries must not be empty")
    for boundary in bucket_boundaries:
        if not isinstance(boundary, int):
            raise TypeError(f"bucket boundaries must be integers, but saw: {boundary}")
    for before, after in pairwise(bucket_boundaries):
        if before >= after:
            raise ValueError(
                "Buckets must contain sequential increasing lengths, but saw: "
                f"{before} before {after}"
            )
    keys, values = _listed(tensors)
    with tf.name_scope(name, "bucket_by_sequence_length", [input_length, *values]):
        input_length = tf.convert_to_tensor(input_length, tf.int32)
        passed = tf.greater_equal(input_length, tf.constant(bucket_boundaries))
        which_bucket = tf.reduce_sum(tf.cast(passed, tf.int32))
        if shapes is not None:
            shapes = [tf.TensorShape([]), *shapes]
        _, (lengths, *batch) = bucket(
            [input_length, *values],
            which_bucket,
            batch_size,
            len(bucket_boundaries) + 1,
            num_threads,
            capacity,
            bucket_capacities,
            shapes,
            dynamic_pad,
            allow_smaller_final_batch,
            keep_input,
            shared_name,
        )
    return lengths, _as_given(keys, batch)
