"""Crosses of features: every combination of their values, row by row; fingerprints."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least
from ..core.sparse_tensor import SparseTensor, as_sparse, is_sparse_value
from .hashes import fingerprint64, fingerprint_pair
from .math import cast
from .texts import array_of, tensor_of

_DEFAULT_KEY = 0xDECAFCAFFE


def _rows_of_sparse(indices: Any, values: Any, count: int) -> list[list]:
    rows: list[list] = [[] for _ in range(count)]
    for row, value in zip(indices[:, 0].tolist(), values.tolist(), strict=True):
        rows[row].append(value)
    return rows


@op(
    "N * int64, [sparse_types], host N * int64, [dense_types] -> "
    "output_indices: int64, output_values: out_type, output_shape: int64",
    shape=lambda *inputs, **_: [(None, 2), (None,), (2,)],
    differentiable=False,
)
def SparseCross(
    indices, values, shapes, dense_inputs, *,
    device, hashed_output, num_buckets, hash_key, out_type, internal_type,
):  # fmt: skip
    """Every combination of the inputs' values in a row, joined by _X_, or hashed."""
    counts = [size[0] for size in shapes] + [x.shape[0] for x in dense_inputs]
    if len(set(counts)) > 1:
        raise ValueError(f"Expected batch size {counts[0]}, got {counts}")
    count = counts[0] if counts else 0
    columns = [
        _rows_of_sparse(place, value, count) for place, value in zip(indices, values, strict=True)
    ] + [x.tolist() for x in dense_inputs]
    rows = [list(itertools.product(*row)) for row in zip(*columns, strict=True)]
    combine = _hash(num_buckets, hash_key) if hashed_output else _join
    found = [combine(items) for row in rows for items in row]
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    return (
        tensor_of(np.array(places, np.int64).reshape(-1, 2), np.int64, device),
        tensor_of(found, np.int64, device) if hashed_output else array_of(found),
        tensor_of([count, max(map(len, rows), default=0)], np.int64, device),
    )


def _join(items: tuple) -> bytes:
    return b"_X_".join(x if isinstance(x, bytes) else str(x).encode() for x in items)


def _hash(num_buckets: int, key: int) -> Any:
    limit = num_buckets or (1 << 63) - 1

    def combine(items: tuple) -> int:
        found = key
        for x in items:
            found = fingerprint_pair(found, fingerprint64(x) if isinstance(x, bytes) else x)
        return found % limit

    return combine


def _cross(inputs: Any, name: str | None, hashed: bool, num_buckets: int, hash_key: Any) -> Any:
    if not isinstance(inputs, list):
        raise TypeError("Inputs must be a list")
    sparse = [as_sparse(item) for item in inputs if is_sparse_value(item)]
    dense = [convert_to_tensor(item) for item in inputs if not is_sparse_value(item)]

    def known(tensor: Tensor) -> Tensor:
        return tensor if tensor.dtype is dtypes.string else cast(tensor, dtypes.int64)

    found = SparseCross(
        [s.indices for s in sparse],
        [known(s.values) for s in sparse],
        [s.dense_shape for s in sparse],
        [known(d) for d in dense],
        hashed,
        num_buckets,
        _DEFAULT_KEY if hash_key is None else hash_key,
        dtypes.int64 if hashed else dtypes.string,
        dtypes.string,
        name=name,
    )
    return SparseTensor(*found)


def sparse_cross(inputs: Any, name: str | None = None) -> SparseTensor:
    """Every combination of the values in a row of the matrices, as texts joined by _X_.

    The inputs, a list, are sparse or dense matrices of strings or numbers. Sparse ones come first.
    """
    return _cross(inputs, name, False, 0, None)


def sparse_cross_hashed(
    inputs: Any, num_buckets: int = 0, hash_key: int | None = None, name: str | None = None
) -> SparseTensor:
    """As `cross`, with a hash of each combination: a number below `num_buckets` (0: any int64)."""
    return _cross(inputs, name, True, num_buckets, hash_key)


# Fingerprints.


def _fingerprint_shape(data: Tensor, method: Tensor) -> Dims:
    dims = rank_at_least(data, 1)
    return (None if dims is None else dims[0], 8)


@op("T, string -> uint8", shape=_fingerprint_shape, differentiable=False)
def Fingerprint(data, method, *, device):
    """Eight bytes for each row, by FarmHash's Fingerprint64."""
    if method.item() != b"farmhash64":
        raise ValueError(f"Unsupported data fingerprint method: {method.item().decode()}")
    if isinstance(data, np.ndarray):
        marks = [fingerprint64(text).to_bytes(8, "little") for text in data.ravel().tolist()]
        width = len(marks) // max(len(data), 1)
        rows = [marks[i : i + width] for i in range(0, len(marks), max(width, 1))]
        found = [
            row[0] if data.ndim == 1 else fingerprint64(b"".join(row)).to_bytes(8, "little")
            for row in rows
        ]
    else:
        array = data.numpy(force=True)
        found = [fingerprint64(row.tobytes()).to_bytes(8, "little") for row in array]
    bytes_ = np.frombuffer(bytearray(b"".join(found)), np.uint8)
    return tensor_of(bytes_.reshape(-1, 8), np.uint8, device)


def fingerprint(data: Any, method: str = "farmhash64", name: str | None = None) -> Tensor:
    """Eight bytes for each row of `data`, which tell equal rows; `method` must be "farmhash64"."""
    return Fingerprint(data, method, name=name)
