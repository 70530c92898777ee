"""Variables' ops: creation, assignment, also of slices, whether they are initialized.

A kernel gets a variable as its cell, whose `value` is the tensor that the session holds. With
`in_place` nothing else needs the old tensor, so that it may be overwritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core.convert import convert_to_tensor
from ..core.errors import OutOfRangeError, UnimplementedError
from ..core.lazy_torch import torch
from ..core.op import define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, rank_is
from ..core.types import INDEX, NUMBER
from .slicing import _index, _sliced

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


def _text(shape: Any) -> str:
    return f"[{','.join(map(str, shape))}]"


def _check_size(cell: Any, value: Any) -> None:
    """An update has the variable's shape: nothing is broadcast."""
    have, given = cell.value.shape, value.shape
    if have != given:
        raise ValueError(
            "Parameters and update must be the same size"
            if cell.op.type == "VariableV2"
            else f"Cannot update variable with shape {_text(have)} using a Tensor with shape "
            f"{_text(given)}, shapes must be equal."
        )


def _assign_shape(ref: Tensor, value: Tensor, *, validate_shape: bool = True) -> Dims:
    return merged(ref._dims, value._dims) if validate_shape else value._dims


@op("Ref(T), T -> Ref(T)", attrs={"use_locking": True}, shape=_assign_shape, differentiable=False)
def Assign(ref, value, *, validate_shape=True, keep):
    """The variable gets a new value; with validate_shape it must have the variable's shape."""
    if validate_shape and ref.dims is not None and tuple(value.shape) != ref.dims:
        raise ValueError(
            "Assign requires shapes of both tensors to match. "
            f"lhs shape= {_text(ref.dims)} rhs shape= {_text(value.shape)}"
        )
    if isinstance(value, np.ndarray):
        ref.value = value.copy()
    else:
        value = value.detach()
        ref.value = value if keep and value.is_contiguous() else value.clone()
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
    _check_size(ref, value)
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
    _check_size(ref, value)
    ref.value = writable(ref, in_place).sub_(value)
    return ref.value


@op("Ref(dtype) -> bool", shape=lambda ref: (), differentiable=False)
def IsVariableInitialized(ref, *, device):
    """Whether the variable has a value in this session."""
    return torch.tensor(hasattr(ref, "value"), device=device)


@op("Ref(T) -> T", shape=lambda ref: rank_is(ref, 0) or (), T=INDEX, differentiable=False)
def CountUpTo(ref, *, limit, op):
    """The variable's value, which then grows by 1; OutOfRangeError once it has reached `limit`."""
    before = ref.value
    if before >= limit:
        raise OutOfRangeError(None, op, f"Reached limit of {limit}")
    ref.value = before + 1
    return before.clone()


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
    if not _variable(ref, "assign").dtype._is_ref_dtype:
        return ref.assign(value, name=name)
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
    if not _variable(ref, "assign_add").dtype._is_ref_dtype:
        return ref.assign_add(value)
    return AssignAdd(ref, value, bool(use_locking), name=name)


def assign_sub(
    ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None
) -> Tensor:
    """The op that subtracts `value` from variable `ref`; its output is the new value."""
    if not _variable(ref, "assign_sub").dtype._is_ref_dtype:
        return ref.assign_sub(value)
    return AssignSub(ref, value, bool(use_locking), name=name)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """The op that increments `ref` and gives its old value, until it has reached `limit`."""
    if not ref.dtype._is_ref_dtype:
        return ref.count_up_to(limit)
    return CountUpTo(ref, limit, name=name)


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
        return variable._assign_slice(
            begin, end, strides, wanted, *masks, name=name or f"{piece.op.name}/_assign"
        )

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
    op,
):
    """The part of the variable that a StridedSlice would give gets a new value of its shape."""
    tensor = writable(ref, in_place)
    index = _index(
        begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
    )
    if any(isinstance(item, slice) and (item.step or 1) < 0 for item in index):
        places = _sliced(torch.arange(tensor.numel(), device=tensor.device).view_as(tensor), index)
        part = None
    else:
        places = part = tensor[index]
    if places.numel() and places.shape != value.shape:
        raise UnimplementedError(
            None,
            op,
            f"sliced l-value shape {_text(places.shape)} does not match r-value shape "
            f"{_text(value.shape)}. Automatic broadcasting not yet implemented."
            "\nGive the slice's own shape: tf.fill, tf.broadcast_to.",
        )
    if not places.numel():
        pass
    elif part is None:
        tensor.view(-1)[places.reshape(-1)] = value.reshape(-1)
    else:
        part.copy_(value)
    ref.value = tensor
    return tensor
