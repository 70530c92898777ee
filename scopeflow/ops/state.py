"""Variables' ops: creation, assignment, scatter updates, whether they are initialized.

A kernel gets a variable as its cell, whose `value` is the tensor that the session holds. With
`in_place` nothing else needs the old tensor, so that it may be overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.convert import convert_to_tensor
from ..core.errors import OutOfRangeError
from ..core.lazy_torch import torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import broadcast_dims, merged
from ..core.types import INDEX, NUMBER, REAL

VariableV2 = define(
    "VariableV2",
    [],
    "-> Ref(dtype)",
    attrs={"shape": None, "dtype": None, "container": "", "shared_name": ""},
    shape=lambda *, shape: shape._dims,
    stateful=True,
    doc="A variable's storage in the session.",
)


def writable(cell: Any, in_place: bool) -> Any:
    """The cell's tensor, or a copy of it where the old value is still needed."""
    return cell.value if in_place else cell.value.clone()


def _assign_shape(ref: Tensor, value: Tensor, *, validate_shape: bool = True) -> Dims:
    return merged(ref._dims, value._dims) if validate_shape else value._dims


@op("Ref(T), T -> Ref(T)", attrs={"use_locking": True}, shape=_assign_shape, differentiable=False)
def Assign(ref, value, *, validate_shape=True):
    """The variable gets a new value; with validate_shape it must have the variable's shape."""
    if validate_shape and ref.dims is not None and tuple(value.shape) != ref.dims:
        raise ValueError(
            "Assign requires shapes of both tensors to match. "
            f"lhs shape= {list(ref.dims)} rhs shape= {list(value.shape)}"
        )
    ref.value = value.copy() if isinstance(value, np.ndarray) else value.detach().clone()
    return ref.value


def _update_shape(ref: Tensor, value: Tensor) -> Dims:
    return merged(ref._dims, value._dims)


@op(
    "Ref(T), T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_update_shape,
    T=NUMBER,
    differentiable=False,
)
def AssignAdd(ref, value, *, in_place):
    """The variable plus a value of its shape."""
    ref.value = writable(ref, in_place).add_(value)
    return ref.value


@op(
    "Ref(T), T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_update_shape,
    T=NUMBER,
    differentiable=False,
)
def AssignSub(ref, value, *, in_place):
    """The variable minus a value of its shape."""
    ref.value = writable(ref, in_place).sub_(value)
    return ref.value


@op("Ref(dtype) -> bool", shape=lambda ref: (), differentiable=False)
def IsVariableInitialized(ref):
    """Whether the variable has a value in this session."""
    return torch.tensor(hasattr(ref, "value"))


@op("Ref(T) -> T", shape=lambda ref: (), T=INDEX, differentiable=False)
def CountUpTo(ref, *, limit, op):
    """The variable's value, which then grows by 1; OutOfRangeError once it has reached `limit`."""
    before = ref.value
    if before >= limit:
        raise OutOfRangeError(None, op, f"Reached limit of {limit}")
    ref.value = before + 1
    return before


# Updates of single rows.


def _scatter_shape(ref: Tensor, indices: Tensor, updates: Tensor) -> Dims:
    if ref._dims is not None and indices._dims is not None:
        wanted = indices._dims + ref._dims[1:]
        if updates._dims != () and broadcast_dims(updates._dims, wanted) is None:
            raise ShapeError("Updates do not fit the variable's rows")
    return ref._dims


