"""Values that stay in a session from run to run: `tf.get_session_handle` and what takes it."""

from __future__ import annotations

import itertools
import threading
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.device import DeviceSpec
from ..core.dtypes import DType, as_dtype
from ..core.errors import InternalError, InvalidArgumentError
from ..core.held import Held
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Tensor
from .array import placeholder
from .script import _to_numpy

_STORE = "session tensors"
_PLACE = "/job:localhost/replica:0/task:0/device:CPU:0"
_PATIENCE = 10  # values that are kept although nothing refers to their handles


class Stored:
    """The values that a session keeps, by their handles' names."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._numbers = itertools.count()
        self._dead: list[str] = []
        self._lock = threading.Lock()

    def add(self, name: str, value: Any) -> str:
        """Keep a value; returns its handle's name."""
        handle = f"{name};{next(self._numbers)};{_PLACE}"
        self._values[handle] = value
        return handle

    def get(self, handle: str) -> Any:
        """A value; InvalidArgumentError where there is none."""
        try:
            return self._values[handle]
        except KeyError:
            raise InvalidArgumentError(
                None, None, f"The tensor with handle '{handle}' is not in the session store."
            ) from None

    def delete(self, handle: str) -> None:
        """Forget a value."""
        self.get(handle)
        self._values.pop(handle, None)

    def forget(self, handle: str) -> None:
        """Nothing refers to a handle any more: its value goes once there are some of that kind.

        So a program that keeps the handle's name alone finds the value still there.
        """
        with self._lock:
            self._dead.append(handle)
            if len(self._dead) >= _PATIENCE:
                for name in self._dead:
                    self._values.pop(name, None)
                self._dead.clear()


class TensorHandle:
    """What a run gives for `tf.get_session_handle`: a value that stays in the session.

    It can be fed for any tensor of its dtype. `handle` is its name, for `tf.get_session_tensor`;
    the value is given up some time after the object is gone, unless `get_raw_handle()` was called.
    """

    def __init__(self, handle: str, dtype: DType, store: Stored) -> None:
        self._handle = handle
        self._dtype = dtype
        self._store = store
        self._is_kept = False
        self._deleted = False

    @property
    def handle(self) -> str:
        """The name: that of the op, a number and the device."""
        return self._handle

    def get_raw_handle(self) -> str:
        """The name; the value stays until it is deleted."""
        self._is_kept = True
        return self._handle

    def _value(self) -> Any:
        try:
            if not self._deleted:
                return self._store.get(self._handle)
        except InvalidArgumentError:
            pass
        raise TypeError(f"Persistent tensor {self._handle} may have already been deleted.")

    def eval(self) -> Any:
        """The value, as numpy. TypeError where it was deleted."""
        return _to_numpy(self._value())

    def delete(self) -> None:
        """Give the value up. TypeError where that was done before."""
        self._value()
        self._store.delete(self._handle)
        self._deleted = True

    def fed_for(self, tensor: Tensor) -> Any:
        """The value, to be fed for `tensor`; InvalidArgumentError where its dtype is another."""
        if tensor.dtype.base_dtype is not self._dtype:
            raise InvalidArgumentError(
                None,
                None,
                f"Expects {tensor.name} to be {tensor.dtype.base_dtype.name} but "
                f"{self._dtype.name} is provided",
            )
        return self._value()

    def __str__(self) -> str:
        return self._handle

    def __del__(self) -> None:
        if not (self._is_kept or self._deleted):
            self._store.forget(self._handle)


def store_of(held: Held) -> Stored:
    """Where a session keeps such values."""
    return held.setdefault(_STORE, Stored()) if _STORE not in held else held[_STORE]


def handle_of(name: bytes, tensor: Tensor, held: Held) -> TensorHandle:
    """The object for a fetched handle."""
    return TensorHandle(name.decode(), tensor.op.inputs[0].dtype.base_dtype, store_of(held))


def _own(value: Any) -> Any:
    return value.copy() if isinstance(value, np.ndarray) else value.detach().clone()


@op("T -> string", shape=lambda value: (), stateful=True)
def GetSessionHandle(value, *, op, held):
    """The name under which the session keeps `value`."""
    if not isinstance(value, np.ndarray | torch.Tensor):
        value = torch.tensor(value, dtype=getattr(torch, op.inputs[0].dtype.base_dtype.name))
    return np.array(store_of(held).add(op.name, _own(value)).encode(), object)


@op("string -> dtype", shape=lambda handle, **_: None, stateful=True)
def GetSessionTensor(handle, *, dtype, op, held):
    """The value that the session keeps under a name."""
    value = _own(store_of(held).get(handle.item().decode()))
    wanted, have = op.outputs[0].dtype, _dtype(value)
    if have is not wanted:
        raise InternalError(
            None,
            None,
            f"Output 0 of type {have.name} does not match declared output type {wanted.name}",
        )
    return value


def _dtype(value: Any) -> DType:
    if isinstance(value, np.ndarray):
        return dtypes.string
    return as_dtype(str(value.dtype).removeprefix("torch."))


@op("string", stateful=True)
def DeleteSessionTensor(handle, *, held):
    """Forgets what the session keeps under a name."""
    store_of(held).delete(handle.item().decode())


def get_session_handle(data: Tensor, name: str | None = None) -> Tensor:
    """A string tensor: its fetched value is a handle of `data`'s value, which the session keeps.

    The handle's `eval()` gives the value, `delete()` gives it up; it can be fed for a tensor, and
    its `handle` goes to `tf.get_session_tensor`. TypeError where `data` is no tensor.

    >>> import scopeflow as tf
    >>> x = tf.constant(2.0)
    >>> with tf.Session() as session:
    ...     kept = session.run(tf.get_session_handle(x * 3))
    ...     float(kept.eval()), float(session.run(x + 1, {x: kept}))
    (6.0, 7.0)
    """
    if not isinstance(data, Tensor):
        raise TypeError("`data` must be of type Tensor.")
    with get_default_graph().colocate_with(data.op):
        return GetSessionHandle(data, name=name)


def get_session_tensor(handle: str, dtype: Any, name: str | None = None) -> tuple[Tensor, Tensor]:
    """(a string placeholder, the kept value whose handle's name is fed for it).

    `handle` is such a name, of which only the device counts here. ValueError for another text.
    """
    with get_default_graph().device(_device_of(handle)):
        holder = placeholder(dtypes.string)
        return holder, GetSessionTensor(holder, dtype=as_dtype(dtype), name=name)


def delete_session_tensor(handle: str, name: str | None = None) -> tuple[Tensor, Any]:
    """(a string placeholder, the op that gives up the value whose handle's name is fed for it)."""
    with get_default_graph().device(_device_of(handle)):
        holder = placeholder(dtypes.string)
        return holder, DeleteSessionTensor(holder, name=name)


def _device_of(handle: Any) -> str:
    found = str(handle).rpartition(";")[2]
    DeviceSpec.from_string(found)
    return found
