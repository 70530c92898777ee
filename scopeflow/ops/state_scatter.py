"""Updates of rows and parts of variables: `tf.scatter_add` and its like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import values_known
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged
from ..core.types import INDEX, NUMBER, WIDE
from .gathering import check_bounds
from .scatter import _check_updates
from .state import _text, _variable, writable

# Updates of single rows.


def _scatter_shape(ref: Tensor, indices: Tensor, updates: Tensor) -> Dims:
    if ref._dims is not None and indices._dims is not None:
        if updates._dims != ():
            merged(updates._dims, indices._dims + ref._dims[1:])
    return ref._dims


def rows_of(cell: Any, indices: Any, updates: Any, in_place: bool) -> tuple:
    """The variable's tensor, the indices and the rows in one dimension; ValueError, IndexError."""
    wanted = indices.shape + cell.value.shape[1:]
    if updates.ndim and updates.shape != wanted:
        raise ValueError(
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got "
            f"updates.shape {_text(updates.shape)}, indices.shape {_text(indices.shape)}, "
            f"params.shape {_text(cell.value.shape)}"
        )
    check_bounds(indices, cell.value.shape[0])
    value = writable(cell, in_place)
    rows = updates.expand(wanted).reshape(-1, *value.shape[1:])
    return value, indices.reshape(-1).long(), rows


