"""Parts of tensors: slices, gathers, masks; ranges and one-hot rows."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import axis_in, broadcast_dims, merged, merged_dim, unchanged
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX, NUMBER, REAL
from .array import concat, reshape, shape, squeeze, stack
from .constant import constant

_slice = builtins.slice
_range = builtins.range

newaxis = None


# Slices.


def _slice_shape(input: Tensor, begin: Tensor, size: Tensor) -> Dims:
    starts, sizes = static_value(begin), static_value(size)
    if sizes is None:
        if input._dims is not None:
            return (None,) * len(input._dims)
        length = None if begin._dims is None else begin._dims[0]
        return None if length is None else (None,) * length
    if input._dims is None:
        return tuple(None if s is None or s < 0 else s for s in sizes)
    merged_dim(len(input._dims), len(sizes))
    found: list[int | None] = []
    for i, (have, want) in enumerate(zip(input._dims, sizes, strict=True)):
        start = starts[i] if starts is not None else None
        if want is not None and want >= 0:
            if have is not None and start is not None and start + want > have:
                raise ShapeError(
                    f"{want} elements from {start} on leave dimension {i} of size {have}"
                )
            found.append(want)
        else:
            unknown = want is None or have is None or start is None
            found.append(None if unknown else have - start)  # type: ignore[operator]
    return tuple(found)


@op(
    "T, host Index, host Index -> T",
    shape=_slice_shape,
    view=True,
    Index=INDEX,
    host=lambda input, begin, size: input[begin[0] :][: None if size[0] == -1 else size[0]],
)
def Slice(input, begin, size):
    """`size` elements from `begin` on, in each dimension; a size of -1 takes the rest."""
    for axis, (start, count) in enumerate(zip(begin, size, strict=True)):
        length = input.shape[axis]
        count = length - start if count == -1 else count
        if start < 0 or start + count > length:
            raise ValueError(
                f"Expected begin[{axis}] and size[{axis}] to stay within dimension {axis} of size "
                f"{length}, got {start} and {count}"
            )
        if start or count != length:
            input = input.narrow(axis, start, count)
    return input


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """The block of `input_` that begins at `begin` and has shape `size` (-1: all the rest)."""
    return Slice(input_, begin, size, name=name)


def _index(
    begin, end, strides, begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask
):
    """The Python index that a strided slice stands for: ints, slices, None and Ellipsis."""
    items: list[Any] = []
    for i, (start, stop, step) in enumerate(zip(begin, end, strides, strict=True)):
        bit = 1 << i
        if ellipsis_mask & bit:
            items.append(Ellipsis)
        elif new_axis_mask & bit:
            items.append(None)
        elif shrink_axis_mask & bit:
            items.append(start)
        else:
            items.append(
                _slice(
                    None if begin_mask & bit else start,
                    None if end_mask & bit else stop,
                    None if step == 1 else step,
                )
            )
    return tuple(items)


def _strided_slice_shape(input, begin, end, strides, **masks) -> Dims:
    steps = static_value(strides)
    dims = input._dims
    if masks["ellipsis_mask"].bit_count() > 1:
        raise ShapeError("Multiple ellipses in slice spec not allowed")
    if steps is not None and 0 in steps:
        raise ShapeError(f"strides[{steps.index(0)}] must be non-zero")
    if steps is None or None in steps or dims is None:
        return None
    length = len(steps)
    starts = static_value(begin) or (None,) * length
    stops = static_value(end) or (None,) * length
    index = _index(starts, stops, steps, **masks)
    consumed = sum(1 for item in index if item is not None and item is not Ellipsis)
    if consumed > len(dims):
        raise ShapeError(
            f"Index out of range using input dim {len(dims)}; input has only {len(dims)} dims"
        )
    found: list[int | None] = []
    axis = 0
    for i, item in enumerate(index):
        bit = 1 << i
        if item is Ellipsis:
            skipped = len(dims) - consumed
            found += dims[axis : axis + skipped]
            axis += skipped
        elif masks["new_axis_mask"] & bit:
            found.append(1)
        elif masks["shrink_axis_mask"] & bit:
            have = dims[axis]
            if have is not None and item is not None and not -have <= item < have:
                raise ShapeError(f"slice index {item} of dimension {axis} out of bounds.")
            axis += 1
        else:
            known_start = masks["begin_mask"] & bit or starts[i] is not None
            known_stop = masks["end_mask"] & bit or stops[i] is not None
            have = dims[axis]
            if not (known_start and known_stop):
                found.append(None)
            elif item == _slice(None, None, None):
                found.append(have)
            elif have is None:
                found.append(None)
            else:
                found.append(len(_range(*item.indices(have))))
            axis += 1
    return (*found, *dims[axis:])


def _host_strided_slice(input, begin, end, strides, **masks):
    return input[_index(begin, end, strides, **masks)[0]]


def _sliced(input, index):
    """`input[index]`, also for negative steps, which torch's slices refuse."""
    if not any(isinstance(i, _slice) and i.step is not None and i.step < 0 for i in index):
        return input[index]
    reversed_axes, forward, axis = [], [], 0
    consumed = sum(1 for i in index if i is not None and i is not Ellipsis)
    out_axis = 0
    for item in index:
        if item is Ellipsis:
            axis += input.ndim - consumed
            out_axis += input.ndim - consumed
        elif item is None:
            out_axis += 1
        elif isinstance(item, int):
            axis += 1
        else:
            if item.step is not None and item.step < 0:
                places = _range(*item.indices(input.shape[axis]))
                item = _slice(0, 0)
                if len(places):
                    item = _slice(places[-1], places[0] + 1, -places.step)
                reversed_axes.append(out_axis)
            axis += 1
            out_axis += 1
        forward.append(item)
    return input[tuple(forward)].flip(reversed_axes)


