"""Gathers, masks and choices, one-hot rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor, dtype_of
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import (
    axis_of,
    broadcast,
    merged,
    merged_dim,
    rank_at_least,
    rank_is,
)
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX
from .array import reshape, shape, squeeze
from .constant import constant
from .joining import concat

# Gathers.


def _gather_shape(params: Tensor, indices: Tensor, axis: Tensor, *, batch_dims: int) -> Dims:
    rank_is(axis, 0)
    rank_at_least(params, 1)
    position = static_value(axis)
    if params._dims is None or indices._dims is None:
        return None
    if position is None:
        return (None,) * (len(params._dims) - 1 + len(indices._dims) - batch_dims)
    position = axis_of(params, position)
    return params._dims[:position] + indices._dims[batch_dims:] + params._dims[position + 1 :]


def _host_gather(params, indices, axis, *, batch_dims):
    return tuple(params[i] for i in indices) if isinstance(indices, tuple) else params[indices]


@op(
    "Tparams, Tindices, host Taxis -> Tparams",
    shape=_gather_shape,
    Tindices=INDEX,
    Taxis=INDEX,
    host=_host_gather,
)
def GatherV2(params, indices, axis, *, batch_dims=0):
    """The slices of `params` along `axis` at `indices`; the first batch_dims dimensions match."""
    if not params.ndim:
        raise ValueError("params must be at least 1 dimensional")
    if not isinstance(axis, int):
        raise ValueError("axis must be scalar")
    if not -params.ndim <= axis < params.ndim:
        raise ValueError(
            f"Expected axis in the range [{-params.ndim}, {params.ndim}), but got {axis}"
        )
    axis = axis % params.ndim
    if batch_dims:
        return _batch_gather(params, indices, axis, batch_dims % max(indices.ndim, 1))
    check_bounds(indices, params.shape[axis])
    if indices.ndim == 1:
        return params.index_select(axis, indices)
    found = params.index_select(axis, indices.reshape(-1))
    return found.reshape(params.shape[:axis] + indices.shape + params.shape[axis + 1 :])


def check_bounds(indices, length):
    """TensorFlow's CPU refuses every index outside [0, length); its GPU kernels do not look."""
    if not values_known(indices) or not indices.numel():
        return
    low, high = torch.aminmax(indices)
    if low < 0 or high >= length:
        first = tuple(((indices < 0) | (indices >= length)).nonzero()[0].tolist())
        place = f"indices[{','.join(map(str, first))}]" if first else "indices"
        raise IndexError(f"{place} = {int(indices[first])} is not in [0, {length})")


def _batch_gather(params, indices, axis, batch_dims):
    check_bounds(indices, params.shape[axis])
    batch = params.shape[:batch_dims]
    moved = params.movedim(axis, batch_dims)
    flat = moved.reshape(-1, *moved.shape[batch_dims:])
    rows = indices.reshape(flat.shape[0], -1)
    number = torch.arange(flat.shape[0], device=params.device)[:, None]
    picked = flat[number, rows].reshape(
        *batch, *indices.shape[batch_dims:], *moved.shape[batch_dims + 1 :]
    )
    places = range(batch_dims, indices.ndim)
    return picked.movedim(tuple(places), tuple(range(axis, axis + len(places))))


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """The slices of `params` along `axis` (0, or batch_dims) at `indices`.

    Out-of-range indices raise InvalidArgumentError when running; `validate_indices` is accepted:
    they are always checked.
    """
    if axis is None:
        axis = batch_dims
    if getattr(params, "handle", None) is not None and not batch_dims and constant_value(axis) == 0:
        return params.sparse_read(indices, name=name)  # a resource variable
    return GatherV2(params, indices, axis, batch_dims, name=name)


def _gather_nd_shape(params: Tensor, indices: Tensor) -> Dims:
    rank_at_least(indices, 1)
    if params._dims is None or indices._dims is None or indices._dims[-1] is None:
        return None
    depth = indices._dims[-1]
    if depth > len(params._dims):
        raise ShapeError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{dims_text(indices._dims)} and params shape: {dims_text(params._dims)}"
        )
    return indices._dims[:-1] + params._dims[depth:]


