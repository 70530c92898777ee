"""Parts of tensors: slices, gathers, masks; ranges and one-hot rows."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.graph import name_scope
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import broadcast_dims, merged_dim
from ..core.static_value import static_value
from ..core.types import INDEX
from .constant import constant
from .gathering import boolean_mask
from .joining import stack

_slice = builtins.slice

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
            found.append(want)
        else:
            if want is not None and want < -1:
                raise ValueError(f"Invalid value in tensor used for shape: {want}")
            unknown = want is None or have is None or start is None
            if not unknown and start > have:  # type: ignore[operator]
                raise ShapeError(
                    f"Negative dimension size caused by subtracting {start} from {have}"
                )
            found.append(None if unknown else have - start)  # type: ignore[operator]
    return tuple(found)


@op(
    "T, host Index, host Index -> T",
    shape=_slice_shape,
    view=True,
    Index=INDEX,
    host=lambda input, begin, size: input[begin[0] :][: _count(0, len(input), begin[0], size[0])],
)
def Slice(input, begin, size):
    """`size` elements from `begin` on, in each dimension; a size of -1 takes the rest."""
    for axis, (start, count) in enumerate(zip(begin, size, strict=True)):
        length = input.shape[axis]
        count = _count(axis, length, start, count)
        if start or count != length:
            input = input.narrow(axis, start, count)
    return input


def _count(axis: int, length: int, start: int, count: int) -> int:
    """How many elements the slice has along an axis; ValueError where they are not there."""
    if not 0 <= start <= length:
        raise ValueError(f"Expected begin[{axis}] in [0, {length}], but got {start}")
    count = length - start if count == -1 else count
    if not 0 <= count <= length - start:
        raise ValueError(f"Expected size[{axis}] in [0, {length - start}], but got {count}")
    return count


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
                found.append(len(range(*item.indices(have))))
            axis += 1
    return (*found, *dims[axis:])


def _host_strided_slice(input, begin, end, strides, **masks):
    index = _index(begin, end, strides, **masks)
    if not isinstance(input, tuple):  # a number, of which a vector is made
        return (input,) if index.count(None) == 1 else input
    return input[index[0]]


def _sliced(input, index):
    """`input[index]`, also for negative steps, which torch's slices refuse."""
    try:
        return _torch_sliced(input, index)
    except IndexError:
        _explain(input, index)
        raise


def _explain(input, index):
    """Raise what is wrong with an index in TensorFlow's words."""
    dims = input.shape
    consumed = [i for i in index if i is not None and i is not Ellipsis]
    if len(consumed) > len(dims):
        raise IndexError(
            f"Index out of range using input dim {len(dims)}; input has only {len(dims)} dims"
        )
    axis = 0
    for item in index:
        if item is Ellipsis:
            axis += len(dims) - len(consumed)
        elif item is not None:
            if isinstance(item, int) and not -dims[axis] <= item < dims[axis]:
                raise IndexError(f"slice index {item} of dimension {axis} out of bounds.")
            axis += 1


def _torch_sliced(input, index):
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
                places = range(*item.indices(input.shape[axis]))
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
    from .filling import ones_like

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


def broadcast_static_shape(shape_x: Any, shape_y: Any) -> Any:
    """The TensorShape of two static shapes broadcast against each other."""
    from ..core.tensor_shape import TensorShape

    return TensorShape._make(broadcast_dims(shape_x._dims, shape_y._dims))
