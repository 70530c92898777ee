"""Iterators over datasets: objects that a session holds, and the ops that draw from them."""

from __future__ import annotations

from typing import Any

from ..core.errors import InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Tensor
from ..pipeline.base import on_host
from ..pipeline.files import as_string
from ..pipeline.iterator import DatasetIterator, by_handle
from ..pipeline.sparse import SparseValue, joined, packed, rows_of
from .datasets import TYPES, scalar
from .datasets_functions import component_shapes

_OWN: dict[str, Any] = {"shared_name": "", "container": ""}


def _placed(values: Any, device: Any) -> list:
    """Components where the session computes."""
    if device.type == "cpu":
        return list(values)
    return [v.to(device) if isinstance(v, torch.Tensor) else v for v in values]


@op(
    "-> resource",
    shape=scalar,
    attrs={"shared_name": REQUIRED, "container": REQUIRED, **TYPES},
    stateful=True,
)
def IteratorV2(*, held, op):
    """An iterator that `MakeIterator` gives a dataset to."""
    return held_object(held, op, lambda: DatasetIterator(op.name))


@op("-> resource", shape=scalar, attrs={"dataset": REQUIRED, **TYPES, **_OWN}, stateful=True)
def OneShotIterator(*, held, op):
    """An iterator over one dataset, which is made at the first use."""

    def made() -> DatasetIterator:
        found = DatasetIterator(op.name)
        found.initialize(held.evaluate(op.attrs["dataset"]))
        return found

    return held_object(held, op, made)


@op("variant, held resource ->", stateful=True)
def MakeIterator(dataset, iterator):
    """Let the iterator begin at the start of the dataset."""
    iterator.initialize(dataset)


@op(
    "held resource -> [output_types]",
    shape=component_shapes,
    attrs=TYPES,
    differentiable=False,
    stateful=True,
)
def IteratorGetNext(iterator, *, device, held):
    """The iterator's next element."""
    with held.turn.given_up():
        found = iterator.next()
    return _placed(found, device)


@op("held resource -> string", shape=scalar, stateful=True)
def IteratorToStringHandle(resource_handle):
    """A string that stands for the iterator in this session."""
    return as_string(resource_handle.handle)


@op(
    "string -> resource",
    shape=scalar,
    attrs={"output_types": (), "output_shapes": ()},
    stateful=True,
)
def IteratorFromStringHandleV2(string_handle, *, held):
    """The iterator that a string stands for."""
    return by_handle(held, string_handle.item())


@op(
    "variant -> [output_types]",
    shape=component_shapes,
    attrs=TYPES,
    differentiable=False,
)
def DatasetToSingleElement(dataset, *, device):
    """The element of a dataset that has one. InvalidArgumentError where it has none or more."""
    elements = dataset.elements()
    found = next(elements, None)
    if found is None:
        raise InvalidArgumentError(None, None, "Dataset was empty.")
    if next(elements, None) is not None:
        raise InvalidArgumentError(None, None, "Dataset had more than one element.")
    return _placed(found, device)


# Optional values.


@op("[Toutput_types] -> variant", shape=scalar, view=True)
def OptionalFromValue(components):
    """An optional that has a value."""
    return tuple(components)


@op("-> variant", shape=scalar)
def OptionalNone():
    """An optional that has none."""
    return None


@op("variant -> bool", shape=scalar)
def OptionalHasValue(optional, *, device):
    """Whether the optional has a value."""
    return torch.tensor(optional is not None, device=device)


@op("variant -> [output_types]", shape=component_shapes, attrs=TYPES, view=True)
def OptionalGetValue(optional):
    """The value. InvalidArgumentError where there is none."""
    if optional is None:
        raise InvalidArgumentError(
            None, None, "The given optional does not have a value. Ask has_value() first."
        )
    return list(optional)


@op("held resource -> variant", shape=scalar, attrs=TYPES, stateful=True)
def IteratorGetNextAsOptional(iterator, *, device, held):
    """The iterator's next element; an optional without a value at the end."""
    from ..core.errors import OutOfRangeError

    try:
        with held.turn.given_up():
            return tuple(_placed(iterator.next(), device))
    except OutOfRangeError:
        return None


# Sparse tensors as components.


@op("int64, T, int64 -> variant", shape=scalar)
def SparseToVariant(sparse_indices, sparse_values, sparse_shape):
    """A sparse tensor as one component."""
    return packed(SparseValue(*map(on_host, (sparse_indices, sparse_values, sparse_shape))))


@op("int64, T, int64 -> variant", shape=lambda *inputs: (None,))
def SparseRowsToVariant(sparse_indices, sparse_values, sparse_shape):
    """The slices of a sparse tensor along its first dimension, as a vector of components."""
    parts = SparseValue(*map(on_host, (sparse_indices, sparse_values, sparse_shape)))
    return packed(rows_of(parts))


def _sparse_shapes(serialized_sparse: Tensor, *, rank: int | None) -> list:
    return [(None, rank), (None,), (rank,)]


@op(
    "variant -> sparse_indices: int64, sparse_values: dtype, sparse_shape: int64",
    shape=_sparse_shapes,
    attrs={"dtype": REQUIRED, "rank": None},
    differentiable=False,
)
def VariantToSparse(serialized_sparse, *, device):
    """The sparse tensor that a component is, or that a vector of them has as slices."""
    return tuple(_placed(joined(serialized_sparse), device))
