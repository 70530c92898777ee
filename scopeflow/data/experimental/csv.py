"""Datasets of CSV files."""

from __future__ import annotations

import collections
import csv
import gzip
import zlib
from typing import Any

import numpy as np

import scopeflow as tf

from ..options import Options
from ..readers import _FileDataset
from .transformations import ignore_errors as ignoring_errors
from .transformations import parallel_interleave, shuffle_and_repeat

AUTOTUNE = -1


class CsvDataset(_FileDataset):
    """The records of CSV files, as a tuple of columns.

    `record_defaults` has for each column its dtype, where the column is required, or a tensor with
    the value for fields that are empty or `na_value`. `header`: the first line of each file is
    left out. `select_cols` picks columns by their increasing numbers.
    """

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        header: Any = False,
        field_delim: Any = ",",
        use_quote_delim: Any = True,
        na_value: Any = "",
        select_cols: Any = None,
    ) -> None:
        defaults = [_default(value) for value in record_defaults]
        compression = tf.convert_to_tensor(compression_type or "", tf.string)
        skip = tf.convert_to_tensor(header, tf.bool, name="header")
        quotes = bool(use_quote_delim)

        def reader(filename: Any) -> Any:
            return tf.raw_ops.CSVDataset(
                filenames=filename,
                compression_type=compression,
                header=skip,
                use_quote_delim=quotes,
            )

        super().__init__(filenames, reader, None)
        made = self.map(
            lambda record: tuple(
                tf.decode_csv(
                    record,
                    defaults,
                    field_delim=field_delim,
                    use_quote_delim=quotes,
                    na_value=na_value,
                    select_cols=select_cols,
                )
            )
        )
        self._variant_tensor, self._specs = made._variant_tensor, made.element_spec
        self._options = Options()


def _default(value: Any) -> Any:
    """What decode_csv takes: an empty tensor where a dtype alone is given."""
    if isinstance(value, tf.Tensor | list | np.ndarray):
        return tf.convert_to_tensor(value)
    try:
        return tf.constant([], tf.as_dtype(value))
    except TypeError:
        return tf.convert_to_tensor([value])


_TYPES = (tf.int32, tf.int64, tf.float32, tf.float64, tf.string)


def make_csv_dataset(
    file_pattern: Any,
    batch_size: Any,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: Any = None,
    select_columns: Any = None,
    field_delim: Any = ",",
    use_quote_delim: Any = True,
    na_value: Any = "",
    header: Any = True,
    num_epochs: Any = None,
    shuffle: Any = True,
    shuffle_buffer_size: Any = 10000,
    shuffle_seed: Any = None,
    prefetch_buffer_size: Any = AUTOTUNE,
    num_parallel_reads: Any = 1,
    sloppy: Any = False,
    num_rows_for_inference: Any = 100,
    compression_type: Any = None,
    ignore_errors: Any = False,
) -> Any:
    """Batches of CSV files: an ordered dict of columns by name, or (dict, label column).

    Names come from the files' headers, dtypes from the first rows, unless they are given.
    """
    names_of_files = _files(file_pattern)
    if column_names is None:
        if not header:
            raise ValueError("Cannot infer column names without a header line.")
        column_names = _rows(names_of_files[0], compression_type, field_delim, use_quote_delim, 1)[
            0
        ]
        for name in names_of_files[1:]:
            other = _rows(name, compression_type, field_delim, use_quote_delim, 1)[0]
            if other != column_names:
                raise ValueError(
                    "Files have different column names in the header row: "
                    f"{names_of_files[0]} and {name}."
                )
    column_names = list(column_names)
    if len(set(column_names)) != len(column_names):
        raise ValueError("Cannot have duplicate column names.")
    selected = _selected(select_columns, column_names, column_defaults)
    if column_defaults is not None:
        defaults = list(column_defaults)
    else:
        rows = _rows(
            names_of_files[0],
            compression_type,
            field_delim,
            use_quote_delim,
            num_rows_for_inference,
            skip=int(bool(header)),
        )
        places = range(len(column_names)) if selected is None else selected
        defaults = [_inferred([row[i] for row in rows], na_value) for i in places]
    if selected is not None:
        column_names = [column_names[i] for i in selected]
    if label_name is not None and label_name not in column_names:
        raise ValueError("`label_name` provided must be one of the columns.")

    def columns(filename: Any) -> Any:
        found: Any = CsvDataset(
            filename,
            defaults,
            compression_type,
            None,
            header,
            field_delim,
            use_quote_delim,
            na_value,
            selected,
        )
        return found.apply(ignoring_errors()) if ignore_errors else found

    def named(*values: Any) -> Any:
        features = collections.OrderedDict(zip(column_names, values, strict=True))
        if label_name is None:
            return features
        label = features.pop(label_name)
        return features, label

    files = tf.data.Dataset.from_tensor_slices(names_of_files)
    if shuffle:
        files = files.shuffle(len(names_of_files), shuffle_seed)
    dataset = files.apply(parallel_interleave(columns, num_parallel_reads, sloppy=sloppy))
    if shuffle:
        dataset = dataset.apply(shuffle_and_repeat(shuffle_buffer_size, num_epochs, shuffle_seed))
    elif num_epochs != 1:
        dataset = dataset.repeat(num_epochs)
    batched = dataset.batch(batch_size, drop_remainder=num_epochs is None)
    return batched.map(named).prefetch(prefetch_buffer_size)


def _files(patterns: Any) -> list[str]:
    names: list[str] = []
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        names += tf.gfile.Glob(pattern)
    if not names:
        raise ValueError(f"No files match {patterns}.")
    return sorted(names)


def _rows(
    name: str, compression: Any, delimiter: str, quotes: bool, count: int, skip: int = 0
) -> list[list[str]]:
    """The first rows of a file, as texts."""
    with open(name, "rb") as file:
        data = file.read()
    if compression == "GZIP":
        data = gzip.decompress(data)
    elif compression == "ZLIB":
        data = zlib.decompress(data)
    lines = data.decode().splitlines(keepends=True)
    rows = csv.reader(
        lines, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    )
    return [row for _, row in zip(range(count + skip), rows, strict=False)][skip:]


def _selected(columns: Any, names: list[str], defaults: Any) -> list[int] | None:
    """The numbers of the chosen columns; None for all."""
    if columns is None:
        return None
    places = [names.index(c) if isinstance(c, str) else int(c) for c in columns]
    if places != sorted(places) or len(set(places)) != len(places):
        if defaults is not None:
            raise ValueError("`select_columns` must be in the order of the columns.")
        places = sorted(set(places))
    return places


def _inferred(texts: list[str], na_value: str) -> Any:
    """The default of a column with these fields: the first dtype that all of them have."""
    kept = [text for text in texts if text not in ("", na_value)]
    for dtype in _TYPES:
        if all(_fits(text, dtype) for text in kept):
            return tf.constant(["" if dtype == tf.string else 0], dtype)
    raise AssertionError("every text is a string")


def _fits(text: str, dtype: Any) -> bool:
    try:
        if dtype in (tf.int32, tf.int64):
            return bool(dtype.min <= int(text) <= dtype.max)
        if dtype == tf.float32:
            return bool(abs(float(text)) <= dtype.max or not np.isfinite(float(text)))
        if dtype == tf.float64:
            float(text)
    except ValueError:
        return False
    return True
