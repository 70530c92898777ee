"""Sets: along the last dimension of dense or sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, rank_at_least
from ..core.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor
from ..core.static_value import dims_from
from ..core.types import STRING, TypeSet
from .sparse_places import check_bounds, check_order, parts_of
from .texts import array_of, tensor_of

_ELEMENT = STRING | TypeSet(
    dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64, dtypes.uint8, dtypes.uint16
)
_RESULT = "-> result_indices: int64, result_values: T, result_shape: int64"
_OPERATIONS = {
    "a-b": lambda a, b: a - b,
    "b-a": lambda a, b: b - a,
    "intersection": lambda a, b: a & b,
    "union": lambda a, b: a | b,
}


class _Groups:
    """The sets of a tensor by their places in all dimensions but the last."""

    def __init__(self, shape: tuple, sets: dict[tuple, set]) -> None:
        self.shape, self.sets = shape, sets


def _of_dense(values: Any) -> _Groups:
    shape = tuple(values.shape)[:-1]
    array = values if isinstance(values, np.ndarray) else values.numpy(force=True)
    return _Groups(shape, {place: set(array[place].tolist()) for place in np.ndindex(*shape)})


def _of_sparse(indices: Any, values: Any, shape: tuple, validate: bool) -> _Groups:
    check_bounds(indices, shape)
    if validate:
        check_order(indices, shape)
    sets: dict[tuple, set] = {}
    for place, value in zip(indices[:, :-1].tolist(), values.tolist(), strict=True):
        sets.setdefault(tuple(place), set()).add(value)
    return _Groups(tuple(shape[:-1]), sets)


def _combined(a: _Groups, b: _Groups, operation: str, like: Any, device: Any) -> tuple:
    if a.shape != b.shape:
        raise ValueError(f"Mismatched shapes {list(a.shape)} vs {list(b.shape)}")
    function, nothing = _OPERATIONS[operation], set[Any]()
    places: list[tuple] = []
    found: list[Any] = []
    longest = 0
    for place in sorted({*a.sets, *b.sets}):
        items = sorted(function(a.sets.get(place, nothing), b.sets.get(place, nothing)))
        places += [(*place, i) for i in range(len(items))]
        found += items
        longest = max(longest, len(items))
    rank = len(a.shape) + 1
    values = (
        array_of(found)
        if isinstance(like, np.ndarray)
        else tensor_of(found, str(like.dtype).removeprefix("torch."), device)
    )
    return (
        tensor_of(np.array(places, np.int64).reshape(-1, rank), np.int64, device),
        values,
        tensor_of([*a.shape, longest], np.int64, device),
    )


def _rank_of(*all_dims: Dims) -> list[Dims]:
    """The outputs' static shapes, given the inputs' dense shapes, which have one rank."""
    rank = next((len(dims) for dims in all_dims if dims is not None), None)
    known: Dims = None if rank is None else (None,) * (rank - 1)
    for dims in all_dims:
        if dims is not None:
            known = merged(known, dims[:-1])
    return parts_of(None if rank is None else (None,) * rank)


def _sparse_dims(shape: Tensor) -> Dims:
    dims = dims_from(shape)
    if dims is None and shape._dims is not None and shape._dims[0] is not None:
        return (None,) * shape._dims[0]
    return dims


@op(
    f"T, T {_RESULT}",
    shape=lambda set1, set2: _rank_of(rank_at_least(set1, 2), rank_at_least(set2, 2)),
    T=_ELEMENT,
)
def DenseToDenseSetOperation(set1, set2, *, device, set_operation, validate_indices=True):
    """Two dense tensors' sets combined."""
    return _combined(_of_dense(set1), _of_dense(set2), set_operation, set1, device)


@op(
    f"T, int64, T, host int64 {_RESULT}",
    shape=lambda set1, i, v, s: _rank_of(rank_at_least(set1, 2), _sparse_dims(s)),
    T=_ELEMENT,
)
def DenseToSparseSetOperation(
    set1, set2_indices, set2_values, set2_shape, *, device, set_operation, validate_indices=True
):
    """A dense and a sparse tensor's sets combined."""
    second = _of_sparse(set2_indices, set2_values, set2_shape, validate_indices)
    return _combined(_of_dense(set1), second, set_operation, set1, device)