@op(
    "T, host Index, host Index, host Index -> T",
    shape=_strided_slice_shape,
    view=True,
    Index=INDEX,
    host=_host_strided_slice,
)
def StridedSlice(
    input,
    begin,
    end,
    strides,
    *,
    begin_mask=0,
    end_mask=0,
    ellipsis_mask=0,
    new_axis_mask=0,
    shrink_axis_mask=0,
):
    """numpy-style slicing; bit i of each mask changes what the i-th entry means.

    begin_mask, end_mask: from the start, to the end; ellipsis_mask: `...`; new_axis_mask: a new
    dimension; shrink_axis_mask: a single index, whose dimension goes.
    """
    return _sliced(
        input,
        _index(
            begin,
            end,
            strides,
            begin_mask,
            end_mask,
            ellipsis_mask,
            new_axis_mask,
            shrink_axis_mask,
        ),
    )


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """`input_[begin:end:strides]`, the masks as in numpy's rules (see the op StridedSlice).

    `var`, the variable that was sliced, gives the result an `assign` method.
    """
    if strides is None:
        strides = _ones_like_vector(begin)
    found = StridedSlice(
        input_,
        begin,
        end,
        strides,
        begin_mask,
        end_mask,
        ellipsis_mask,
        new_axis_mask,
        shrink_axis_mask,
        name=name,
    )
    if var is not None:
        from .state import strided_slice_assigner

        found.assign = strided_slice_assigner(var, found)
    return found


def _ones_like_vector(begin: Any) -> Any:
    from .array import ones_like

    return ones_like(begin) if isinstance(begin, Tensor) else [1] * len(begin)


def _slice_helper(tensor: Any, slice_spec: Any, var: Any = None) -> Tensor:
    """`tensor[slice_spec]`: ints, slices, `...`, tf.newaxis and scalar integer tensors."""
    is_mask = isinstance(slice_spec, Tensor) and slice_spec.dtype.is_bool
    if is_mask or (isinstance(slice_spec, np.ndarray) and slice_spec.dtype == bool):
        return boolean_mask(tensor, slice_spec)
    if not isinstance(slice_spec, list | tuple):
        slice_spec = [slice_spec]
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    masks = dict.fromkeys(
        ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"), 0
    )
    for i, item in enumerate(slice_spec):
        bit = 1 << i
        if isinstance(item, _slice):
            start, stop, step = item.start, item.stop, item.step
            for part in (start, stop, step):
                _check_index(part if part is not None else 0)
            masks["begin_mask"] |= bit if start is None else 0
            masks["end_mask"] |= bit if stop is None else 0
            entry = (
                0 if start is None else start,
                0 if stop is None else stop,
                1 if step is None else step,
            )
        elif item is Ellipsis:
            masks["ellipsis_mask"] |= bit
            entry = (0, 0, 1)
        elif item is newaxis:
            masks["new_axis_mask"] |= bit
            entry = (0, 0, 1)
        else:
            _check_index(item)
            masks["shrink_axis_mask"] |= bit
            entry = (item, item + 1, 1)
        for part, parts in zip(entry, (begin, end, strides), strict=True):
            parts.append(part)
    with name_scope(None, "strided_slice", [tensor]) as scope:
        if begin:
            starts, stops, steps = (stack(part) for part in (begin, end, strides))
            if dtypes.int64 in (t.dtype.base_dtype for t in (starts, stops, steps)):
                from .math import cast

                starts, stops, steps = (cast(t, dtypes.int64) for t in (starts, stops, steps))
        else:
            starts = stops = steps = constant([], dtypes.int32)
        return strided_slice(
            tensor,
            starts,
            stops,
            steps,
            masks["begin_mask"],
            masks["end_mask"],
            masks["ellipsis_mask"],
            masks["new_axis_mask"],
            masks["shrink_axis_mask"],
            var,
            scope,
        )