def _check_places(params, indices):
    if not params.ndim:
        raise ValueError("params must be at least a vector")
    if not indices.ndim:
        raise ValueError("indices must be at least a vector")
    depth, dims = indices.shape[-1], params.shape
    if depth > params.ndim:
        raise ValueError(
            "index innermost dimension length must be <= params rank; saw: "
            f"{depth} vs. {params.ndim}"
        )
    if not params.numel() and indices.numel():
        raise ValueError(
            "Requested more than 0 entries, but params is empty.  "
            f"Params shape: {dims_text(tuple(dims))}"
        )
    if not values_known(indices) or not indices.numel():
        return
    limits = torch.tensor(dims[:depth])
    wrong = ((indices < 0) | (indices >= limits)).any(-1)
    if wrong.any():
        place = tuple(wrong.nonzero()[0].tolist())
        text = ",".join(map(str, place))
        raise IndexError(
            f"indices[{text}] = [{', '.join(map(str, indices[place].tolist()))}] does not index "
            f"into param shape [{','.join(map(str, dims))}]"
        )


@op("Tparams, Tindices -> Tparams", shape=_gather_nd_shape, Tindices=INDEX)
def GatherNd(params, indices):
    """`params[i, j, …]` for each row (i, j, …) of `indices`."""
    _check_places(params, indices)
    if not indices.shape[-1]:
        return params.expand(indices.shape[:-1] + params.shape).clone()
    found = params[tuple(indices.unbind(-1))]
    return found if indices.ndim > 1 else found.clone()  # torch gives a view of one place


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """`params[i, j, …]` for each row of `indices` [..., depth].

    The first `batch_dims` dimensions of both are a batch: each of its elements gathers from its own
    part of `params`.
    """
    if batch_dims:
        from .scatter import batch_gather_nd

        return batch_gather_nd(params, indices, batch_dims, name)
    if getattr(params, "handle", None) is not None:
        return params.gather_nd(indices, name=name)  # a resource variable
    return GatherNd(params, indices, name=name)


# Masks and choices.


@op(
    "bool -> int64",
    attrs={"T": dtypes.bool},
    shape=lambda input: (None, None if input._dims is None else len(input._dims)),
    varies=True,
)
def Where(input):
    """The positions of the true elements, one a row, in row-major order."""
    return torch.nonzero(input)


def _select_shape(condition: Tensor, t: Tensor, e: Tensor) -> Dims:
    dims = merged(t._dims, e._dims)
    have = condition._dims
    if have is None or dims is None or have == ():
        return dims
    if len(have) == 1 and len(dims) > 1:
        merged_dim(have[0], dims[0])
        return dims
    return merged(have, dims)


@op("bool, T, T -> T", shape=_select_shape)
def Select(condition, t, e):
    """`t` where the condition holds, else `e`; a vector condition chooses whole rows."""
    if t.shape != e.shape:
        raise ValueError(
            f"'then' and 'else' must have the same size, but received: {list(t.shape)} vs. "
            f"{list(e.shape)}"
        )
    if condition.ndim == 1 and t.ndim > 1:
        condition = condition.reshape(-1, *(1,) * (t.ndim - 1))
        fits = len(condition) == len(t)
    else:
        fits = not condition.ndim or condition.shape == t.shape
    if not fits:
        raise ValueError(
            f"'cond' must be a scalar, a vector over the rows, or of the shape of 'then', but has "
            f"shape {list(condition.shape)} for {list(t.shape)}"
        )
    return torch.where(condition, t, e)