@op(
    f"int64, T, host int64, int64, T, host int64 {_RESULT}",
    shape=lambda i1, v1, s1, i2, v2, s2: _rank_of(_sparse_dims(s1), _sparse_dims(s2)),
    T=_ELEMENT,
)
def SparseToSparseSetOperation(
    set1_indices, set1_values, set1_shape, set2_indices, set2_values, set2_shape, *,
    device, set_operation, validate_indices=True,
):  # fmt: skip
    """Two sparse tensors' sets combined."""
    first = _of_sparse(set1_indices, set1_values, set1_shape, validate_indices)
    second = _of_sparse(set2_indices, set2_values, set2_shape, validate_indices)
    return _combined(first, second, set_operation, set1_values, device)


def _size_shape(set_indices: Tensor, set_values: Tensor, set_shape: Tensor) -> Dims:
    dims = _sparse_dims(set_shape)
    return None if dims is None else dims[:-1]


@op("int64, T, host int64 -> int32", shape=_size_shape, T=_ELEMENT)
def SetSize(set_indices, set_values, set_shape, *, device, validate_indices=True):
    """The number of distinct elements of each set."""
    groups = _of_sparse(set_indices, set_values, set_shape, validate_indices)
    counts = np.zeros(groups.shape, np.int32)
    for place, items in groups.sets.items():
        counts[place] = len(items)
    return tensor_of(counts, np.int32, device)


_FLIPPED = {"a-b": "b-a", "b-a": "a-b"}


def _operation(a: Any, b: Any, operation: str, validate_indices: bool) -> SparseTensor:
    a = convert_to_tensor_or_sparse_tensor(a, name="a")
    b = convert_to_tensor_or_sparse_tensor(b, name="b")
    if a.dtype.base_dtype is not b.dtype.base_dtype:
        raise TypeError(f"Types don't match, {a.dtype} vs {b.dtype}.")
    if isinstance(a, SparseTensor) and not isinstance(b, SparseTensor):
        a, b, operation = b, a, _FLIPPED.get(operation, operation)
    if isinstance(a, SparseTensor):
        found = SparseToSparseSetOperation(
            *a._components, *b._components, operation, validate_indices
        )
    elif isinstance(b, SparseTensor):
        found = DenseToSparseSetOperation(a, *b._components, operation, validate_indices)
    else:
        found = DenseToDenseSetOperation(a, b, operation, validate_indices)
    return SparseTensor(*found)


def set_size(a: Any, validate_indices: bool = True) -> Tensor:
    """The number of distinct elements along the last dimension of a sparse tensor.

    TypeError for a dense tensor. With `validate_indices` the places must be in order.
    """
    sparse = convert_to_tensor_or_sparse_tensor(a, name="a")
    if not isinstance(sparse, SparseTensor):
        raise TypeError(f"Expected `SparseTensor`, got {a}.")
    if sparse.values.dtype.base_dtype not in _ELEMENT:
        raise TypeError(f"Invalid dtype {sparse.values.dtype}.")
    return SetSize(*sparse._components, validate_indices)


def set_intersection(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in both, along the last dimension, sorted, as a sparse tensor.

    `a` and `b`, dense or sparse, have one dtype and agree in all dimensions but the last. With
    `validate_indices` the places of sparse ones must be in order.
    """
    return _operation(a, b, "intersection", validate_indices)


def set_difference(
    a: Any, b: Any, aminusb: bool = True, validate_indices: bool = True
) -> SparseTensor:
    """What is in `a` and not in `b` (not `aminusb`: the other way round); see `intersection`."""
    return _operation(a, b, "a-b" if aminusb else "b-a", validate_indices)


def set_union(a: Any, b: Any, validate_indices: bool = True) -> SparseTensor:
    """What is in one of them, along the last dimension, sorted; see `intersection`."""
    return _operation(a, b, "union", validate_indices)
