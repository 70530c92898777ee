"""`tf.make_tensor_proto` and `tf.make_ndarray`: arrays as TensorProto messages and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .dtypes import as_dtype
from .tensor_shape import TensorShape

_FIELDS = {
    "half_val": (dtypes.float16, dtypes.bfloat16),
    "float_val": (dtypes.float32,),
    "double_val": (dtypes.float64,),
    "int_val": (
        dtypes.int32, dtypes.int16, dtypes.int8, dtypes.uint16, dtypes.uint8, dtypes.qint32,
        dtypes.qint16, dtypes.qint8, dtypes.quint16, dtypes.quint8,
    ),
    "int64_val": (dtypes.int64,),
    "bool_val": (dtypes.bool,),
    "scomplex_val": (dtypes.complex64,),
    "dcomplex_val": (dtypes.complex128,),
    "uint32_val": (dtypes.uint32,),
    "uint64_val": (dtypes.uint64,),
    "string_val": (dtypes.string,),
}  # fmt: skip
_FIELD = {dtype: field for field, all_ in _FIELDS.items() for dtype in all_}


_IN_FIELDS = frozenset(
    (
        dtypes.float16, dtypes.bfloat16, dtypes.complex64, dtypes.complex128, dtypes.bool,
        dtypes.uint16,
    )
)  # fmt: skip
"""Values of these dtypes never stand as bytes in a TensorProto: TensorFlow writes them so."""


def make_tensor_proto(
    values: Any,
    dtype: Any = None,
    shape: Any = None,
    verify_shape: bool = False,
    allow_broadcast: bool = False,
) -> Any:
    """`values` (a number, a string, lists of these, an array) as a TensorProto message.

    With `shape` they are reshaped to it; fewer values than it asks for are an error unless there is
    one, which then stands for all. `verify_shape` raises TypeError where the values' shape is
    another; with `allow_broadcast` one value may have any shape.
    """
    from tensorboard.compat.proto import tensor_pb2

    wanted = None if dtype is None else as_dtype(dtype).base_dtype
    if isinstance(values, tensor_pb2.TensorProto):
        return values
    if values is None:
        raise ValueError("None values not supported.")
    array = np.asarray(values)
    if array.dtype.kind in "USO" or (wanted is not None and wanted is dtypes.string):
        array = np.asarray(values, dtype=object)
        wanted = wanted or dtypes.string
        if wanted is not dtypes.string:
            raise TypeError(f"Expected {wanted.name}, got {values!r}.")
    elif wanted is not None:
        if array.size and not isinstance(values, np.ndarray | np.generic):
            _check_kind(array, wanted, values)
        array = array.astype(wanted.as_numpy_dtype)
    elif not isinstance(values, np.ndarray | np.generic):
        narrow = {"f": np.float32, "i": np.int32}.get(array.dtype.kind)
        if narrow is np.int32 and array.size and np.abs(array).max() > 2**31 - 1:
            narrow = None
        array = array if narrow is None else array.astype(narrow)
    wanted = wanted or as_dtype(array.dtype)
    dims = array.shape
    if shape is not None:
        dims = tuple(TensorShape(shape).as_list())
        size = int(np.prod(dims, dtype=np.int64))
        if verify_shape and dims != array.shape and not (allow_broadcast and array.size == 1):
            raise TypeError(f"Expected Tensor's shape: {dims}, got {array.shape}.")
        if array.size > size:
            raise ValueError(
                f"Too many elements provided. Needed at most {size}, but received {array.size}"
            )
    proto = tensor_pb2.TensorProto(dtype=wanted.as_datatype_enum)
    proto.tensor_shape.SetInParent()
    for size in dims:
        proto.tensor_shape.dim.add(size=size)
    flat = array.ravel()
    if wanted is dtypes.string:
        proto.string_val.extend(v if isinstance(v, bytes) else str(v).encode() for v in flat)
    elif (
        array.size > 1
        and array.size == int(np.prod(dims, dtype=np.int64))
        and wanted not in _IN_FIELDS
    ):
        proto.tensor_content = array.tobytes()
    elif wanted in (dtypes.float16, dtypes.bfloat16):
        proto.half_val.extend(flat.view(np.uint16).tolist())
    elif wanted.is_complex:
        pairs = np.stack([flat.real, flat.imag], -1).ravel()
        getattr(proto, _FIELD[wanted]).extend(pairs.tolist())
    else:
        getattr(proto, _FIELD[wanted]).extend(flat.tolist())
    return proto


def _check_kind(array: np.ndarray, wanted: Any, values: Any) -> None:
    """Python numbers are not converted to a kind that cannot hold them."""
    order = "biufc"
    kinds = {"b": 0, "i": 1, "u": 1, "f": 2, "c": 3}
    have = kinds[array.dtype.kind] if array.dtype.kind in order else -1
    if wanted.is_bool:
        allowed = have == 0
    elif wanted.is_integer:
        allowed = have == 1
    elif wanted.is_floating:
        allowed = have in (1, 2)
    else:
        allowed = have in (1, 2, 3)
    if not allowed:
        raise TypeError(f"Expected {wanted.name}, got {values!r} of type {type(values).__name__!r}")


def make_ndarray(tensor: Any) -> np.ndarray:
    """The array in a TensorProto message; strings are bytes in an array of objects."""
    dims = [d.size for d in tensor.tensor_shape.dim]
    count = int(np.prod(dims, dtype=np.int64))
    dtype = as_dtype(tensor.dtype)
    field = _FIELD.get(dtype)
    if field is None:
        raise TypeError(f"Unsupported tensor type: {tensor.dtype}")
    kind = dtype.as_numpy_dtype
    if tensor.tensor_content:
        return np.frombuffer(tensor.tensor_content, dtype=kind).copy().reshape(dims)
    given = getattr(tensor, field)
    if dtype is dtypes.string:
        array = np.array(list(given), dtype=object)
    elif field == "half_val":
        array = np.array(given, np.uint16).view(kind)
    elif dtype.is_complex:
        array = np.array(given[::2], kind) + 1j * np.array(given[1::2], kind)
        array = array.astype(kind)
    else:
        array = np.array(given, kind)
    if len(array) < count:  # the last value stands for the rest
        rest = array[-1:] if len(array) else np.zeros(1, kind)
        array = np.concatenate([array, np.repeat(rest, count - len(array))])
    return array.reshape(dims)
