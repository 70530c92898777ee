"""Features taken out of one SequenceExample, with TensorFlow's words for what is wrong."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType
from ..core.operation import dims_text
from .features import (
    Dense,
    Sparse,
    Triple,
    array_of,
    sparse_rows,
    taken,
    type_text,
    values_of,
)


def _other_type(what: str, dtype: DType, feature: Any) -> Exception:
    return ValueError(
        f"{what}.  Data types don't match. Expected type: {type_text(dtype)}  "
        f"Feature is: {str(feature)[:200]}"
    )


def _sized(values: np.ndarray, feature: Dense, i: int, name: str) -> np.ndarray:
    key, dtype, dims, _ = feature
    if values.size != int(np.prod(dims)):
        raise ValueError(
            f"Name: {name}, Key: {key}, Index: {i}.  Number of {type_text(dtype)} values != "
            f"expected.  values size: {values.size} but output shape: {dims_text(dims)}"
        )
    return values.reshape(dims)


def fixed(context: Any, feature: Dense, name: str) -> np.ndarray:
    """A context feature of a fixed shape."""
    key, dtype, dims, default = feature
    what = f"Name: {name}, Context feature: {key}"
    values = taken(context, key, dtype, lambda _: _other_type(what, dtype, context[key]))
    if values is None:
        if default.size == 0 and int(np.prod(dims)) != 0:
            raise ValueError(
                f"Name: {name}, Context feature '{key}' is required but could not be found."
            )
        values = default.copy()
    return _sized(values, feature, 0, name)


def ragged(context: Any, feature: Sparse, name: str) -> Triple:
    """A context feature of any length, as a sparse vector."""
    key, dtype = feature
    what = f"Name: {name}, Context feature: {key}"
    values = taken(context, key, dtype, lambda _: _other_type(what, dtype, context[key]))
    values = array_of([], dtype) if values is None else values
    return np.arange(len(values))[:, None], values, np.array([len(values)])


def dense_list(lists: Any, feature: Dense, may_miss: Container[str], name: str) -> np.ndarray:
    """[steps, *dims] of a feature list."""
    key, dtype, dims, _ = feature
    if key not in lists and key not in may_miss:
        raise ValueError(
            f"Name: {name}, Feature list '{key}' is required but could not be found.  Did you mean "
            "to include it in feature_list_dense_missing_assumed_empty or "
            "feature_list_dense_defaults?\n"
            "tf.FixedLenSequenceFeature(…, allow_missing=True) gives an empty one."
        )
    steps = lists[key].feature if key in lists else []
    found = np.empty((len(steps), *dims), dtype.as_numpy_dtype)
    rows = found.reshape(len(steps), int(np.prod(dims)))
    for i, step in enumerate(steps):
        values = _step(step, dtype, f"Name: {name}, Feature list: {key}, Index: {i}")
        rows[i] = _sized(values, feature, i, name).reshape(-1)
    return found


def sparse_list(lists: Any, feature: Sparse, name: str) -> Triple:
    """A feature list whose steps have any length, as a sparse matrix."""
    key, dtype = feature
    steps = lists[key].feature if key in lists else []
    rows = [
        _step(step, dtype, f"Name: {name}, Feature List: {key}, Index: {i}")
        for i, step in enumerate(steps)
    ]
    return sparse_rows(rows, dtype)


def _step(step: Any, dtype: DType, what: str) -> np.ndarray:
    values = values_of(step, dtype, lambda _: _other_type(what, dtype, step))
    return array_of([], dtype) if values is None else values


def stacked(examples: list[np.ndarray], feature: Dense) -> np.ndarray:
    """Feature lists [steps, *dims] as [batch, most steps, *dims], with zeros (empty strings)."""
    nothing: Any = b"" if feature.dtype is dtypes.string else 0
    most = max(map(len, examples), default=0)
    found = np.full((len(examples), most, *feature.dims), nothing, feature.dtype.as_numpy_dtype)
    for row, steps in zip(found, examples, strict=True):
        row[: len(steps)] = steps
    return found


def together(examples: list[Triple], dtype: DType, rank: int) -> Triple:
    """Sparse tensors of one rank as one, with a batch dimension in front."""
    lengths = [len(indices) for indices, _, _ in examples]
    batch = np.repeat(np.arange(len(examples)), lengths)[:, None]
    places = [np.zeros((0, rank), np.int64), *(indices for indices, _, _ in examples)]
    values = [array_of([], dtype), *(values for _, values, _ in examples)]
    shapes = np.array([np.zeros(rank), *(shape for _, _, shape in examples)], np.int64)
    return (
        np.concatenate([batch, np.concatenate(places)], axis=1),
        np.concatenate(values),
        np.array([len(examples), *shapes.max(axis=0)], np.int64),
    )
