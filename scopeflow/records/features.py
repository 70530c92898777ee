"""Features taken out of serialized Examples, as numpy arrays. What the parsing ops compute with.

Protocol buffers' own runtime reads the bytes; numpy takes lists of numbers from it in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..core.operation import dims_text

_LISTS = {dtypes.string: "bytes_list", dtypes.float32: "float_list", dtypes.int64: "int64_list"}
_NAMES = {"bytes_list": "string", "float_list": "float", "int64_list": "int64"}


class Dense(NamedTuple):
    """A feature of a fixed shape, or (`dims` starts with None) of any number of rows."""

    key: str
    dtype: DType
    dims: Any
    default: np.ndarray  # empty: the feature is required


class Sparse(NamedTuple):
    """A feature of any number of values."""

    key: str
    dtype: DType


Triple = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Indices, values, dense shape."""


def type_text(dtype: DType) -> str:
    """The type as TensorFlow's messages call it."""
    return _NAMES[_LISTS[dtype]]


def message(kind: Any, data: bytes) -> Any:
    """The message that the bytes hold; ValueError where they do not."""
    from google.protobuf.message import DecodeError

    try:
        return kind.FromString(data)
    except DecodeError:
        shown = repr(data[:100])[1:] + ("…" if len(data) > 100 else "")
        raise ValueError(f"Could not parse example input, value: {shown}") from None


def array_of(values: Any, dtype: DType) -> np.ndarray:
    """The values of a BytesList, FloatList or Int64List."""
    if dtype is dtypes.string:
        found = np.empty(len(values), object)
        found[:] = values
        return found
    return np.array(values, dtype.as_numpy_dtype)


def values_of(
    feature: Any, dtype: DType, mismatch: Callable[[str], Exception]
) -> np.ndarray | None:
    """The feature's values, None where it has none; raises `mismatch(type)` for another type."""
    kind = feature.WhichOneof("kind")
    if kind is None:
        return None
    if kind != _LISTS[dtype]:
        raise mismatch(_NAMES[kind])
    return array_of(getattr(feature, kind).value, dtype)


def taken(
    features: Any, key: str, dtype: DType, mismatch: Callable[[str], Exception]
) -> np.ndarray | None:
    """The values of one of an example's features, None where it is missing."""
    present = features.get(key)
    return None if present is None else values_of(present, dtype, mismatch)


def fixed(examples: Sequence[Any], feature: Dense, where: Callable[[str, int], str]) -> np.ndarray:
    """[batch, *dims] of a feature with a fixed shape; `where` says what an error is about."""
    key, dtype, dims, default = feature
    found = np.empty((len(examples), *dims), dtype.as_numpy_dtype)
    size, kind = int(np.prod(dims)), _LISTS[dtype]
    rows = found.reshape(len(examples), size)
    for i, features in enumerate(examples):
        present = features.get(key)
        if present is not None and present.HasField(kind):
            values = getattr(present, kind).value
            if len(values) != size:
                raise ValueError(
                    f"{where(key, i)}Number of {type_text(dtype)} values != expected.  Values "
                    f"size: {len(values)} but output shape: {dims_text(dims)}"
                )
            if size == 1:
                rows[i, 0] = values[0]
            else:
                rows[i] = array_of(values, dtype)
            continue
        if present is not None and present.WhichOneof("kind") is not None:
            raise _other_type(where, key, i, dtype, _NAMES[present.WhichOneof("kind")])
        if default.size == 0 and size != 0:
            raise ValueError(
                f"{where('', i)}Feature: {key} (data type: {type_text(dtype)}) is required but "
                "could not be found."
            )
        rows[i] = default.reshape(size)
    return found


def padded(examples: Sequence[Any], feature: Dense, where: Callable[[str, int], str]) -> np.ndarray:
    """[batch, most rows, *dims[1:]], filled up with the default (0, or an empty string)."""
    key, dtype, dims, default = feature
    rows = []
    stride = int(np.prod(dims[1:]))
    for i, features in enumerate(examples):
        values = taken(features, key, dtype, partial(_other_type, where, key, i, dtype))
        if values is None:
            values = array_of([], dtype)
        if values.size % max(stride, 1):
            raise ValueError(
                f"{where(key, i)}Number of {type_text(dtype)} values is not a multiple of stride "
                f"length. Saw {values.size} values but output shape is: {dims_text(dims)}"
            )
        rows.append(values.reshape(-1, *dims[1:]))
    most = max((len(row) for row in rows), default=0)
    nothing: Any = b"" if dtype is dtypes.string else 0
    fill = default.reshape(-1)[0] if default.size else nothing
    found = np.full((len(rows), most, *dims[1:]), fill, dtype.as_numpy_dtype)
    for i, row in enumerate(rows):
        found[i, : len(row)] = row
    return found


def ragged(examples: Sequence[Any], feature: Sparse, where: Callable[[str, int], str]) -> Triple:
    """A sparse [batch, most values] of a feature of any length."""
    key, dtype = feature

    def other_type(i: int, have: str) -> Exception:
        return ValueError(
            f"{where(key, i)}Data types don't match. Expected type: {type_text(dtype)}, "
            f"Actual type: {have}"
        )

    rows = []
    for i, features in enumerate(examples):
        values = taken(features, key, dtype, partial(other_type, i))
        rows.append(array_of([], dtype) if values is None else values)
    return sparse_rows(rows, dtype)


def sparse_rows(rows: list[np.ndarray], dtype: DType) -> Triple:
    """The sparse matrix with these rows."""
    lengths = np.array([len(row) for row in rows], np.int64)
    total = int(lengths.sum())
    starts = np.cumsum(lengths) - lengths
    indices = np.empty((total, 2), np.int64)
    indices[:, 0] = np.repeat(np.arange(len(rows)), lengths)
    indices[:, 1] = np.arange(total) - np.repeat(starts, lengths)
    values = np.concatenate(rows) if rows else array_of([], dtype)
    return indices, values, np.array([len(rows), lengths.max(initial=0)], np.int64)


def _other_type(
    where: Callable[[str, int], str], key: str, i: int, dtype: DType, have: str
) -> Exception:
    return ValueError(
        f"{where(key, i)}Data types don't match. Data type: {have} but expected type: "
        f"{type_text(dtype)}"
    )
