"""Batches of what is computed for one example at a time: queues between threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .queue_runner import QueueRunner, add_queue_runner


class _Source:
    """The lists of tensors to enqueue, all of one structure; sparse ones travel as strings."""

    def __init__(self, tensors_list: list, function: str) -> None:
        self.keys = sorted(tensors_list[0]) if isinstance(tensors_list[0], dict) else None
        lists = [self._listed(tensors) for tensors in tensors_list]
        if not lists[0]:
            raise ValueError(f"Expected at least one tensor in {function}().")
        self.lists = [
            [
                tensor if isinstance(tensor, tf.SparseTensor) else tf.convert_to_tensor(tensor)
                for tensor in tensors
            ]
            for tensors in lists
        ]
        self.sparse = {
            i: (tensor.dtype, tensor.shape.ndims)
            for i, tensor in enumerate(self.lists[0])
            if isinstance(tensor, tf.SparseTensor)
        }
        if any(len(tensors) != len(self.lists[0]) for tensors in self.lists):
            raise ValueError(f"All elements of tensors_list must have the same length: {lists}")

    def _listed(self, tensors: Any) -> list:
        if isinstance(tensors, dict):
            if self.keys != sorted(tensors):
                raise TypeError(
                    f"The dicts of tensors must have the same keys: {self.keys}, {sorted(tensors)}"
                )
            return [tensors[key] for key in self.keys]
        return list(tensors)

    def store_sparse(self, enqueue_many: bool) -> None:
        """Turn sparse tensors into strings."""
        if not self.sparse:
            return
        serialize = tf.serialize_many_sparse if enqueue_many else tf.serialize_sparse
        for tensors in self.lists:
            for i in self.sparse:
                tensors[i] = serialize(tensors[i])

    def types(self) -> list:
        """The dtypes, which all lists must share."""
        types = [tensor.dtype.base_dtype for tensor in self.lists[0]]
        for tensors in self.lists[1:]:
            other = [tensor.dtype.base_dtype for tensor in tensors]
            if other != types:
                raise TypeError(
                    "Expected types to be consistent: "
                    f"{', '.join(t.name for t in types)} vs {', '.join(t.name for t in other)}."
                )
        return types

    def shapes(self, given: Any, enqueue_many: bool) -> Any:
        """The shapes of one element's components."""
        if given is not None:
            return given
        found = []
        for tensors in zip(*self.lists, strict=True):
            shapes = []
            for tensor in tensors:
                if tensor.shape.ndims is None:
                    raise ValueError(f"Cannot infer Tensor's rank: {tensor}")
                shapes.append(
                    tensor.shape.with_rank_at_least(1)[1:] if enqueue_many else tensor.shape
                )
            for shape in shapes[1:]:
                shapes[0].assert_is_compatible_with(shape)
            found.append(shapes[0])
        return found

    def result(self, dequeued: Any, batch_of_many: bool) -> Any:
        """What was dequeued, in the structure of the source."""
        tensors = list(dequeued) if isinstance(dequeued, list | tuple) else [dequeued]
        for i, (dtype, rank) in self.sparse.items():
            rank = None if rank is None else rank + (not batch_of_many)
            tensors[i] = tf.deserialize_many_sparse(tensors[i], dtype, rank)
        if self.keys is not None:
            return dict(zip(self.keys, tensors, strict=True))
        return tensors[0] if len(tensors) == 1 else tensors


def _checked(keep_input: Any, enqueue_many: bool) -> Any:
    keep = tf.convert_to_tensor(keep_input)
    if keep.shape.ndims is None:
        raise ValueError("`keep_input` dimensions must be known at graph construction.")
    if not enqueue_many and keep.shape.ndims == 1:
        raise ValueError("`keep_input` cannot be a vector when `enqueue_many=False`.")
    if keep.shape.ndims > 1:
        raise ValueError("`keep_input` must be 0 or 1 dimensions.")
    return keep


def _enqueued(queue: Any, tensors: list, enqueue_many: bool, keep: Any) -> Any:
    enqueue = queue.enqueue_many if enqueue_many else queue.enqueue
    if keep.shape.ndims == 1:
        chosen = tf.cast(keep, tf.int32)
        return enqueue([tf.dynamic_partition(t, chosen, num_partitions=2)[1] for t in tensors])
    known = tf.get_static_value(keep)
    if known is None:
        return tf.cond(keep, lambda: enqueue(tensors), tf.no_op)
    return enqueue(tensors) if known else tf.no_op()


def _batched(
    function: str,
    tensors_list: list,
    make_queue: Callable[[list, Any], Any],
    tell: Callable[[Any], None],
    batch_size: Any,
    keep_input: Any,
    num_threads: int,
    enqueue_many: bool,
    shapes: Any,
    allow_smaller_final_batch: bool,
    name: str | None,
    title: str,
) -> Any:
    if not tensors_list:
        raise ValueError(f"Expected at least one input in {function}().")
    values = [
        tensor
        for tensors in tensors_list
        for tensor in (tensors.values() if isinstance(tensors, dict) else tensors)
    ]
    with tf.name_scope(name, title, values) as scope:
        source = _Source(tensors_list, function)
        keep = _checked(keep_input, enqueue_many)
        source.store_sparse(enqueue_many)
        types = source.types()
        queue = make_queue(types, source.shapes(shapes, enqueue_many))
        enqueue_ops = [_enqueued(queue, ts, enqueue_many, keep) for ts in source.lists]
        add_queue_runner(QueueRunner(queue, enqueue_ops * num_threads))
        tell(queue)
        dequeue = queue.dequeue_up_to if allow_smaller_final_batch else queue.dequeue_many
        return source.result(dequeue(batch_size, name=scope), enqueue_many)


