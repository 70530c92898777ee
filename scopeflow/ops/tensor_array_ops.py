"""The run-time list of a TensorArray, and the ops that write and read it.

The `flow` of an array is the list itself (`Items`): an op that writes returns the list that it has
changed, so that whoever reads by the newer flow comes later.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Dims, Tensor, dims_text

_EMPTY, _READ = object(), object()


class Items:
    """The list of a TensorArray in one run."""

    __slots__ = ("alike", "clear", "device", "dims", "dtype", "grows", "items", "name")

    def __init__(
        self,
        size: int,
        dtype: Any,
        dims: Dims,
        *,
        grows: bool,
        clear: bool,
        alike: bool,
        name: str,
        device: Any,
    ) -> None:
        self.items: list[Any] = [_EMPTY] * size
        self.dtype, self.dims, self.alike = dtype, dims, alike
        self.grows, self.clear = grows, clear
        self.name, self.device = name, device

    def detach(self) -> Items:
        """The list for those whom no gradient reaches."""
        copy = Items.__new__(Items)
        for field in Items.__slots__:
            setattr(copy, field, getattr(self, field))
        copy.items = [x.detach() if isinstance(x, torch.Tensor) else x for x in self.items]
        return copy

    def numpy(self, force: bool = False) -> np.ndarray:
        """What a session returns for a fetched flow."""
        return np.zeros((), np.float32)

    def write(self, index: int, value: Any) -> None:
        """Set an element that has none yet."""
        items = self.items
        if not 0 <= index < len(items):
            if index < 0 or not self.grows:
                raise ValueError(
                    f"TensorArray {self.name}: Tried to write to index {index} but array is not "
                    f"resizeable and size is: {len(items)}"
                )
            items.extend([_EMPTY] * (index + 1 - len(items)))
        if items[index] is not _EMPTY:
            raise ValueError(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because "
                "it has already been written to."
            )
        items[index] = value
        if self.alike and (self.dims is None or None in self.dims):
            self.dims = tuple(value.shape)

    def read(self, index: int) -> Any:
        """An element, which is then forgotten unless the array keeps what was read."""
        items = self.items
        if not 0 <= index < len(items):
            raise ValueError(f"Tried to read from index {index} but array size is: {len(items)}")
        value = items[index]
        if value is _READ:
            raise ValueError(
                f"TensorArray {self.name}: Could not read index {index} twice because it was "
                "cleared after a previous read (perhaps try setting clear_after_read = false?)."
            )
        if value is _EMPTY:
            return self.zeros(index)
        if self.clear:
            items[index] = _READ
        return value

    def zeros(self, index: int) -> Any:
        """What is read where nothing was written: zeros, where the shape is known."""
        dims = self.dims
        if dims is None or None in dims:
            raise ValueError(
                f"TensorArray {self.name}: Could not read from TensorArray index {index}: "
                f"nothing was written there, and the element shape {dims_text(dims)} is not "
                "fully defined. Give the array an element_shape to read zeros."
            )
        if self.dtype is dtypes.string:
            return np.full(dims, b"", object)
        return torch.zeros(dims, dtype=self.dtype, device=self.device)

    def empty(self, dims: Dims) -> Any:
        """No elements, stacked."""
        known = self.dims if dims is None or None in dims else dims
        if known is None or None in known:
            raise ValueError(
                f"TensorArray has size zero, but element shape {dims_text(known)} is not fully "
                f"defined: {self.name} needs an element_shape."
            )
        if self.dtype is dtypes.string:
            return np.empty((0, *known), object)
        return torch.zeros((0, *known), dtype=self.dtype, device=self.device)


def _joined(parts: list, joiner: str) -> Any:
    if isinstance(parts[0], np.ndarray):
        if joiner == "stack":
            found = np.empty((len(parts), *parts[0].shape), object)
            for i, part in enumerate(parts):
                found[i] = part if part.ndim else part.item()
            return found
        return np.concatenate(parts)
    return torch.stack(parts) if joiner == "stack" else torch.cat(parts)


@op(
    "host int32 -> handle: local resource, flow: float32",
    attrs={"dtype": REQUIRED},
    shape=lambda size, **_: [(2,), ()],
    stateful=True,
)
def TensorArrayV3(
    size, *, dtype, element_shape=None, dynamic_size=False, clear_after_read=True,
    identical_element_shapes=False, tensor_array_name="", op, device,
):  # fmt: skip
    """A new list of `size` elements."""
    found = Items(
        size,
        dtype,
        element_shape,
        grows=dynamic_size,
        clear=clear_after_read,
        alike=identical_element_shapes,
        name=tensor_array_name or op.name,
        device=device,
    )
    return found, found


@op(
    "local resource, host int32, T, float32 -> float32",
    shape=lambda handle, index, value, flow_in: (),
)
def TensorArrayWriteV3(handle, index, value, flow_in):
    """Set an element."""
    flow_in.write(index, value)
    return flow_in


@op(
    "local resource, host int32, float32 -> dtype",
    attrs={"dtype": REQUIRED},
)
def TensorArrayReadV3(handle, index, flow_in):
    """An element."""
    return flow_in.read(index)


def _gather_shape(handle: Tensor, indices: Tensor, flow_in: Tensor, *, element_shape: Any) -> Dims:
    dims = element_shape._dims
    return None if dims is None else (None, *dims)


@op("local resource, host int32, float32 -> dtype", shape=_gather_shape, attrs={"dtype": REQUIRED})
def TensorArrayGatherV3(handle, indices, flow_in, *, element_shape=None):
    """The elements at these indices, stacked."""
    if not indices:
        return flow_in.empty(element_shape)
    parts = [flow_in.read(i) for i in indices]
    shapes = [tuple(part.shape) for part in parts]
    if any(shape != shapes[0] for shape in shapes):
        raise ValueError(
            f"TensorArray {flow_in.name}: has inconsistent shapes, it cannot be stacked: "
            f"{sorted(set(shapes))}. Use concat(), or elements of one shape."
        )
    return _joined(parts, "stack")


@op(
    "local resource, host int32, T, float32 -> float32",
    shape=lambda handle, indices, value, flow_in: (),
)
def TensorArrayScatterV3(handle, indices, value, flow_in):
    """Set the elements at these indices to the rows of `value`."""
    if value.shape[0] != len(indices):
        raise ValueError(
            f"Expected len(indices) == values.shape[0], but saw: {len(indices)} vs. "
            f"{value.shape[0]}"
        )
    rows = value.unbind(0) if isinstance(value, torch.Tensor) else map(np.asarray, value)
    if flow_in.grows or not flow_in.items or indices:
        for index, row in zip(indices, rows, strict=True):
            flow_in.write(index, row)
    return flow_in


@op(
    "local resource, float32 -> value: dtype, lengths: int64",
    shape=lambda handle, flow_in, *, element_shape_except0: [
        None if element_shape_except0._dims is None else (None, *element_shape_except0._dims),
        (None,),
    ],
    attrs={"dtype": REQUIRED},
)
def TensorArrayConcatV3(handle, flow_in, *, element_shape_except0=None):
    """All elements, one behind the other along their first dimension, and their lengths there."""
    parts = [flow_in.read(i) for i in range(len(flow_in.items))]
    if not parts:
        rest = None if element_shape_except0 is None else (0, *element_shape_except0)
        return flow_in.empty(rest and rest[1:]), torch.zeros(
            0, dtype=torch.int64, device=flow_in.device
        )
    for i, part in enumerate(parts):
        if not part.ndim:
            raise ValueError(
                f"TensorArray {flow_in.name}: Concat saw a scalar shape at index {i} but requires "
                "at least vectors."
            )
    lengths = torch.tensor([part.shape[0] for part in parts], device=flow_in.device)
    return _joined(parts, "concat"), lengths


@op(
    "local resource, T, host int64, float32 -> float32",
    shape=lambda handle, value, lengths, flow_in: (),
)
def TensorArraySplitV3(handle, value, lengths, flow_in):
    """Set the elements to parts of `value` with these lengths."""
    if not isinstance(lengths, tuple):
        raise ValueError("Expected lengths to be a vector, received shape: []")
    if not value.ndim:
        raise ValueError("Expected value to be at least a vector, but received shape: []")
    if sum(lengths) != value.shape[0]:
        raise ValueError(
            "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
            f"{sum(lengths)} and value's shape is: {list(value.shape)}"
        )
    if not flow_in.grows and len(lengths) != len(flow_in.items):
        raise ValueError(
            f"TensorArray's size is not equal to the size of lengths ({len(flow_in.items)} vs. "
            f"{len(lengths)}), and the TensorArray is not marked as dynamically resizeable"
        )
    start = 0
    for index, length in enumerate(lengths):
        flow_in.write(index, value[start : start + length])
        start += length
    return flow_in


@op("local resource, float32 -> host int32", shape=lambda handle, flow_in: ())
def TensorArraySizeV3(handle, flow_in):
    """The number of elements."""
    return None if flow_in is None else len(flow_in.items)


@op("local resource ->")
def TensorArrayCloseV3(handle):
    """Forget the elements."""
    handle.items.clear()
