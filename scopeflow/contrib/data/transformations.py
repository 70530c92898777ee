"""What tf.contrib.data has beside the functions of tf.data.experimental."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

Transformation = Callable[[Any], Any]


def batch_and_drop_remainder(batch_size: Any) -> Transformation:
    """`batch(batch_size, drop_remainder=True)`."""
    return lambda dataset: dataset.batch(batch_size, drop_remainder=True)


def padded_batch_and_drop_remainder(
    batch_size: Any, padded_shapes: Any, padding_values: Any = None
) -> Transformation:
    """`padded_batch(…, drop_remainder=True)`."""
    return lambda dataset: dataset.padded_batch(
        batch_size, padded_shapes, padding_values, drop_remainder=True
    )


def sloppy_interleave(
    map_func: Callable[..., Any], cycle_length: Any, block_length: Any = 1
) -> Transformation:
    """`interleave` with a thread for each of `cycle_length` datasets; the order is kept."""
    return tf.data.experimental.parallel_interleave(
        map_func, cycle_length, block_length, sloppy=True
    )


def sliding_window_batch(
    window_size: Any, stride: Any = None, window_shift: Any = None, window_stride: Any = 1
) -> Transformation:
    """Batches of `window_size` elements that begin `window_shift` (1) elements apart."""
    if stride is not None:
        if window_shift is not None:
            raise ValueError("Cannot specify both `stride` and `window_shift`")
        window_shift = stride

    def transformed(dataset: Any) -> Any:
        windows = dataset.window(window_size, window_shift or 1, window_stride, drop_remainder=True)
        return windows.flat_map(lambda *parts: _zipped(parts).batch(window_size))

    return transformed


def _zipped(parts: tuple) -> Any:
    return parts[0] if len(parts) == 1 else tf.data.Dataset.zip(parts)


def reduce_dataset(dataset: Any, reducer: Any) -> Any:
    """The reducer's result of all elements, as tensors."""
    start = tf.constant(0, tf.int64)
    state = dataset.reduce(reducer.init_func(start), reducer.reduce_func)
    return reducer.finalize_func(state)


def assert_element_shape(expected_shapes: Any) -> Transformation:
    """The elements, checked to have the given shapes, statically or when they are made."""

    def checked(tensor: Any, shape: Any) -> Any:
        shape = tf.TensorShape(shape)
        tensor.shape.assert_is_compatible_with(shape)
        if shape.ndims is None or (
            tensor.shape.is_fully_defined() and shape.is_compatible_with(tensor.shape)
        ):
            return tensor
        rank = tf.debugging.assert_equal(tf.rank(tensor), shape.ndims)
        with tf.control_dependencies([rank]):
            sizes = tf.shape(tf.identity(tensor))
        checks = [
            tf.debugging.assert_equal(sizes[i], size)
            for i, size in enumerate(shape.as_list())
            if size is not None
        ]
        with tf.control_dependencies([rank, *checks]):
            found = tf.identity(tensor)
        found.set_shape(shape)
        return found

    def mapped(*element: Any) -> Any:
        structure = element if len(element) > 1 else element[0]
        if isinstance(structure, tuple):
            return tuple(map(checked, structure, expected_shapes))
        if isinstance(structure, dict):
            return {key: checked(structure[key], expected_shapes[key]) for key in structure}
        return checked(structure, expected_shapes)

    return lambda dataset: dataset.map(mapped)


def read_batch_features(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = None,
    reader_args: Any = None,
    randomize_input: Any = True,
    num_epochs: Any = None,
    capacity: Any = 10000,
) -> Any:
    """Parsed Examples of the files that match, as a dict of tensors of one batch."""
    dataset = tf.data.experimental.make_batched_features_dataset(
        file_pattern,
        batch_size,
        features,
        reader=tf.data.TFRecordDataset if reader is None else reader,
        reader_args=reader_args,
        shuffle=randomize_input,
        num_epochs=num_epochs,
        shuffle_buffer_size=capacity,
    )
    iterator = dataset.make_one_shot_iterator()
    return iterator.get_next()
