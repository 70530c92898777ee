"""TensorFlow's element types: one interned `DType` each, and `as_dtype`, which finds them.

Importing this module binds `bool` to a DType, as TensorFlow's own module does: inside it, Python's
type is `builtins.bool`.
"""

from __future__ import annotations

import builtins
import importlib
from typing import Any, NoReturn

import numpy as np

_BY_ENUM: dict[int, DType] = {}
# What as_dtype knows by one look: enum numbers, names, Python types, numpy types and dtypes.
_TABLE: dict[Any, DType] = {}
# numpy's kind and item size, for dtypes that are not the machine's own (">f4", np.longlong).
_BY_LAYOUT: dict[str, DType] = {}

_REF_OFFSET = 100  # types.proto: DT_FLOAT is 1, DT_FLOAT_REF is 101


class DType:
    """The type of a tensor's elements, such as `tf.float32`.

    There is one object per type, so `is` works; `==` also takes whatever `as_dtype` takes.
    `tf.DType(enum)` returns that object for a number of TensorFlow's DataType enum.

    >>> tf.float32 == "float32", tf.float32 is tf.as_dtype("float"), tf.DType(1)
    (True, True, tf.float32)
    """

    # Plain slots, filled once by _intern: graph building reads them for every node. Those a type
    # does not have stay empty, and __getattr__ says why.
    __slots__ = (
        "_as_ref", "_is_ref_dtype", "as_datatype_enum", "as_numpy_dtype", "base_dtype", "is_bool",
        "is_complex", "is_floating", "is_integer", "is_numpy_compatible", "is_quantized",
        "is_unsigned", "limits", "max", "min", "name", "real_dtype", "size",
    )  # fmt: skip

    name: str
    as_datatype_enum: int
    as_numpy_dtype: Any
    base_dtype: DType
    real_dtype: DType
    is_floating: builtins.bool
    is_integer: builtins.bool
    is_complex: builtins.bool
    is_bool: builtins.bool
    is_quantized: builtins.bool
    is_unsigned: builtins.bool
    is_numpy_compatible: builtins.bool
    min: Any
    max: Any
    limits: tuple[Any, Any]
    size: int
    _as_ref: DType
    _is_ref_dtype: builtins.bool

    def __new__(cls, type_enum: int) -> Any:
        number = int(type_enum)
        try:
            return _BY_ENUM[number]
        except KeyError:
            raise TypeError(f"type_enum is not a valid types_pb2.DataType: {number}") from None

    def is_compatible_with(self, other: Any) -> builtins.bool:
        """Whether a tensor of type `other` may be used where this type is asked for.

        A reference serves as its base type, but not the other way round.
        """
        other = as_dtype(other)
        return other is self or other.base_dtype is self

    def __eq__(self, other: object) -> builtins.bool:
        if self is other:
            return True
        try:
            return as_dtype(other) is self
        except TypeError:
            return False

    def __hash__(self) -> int:
        return self.as_datatype_enum

    def __repr__(self) -> str:
        return f"tf.{self.name}"

    def __str__(self) -> str:
        return f"<dtype: '{self.name}'>"

    def __reduce__(self) -> tuple[Any, ...]:
        return as_dtype, (self.name,)

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"can't set attribute {name!r}: a DType is constant")

    def __getattr__(self, name: str) -> Any:
        """Reached only for an empty slot or an unknown name."""
        if name == "min" or name == "max":
            if self.base_dtype is bfloat16:
                return getattr(_ml_dtypes().finfo(self.as_numpy_dtype), name)
            raise TypeError(f"Cannot find {name}imum value of {self}.")
        if name == "as_numpy_dtype":
            if self.base_dtype is bfloat16:
                value = _ml_dtypes().bfloat16
                object.__setattr__(self, name, value)
                return value
            raise TypeError(f"{self} has no numpy type: its values exist only inside a session.")
        if name == "limits":
            raise ValueError(f"{self} does not have defined limits.")
        raise AttributeError(f"'DType' object has no attribute {name!r}")


def _ml_dtypes() -> Any:
    try:
        return importlib.import_module("ml_dtypes")
    except ImportError:
        raise TypeError(
            "numpy has no bfloat16 of its own: install ml_dtypes (pip install ml_dtypes)."
        ) from None


def _intern(enum: int, name: str, numpy_type: Any, base: DType | None) -> DType:
    scalar = numpy_type if isinstance(numpy_type, type) else np.void
    is_bfloat16 = enum % _REF_OFFSET == 14
    fields: dict[str, Any] = {
        "name": name,
        "as_datatype_enum": enum,
        "is_floating": is_bfloat16 or issubclass(scalar, np.floating),
        "is_integer": issubclass(scalar, np.integer),
        "is_complex": issubclass(scalar, np.complexfloating),
        "is_bool": scalar is np.bool_,
        "is_quantized": isinstance(numpy_type, np.dtype),
        "is_unsigned": issubclass(scalar, np.unsignedinteger),
        "is_numpy_compatible": is_bfloat16 or numpy_type is not None,
        "_is_ref_dtype": base is not None,
    }
    if is_bfloat16:
        fields["size"] = 2
    elif numpy_type is None:
        fields["size"] = 1  # observed in TF 1.15.5 for resource and variant
    else:
        fields["as_numpy_dtype"] = numpy_type
        fields["size"] = np.dtype(numpy_type).itemsize
    if fields["is_integer"]:
        integers = np.iinfo(scalar)
        fields["min"], fields["max"] = int(integers.min), int(integers.max)
        fields["limits"] = (0, fields["max"])
    elif fields["is_floating"]:
        if not is_bfloat16:
            floats = np.finfo(scalar)
            fields["min"], fields["max"] = floats.min, floats.max
        fields["limits"] = (0, 1)

    dtype: DType = object.__new__(DType)
    fields["base_dtype"] = base if base is not None else dtype
    if fields["is_complex"]:
        fields["real_dtype"] = float32 if scalar is np.complex64 else float64
    else:
        fields["real_dtype"] = dtype
    for field, value in fields.items():
        object.__setattr__(dtype, field, value)
    _BY_ENUM[enum] = _TABLE[enum] = _TABLE[name] = dtype
    return dtype


