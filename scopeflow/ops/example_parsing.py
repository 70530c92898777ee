"""The ops that take features out of serialized Examples."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.types import TypeSet
from ..records.features import Dense, Sparse, array_of, fixed, message, padded, ragged
from ..records.sequences import dense_list, sparse_list, stacked, together
from ..records.sequences import fixed as context_fixed
from ..records.sequences import ragged as context_ragged

VALUES = TypeSet(dtypes.float32, dtypes.int64, dtypes.string)


def _sparse_dims(count: int, rank: int) -> list[Dims]:
    return [(None, rank)] * count + [(None,)] * count + [(rank,)] * count


def _to_torch(array: np.ndarray, device: Any) -> Any:
    return array if array.dtype == object else torch.from_numpy(array).to(device)


def _array(value: Any) -> np.ndarray:
    return value if isinstance(value, np.ndarray) else value.numpy(force=True)


def _key(key: Any) -> str:
    found = key.item() if isinstance(key, np.ndarray) else key
    return found.decode() if isinstance(found, bytes) else found


def _dense(keys: Sequence[Any], types: Any, shapes: Any, defaults: Sequence[Any]) -> list[Dense]:
    return [
        Dense(_key(key), dtype, shape._dims, _array(default))
        for key, dtype, shape, default in zip(keys, types, shapes, defaults, strict=True)
    ]


def _sparse(keys: Sequence[Any], types: Any) -> list[Sparse]:
    return [Sparse(_key(key), dtype) for key, dtype in zip(keys, types, strict=True)]


def _flat(sparse: list, dense: list, device: Any) -> list:
    columns = [list(column) for column in zip(*sparse, strict=True)] or [[], [], []]
    return [_to_torch(array, device) for part in (*columns, dense) for array in part]


def _parse_example_shape(
    serialized: Tensor, names: Tensor, sparse_keys: list, dense_keys: list, dense_defaults: list,
    *, sparse_types: Any, dense_shapes: Any,
) -> list[Dims]:  # fmt: skip
    (batch,) = rank_is(serialized, 1) or (None,)
    return [
        *_sparse_dims(len(sparse_keys), 2),
        *((batch, *shape._dims) for shape in dense_shapes),
    ]


@op(
    "string, string, Nsparse * string, Ndense * string, [Tdense] ->"
    "sparse_indices: Nsparse * int64,"
    "sparse_values: [sparse_types], sparse_shapes: Nsparse * int64, dense_values: [Tdense]",
    shape=_parse_example_shape,
    attrs={"sparse_types": REQUIRED, "dense_shapes": REQUIRED},
    Tdense=VALUES,
    sparse_types=VALUES,
)
def ParseExample(serialized, names, sparse_keys, dense_keys, dense_defaults, *, op, device):
    """The features of a batch of serialized Examples."""
    from ..records.examples import Example

    parsed = [message(Example, data) for data in serialized.tolist()]
    examples = [example.features.feature for example in parsed]
    labels = [_key(name) for name in names.tolist()] or ["<unknown>"] * len(examples)

    def where(key: str, i: int) -> str:
        return f"Name: {labels[i]}, " + (f"Key: {key}, Index: {i}.  " if key else "")

    attrs = op.attrs
    wanted = _dense(dense_keys, attrs["Tdense"], attrs["dense_shapes"], dense_defaults)
    dense = [
        (padded if feature.dims and feature.dims[0] is None else fixed)(examples, feature, where)
        for feature in wanted
    ]
    sparse = [
        ragged(examples, Sparse(_key(key), dtype), where)
        for key, dtype in zip(sparse_keys, attrs["sparse_types"], strict=True)
    ]
    return _flat(sparse, dense, device)


def _parse_single_shape(
    serialized: Tensor, dense_defaults: list, *, num_sparse: int, dense_shapes: Any
) -> list[Dims]:
    rank_is(serialized, 0)
    return [*_sparse_dims(num_sparse, 1), *(shape._dims for shape in dense_shapes)]


@op(
    "string, [Tdense] -> sparse_indices: num_sparse * int64, sparse_values: [sparse_types],"
    "sparse_shapes: num_sparse * int64, dense_values: [Tdense]",
    shape=_parse_single_shape,
    Tdense=VALUES,
    sparse_types=VALUES,
)
def ParseSingleExample(
    serialized, dense_defaults, *, num_sparse, sparse_keys, dense_keys, sparse_types, dense_shapes,
    op, device,
):  # fmt: skip
    """The features of one serialized Example."""
    from ..records.examples import Example

    parsed = message(Example, serialized.item())
    examples = [parsed.features.feature]

    def where(key: str, i: int) -> str:
        return f"Key: {key}.  " if key else ""

    attrs = op.attrs
    dense = []
    for feature in _dense(dense_keys, attrs["Tdense"], attrs["dense_shapes"], dense_defaults):
        variable = feature.dims and feature.dims[0] is None
        found = (padded if variable else fixed)(examples, feature, where)
        dense.append(found.reshape(found.shape[1:]))
    sparse = []
    for key, dtype in zip(sparse_keys, attrs["sparse_types"], strict=True):
        indices, values, shape = ragged(examples, Sparse(_key(key), dtype), where)
        sparse.append((indices[:, 1:].copy(), values, shape[1:].copy()))
    return _flat(sparse, dense, device)


def _parse_sequence_shape(
    serialized: Tensor, feature_list_dense_missing_assumed_empty: Tensor,
    context_sparse_keys: list, context_dense_keys: list, feature_list_sparse_keys: list,
    feature_list_dense_keys: list, context_dense_defaults: list, debug_name: Tensor,
    *, context_dense_shapes: Any, feature_list_dense_shapes: Any,
) -> list[Dims]:  # fmt: skip
    rank_is(serialized, 0)
    return [
        *_sparse_dims(len(context_sparse_keys), 1),
        *(shape._dims for shape in context_dense_shapes),
        *_sparse_dims(len(feature_list_sparse_keys), 2),
        *((None, *shape._dims) for shape in feature_list_dense_shapes),
    ]


@op(
    "string, string, Ncontext_sparse * string, Ncontext_dense * string,"
    "Nfeature_list_sparse * string, Nfeature_list_dense * string, [Tcontext_dense], string ->"
    "context_sparse_indices: Ncontext_sparse * int64,"
    "context_sparse_values: [context_sparse_types],"
    "context_sparse_shapes: Ncontext_sparse * int64, context_dense_values: [Tcontext_dense],"
    "feature_list_sparse_indices: Nfeature_list_sparse * int64,"
    "feature_list_sparse_values: [feature_list_sparse_types],"
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64,"
    "feature_list_dense_values: [feature_list_dense_types]",
    shape=_parse_sequence_shape,
    attrs={
        "context_sparse_types": (),
        "feature_list_dense_types": (),
        "context_dense_shapes": (),
        "feature_list_sparse_types": (),
        "feature_list_dense_shapes": (),
    },
    Tcontext_dense=VALUES,
    context_sparse_types=VALUES,
    feature_list_dense_types=VALUES,
    feature_list_sparse_types=VALUES,
)
def ParseSingleSequenceExample(
    serialized, feature_list_dense_missing_assumed_empty, context_sparse_keys, context_dense_keys,
    feature_list_sparse_keys, feature_list_dense_keys, context_dense_defaults, debug_name,
    *, op, device,
):  # fmt: skip
    """The context features and the feature lists of one serialized SequenceExample."""
    from ..records.examples import SequenceExample

    parsed = message(SequenceExample, serialized.item())
    may_miss = {_key(key) for key in feature_list_dense_missing_assumed_empty.tolist()}
    wanted = _asked_of_sequences(
        op.attrs, context_sparse_keys, context_dense_keys, feature_list_sparse_keys,
        feature_list_dense_keys, context_dense_defaults,
    )  # fmt: skip
    context_sparse, context_dense, list_sparse, list_dense = _sequence(
        parsed, wanted, may_miss, _key(debug_name)
    )
    return [
        *_flat(context_sparse, context_dense, device),
        *_flat(list_sparse, list_dense, device),
    ]


class _Asked(NamedTuple):
    """What is taken out of SequenceExamples."""

    context_sparse: list[Sparse]
    context_dense: list[Dense]
    list_sparse: list[Sparse]
    list_dense: list[Dense]


def _asked_of_sequences(
    attrs: Any, context_sparse_keys: Any, context_dense_keys: Any, list_sparse_keys: Any,
    list_dense_keys: Any, context_defaults: Any,
) -> _Asked:  # fmt: skip
    list_types = attrs["feature_list_dense_types"]
    return _Asked(
        _sparse(context_sparse_keys, attrs["context_sparse_types"]),
        _dense(
            context_dense_keys,
            attrs["Tcontext_dense"],
            attrs["context_dense_shapes"],
            context_defaults,
        ),
        _sparse(list_sparse_keys, attrs["feature_list_sparse_types"]),
        _dense(
            list_dense_keys,
            list_types,
            attrs["feature_list_dense_shapes"],
            [array_of([], dtype) for dtype in list_types],
        ),
    )


def _sequence(parsed: Any, asked: _Asked, may_miss: Container[str], name: str) -> tuple:
    """The four kinds of features of one SequenceExample."""
    context, lists = parsed.context.feature, parsed.feature_lists.feature_list
    return (
        [context_ragged(context, feature, name) for feature in asked.context_sparse],
        [context_fixed(context, feature, name) for feature in asked.context_dense],
        [sparse_list(lists, feature, name) for feature in asked.list_sparse],
        [dense_list(lists, feature, may_miss, name) for feature in asked.list_dense],
    )


def _parse_sequences_shape(
    serialized: Tensor, debug_name: Tensor, context_dense_defaults: list, *, Ncontext_sparse: int,
    Nfeature_list_sparse: int, context_dense_shapes: Any, feature_list_dense_shapes: Any,
) -> list[Dims]:  # fmt: skip
    (batch,) = rank_is(serialized, 1) or (None,)
    return [
        *_sparse_dims(Ncontext_sparse, 2),
        *((batch, *shape._dims) for shape in context_dense_shapes),
        *_sparse_dims(Nfeature_list_sparse, 3),
        *((batch, None, *shape._dims) for shape in feature_list_dense_shapes),
        *((batch,) for _ in feature_list_dense_shapes),
    ]


@op(
    "string, string, [Tcontext_dense] ->"
    "context_sparse_indices: Ncontext_sparse * int64,"
    "context_sparse_values: [context_sparse_types],"
    "context_sparse_shapes: Ncontext_sparse * int64, context_dense_values: [Tcontext_dense],"
    "feature_list_sparse_indices: Nfeature_list_sparse * int64,"
    "feature_list_sparse_values: [feature_list_sparse_types],"
    "feature_list_sparse_shapes: Nfeature_list_sparse * int64,"
    "feature_list_dense_values: [feature_list_dense_types],"
    "feature_list_dense_lengths: Nfeature_list_dense * int64",
    shape=_parse_sequences_shape,
    attrs={
        "Ncontext_sparse": 0,
        "Ncontext_dense": 0,
        "Nfeature_list_sparse": 0,
        "Nfeature_list_dense": 0,
        "context_sparse_types": (),
        "feature_list_dense_types": (),
        "context_dense_shapes": (),
        "feature_list_sparse_types": (),
        "feature_list_dense_shapes": (),
    },
    Tcontext_dense=VALUES,
    context_sparse_types=VALUES,
    feature_list_dense_types=VALUES,
    feature_list_sparse_types=VALUES,
)
def ParseSequenceExample(
    serialized, debug_name, context_dense_defaults, *, feature_list_dense_missing_assumed_empty,
    context_sparse_keys, context_dense_keys, feature_list_sparse_keys, feature_list_dense_keys,
    op, device,
):  # fmt: skip
    """The context features and the feature lists of a batch of serialized SequenceExamples."""
    from ..records.examples import SequenceExample

    records = serialized.tolist()
    names = [_key(name) for name in debug_name.tolist()] or ["<unknown>"] * len(records)
    if len(names) != len(records):
        raise ValueError(f"Expected {len(records)} example names, got {len(names)}")
    asked = _asked_of_sequences(
        op.attrs, context_sparse_keys, context_dense_keys, feature_list_sparse_keys,
        feature_list_dense_keys, context_dense_defaults,
    )  # fmt: skip
    may_miss = {_key(key) for key in feature_list_dense_missing_assumed_empty}
    found = [
        _sequence(message(SequenceExample, data), asked, may_miss, name)
        for data, name in zip(records, names, strict=True)
    ]
    counts = [len(features) for features in asked]
    context_sparse, context_dense, list_sparse, list_dense = (
        [[example[kind][i] for example in found] for i in range(count)]
        for kind, count in enumerate(counts)
    )
    rows = [stacked(steps, feature) for steps, feature in zip(list_dense, asked[3], strict=True)]
    return [
        *_flat(
            [together(s, f.dtype, 1) for s, f in zip(context_sparse, asked[0], strict=True)],
            [
                np.stack(v) if v else np.empty((0, *f.dims), f.dtype.as_numpy_dtype)
                for v, f in zip(context_dense, asked[1], strict=True)
            ],
            device,
        ),
        *_flat(
            [together(s, f.dtype, 2) for s, f in zip(list_sparse, asked[2], strict=True)],
            [*rows, *(np.array([len(s) for s in steps], np.int64) for steps in list_dense)],
            device,
        ),
    ]