def _in_order(
    function: str, tensors_list: list, keep_input: Any, batch_size: Any, num_threads: int,
    capacity: int, enqueue_many: bool, shapes: Any, dynamic_pad: bool,
    allow_smaller_final_batch: bool, shared_name: str | None, name: str | None, title: str,
) -> Any:  # fmt: skip
    kind = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue

    def tell(queue: Any) -> None:
        filled = tf.cast(queue.size(), tf.float32) * (1.0 / capacity)
        tf.summary.scalar(f"fraction_of_{capacity}_full", filled)

    return _batched(
        function,
        tensors_list,
        lambda types, dims: kind(capacity, types, dims, shared_name=shared_name),
        tell,
        batch_size,
        keep_input,
        num_threads,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        name,
        title,
    )


def _shuffled(
    function: str, tensors_list: list, batch_size: Any, capacity: int, min_after_dequeue: int,
    keep_input: Any, num_threads: int, seed: int | None, enqueue_many: bool, shapes: Any,
    allow_smaller_final_batch: bool, shared_name: str | None, name: str | None, title: str,
) -> Any:  # fmt: skip
    if capacity <= min_after_dequeue:
        raise ValueError(
            f"capacity {capacity} must be bigger than min_after_dequeue {min_after_dequeue}."
        )

    def tell(queue: Any) -> None:
        over = tf.cast(tf.maximum(0, queue.size() - min_after_dequeue), tf.float32)
        room = capacity - min_after_dequeue
        summary = f"fraction_over_{min_after_dequeue}_of_{room}_full"
        tf.summary.scalar(summary, over * (1.0 / room))

    return _batched(
        function,
        tensors_list,
        lambda types, dims: tf.RandomShuffleQueue(
            capacity, min_after_dequeue, types, dims, seed=seed, shared_name=shared_name
        ),
        tell,
        batch_size,
        keep_input,
        num_threads,
        enqueue_many,
        shapes,
        allow_smaller_final_batch,
        name,
        title,
    )


def batch(
    tensors: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """Batches of `tensors`, a list or a dict, in the order in which they were computed.

    `num_threads` threads of a queue runner compute `tensors` and put them into a queue. With
    `enqueue_many` each is a batch already, whose rows are put in. `dynamic_pad` fills elements of
    different sizes up. The last batch may be smaller if `allow_smaller_final_batch`.
    """
    return maybe_batch(
        tensors, True, batch_size, num_threads, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_batch(
    tensors: Any,
    keep_input: Any,
    batch_size: Any,
    num_threads: int = 1,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`; only what has a true `keep_input` gets into the queue."""
    return _in_order(
        "batch", [_structure(tensors)], keep_input, batch_size, num_threads, capacity,
        enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name, "batch",
    )  # fmt: skip


def batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, of several lists (or dicts) of tensors, with a thread for each."""
    return maybe_batch_join(
        tensors_list, True, batch_size, capacity, enqueue_many, shapes, dynamic_pad,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_batch_join(
    tensors_list: Any,
    keep_input: Any,
    batch_size: Any,
    capacity: int = 32,
    enqueue_many: bool = False,
    shapes: Any = None,
    dynamic_pad: bool = False,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch_join`; only what has a true `keep_input` gets into the queue."""
    return _in_order(
        "batch_join", [_structure(tensors) for tensors in tensors_list], keep_input, batch_size, 1,
        capacity, enqueue_many, shapes, dynamic_pad, allow_smaller_final_batch, shared_name, name,
        "batch_join",
    )  # fmt: skip


def shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `batch`, in random order.

    A batch is drawn from a queue in which `min_after_dequeue` elements stay, so that they mix.
    """
    return maybe_shuffle_batch(
        tensors, batch_size, capacity, min_after_dequeue, True, num_threads, seed, enqueue_many,
        shapes, allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch(
    tensors: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    num_threads: int = 1,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`; only what has a true `keep_input` gets into the queue."""
    return _shuffled(
        "shuffle_batch", [_structure(tensors)], batch_size, capacity, min_after_dequeue,
        keep_input, num_threads, seed, enqueue_many, shapes, allow_smaller_final_batch,
        shared_name, name, "shuffle_batch",
    )  # fmt: skip


def shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch`, of several lists (or dicts) of tensors, with a thread for each."""
    return maybe_shuffle_batch_join(
        tensors_list, batch_size, capacity, min_after_dequeue, True, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name,
    )  # fmt: skip


def maybe_shuffle_batch_join(
    tensors_list: Any,
    batch_size: Any,
    capacity: int,
    min_after_dequeue: int,
    keep_input: Any,
    seed: int | None = None,
    enqueue_many: bool = False,
    shapes: Any = None,
    allow_smaller_final_batch: bool = False,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """As `shuffle_batch_join`; only what has a true `keep_input` gets into the queue."""
    return _shuffled(
        "shuffle_batch_join", [_structure(tensors) for tensors in tensors_list], batch_size,
        capacity, min_after_dequeue, keep_input, 1, seed, enqueue_many, shapes,
        allow_smaller_final_batch, shared_name, name, "shuffle_batch_join",
    )  # fmt: skip


def _structure(tensors: Any) -> Any:
    """A dict as it is, anything else as a list (a tensor alone is refused: it has no items)."""
    return tensors if isinstance(tensors, dict) else list(tensors)
