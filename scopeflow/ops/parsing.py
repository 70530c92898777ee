"""Parsing serialized Examples: what features look like, `parse_example` and its kin."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.sparse_tensor import SparseTensor
from ..core.tensor_shape import TensorShape
from .array import reshape
from .constant import constant
from .example_parsing import (
    ParseExample,
    ParseSequenceExample,
    ParseSingleExample,
    ParseSingleSequenceExample,
)
from .sparse_join import sparse_merge


class VarLenFeature(NamedTuple):
    """A feature of any number of values: parsed as a SparseTensor."""

    dtype: Any


class SparseFeature(NamedTuple):
    """A sparse tensor stored as two features: its indices (or several), and its values.

    `size` is the size of the dimension (or a list, with a list of index keys).
    """

    index_key: Any
    value_key: Any
    dtype: Any
    size: Any
    already_sorted: bool = False


class FixedLenFeature(NamedTuple):
    """A feature with as many values as `shape` says; required, unless it has a default."""

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """Rows of `shape`, any number of them; a batch is filled up to its longest with the default."""

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


class _Wanted:
    """Features sorted by kind and key, as the ops take them."""

    def __init__(self, features: Mapping[Any, Any], kinds: tuple[type, ...]) -> None:
        self.asked = set(features)  # not the parts of a SparseFeature
        self.sparse: dict[str, Any] = {}  # key -> dtype
        self.dense: dict[str, tuple[Any, TensorShape, Any]] = {}  # key -> dtype, shape, default
        self.any_length: set[str] = set()
        self.merged: dict[str, SparseFeature] = {}
        for key in sorted(features):
            feature = features[key]
            if not isinstance(
                feature, VarLenFeature | SparseFeature | FixedLenFeature | FixedLenSequenceFeature
            ):
                raise ValueError(f"Invalid feature {key}:{feature}.")
            if not isinstance(feature, kinds):
                raise ValueError(f"Unsupported {type(feature).__name__} {feature}.")
            if not feature.dtype:
                raise ValueError(f"Missing type for feature {key}.")
            if isinstance(feature, VarLenFeature):
                self._add_sparse(key, as_dtype(feature.dtype))
            elif isinstance(feature, SparseFeature):
                self._add_merged(key, feature)
            else:
                self._add_dense(key, feature)

    def _add_sparse(self, key: str, dtype: Any) -> None:
        if self.sparse.setdefault(key, dtype) is not dtype:
            raise ValueError(f"Conflicting type {self.sparse[key]} vs {dtype} for feature {key}.")

    def _add_merged(self, key: str, feature: SparseFeature) -> None:
        if not feature.index_key or not feature.value_key:
            raise ValueError(f"Missing index_key or value_key for SparseFeature {feature}.")
        keys = feature.index_key
        for index_key in sorted(keys if isinstance(keys, list | tuple) else [keys]):
            self._add_sparse(index_key, dtypes.int64)
        self._add_sparse(feature.value_key, as_dtype(feature.dtype))
        self.merged[key] = feature

    def _add_dense(self, key: str, feature: Any) -> None:
        if feature.shape is None:
            raise ValueError(f"Missing shape for feature {key}.")
        shape = TensorShape(feature.shape)
        if isinstance(feature, FixedLenSequenceFeature):
            self.any_length.add(key)
        elif shape._dims and shape._dims[0] is None:
            raise ValueError(
                f"First dimension of shape for feature {key} unknown. Consider using "
                "FixedLenSequenceFeature."
            )
        if not shape.is_fully_defined():
            raise ValueError(
                f"All dimensions of shape for feature {key} need to be known but received {shape}."
            )
        self.dense[key] = (as_dtype(feature.dtype), shape, feature.default_value)

    def defaults(self) -> list:
        """The default of each dense feature as a tensor: an empty one where it has none."""
        found = []
        for key, (dtype, shape, default) in self.dense.items():
            if key in self.any_length:
                nothing = "" if dtype is dtypes.string else 0
                found.append(constant(nothing if default is None else default, dtype))
            elif default is None:
                found.append(constant([], dtype))
            else:
                label = "key_" + re.sub("[^A-Za-z0-9_.\\-/]", "_", key)
                found.append(reshape(convert_to_tensor(default, dtype, name=label), shape))
        return found

    def shapes(self) -> list[TensorShape]:
        """The shape of each dense feature, None first where it has any number of rows."""
        return [
            TensorShape([None]).concatenate(shape) if key in self.any_length else shape
            for key, (_, shape, _) in self.dense.items()
        ]

    def types(self) -> list:
        """The dtypes of the dense features."""
        return [dtype for dtype, _, _ in self.dense.values()]

    def result(self, indices: Any, values: Any, shapes: Any, dense: Any) -> dict[str, Any]:
        """The features by key."""
        sparse = [SparseTensor(*parts) for parts in zip(indices, values, shapes, strict=True)]
        found = dict(zip([*self.sparse, *self.dense], [*sparse, *dense], strict=True))
        for key, feature in sorted(self.merged.items()):
            keys = feature.index_key
            ids = [found[k] for k in keys] if isinstance(keys, list | tuple) else found[keys]
            found[key] = sparse_merge(
                ids, found[feature.value_key], feature.size, already_sorted=feature.already_sorted
            )
        return {key: found[key] for key in found if key in self.asked}


def _wanted(features: Any) -> _Wanted:
    if not features:
        raise ValueError("Missing features.")
    kinds = (VarLenFeature, SparseFeature, FixedLenFeature, FixedLenSequenceFeature)
    found = _Wanted(features, kinds)
    for key in found.any_length:
        if not features[key].allow_missing:
            raise ValueError(
                "Unsupported: FixedLenSequenceFeature requires allow_missing to be True."
            )
    return found


def parse_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """The features of a batch of serialized `tf.train.Example`s: {key: Tensor or SparseTensor}.

    `serialized` is a vector of strings; `features` tells for each key a FixedLenFeature,
    FixedLenSequenceFeature (with allow_missing), VarLenFeature or SparseFeature. `example_names`
    are for error messages. An example without a required feature, or one of another type or size,
    is an InvalidArgumentError when it runs.

    >>> tf.parse_example(records, {"label": tf.FixedLenFeature([], tf.int64)})  # doctest: +SKIP
    """
    wanted = _wanted(features)
    with name_scope(name, "ParseExample", [serialized, example_names]):
        defaults = wanted.defaults()
        outputs = ParseExample(
            serialized,
            [] if example_names is None else example_names,
            list(wanted.sparse),
            list(wanted.dense),
            defaults,
            list(wanted.sparse.values()),
            wanted.shapes(),
            name="ParseExample",
        )
        return wanted.result(*outputs)


def parse_single_example(
    serialized: Any, features: Any, name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """As `parse_example`, for one example: a scalar string, and no batch dimension.

    `example_names` is accepted; the messages of a single example do not need it.
    """
    wanted = _wanted(features)
    with name_scope(name, "ParseSingleExample", [serialized, example_names]):
        serialized = convert_to_tensor(serialized, dtypes.string, name="serialized")
        outputs = ParseSingleExample(
            serialized,
            wanted.defaults(),
            len(wanted.sparse),
            list(wanted.sparse),
            list(wanted.dense),
            list(wanted.sparse.values()),
            wanted.shapes(),
            name="ParseSingleExample",
        )
        return wanted.result(*outputs)


def parse_single_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_name: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The features of one serialized `tf.train.SequenceExample`: (context, sequences), two dicts.

    `context_features` are as in `parse_single_example` (FixedLenFeature and VarLenFeature);
    `sequence_features` are FixedLenSequenceFeatures, which give [steps, *shape], and
    VarLenFeatures, which give a SparseTensor [steps, most values].
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = _Wanted(context_features or {}, (VarLenFeature, FixedLenFeature))
    lists = _Wanted(sequence_features or {}, (VarLenFeature, FixedLenSequenceFeature))
    with name_scope(name, "ParseSingleSequenceExample", [serialized, example_name]):
        outputs = ParseSingleSequenceExample(
            serialized,
            [key for key in lists.dense if sequence_features[key].allow_missing],
            list(context.sparse),
            list(context.dense),
            list(lists.sparse),
            list(lists.dense),
            context.defaults(),
            "" if example_name is None else example_name,
            list(context.sparse.values()),
            lists.types(),
            context.shapes(),
            list(lists.sparse.values()),
            [shape for _, shape, _ in lists.dense.values()],
            name="ParseSingleSequenceExample",
        )
        return context.result(*outputs[:4]), lists.result(*outputs[4:])


def parse_sequence_example(
    serialized: Any,
    context_features: Any = None,
    sequence_features: Any = None,
    example_names: Any = None,
    name: str | None = None,
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The features of a batch of serialized SequenceExamples: (context, sequences, lengths).

    As `parse_single_sequence_example`, for a vector of strings: the context's features have a
    batch dimension, FixedLenSequenceFeatures give [batch, most steps, *shape] with zeros (or empty
    strings) behind shorter ones, VarLenFeatures a SparseTensor [batch, most steps, most values].
    `lengths` has for each FixedLenSequenceFeature the int64 number of steps of each example.
    `example_names` are for error messages.
    """
    if not (context_features or sequence_features):
        raise ValueError("Missing features.")
    context = _Wanted(context_features or {}, (VarLenFeature, FixedLenFeature))
    lists = _Wanted(sequence_features or {}, (VarLenFeature, FixedLenSequenceFeature))
    with name_scope(name, "ParseSequenceExample", [serialized, example_names]):
        outputs = ParseSequenceExample(
            serialized,
            [] if example_names is None else example_names,
            context.defaults(),
            feature_list_dense_missing_assumed_empty=[
                key for key in lists.dense if sequence_features[key].allow_missing
            ],
            context_sparse_keys=list(context.sparse),
            context_dense_keys=list(context.dense),
            feature_list_sparse_keys=list(lists.sparse),
            feature_list_dense_keys=list(lists.dense),
            Ncontext_sparse=len(context.sparse),
            Ncontext_dense=len(context.dense),
            Nfeature_list_sparse=len(lists.sparse),
            Nfeature_list_dense=len(lists.dense),
            context_sparse_types=list(context.sparse.values()),
            feature_list_dense_types=lists.types(),
            context_dense_shapes=context.shapes(),
            feature_list_sparse_types=list(lists.sparse.values()),
            feature_list_dense_shapes=[shape for _, shape, _ in lists.dense.values()],
            name="ParseSequenceExample",
        )
        lengths = dict(zip(lists.dense, outputs[8], strict=True))
        return context.result(*outputs[:4]), lists.result(*outputs[4:8]), lengths