def _rows(cell: Any, indices: Any, updates: Any, in_place: bool) -> tuple:
    value = writable(cell, in_place)
    length = value.shape[0]
    if indices.numel() and not indices.is_cuda:
        low, high = torch.aminmax(indices)
        if low < 0 or high >= length:
            wrong = int(low if low < 0 else high)
            raise IndexError(f"indices = {wrong} is not in [0, {length})")
    rows = updates.expand(indices.shape + value.shape[1:]).reshape(-1, *value.shape[1:])
    return value, indices.reshape(-1).long(), rows


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": True},
    shape=_scatter_shape,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterUpdate(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes updates[i]."""
    value, places, rows = _rows(ref, indices, updates, in_place)
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
    value, places, rows = _rows(ref, indices, updates, in_place)
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
    value, places, rows = _rows(ref, indices, updates, in_place)
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
    value, places, rows = _rows(ref, indices, updates, in_place)
    ref.value = value.index_reduce_(0, places, rows, "prod")
    return ref.value


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
    value, places, rows = _rows(ref, indices, updates, in_place)
    for place, row in zip(places.tolist(), rows, strict=True):  # repeated rows divide in turn
        value[place] = value[place] / row
    ref.value = value
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=REAL,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterMin(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes the minimum of itself and updates[i]."""
    value, places, rows = _rows(ref, indices, updates, in_place)
    ref.value = value.index_reduce_(0, places, rows, "amin")
    return ref.value


@op(
    "Ref(T), Tindices, T -> Ref(T)",
    attrs={"use_locking": False},
    shape=_scatter_shape,
    T=REAL,
    Tindices=INDEX,
    differentiable=False,
)
def ScatterMax(ref, indices, updates, *, in_place):
    """Row indices[i] of the variable becomes the maximum of itself and updates[i]."""
    value, places, rows = _rows(ref, indices, updates, in_place)
    ref.value = value.index_reduce_(0, places, rows, "amax")
    return ref.value


# Public functions. `ref` is a variable.


def _variable(ref: Any, function: str) -> Any:
    if hasattr(ref, "assign") or (isinstance(ref, Tensor) and ref.dtype._is_ref_dtype):
        return ref
    raise AttributeError(
        f"tf.{function} changes a variable; {ref!r} is none (it has no 'assign'). "
        "Pass the tf.Variable itself."
    )


def assign(
    ref: Any,
    value: Any,
    validate_shape: bool | None = None,
    use_locking: bool | None = None,
    name: str | None = None,
) -> Tensor:
    """The op that gives variable `ref` the value; its output is the new value.

    With `validate_shape` (the default) the shapes must agree. `use_locking` is accepted: a run
    executes one op at a time.
    """
    _variable(ref, "assign")
    return Assign(
        ref,
        value,
        True if validate_shape is None else validate_shape,
        True if use_locking is None else use_locking,
        name=name,
    )


def assign_add(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """The op that adds `value` to variable `ref`; its output is the new value."""
    return AssignAdd(_variable(ref, "assign_add"), value, bool(use_locking), name=name)


def assign_sub(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """The op that subtracts `value` from variable `ref`; its output is the new value."""
    return AssignSub(_variable(ref, "assign_sub"), value, bool(use_locking), name=name)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """The op that increments `ref` and gives its old value, until it has reached `limit`."""
    return CountUpTo(ref, limit, name=name)


def _scatter(function: Callable, name_: str, locking: bool, doc: str) -> Callable[..., Tensor]:
    def scatter(
        ref: Any, indices: Any, updates: Any, use_locking: bool = locking, name: str | None = None
    ) -> Tensor:
        return function(_variable(ref, name_), indices, updates, use_locking, name=name)

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


def strided_slice_assigner(variable: Any, piece: Tensor) -> Callable[..., Tensor]:
    """The `assign` method of a sliced variable."""

    def assign_slice(value: Any, name: str | None = None) -> Tensor:
        _, begin, end, strides = piece.op.inputs
        attrs = piece.op.attrs
        masks = [
            attrs[m]
            for m in (
                "begin_mask",
                "end_mask",
                "ellipsis_mask",
                "new_axis_mask",
                "shrink_axis_mask",
            )
        ]
        wanted = convert_to_tensor(value, dtype=variable.dtype.base_dtype)
        return StridedSliceAssign(variable, begin, end, strides, wanted, *masks, name=name)

    return assign_slice


@op(
    "Ref(T), host Index, host Index, host Index, T -> Ref(T)",
    shape=lambda ref, begin, end, strides, value, **_: ref._dims,
    Index=INDEX,
    differentiable=False,
)
def StridedSliceAssign(
    ref,
    begin,
    end,
    strides,
    value,
    *,
    begin_mask=0,
    end_mask=0,
    ellipsis_mask=0,
    new_axis_mask=0,
    shrink_axis_mask=0,
    in_place,
):
    """The part of the variable that a StridedSlice would give gets a new value."""
    from .slicing import _index

    tensor = writable(ref, in_place)
    index = _index(
        begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    )
    tensor[index] = value
    ref.value = tensor
    return tensor
