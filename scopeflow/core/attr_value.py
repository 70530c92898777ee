"""Attributes of ops as AttrValue messages, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dtypes import DType, as_dtype
from .shape_proto import shape_from, shape_proto
from .tensor_proto import make_ndarray, make_tensor_proto
from .tensor_shape import TensorShape

LARGE = 64


def _is_uniform(array: np.ndarray) -> bool:
    """Whether a large array of numbers has the same one everywhere, bit for bit."""
    if array.size <= LARGE or array.dtype.kind not in "fiub":
        return False
    flat = array.reshape(-1)
    bits = flat.view(f"u{array.dtype.itemsize}") if flat.flags.c_contiguous else None
    return bits is not None and bits[0] == bits[-1] and bool((bits == bits[0]).all())


def attr_value(value: Any, default: Any = None, dtype: DType | None = None) -> Any:
    """The AttrValue of an attribute, None for what has none (unset ones, Python objects).

    Its kind follows from the value; `default` tells an integral float from an int. An array is a
    tensor of the dtype.
    """
    from tensorboard.compat.proto.attr_value_pb2 import AttrValue

    if isinstance(value, tuple | list):
        sample = next(iter(default), None) if isinstance(default, tuple | list) else None
        found = AttrValue()
        found.list.SetInParent()
        for item in value:
            field = _field(item, sample)
            if field is None:
                return None
            name, stored = field
            part = getattr(found.list, name)
            if name in ("shape", "tensor"):
                part.add().CopyFrom(stored)
            else:
                part.append(stored)
        return found
    if isinstance(value, np.ndarray):
        if _is_uniform(value):  # one number tells all, as TensorFlow stores tf.zeros
            return AttrValue(
                tensor=make_tensor_proto(value.flat[0], dtype or as_dtype(value.dtype), value.shape)
            )
        return AttrValue(tensor=make_tensor_proto(value, dtype or as_dtype(value.dtype)))
    field = _field(value, default)
    return None if field is None else AttrValue(**{field[0]: field[1]})


def _field(value: Any, default: Any) -> tuple[str, Any] | None:
    """The AttrValue's field for a single value, and what it holds."""
    if isinstance(value, bool | np.bool_):
        return "b", bool(value)
    if isinstance(value, float | np.floating):
        return "f", float(value)
    if isinstance(value, int | np.integer):
        return ("f", float(value)) if isinstance(default, float) else ("i", int(value))
    if isinstance(value, bytes):
        return "s", value
    if isinstance(value, str):
        return "s", value.encode()
    if isinstance(value, DType):
        return "type", value.as_datatype_enum
    if isinstance(value, TensorShape):
        return "shape", shape_proto(value._dims)
    return None


def from_attr_value(proto: Any) -> Any:
    """The attribute as ops hold it: text as str (bytes where it is no text), lists as tuples."""
    kind = proto.WhichOneof("value")
    if kind is None:
        return None
    if kind == "list":
        return tuple(
            _single(field.name, item) for field, items in proto.list.ListFields() for item in items
        )
    return _single(kind, getattr(proto, kind))


def _single(kind: str, item: Any) -> Any:
    if kind == "s":
        try:
            return item.decode()
        except UnicodeDecodeError:
            return item
    if kind == "type":
        return as_dtype(item)
    if kind == "shape":
        return shape_from(item)
    if kind == "tensor":
        return make_ndarray(item)
    return item  # i, f, b; functions and placeholders stay messages


def public_value(proto: Any) -> Any:
    """The attribute as `Operation.get_attr` gives it: bytes, numbers, dtypes, messages, lists."""
    kind = proto.WhichOneof("value")
    if kind == "list":
        return [
            as_dtype(item) if field.name == "type" else item
            for field, items in proto.list.ListFields()
            for item in items
        ]
    value = getattr(proto, kind)
    return as_dtype(value) if kind == "type" else value
