"""`tf.TensorArray`: a list of tensors that is written and read while the graph runs."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.composite import CompositeTensor
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.operation import Dims, Operation, Tensor
from ..core.tensor_shape import TensorShape, as_shape
from .array import identity, shape
from .math import cast
from .ranges import range as range_
from .tensor_array_ops import (
    TensorArrayCloseV3,
    TensorArrayConcatV3,
    TensorArrayGatherV3,
    TensorArrayReadV3,
    TensorArrayScatterV3,
    TensorArraySizeV3,
    TensorArraySplitV3,
    TensorArrayV3,
    TensorArrayWriteV3,
)


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
        self._infer_shape = bool(infer_shape)
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
        """Note the static shape of an element. ValueError where it does not fit what is known."""
        shape_ = TensorShape._make(dims)
        known = self._shape[0]
        if known is None:
            self._shape[0] = shape_ if self._infer_shape else None
        elif not known.is_compatible_with(shape_):
            raise ValueError(f"Inconsistent shapes: saw {shape_} but expected {known}")
        elif self._infer_shape:
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
            lengths = cast(convert_to_tensor(lengths), dtypes.int64)
            if tensor._dims is not None:
                from ..core.static_value import static_value

                known = static_value(lengths)
                same = isinstance(known, tuple) and None not in known and len(set(known)) == 1
                self._learn((known[0] if same else None, *tensor._dims[1:]))
            return self._followed(TensorArraySplitV3(self._handle, tensor, lengths, self.flow))

    def mark_used(self) -> None:
        """Does nothing: nobody is warned of an array that is not used."""

    def size(self, name: str | None = None) -> Tensor:
        """The number of elements."""
        return TensorArraySizeV3(self._handle, self.flow, name=name)

    def close(self, name: str | None = None) -> Operation:
        """An op that forgets the elements."""
        return TensorArrayCloseV3(self._handle, name=name)