def where(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`x` where the condition holds, else `y`; with neither, the positions of true elements.

    `x` and `y` have one shape; the condition has it too, or is a vector over its rows.
    """
    if (x is None) != (y is None):
        raise ValueError("x and y must both be non-None or both be None.")
    if x is None:
        with name_scope(name, "Where", [condition]) as scope:
            found = convert_to_tensor(condition, name="condition", preferred_dtype=dtypes.bool)
            if not found.dtype.is_bool:
                from .compare import not_equal

                found = not_equal(found, constant(0, found.dtype))
            return Where(found, name=scope)
    return Select(condition, x, y, name=name)


@op("bool, T, T -> T", shape=broadcast)
def SelectV2(condition, t, e):
    """`t` where the condition holds, else `e`; all three broadcast."""
    return torch.where(condition, t, e)


def where_v2(condition: Any, x: Any = None, y: Any = None, name: str | None = None) -> Tensor:
    """`tf.where` of TensorFlow 2: condition, `x` and `y` broadcast to one shape."""
    if x is None or y is None:
        return where(condition, x, y, name)
    return SelectV2(condition, x, y, name=name)


def boolean_mask(
    tensor: Any, mask: Any, name: str = "boolean_mask", axis: int | None = None
) -> Tensor:
    """The slices of `tensor` where `mask` is true; the mask covers dimensions from `axis` on."""
    with name_scope(name, values=[tensor, mask]):
        tensor = convert_to_tensor(tensor, name="tensor")
        mask = convert_to_tensor(mask, name="mask")
        if mask._dims == ():
            raise ValueError("mask cannot be scalar.")
        if mask._dims is None:
            raise ValueError(
                "Number of mask dimensions must be specified, even if some dimensions are None. "
                "Give the mask's placeholder a shape such as [None]."
            )
        first = 0 if axis is None else axis
        after = first + len(mask._dims)
        if tensor._dims is not None:
            tensor.shape[first:after].assert_is_compatible_with(mask.shape)
        sizes = shape(tensor)
        from .reduce import reduce_prod

        leading = reduce_prod(sizes[first:after], [0])
        flat = reshape(tensor, concat([shape(tensor)[:first], [leading], shape(tensor)[after:]], 0))
        if tensor._dims is not None:
            known = tensor._dims
            flat.set_shape((*known[:first], None, *known[after:]))
        rows = squeeze(where(reshape(mask, [-1])), axis=[1])
        return gather(flat, rows, axis=first)


@op(
    "TI, host int32, T, T -> T",
    shape=lambda indices, depth, on_value, off_value, *, axis: _one_hot_shape(indices, depth, axis),
    differentiable=False,
)
def OneHot(indices, depth, on_value, off_value, *, axis=-1):
    """Rows of off_value with on_value at the index; an index out of range gives none."""
    places = torch.arange(depth, device=indices.device, dtype=indices.dtype)
    if axis > indices.ndim:
        raise ValueError(
            f"Expected axis to be -1 or between [0, {indices.ndim + 1}).  But received: {axis}"
        )
    axis = axis % (indices.ndim + 1)
    shape_ = [1] * (indices.ndim + 1)
    shape_[axis] = depth
    return torch.where(indices.unsqueeze(axis) == places.reshape(shape_), on_value, off_value)


def _one_hot_shape(indices: Tensor, depth: Tensor, axis: int) -> Dims:
    if indices._dims is None:
        return None
    if axis < -1:
        raise ShapeError("axis must be >= -1")
    if axis > len(indices._dims):
        return (None,) * (len(indices._dims) + 1)
    position = axis % (len(indices._dims) + 1)
    length = static_value(depth)
    if length is not None and length < 0:
        raise ShapeError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {length}"
        )
    return (*indices._dims[:position], length, *indices._dims[position:])


def _dtype_of_python(value: Any) -> DType:
    """The dtype of a tensor made of an array (its own) or of numbers."""
    kind = as_dtype(np.asarray(value).dtype)
    if isinstance(value, np.ndarray | np.generic):
        return kind
    return {dtypes.int64: dtypes.int32, dtypes.float64: dtypes.float32}.get(kind, kind)


def one_hot(
    indices: Any,
    depth: Any,
    on_value: Any = None,
    off_value: Any = None,
    axis: int | None = None,
    dtype: Any = None,
    name: str | None = None,
) -> Tensor:
    """`on_value` (1) at each index along a new dimension `axis` of size `depth`, else `off_value`.

    TypeError where the values' dtypes and `dtype` disagree.
    """
    with name_scope(name, "one_hot", [indices, depth, on_value, off_value]) as scope:
        given = {}
        for label, value in (("on_value", on_value), ("off_value", off_value)):
            if value is not None:
                given[label] = dtype_of(value) or _dtype_of_python(value)
        found = set(given.values())
        if len(found) > 1:
            raise TypeError(
                f"dtype {given['on_value'].name} of on_value does not match dtype "
                f"{given['off_value'].name} of off_value"
            )
        wanted = as_dtype(dtype) if dtype is not None else next(iter(found), dtypes.float32)
        for label, have in given.items():
            if have is not wanted:
                raise TypeError(
                    f"dtype {have.name} of {label} does not match dtype parameter {wanted.name}"
                )
        on = convert_to_tensor(1 if on_value is None else on_value, wanted, name="on_value")
        off = convert_to_tensor(0 if off_value is None else off_value, wanted, name="off_value")
        if not isinstance(indices, Tensor) and not hasattr(indices, "dtype"):
            indices = convert_to_tensor(indices, dtypes.int64, name="indices")
        return OneHot(indices, depth, on, off, -1 if axis is None else axis, name=scope)
