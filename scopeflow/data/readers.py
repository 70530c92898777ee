"""Datasets of files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .dataset import Dataset, DatasetV1Adapter, int64

_BUFFER = 256 * 1024


def _filenames(filenames: Any) -> Dataset:
    """The names as a dataset."""
    if isinstance(filenames, Dataset):
        if filenames.output_types != tf.string:
            raise TypeError("`filenames` must be a `tf.data.Dataset` of `tf.string` elements.")
        return filenames
    names = tf.convert_to_tensor(filenames, tf.string, name="filenames")
    return Dataset.from_tensor_slices(tf.reshape(names, [-1], name="flat_filenames"))


class _FileDataset(Dataset):
    """The records of files, in the order of the files' names.

    `num_parallel_reads` files are read at once, a record of each by turns.
    """

    def __init__(
        self, filenames: Any, reader: Callable[[Any], Any], num_parallel_reads: Any
    ) -> None:
        def records(filename: Any) -> Dataset:
            return DatasetV1Adapter(reader(filename), tf.TensorSpec([], tf.string))

        names = _filenames(filenames)
        if num_parallel_reads is None:
            made = names.flat_map(records)
        else:
            made = names.interleave(
                records, num_parallel_reads, num_parallel_calls=num_parallel_reads
            )
        self._variant_tensor, self._specs = made._variant_tensor, made._specs
        self._options = made._options

    def __repr__(self) -> str:
        return Dataset.__repr__(self).replace(type(self).__name__, f"{type(self).__name__}V1", 1)


def _size(buffer_size: Any) -> Any:
    return int64(_BUFFER if buffer_size is None else buffer_size, "buffer_size")


def _compression(compression_type: Any) -> Any:
    return tf.convert_to_tensor(compression_type or "", tf.string, name="compression_type")


class TextLineDataset(_FileDataset):
    """The lines of text files, without their ends.

    `compression_type` is None, "ZLIB" or "GZIP". `buffer_size` is accepted: files are read in
    parts of a fixed size.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        compression, size = _compression(compression_type), _size(buffer_size)
        super().__init__(
            filenames,
            lambda name: tf.raw_ops.TextLineDataset(
                filenames=name, compression_type=compression, buffer_size=size
            ),
            num_parallel_reads,
        )


class TFRecordDataset(_FileDataset):
    """The records of TFRecord files; their checksums are verified.

    `compression_type` is None, "ZLIB" or "GZIP". `buffer_size` is accepted: files are read in
    parts of a fixed size.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        compression, size = _compression(compression_type), _size(buffer_size)
        super().__init__(
            filenames,
            lambda name: tf.raw_ops.TFRecordDataset(
                filenames=name, compression_type=compression, buffer_size=size
            ),
            num_parallel_reads,
        )


class FixedLengthRecordDataset(_FileDataset):
    """Records of `record_bytes` bytes, between a header and a footer in each file.

    `buffer_size` is accepted: files are read in parts of a fixed size.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: Any,
        header_bytes: Any = None,
        footer_bytes: Any = None,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
    ) -> None:
        length = int64(record_bytes, "record_bytes")
        header = int64(header_bytes or 0, "header_bytes")
        footer = int64(footer_bytes or 0, "footer_bytes")
        compression, size = _compression(compression_type), _size(buffer_size)
        super().__init__(
            filenames,
            lambda name: tf.raw_ops.FixedLengthRecordDatasetV2(
                filenames=name,
                header_bytes=header,
                record_bytes=length,
                footer_bytes=footer,
                buffer_size=size,
                compression_type=compression,
            ),
            num_parallel_reads,
        )