def _check_index(item: Any) -> None:
    is_integer = isinstance(item, int | np.integer) and not isinstance(item, bool)
    if hasattr(item, "__index__") and not isinstance(item, Tensor | bool | np.ndarray):
        is_integer = True
    declared = getattr(item, "dtype", None)
    if isinstance(item, Tensor) or hasattr(item, "_as_graph_element"):
        is_integer = declared.base_dtype in (dtypes.int32, dtypes.int64)  # type: ignore[union-attr]
        is_integer = is_integer and not item.shape.ndims
    elif isinstance(item, np.ndarray):
        is_integer = not item.ndim and item.dtype.kind in "iu"
    elif hasattr(item, "value") and type(item).__name__ == "Dimension":
        is_integer = True
    if not is_integer:
        raise TypeError(
            "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar "
            f"tf.int32/tf.int64 tensors are valid indices, got {item!r}"
        )


# Gathers.


def _gather_shape(params: Tensor, indices: Tensor, axis: Tensor, *, batch_dims: int) -> Dims:
    position = static_value(axis)
    if params._dims is None or indices._dims is None or position is None:
        return None
    position = axis_in(position, len(params._dims))
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
    if isinstance(params, np.ndarray):
        return params.take(indices, axis)
    axis = axis % params.ndim
    if batch_dims:
        return _batch_gather(params, indices, axis, batch_dims % max(indices.ndim, 1))
    _check_bounds(indices, params.shape[axis])
    if indices.ndim == 1:
        return params.index_select(axis, indices)
    found = params.index_select(axis, indices.reshape(-1))
    return found.reshape(params.shape[:axis] + indices.shape + params.shape[axis + 1 :])


def _check_bounds(indices, length):
    """TensorFlow's CPU refuses every index outside [0, length); its GPU kernels do not look."""
    if indices.is_cuda or not indices.numel():
        return
    low, high = torch.aminmax(indices)
    if low < 0 or high >= length:
        first = tuple(((indices < 0) | (indices >= length)).nonzero()[0].tolist())
        place = f"indices[{','.join(map(str, first))}]" if first else "indices"
        raise IndexError(f"{place} = {int(indices[first])} is not in [0, {length})")


def _batch_gather(params, indices, axis, batch_dims):
    _check_bounds(indices, params.shape[axis])
    batch = params.shape[:batch_dims]
    moved = params.movedim(axis, batch_dims)
    flat = moved.reshape(-1, *moved.shape[batch_dims:])
    rows = indices.reshape(flat.shape[0], -1)
    number = torch.arange(flat.shape[0], device=params.device)[:, None]
    picked = flat[number, rows].reshape(
        *batch, *indices.shape[batch_dims:], *moved.shape[batch_dims + 1 :]
    )
    places = _range(batch_dims, indices.ndim)
    return picked.movedim(tuple(places), tuple(_range(axis, axis + len(places))))


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
    if params._dims is None or indices._dims is None or indices._dims[-1] is None:
        return None
    depth = indices._dims[-1]
    if depth > len(params._dims):
        raise ShapeError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: "
            f"{list(indices._dims)} and params shape: {list(params._dims)}"
        )
    return indices._dims[:-1] + params._dims[depth:]