def _define(enum: int, name: str, numpy_type: Any) -> tuple[DType, DType]:
    """The type and its reference variant, which is what reading a variable gives."""
    dtype = _intern(enum, name, numpy_type, None)
    ref = _intern(enum + _REF_OFFSET, name + "_ref", numpy_type, dtype)
    object.__setattr__(dtype, "_as_ref", ref)
    object.__setattr__(ref, "_as_ref", ref)
    if dtype.is_quantized:
        _TABLE[numpy_type] = dtype
    elif numpy_type is not None:
        layout = np.dtype(numpy_type)
        _BY_LAYOUT[f"{layout.kind}{layout.itemsize}"] = dtype
    return dtype, ref


def _quantized(name: str, numpy_type: Any) -> np.dtype[Any]:
    # A record with one field, as in TensorFlow: the name keeps it apart from the plain integer.
    return np.dtype([(name, numpy_type)])


# The numbers are those of TensorFlow's types.proto; graphs and checkpoints on disk hold them.
float32, float32_ref = _define(1, "float32", np.float32)
float64, float64_ref = _define(2, "float64", np.float64)
int32, int32_ref = _define(3, "int32", np.int32)
uint8, uint8_ref = _define(4, "uint8", np.uint8)
int16, int16_ref = _define(5, "int16", np.int16)
int8, int8_ref = _define(6, "int8", np.int8)
string, string_ref = _define(7, "string", np.object_)
complex64, complex64_ref = _define(8, "complex64", np.complex64)
int64, int64_ref = _define(9, "int64", np.int64)
bool, bool_ref = _define(10, "bool", np.bool_)
qint8, qint8_ref = _define(11, "qint8", _quantized("qint8", np.int8))
quint8, quint8_ref = _define(12, "quint8", _quantized("quint8", np.uint8))
qint32, qint32_ref = _define(13, "qint32", _quantized("qint32", np.int32))
bfloat16, bfloat16_ref = _define(14, "bfloat16", None)
qint16, qint16_ref = _define(15, "qint16", _quantized("qint16", np.int16))
quint16, quint16_ref = _define(16, "quint16", _quantized("quint16", np.uint16))
uint16, uint16_ref = _define(17, "uint16", np.uint16)
complex128, complex128_ref = _define(18, "complex128", np.complex128)
float16, float16_ref = _define(19, "float16", np.float16)
resource, resource_ref = _define(20, "resource", None)
variant, variant_ref = _define(21, "variant", None)
uint32, uint32_ref = _define(22, "uint32", np.uint32)
uint64, uint64_ref = _define(23, "uint64", np.uint64)

half, half_ref = float16, float16_ref
double, double_ref = float64, float64_ref

QUANTIZED_DTYPES = frozenset(dtype for dtype in _BY_ENUM.values() if dtype.is_quantized)


def _from_numpy(dtype: np.dtype[Any]) -> DType | None:
    if dtype.isbuiltin == 2:  # registered by an extension: ml_dtypes, which has many more types
        return bfloat16 if dtype.name == "bfloat16" else None
    if dtype.kind in "SU":
        return string
    return _BY_LAYOUT.get(f"{dtype.kind}{dtype.itemsize}")


def _fill_table() -> None:
    _TABLE.update({"half": half, "float": float32, "double": double})
    _TABLE.update({"half_ref": half_ref, "float_ref": float32_ref, "double_ref": double_ref})
    # Of Python's own types just these: observed in TF 1.15.5, where int, str, bytes and complex
    # are refused.
    _TABLE.update({float: float32, builtins.bool: bool, object: string})
    for scalar in set(np.sctypeDict.values()):  # includes np.longlong and its like
        dtype = np.dtype(scalar)
        found = _from_numpy(dtype)
        if found is not None:
            _TABLE[scalar] = _TABLE[dtype] = found


_fill_table()


def as_dtype(type_value: Any) -> DType:
    """The `DType` that `type_value` names; TypeError where there is none.

    Takes a DType, a name ("float32", "float", "float32_ref"), a number of the DataType enum, a
    numpy dtype or scalar type, and Python's `float`, `bool` and `object`.

    >>> tf.as_dtype("half"), tf.as_dtype(float), tf.as_dtype(9)
    (tf.float16, tf.float32, tf.int64)
    """
    if type(type_value) is DType:
        return type_value
    try:
        return _TABLE[type_value]
    except (KeyError, TypeError):  # TypeError: not hashable
        pass
    found = None
    if isinstance(type_value, np.dtype):
        found = _from_numpy(type_value)
    elif isinstance(type_value, type) and issubclass(type_value, np.generic):
        # ml_dtypes' scalar type, seen without importing ml_dtypes.
        found = bfloat16 if type_value.__name__ == "bfloat16" else None
    if found is None:
        raise TypeError(
            f"Cannot convert value {type_value!r} to a TensorFlow DType.{_hint(type_value)}"
        )
    return found


def _hint(type_value: Any) -> str:
    if type_value is int:
        return "\nPython's int does not say how wide: use tf.int32 or tf.int64."
    if type_value is str or type_value is bytes:
        return "\nUse tf.string."
    if type_value is complex:
        return "\nUse tf.complex64 or tf.complex128."
    return ""
