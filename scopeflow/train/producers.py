"""Input producers: queues that give out rows of a tensor, such as file names, again and again."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .queue_runner import QueueRunner, add_queue_runner


def match_filenames_once(pattern: Any, name: str | None = None) -> Any:
    """A local variable with the names of the files that match the pattern (or several).

    They are looked up when local variables are initialized.
    """
    with tf.name_scope(name, "matching_filenames", [pattern]) as name:
        return tf.Variable(
            tf.matching_files(pattern),
            name=name,
            trainable=False,
            validate_shape=False,
            collections=[tf.GraphKeys.LOCAL_VARIABLES],
        )


def limit_epochs(tensor: Any, num_epochs: int | None = None, name: str | None = None) -> Any:
    """`tensor`, which may be computed `num_epochs` times; then it raises OutOfRangeError.

    The count is a local variable, `epochs`: initialize it with tf.local_variables_initializer().
    """
    if num_epochs is None:
        return tensor
    if num_epochs <= 0:
        raise ValueError(f"num_epochs must be > 0 not {num_epochs}.")
    with tf.name_scope(name, "limit_epochs", [tensor]) as name:
        epochs = tf.Variable(
            tf.constant(0, tf.int64),
            name="epochs",
            trainable=False,
            collections=[tf.GraphKeys.LOCAL_VARIABLES],
        )
        with tf.control_dependencies([epochs.count_up_to(num_epochs)]):
            return tf.identity(tensor, name=name)


def input_producer(
    input_tensor: Any,
    element_shape: Any = None,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    summary_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> Any:
    """A queue of the rows of `input_tensor`, filled by a queue runner.

    They come `num_epochs` times (None: without end), each time in a new order if `shuffle`. A
    summary called `summary_name` tells how full the queue is.
    """
    with tf.name_scope(name, "input_producer", [input_tensor]):
        input_tensor = tf.convert_to_tensor(input_tensor, name="input_tensor")
        element_shape = input_tensor.shape[1:].merge_with(tf.TensorShape(element_shape))
        if not element_shape.is_fully_defined():
            raise ValueError(
                "Either `input_tensor` must have a fully defined shape or `element_shape` must be "
                "specified"
            )
        if shuffle:
            input_tensor = tf.random_shuffle(input_tensor, seed=seed)
        input_tensor = limit_epochs(input_tensor, num_epochs)
        queue = tf.FIFOQueue(
            capacity,
            [input_tensor.dtype.base_dtype],
            [element_shape],
            shared_name=shared_name,
            name=name,
        )
        enqueue = queue.enqueue_many([input_tensor])
        add_queue_runner(QueueRunner(queue, [enqueue], cancel_op=cancel_op))
        if summary_name is not None:
            filled = tf.cast(queue.size(), tf.float32) * (1.0 / capacity)
            tf.summary.scalar(summary_name, filled)
        return queue


def string_input_producer(
    string_tensor: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
    cancel_op: Any = None,
) -> Any:
    """A queue of strings, such as the names of files, for a reader. See `input_producer`."""
    missing = "string_input_producer requires a non-null input tensor"
    if not isinstance(string_tensor, tf.Tensor | tf.Variable) and not len(string_tensor):
        raise ValueError(missing)
    with tf.name_scope(name, "input_producer", [string_tensor]) as name:
        string_tensor = tf.convert_to_tensor(string_tensor, dtype=tf.string)
        check = tf.Assert(tf.greater(tf.size(string_tensor), 0), [missing])
        with tf.control_dependencies([check]):
            string_tensor = tf.identity(string_tensor)
        return input_producer(
            string_tensor,
            [],
            num_epochs,
            shuffle,
            seed,
            capacity,
            shared_name,
            f"fraction_of_{capacity}_full",
            name,
            cancel_op,
        )


def range_input_producer(
    limit: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> Any:
    """A queue of the numbers from 0 to `limit` - 1. See `input_producer`."""
    with tf.name_scope(name, "input_producer", [limit]) as name:
        return input_producer(
            tf.range(limit),
            [],
            num_epochs,
            shuffle,
            seed,
            capacity,
            shared_name,
            f"fraction_of_{capacity}_full",
            name,
        )


def slice_input_producer(
    tensor_list: Any,
    num_epochs: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    capacity: int = 32,
    shared_name: str | None = None,
    name: str | None = None,
) -> list:
    """One row of each tensor, the same row of all. See `input_producer`."""
    with tf.name_scope(name, "input_producer", tensor_list):
        tensors = [tf.convert_to_tensor(tensor) for tensor in tensor_list]
        if not tensors:
            raise ValueError("Expected at least one tensor in slice_input_producer().")
        count = tf.shape(tensors[0])[0]
        queue = range_input_producer(count, num_epochs, shuffle, seed, capacity, shared_name)
        index = queue.dequeue()
        return [tf.gather(tensor, index) for tensor in tensors]
