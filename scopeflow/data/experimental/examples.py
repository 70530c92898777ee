"""Datasets of serialized tf.train.Example records, and how they are written."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from ..dataset import Dataset
from ..readers import TFRecordDataset
from .transformations import Transformation, parallel_interleave, shuffle_and_repeat


def parse_example_dataset(features: Any, num_parallel_calls: Any = 1) -> Transformation:
    """Batches of serialized Examples to dicts of tensors, as `tf.parse_example` makes them."""
    if features is None:
        raise ValueError("Missing: features was None.")

    def transformed(dataset: Any) -> Any:
        return dataset.map(
            lambda serialized: tf.parse_example(serialized, features), num_parallel_calls
        )

    return transformed


def make_batched_features_dataset(
    file_pattern: Any,
    batch_size: Any,
    features: Any,
    reader: Any = TFRecordDataset,
    label_key: Any = None,
    reader_args: Any = None,
    num_epochs: Any = None,
    shuffle: Any = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = -1,
    reader_num_threads: Any = 1,
    parser_num_threads: Any = 2,
    sloppy_ordering: Any = False,
    drop_final_batch: Any = False,
) -> Any:
    """Batches of parsed Examples of the files that match: dicts, or (dict, label)."""
    files = Dataset.list_files(file_pattern, shuffle, shuffle_seed)
    dataset = files.apply(
        parallel_interleave(
            lambda name: reader(name, *(reader_args or ())),
            reader_num_threads,
            sloppy=sloppy_ordering,
        )
    )
    if isinstance(dataset.output_types, tuple) and len(dataset.output_types) == 2:
        dataset = dataset.map(lambda _, record: record)
    if shuffle:
        dataset = dataset.apply(shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    elif num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    dataset = dataset.batch(batch_size, drop_remainder=drop_final_batch or num_epochs is None)
    dataset = dataset.apply(parse_example_dataset(features, parser_num_threads))
    if label_key is not None:
        if label_key not in features:
            raise ValueError(f"The `label_key` provided ({label_key!r}) must be one of `features`.")
        dataset = dataset.map(lambda parsed: _labelled(parsed, label_key))
    return dataset.prefetch(prefetch_buffer_size)


def _labelled(parsed: Any, label_key: str) -> Any:
    rest = dict(parsed)
    label = rest.pop(label_key)
    return rest, label


class TFRecordWriter:
    """Writes a dataset of strings to a TFRecord file."""

    def __init__(self, filename: Any, compression_type: Any = None) -> None:
        self._filename = tf.convert_to_tensor(filename, tf.string, name="filename")
        self._compression = tf.convert_to_tensor(
            compression_type or "", tf.string, name="compression_type"
        )

    def write(self, dataset: Any) -> Any:
        """An op that writes all elements."""
        if not isinstance(dataset, Dataset):
            raise TypeError("`dataset` must be a `tf.data.Dataset` object.")
        if dataset.output_types != tf.string or dataset.output_shapes.ndims != 0:
            raise TypeError(
                f"`dataset` must produce scalar `DT_STRING` tensors whereas it produces shape "
                f"{dataset.output_shapes} and types {dataset.output_types}"
            )
        return tf.raw_ops.DatasetToTFRecord(
            input_dataset=dataset._variant_tensor,
            filename=self._filename,
            compression_type=self._compression,
        )
