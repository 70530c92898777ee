"""`tf.TensorArray`: a list of tensors that is written and read while the graph runs.

At run time the `flow` of an array is the list itself (`Items`): an op that writes returns the list
that it has changed, so that whoever reads by the newer flow comes later.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.composite import CompositeTensor
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Dims, Operation, Tensor, dims_text
from ..core.tensor_shape import TensorShape, as_shape
from .array import identity, shape
from .ranges import range as range_

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
                f"TensorArray {self.name}: has size zero, but its element shape "
                f"{dims_text(known)} is not fully defined. Give it an element_shape."
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
    "host int32 -> handle: resource, flow: float32",
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
    "held resource, host int32, T, float32 -> float32",
    shape=lambda handle, index, value, flow_in: (),
)
def TensorArrayWriteV3(handle, index, value, flow_in):
    """Set an element."""
    flow_in.write(index, value)
    return flow_in


@op(
    "held resource, host int32, float32 -> dtype",
    attrs={"dtype": REQUIRED},
)
def TensorArrayReadV3(handle, index, flow_in):
    """An element."""
    return flow_in.read(index)


def _gather_shape(handle: Tensor, indices: Tensor, flow_in: Tensor, *, element_shape: Any) -> Dims:
    dims = element_shape._dims
    return None if dims is None else (None, *dims)


@op("held resource, host int32, float32 -> dtype", shape=_gather_shape, attrs={"dtype": REQUIRED})
def TensorArrayGatherV3(handle, indices, flow_in, *, element_shape=None):
    """The elements at these indices, stacked."""
    if not indices:
        return flow_in.empty(element_shape)
    parts = [flow_in.read(i) for i in indices]
    shapes = {tuple(part.shape) for part in parts}
    if len(shapes) > 1:
        raise ValueError(
            f"TensorArray {flow_in.name}: has inconsistent shapes, it cannot be stacked: "
            f"{sorted(shapes)}. Use concat(), or elements of one shape."
        )
    return _joined(parts, "stack")


@op(
    "held resource, host int32, T, float32 -> float32",
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
    "held resource, float32 -> value: dtype, lengths: int64",
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
        return flow_in.empty(rest and rest[1:]), torch.zeros(0, dtype=torch.int64)
    if any(not part.ndim for part in parts):
        raise ValueError(
            f"TensorArray {flow_in.name}: Concat saw a scalar element, but requires vectors."
        )
    return _joined(parts, "concat"), torch.tensor([part.shape[0] for part in parts])


@op(
    "held resource, T, host int64, float32 -> float32",
    shape=lambda handle, value, lengths, flow_in: (),
)
def TensorArraySplitV3(handle, value, lengths, flow_in):
    """Set the elements to parts of `value` with these lengths."""
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


@op("held resource, float32 -> host int32", shape=lambda handle, flow_in: ())
def TensorArraySizeV3(handle, flow_in):
    """The number of elements."""
    return None if flow_in is None else len(flow_in.items)


@op("held resource ->")
def TensorArrayCloseV3(handle):
    """Forget the elements."""
    handle.items.clear()


class TensorArray(CompositeTensor):
    """A list of tensors of one dtype, written and read inside loops.

    `size` elements, more where they are written if `dynamic_size`. An element is forgotten once it
    is read unless `clear_after_read` is False. With `infer_shape` all elements have one static
    shape, `element_shape` where given. Writing gives a new TensorArray, which is the one to use
    from then on. `colocate_with_first_write_call` is accepted: there is one device.

    Raises ValueError where neither `size` nor `handle` is given, or both; where shapes differ.

    >>> import scopeflow as tf
    >>> squares = tf.TensorArray(tf.float32, size=2).write(0, 1.0).write(1, 4.0)
    >>> squares.stack().shape
    TensorShape([Dimension(None)])
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Tensor | None = None,
        flow: Tensor | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        if handle is not None and tensor_array_name:
            raise ValueError("Cannot construct with both handle and tensor_array_name")
        if handle is not None and not isinstance(handle, Tensor):
            raise TypeError("Handle must be a Tensor")
        if handle is None and size is None:
            raise ValueError("Size must be provided if handle is not provided")
        if handle is not None and size is not None:
            raise ValueError("Cannot provide both a handle and size at the same time")
        if handle is not None and element_shape is not None:
            raise ValueError("Cannot provide both a handle and element_shape at the same time")
        if handle is not None and dynamic_size is not None:
            raise ValueError("Cannot provide both a handle and dynamic_size at the same time")
        if handle is not None and clear_after_read is not None:
            raise ValueError("Cannot provide both a handle and clear_after_read at the same time")
        self._dtype = as_dtype(dtype).base_dtype
        self._infer_shape = infer_shape or element_shape is not None
        # One list for all arrays that follow from this one: what one learns of the shape, all know.
        self._shape = [None if element_shape is None else as_shape(element_shape)]
        if handle is not None:
            self._handle, self._flow = handle, flow
            return
        with name_scope(name, "TensorArray", [handle, size, flow]) as scope:
            made = TensorArrayV3(
                convert_to_tensor(size, dtypes.int32, name="size"),
                dtype=self._dtype,
                element_shape=TensorShape(element_shape),
                dynamic_size=bool(dynamic_size),
                clear_after_read=clear_after_read is None or bool(clear_after_read),
                identical_element_shapes=bool(infer_shape),
                tensor_array_name=tensor_array_name or "",
                name=scope,
            )
            self._handle, self._flow = made.handle, made.flow

    @property
    def dtype(self) -> DType:
        """The elements' dtype."""
        return self._dtype

    @property
    def flow(self) -> Tensor:
        """The tensor by which ops on the array are ordered."""
        assert self._flow is not None
        return self._flow

    @property
    def handle(self) -> Tensor:
        """The array's handle."""
        return self._handle

    @property
    def op(self) -> Operation:
        """The op that made the handle."""
        return self._handle.op

    @property
    def graph(self) -> Any:
        """The graph."""
        return self.flow.graph

    @property
    def _as_control_input(self) -> Operation:
        return self.flow.op

    @property
    def _components(self) -> list[Tensor]:
        return [self.flow]

    def _from_components(self, components: list) -> TensorArray:  # type: ignore[override]
        return self._followed(components[0])

    def _component_shapes(self, shape: TensorShape) -> list[TensorShape]:
        return [TensorShape([])]

    def _followed(self, flow: Tensor) -> TensorArray:
        """This array after `flow`."""
        new = TensorArray.__new__(TensorArray)
        new.__dict__.update(self.__dict__, _flow=flow)
        return new

    def _learn(self, dims: Dims) -> None:
        """Note the static shape of an element."""
        if not self._infer_shape:
            return
        shape_ = TensorShape._make(dims)
        known = self._shape[0]
        if known is None:
            self._shape[0] = shape_
        elif not known.is_compatible_with(shape_):
            raise ValueError(f"Inconsistent shapes: saw {shape_} but expected {known}")
        else:
            self._shape[0] = known.merge_with(shape_)

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the elements' shape."""
        return TensorShape(None) if self._shape[0] is None else self._shape[0]

    def _value(self, value: Any) -> Tensor:
        found = convert_to_tensor(value, preferred_dtype=self._dtype, name="value")
        if found.dtype.base_dtype is not self._dtype:
            raise TypeError(
                f"TensorArray {self.op.name} has dtype {self._dtype.name}, but {found.name} of "
                f"dtype {found.dtype.base_dtype.name} was written to it. Cast it: tf.cast."
            )
        return found

    def identity(self) -> TensorArray:
        """The same array, behind what its flow waits for."""
        return self._followed(identity(self.flow))

    def grad(self, source: str, flow: Any = None, name: str | None = None) -> TensorArray:
        """Not there: autograd keeps the gradients of the elements."""
        raise NotImplementedError(
            "TensorArray.grad: gradients of arrays are not arrays of the graph here. Use "
            "tf.gradients with respect to what is written."
        )

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """The element at `index`."""
        value = TensorArrayReadV3(self._handle, index, self.flow, self._dtype, name=name)
        value._dims = self.element_shape._dims
        return value

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with `value` at `index`. TypeError for another dtype."""
        with name_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            tensor = self._value(value)
            self._learn(tensor._dims)
            return self._followed(TensorArrayWriteV3(self._handle, index, tensor, self.flow))

    def stack(self, name: str | None = None) -> Tensor:
        """All elements, stacked along a new first dimension."""
        with name_scope(name, "TensorArrayStack", [self._handle]):
            return self.gather(range_(0, self.size()))

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements at `indices`, stacked along a new first dimension."""
        return TensorArrayGatherV3(
            self._handle, convert_to_tensor(indices, dtypes.int32), self.flow, dtype=self._dtype,
            element_shape=self.element_shape, name=name,
        )  # fmt: skip

    def concat(self, name: str | None = None) -> Tensor:
        """All elements, joined along their first dimension."""
        dims = self.element_shape._dims
        rest = TensorShape._make(None if dims is None else dims[1:])
        return TensorArrayConcatV3(
            self._handle, self.flow, dtype=self._dtype, element_shape_except0=rest, name=name
        ).value

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """The array with the rows of `value` as its elements."""
        with name_scope(name, "TensorArrayUnstack", [self._handle, value]):
            count = shape(convert_to_tensor(value, preferred_dtype=self._dtype))[0]
            return self.scatter(indices=range_(0, count), value=value)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """The array with the rows of `value` at `indices`."""
        with name_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            tensor = self._value(value)
            if tensor._dims is not None:
                self._learn(tensor._dims[1:])
            return self._followed(TensorArrayScatterV3(self._handle, indices, tensor, self.flow))

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """The array with parts of `value`, which have these lengths, as its elements."""
        with name_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            tensor = self._value(value)
            if tensor._dims is not None:
                from ..core.static_value import static_value

                known = static_value(convert_to_tensor(lengths))
                same = isinstance(known, tuple) and None not in known and len(set(known)) == 1
                self._learn((known[0] if same else None, *tensor._dims[1:]))
            return self._followed(
                TensorArraySplitV3(
                    self._handle, tensor, convert_to_tensor(lengths, dtypes.int64), self.flow
                )
            )

    def size(self, name: str | None = None) -> Tensor:
        """The number of elements."""
        return TensorArraySizeV3(self._handle, self.flow, name=name)

    def close(self, name: str | None = None) -> Operation:
        """An op that forgets the elements."""
        return TensorArrayCloseV3(self._handle, name=name)