def _reduced(cell: Any, indices: Any, updates: Any, in_place: bool, how: str) -> Any:
    value, places, rows = rows_of(cell, indices, updates, in_place)
    each = places.reshape(-1, *(1,) * (rows.ndim - 1)).expand_as(rows)
    cell.value = value.scatter_reduce_(0, each, rows, how)
    return cell.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": True},
    shape=_scatter_shape,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterUpdate(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes updates[i]."""
    if isinstance(updates, np.ndarray):  # strings
        check_bounds(indices, ref.value.shape[0])
        texts = ref.value.copy()
        texts[indices.numpy(force=True)] = updates
        ref.value = texts
        return texts
    value, places, rows = rows_of(ref, indices, updates, in_place)
    ref.value = value.index_copy_(0, places, rows)
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterAdd(ref, indices, updates, *, in_place):
    """updates[i] is added to row indices[i] of the variable; repeated rows add up."""
    value, places, rows = rows_of(ref, indices, updates, in_place)
    ref.value = value.index_add_(0, places, rows)
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterSub(ref, indices, updates, *, in_place):
    """updates[i] is subtracted from row indices[i] of the variable; repeated rows add up."""
    value, places, rows = rows_of(ref, indices, updates, in_place)
    ref.value = value.index_add_(0, places, rows, alpha=-1)
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterMul(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable is multiplied by updates[i]."""
    return _reduced(ref, indices, updates, in_place, "prod")


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterDiv(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable is divided by updates[i]."""
    value, places, rows = rows_of(ref, indices, updates, in_place)
    for place, row in zip(places.tolist(), rows, strict=True):  # repeated rows divide in turn
        value[place] = value[place] / row
    ref.value = value
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=WIDE,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterMin(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes the minimum of itself and updates[i]."""
    return _reduced(ref, indices, updates, in_place, "amin")


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=WIDE,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterMax(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes the maximum of itself and updates[i]."""
    return _reduced(ref, indices, updates, in_place, "amax")


# Updates of parts: the last dimension of `indices` holds the places in the first dimensions.


def _scatter_nd_shape(ref: Tensor, indices: Tensor, updates: Tensor) -> Dims:
    return _check_updates(indices, updates, ref._dims, "input") if ref._dims else ref._dims


def _place(cell: Any, indices: Any) -> tuple:
    if not cell.value.ndim:
        raise ValueError("Output must be at least 1-D, got shape: []")
    if values_known(indices):
        limits = indices.new_tensor(cell.value.shape[: indices.shape[-1]])
        wrong = ((indices < 0) | (indices >= limits)).any(-1)
        if wrong.any():
            first = tuple(wrong.nonzero()[0].tolist())
            raise IndexError(
                f"indices{_text(first)} = {indices[first].tolist()} does not index into shape "
                f"{_text(cell.value.shape)}"
            )
    return indices.long().unbind(-1)


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": True},
    shape=_scatter_nd_shape,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterNdUpdate(ref, indices, updates, *, in_place):
    """The part of the variable at indices[i] becomes updates[i]."""
    place = _place(ref, indices)
    ref.value = writable(ref, in_place).index_put_(place, updates)
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_nd_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterNdAdd(ref, indices, updates, *, in_place):
    """updates[i] is added to the part of the variable at indices[i]; repeated parts add up."""
    place = _place(ref, indices)
    ref.value = writable(ref, in_place).index_put_(place, updates, accumulate=True)
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_nd_shape,
    T=NUMBER,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterNdSub(ref, indices, updates, *, in_place):
    """updates[i] is subtracted from the part of the variable at indices[i]."""
    place = _place(ref, indices)
    ref.value = writable(ref, in_place).index_put_(place, -updates, accumulate=True)
    return ref.value


def _scatter(function: Callable, name_: str, locking: bool, doc: str) -> Callable[..., Tensor]:
    def scatter(
        ref: Any, indices: Any, updates: Any, use_locking: bool = locking, name: str | None = None
    ) -> Tensor:
        if isinstance(_variable(ref, name_), Tensor):
            return function(ref, indices, updates, use_locking, name=name)
        return ref._scattered(function, indices, updates, use_locking, name)

    scatter.__name__ = scatter.__qualname__ = name_
    scatter.__doc__ = doc
    return scatter


scatter_update = _scatter(
    ScatterUpdate, "scatter_update", True, "Sets rows of variable `ref`: ref[indices] = updates."
)
scatter_add = _scatter(ScatterAdd, "scatter_add", False, "Adds to rows: ref[indices] += updates.")
scatter_sub = _scatter(ScatterSub, "scatter_sub", False, "Subtracts: ref[indices] -= updates.")
scatter_mul = _scatter(ScatterMul, "scatter_mul", False, "Multiplies: ref[indices] *= updates.")
scatter_div = _scatter(ScatterDiv, "scatter_div", False, "Divides: ref[indices] /= updates.")
scatter_min = _scatter(ScatterMin, "scatter_min", False, "The smaller of rows and updates.")
scatter_max = _scatter(ScatterMax, "scatter_max", False, "The larger of rows and updates.")
scatter_nd_update = _scatter(
    ScatterNdUpdate, "scatter_nd_update", True, "Sets ref[indices[i, …]] = updates[i, …]."
)
scatter_nd_add = _scatter(
    ScatterNdAdd, "scatter_nd_add", False, "Adds to parts: ref[indices[i, …]] += updates[i, …]."
)
scatter_nd_sub = _scatter(
    ScatterNdSub, "scatter_nd_sub", False, "Subtracts: ref[indices[i, …]] -= updates[i, …]."
)


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Sets slices in each element of a batch: ref[b…, indices[b…, i]] = updates[b…, i].

    All but the last dimension of `indices` are those of the batch.
    """
    from .array import expand_dims, reshape, shape
    from .filling import ones_like
    from .joining import concat
    from .math import cast
    from .ranges import Range

    with name_scope(name):
        indices = convert_to_tensor(indices, name="indices")
        sizes = shape(indices)
        places = expand_dims(indices, -1)
        batch = len(indices.shape) - 1
        columns = []
        for axis in range(batch):
            size = sizes[axis]
            numbers = cast(Range(0, size, 1), indices.dtype)
            spread: list[Any] = [1] * (batch + 2)
            spread[axis] = size
            columns.append(reshape(numbers, spread) * ones_like(places))
        return scatter_nd_update(ref, concat([*columns, places], -1), updates, use_locking)
