"""Sparse tensors that wait in a session, under numbers that dense ops can move about."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..core.dtypes import DType, as_dtype
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Dims, Operation, Tensor
from ..core.shape_rules import rank_is
from ..core.sparse_tensor import SparseTensor, as_sparse
from .serializing import Parts, _array, stacked_sparse
from .texts import tensor_of


class SparseTensors:
    """The sparse tensors that are kept under one name."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[DType, Parts]] = {}
        self._numbers = itertools.count()

    def add(self, dtype: DType, parts: Parts) -> int:
        """Keep one; returns its number."""
        number = next(self._numbers)
        self._kept[number] = dtype, parts
        return number

    def take(self, number: int, dtype: DType) -> Parts:
        """Give one out. ValueError where there is none, and for another dtype."""
        found = self._kept.get(number)
        if found is None:
            raise ValueError(f"Unable to find SparseTensor: {number}")
        if found[0] is not dtype:
            raise ValueError(
                f"dtype mismatch for SparseTensor[{number}]: {found[0].name} is kept, "
                f"{dtype.name} is wanted"
            )
        return self._kept.pop(number)[1]


def _tensors(held: Any, container: str, shared_name: str, op: Operation) -> SparseTensors:
    return held.setdefault((container, shared_name or op.name), SparseTensors())


def _parts(indices: Any, values: Any, shape: tuple[int, ...]) -> Parts:
    arrays = (np.array(_array(part)) for part in (indices, values))
    return (*arrays, np.array(shape, np.int64))  # type: ignore[return-value]


@op("int64, T, host int64 -> int64", shape=lambda indices, values, shape: (), stateful=True)
def AddSparseToTensorsMap(
    sparse_indices, sparse_values, sparse_shape, *, container="", shared_name="", op, held, device
):
    """Keeps a sparse tensor; gives its number."""
    kept = _tensors(held, container, shared_name, op)
    parts = _parts(sparse_indices, sparse_values, sparse_shape)
    return torch.tensor(kept.add(op.inputs[1].dtype.base_dtype, parts), device=device)


@op("int64, T, host int64 -> int64", shape=lambda indices, values, shape: (None,), stateful=True)
def AddManySparseToTensorsMap(
    sparse_indices, sparse_values, sparse_shape, *, container="", shared_name="", op, held, device
):
    """Keeps each row of a sparse tensor; gives their numbers."""
    if len(sparse_shape) < 2:
        raise ValueError(f"Rank of input SparseTensor should be > 1, but saw {len(sparse_shape)}")
    kept, dtype = _tensors(held, container, shared_name, op), op.inputs[1].dtype.base_dtype
    indices, values, shape = _parts(sparse_indices, sparse_values, sparse_shape)
    found = []
    for row in range(shape[0]):
        own = indices[:, 0] == row
        found.append(kept.add(dtype, (indices[own, 1:], values[own], shape[1:])))
    return tensor_of(found, np.int64, device)


def _taken_shape(sparse_handles: Tensor) -> list[Dims]:
    rank_is(sparse_handles, 1)
    return [(None, None), (None,), (None,)]


@op(
    "host int64 -> sparse_indices: int64, sparse_values: dtype, sparse_shape: int64",
    attrs={"dtype": REQUIRED},
    shape=_taken_shape,
    stateful=True,
)
def TakeManySparseFromTensorsMap(sparse_handles, *, container="", shared_name="", op, held, device):
    """The sparse tensors of these numbers as one, with a dimension more in front."""
    dtype = op.attrs["dtype"]
    if not sparse_handles:
        raise ValueError("Must have at least 1 sparse handle")
    kept = _tensors(held, container, shared_name, op)
    tensors = [kept.take(number, dtype) for number in sparse_handles]
    return stacked_sparse(tensors, (len(tensors),), dtype, device, "rank")


def add_sparse_to_tensors_map(
    sp_input: Any, container: str | None = None, shared_name: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Keeps a sparse tensor in the session -> its number, an int64."""
    return AddSparseToTensorsMap(
        *as_sparse(sp_input)._components, container or "", shared_name or "", name=name
    )


def add_many_sparse_to_tensors_map(
    sp_input: Any, container: str | None = None, shared_name: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Keeps each row of a sparse tensor in the session -> their numbers, int64 [rows]."""
    return AddManySparseToTensorsMap(
        *as_sparse(sp_input)._components, container or "", shared_name or "", name=name
    )


def take_many_sparse_from_tensors_map(
    sparse_map_op: Operation, sparse_handles: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The sparse tensors of these numbers as one, with a dimension more in front.

    They are no longer kept then. `sparse_map_op` is the op that keeps them (or one with the same
    shared name). TypeError for another op.
    """
    kinds = ("AddSparseToTensorsMap", "AddManySparseToTensorsMap")
    if not isinstance(sparse_map_op, Operation) or sparse_map_op.type not in kinds:
        raise TypeError(f"sparse_map_op must be one of {', '.join(kinds)}: {sparse_map_op!r}")
    attrs = sparse_map_op.attrs
    with sparse_map_op.graph.colocate_with(sparse_map_op):
        indices, values, sizes = TakeManySparseFromTensorsMap(
            sparse_handles,
            as_dtype(sparse_map_op.inputs[1].dtype.base_dtype),
            container=attrs["container"],
            shared_name=attrs["shared_name"] or sparse_map_op.name,
            name=name,
        )
    indices.set_shape([None, rank])
    sizes.set_shape([rank])
    return SparseTensor(indices, values, sizes)