@op("Tparams, Tindices -> Tparams", shape=_gather_nd_shape, Tindices=INDEX)
def GatherNd(params, indices):
    """`params[i, j, …]` for each row (i, j, …) of `indices`."""
    for axis in _range(indices.shape[-1]):
        _check_bounds(indices[..., axis], params.shape[axis])
    return (
        params[tuple(indices.unbind(-1))]
        if indices.shape[-1]
        else params.expand(indices.shape[:-1] + params.shape).clone()
    )


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
    if isinstance(t, np.ndarray):
        return np.where(condition, t, e)
    if condition.ndim == 1 and t.ndim > 1:
        condition = condition.reshape(-1, *(1,) * (t.ndim - 1))
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
                from .math import not_equal

                found = not_equal(found, constant(0, found.dtype))
            return Where(found, name=scope)
    return Select(condition, x, y, name=name)


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
                "Number of mask dimensions must be specified, even if some dimensions are None."
            )
        first = 0 if axis is None else axis
        after = first + len(mask._dims)
        if tensor._dims is not None:
            merged(tensor._dims[first:after], mask._dims)
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
)
def OneHot(indices, depth, on_value, off_value, *, axis=-1):
    """Rows of off_value with on_value at the index; an index out of range gives none."""
    places = torch.arange(depth, device=indices.device, dtype=indices.dtype)
    axis = axis % (indices.ndim + 1)
    shape_ = [1] * (indices.ndim + 1)
    shape_[axis] = depth
    return torch.where(indices.unsqueeze(axis) == places.reshape(shape_), on_value, off_value)


def _one_hot_shape(indices: Tensor, depth: Tensor, axis: int) -> Dims:
    if indices._dims is None:
        return None
    position = axis_in(axis, len(indices._dims) + 1)
    return (*indices._dims[:position], static_value(depth), *indices._dims[position:])


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
                hint = None if isinstance(value, Tensor) else as_dtype(dtype) if dtype else None
                given[label] = convert_to_tensor(value, preferred_dtype=hint).dtype.base_dtype
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


# Ranges, order.


def _range_shape(start: Tensor, limit: Tensor, delta: Tensor) -> Dims:
    values = []
    for tensor in (start, limit, delta):
        if tensor._dims not in ((), None):
            raise ShapeError(f"Shape must be rank 0 but is rank {len(tensor._dims or ())}")
        known = static_value(tensor)
        if known is None and tensor.op.type == "Const":
            known = tensor.op.attrs["value"].item()
        values.append(known)
    if None in values or values[2] == 0:
        return (None,)
    return (max(0, int(np.ceil((values[1] - values[0]) / values[2]))),)


def _host_range(start, limit, delta):
    return tuple(_range(start, limit, delta))


@op("Tidx, Tidx, Tidx -> Tidx", shape=_range_shape, host=_host_range, Tidx=REAL)
def Range(start, limit, delta):
    """start, start + delta, … as long as it is below `limit` (above, for a negative delta)."""
    if delta == 0:
        raise ValueError("Requires delta != 0: 0")
    first, last, step = start.item(), limit.item(), delta.item()
    if (last - first) / step <= 0:
        return start.new_empty((0,))
    return torch.arange(first, last, step, dtype=start.dtype, device=start.device)


def range(
    start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: str = "range"
) -> Tensor:
    """start, start + delta, … below `limit`; with one argument, 0 up to it."""
    if limit is None:
        start, limit = 0, start
    with name_scope(name, "Range", [start, limit, delta]) as scope:
        parts = {}
        for label, value in (("start", start), ("limit", limit), ("delta", delta)):
            parts[label] = convert_to_tensor(value, dtype=dtype, name=label)
        if dtype is None:
            order = [dtypes.int32, dtypes.int64, dtypes.float32, dtypes.float64]
            wanted = max((t.dtype.base_dtype for t in parts.values()), key=order.index)
            from .math import cast

            parts = {label: cast(t, wanted) for label, t in parts.items()}
        return Range(parts["start"], parts["limit"], parts["delta"], name=scope)


@op(
    "T, T, host Tidx -> T",
    shape=lambda start, stop, num: (static_value(num),),
    T=NUMBER,
    Tidx=INDEX,
)
def LinSpace(start, stop, num):
    """`num` values evenly spaced from start to stop, both included."""
    if num <= 0:
        raise ValueError(f"Requires num > 0: {num}")
    return torch.linspace(start.item(), stop.item(), num, dtype=start.dtype, device=start.device)


linspace = lin_space = LinSpace


@op("T, host Tidx -> T", shape=unchanged, Tidx=INDEX, host=lambda tensor, axis: tensor[::-1])
def ReverseV2(tensor, axis):
    """The elements in reverse order along the given dimensions."""
    return tensor.flip(axis if isinstance(axis, tuple) else (axis,))


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """`tensor` reversed along each dimension in `axis`."""
    return ReverseV2(tensor, axis, name=name)


reverse_v2 = reverse


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """The TensorShape of two static shapes broadcast against each other."""
    from ..core.tensor_shape import TensorShape

    return TensorShape._make(broadcast_dims(shape_x._dims, shape_y._dims))
