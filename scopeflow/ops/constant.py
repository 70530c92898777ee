"""Constants, and Python values as constants."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor, dtype_of, register_tensor_conversion_function
from ..core.dtypes import DType, as_dtype
from ..core.op import define, registry
from ..core.operation import Tensor
from ..core.tensor_shape import Dimension, TensorShape, as_shape

define("Const", [], "-> dtype", attrs={"value": None, "dtype": None}, doc="A constant array.")
_CONST = registry["Const"]


def constant(
    value: Any,
    dtype: Any = None,
    shape: Any = None,
    name: str = "Const",
    verify_shape: bool = False,
) -> Tensor:
    """A constant tensor.

    `value` is a number, a string, a (nested) list or an array; Python floats become float32 and
    Python ints int32 (int64 where they do not fit) unless `dtype` says otherwise. With `shape`, a
    shorter list is filled up with its last element. Raises TypeError where the value does not fit
    the dtype, ValueError where it does not fit the shape.

    >>> import scopeflow as tf
    >>> tf.constant([1.0, 2.0]).shape
    TensorShape([Dimension(2)])
    """
    array = to_array(value, dtype, shape, verify_shape)
    return add_constant(array, as_dtype(dtype) if dtype is not None else None, name)


def add_constant(array: np.ndarray, dtype: DType | None, name: str | None) -> Tensor:
    """A Const node with `array` as its value."""
    graph = get_default_graph()
    full = graph.op_name("Const" if name is None else name)
    graph.check_node_name(full)
    found = as_dtype(array.dtype) if dtype is None else dtype
    op = graph.add_op(_CONST, full, (), {"value": array, "dtype": found}, [found], [array.shape])
    return op.outputs[0]


def to_array(
    value: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False
) -> np.ndarray:
    """`value` as the numpy array that a constant made of it holds (strings: bytes objects)."""
    wanted = None if dtype is None else as_dtype(dtype)
    if isinstance(value, np.ndarray | np.generic):
        array = np.array(value)  # a copy: the caller may go on with it
        if wanted is not None and wanted is not dtypes.string:
            array = array.astype(wanted.as_numpy_dtype)
    else:
        array = _from_python(value, wanted)
    if array.dtype.kind in "US" or wanted is dtypes.string or array.dtype.kind == "O":
        array = _as_bytes(array)
    if shape is None:
        return array
    dims: Any = tuple(as_shape(shape).as_list())
    if not isinstance(value, np.ndarray) and 0 in (array.size, math.prod(dims)):
        return np.zeros(dims, array.dtype)
    if verify_shape and dims != array.shape:
        raise TypeError(f"Expected Tensor's shape: {dims}, got {array.shape}.")
    return _filled(array, dims)


def _filled(array: np.ndarray, dims: tuple) -> np.ndarray:
    if array.shape == dims:
        return array
    size = math.prod(dims)
    if array.size > size:
        raise ValueError(
            f"Too many elements provided. Needed at most {size}, but received {array.size}"
        )
    if array.size == 0:
        raise ValueError(f"An empty value cannot fill the shape {dims}.")
    flat = np.empty(size, array.dtype)
    flat[: array.size] = array.reshape(-1)
    flat[array.size :] = array.reshape(-1)[-1]
    return flat.reshape(dims)


def _from_python(value: Any, wanted: DType | None) -> np.ndarray:
    if isinstance(value, int | float) and wanted is not None:  # the usual case, kept short
        _check_leaf(value, wanted)
        return _cast(value, wanted)
    if value is None:
        raise ValueError("None values not supported.")
    if isinstance(value, Dimension):
        value = value.value
    if wanted is not None:
        for leaf in _leaves(value):
            _check_leaf(leaf, wanted)
        if wanted is dtypes.string:
            return _strings(value)
        return _cast(_plain(value), wanted)
    try:
        array = np.array(_plain(value))
    except ValueError:
        raise _not_dense(value) from None
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype == np.int64:
        narrow = array.astype(np.int32)
        return narrow if np.array_equal(narrow, array) else array
    if array.dtype.kind in "USO":
        if not all(isinstance(leaf, str | bytes) for leaf in _leaves(value)):
            raise _not_convertible(value)
        return _strings(value)
    return array


def _cast(value: Any, wanted: DType) -> np.ndarray:
    """Python values as an array; integers beyond the dtype's range wrap, as numpy 1 had it."""
    kind = wanted.as_numpy_dtype
    try:
        return np.array(value, kind)
    except OverflowError:
        wide = np.array(value)
        if wide.dtype == object:
            raise
        return wide.astype(kind)


def _strings(value: Any) -> np.ndarray:
    """Python's own strings: numpy's would lose zero bytes at the end."""
    array = np.array(_plain(value), dtype=object)
    if any(isinstance(item, list) for item in array.reshape(-1)):
        raise _not_dense(value)
    return array


def _not_convertible(value: Any) -> TypeError:
    return TypeError(
        f"Failed to convert object of type {type(value)} to Tensor. Contents: {value}. "
        "Consider casting elements to a supported type."
    )


def _not_dense(value: Any) -> Exception:
    have, wanted, first = _common_shape(value), [], value
    while isinstance(first, list | tuple):
        wanted.append(len(first))
        first = first[0] if first else None
    if have == wanted:
        return _not_convertible(value)
    return ValueError(
        f"Argument must be a dense tensor: {value!r} - got shape {have}, but wanted {wanted}."
        "\nAll lists at one depth need one length."
    )


def _common_shape(value: Any) -> list[int]:
    """The lengths of a nested list down to the depth at which they differ."""
    if not isinstance(value, list | tuple):
        return []
    inner = [_common_shape(item) for item in value]
    agreed = itertools.takewhile(lambda lengths: len(set(lengths)) == 1, zip(*inner))
    return [len(value), *(lengths[0] for lengths in agreed)]


def _plain(value: Any) -> Any:
    """Lists of Dimensions and the like as lists of numbers."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Dimension):
        return value.value
    if isinstance(value, Tensor):
        raise TypeError("List of Tensors when single Tensor expected")
    return value


def _leaves(value: Any) -> Any:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, np.ndarray):
        yield from value.reshape(-1)[:1].tolist()
    else:
        yield value.value if isinstance(value, Dimension) else value


def _check_leaf(leaf: Any, wanted: DType) -> None:
    if wanted.is_bool:
        fits = isinstance(leaf, bool | np.bool_)
    elif wanted.is_integer or wanted.is_quantized:
        fits = isinstance(leaf, int | np.integer) or hasattr(leaf, "__index__")
    elif wanted.is_floating:
        fits = isinstance(leaf, int | float | np.integer | np.floating)
    elif wanted.is_complex:
        fits = isinstance(leaf, int | float | complex | np.number)
    elif wanted is dtypes.string:
        fits = isinstance(leaf, str | bytes)
    else:
        fits = True
    if isinstance(leaf, Tensor):
        raise TypeError("List of Tensors when single Tensor expected")
    if not fits:
        raise TypeError(
            f"Expected {wanted.name}, got {leaf!r} of type '{type(leaf).__name__}' instead."
        )


def _as_bytes(array: np.ndarray) -> np.ndarray:
    found = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        item = array[index]
        found[index] = item.encode() if isinstance(item, str) else bytes(item)
    return found


# Conversions, in the order in which they are asked.


def _holds_tensor(value: Any) -> bool:
    for item in value:
        if isinstance(item, list | tuple):
            if _holds_tensor(item):
                return True
        elif isinstance(item, Tensor) or hasattr(item, "_as_graph_element"):
            return True
    return False


def _pack_converter(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False):
    """A list that holds tensors is stacked."""
    if as_ref or not _holds_tensor(value):
        return NotImplemented
    if dtype is None:
        return _packed(value, _first_tensor_dtype(value), name or "packed", cast_to=None)
    wanted = as_dtype(dtype)
    return _packed(value, wanted, name or "packed", cast_to=wanted)


def _first_tensor_dtype(value: Any) -> Any:
    for item in value:
        if isinstance(item, list | tuple):
            found = _first_tensor_dtype(item)
            if found is not None:
                return found
        elif isinstance(item, Tensor) or hasattr(item, "_as_graph_element"):
            return item.dtype.base_dtype
    return None


def _packed(value: Any, dtype: DType, name: str, cast_to: DType | None) -> Tensor:
    graph = get_default_graph()
    if not _holds_tensor(value):
        graph.unique_name(name)  # TensorFlow enters a scope of this name first
        return add_constant(to_array(value, dtype), dtype, name)
    with graph.name_scope(name) as scope:
        items = []
        for i, item in enumerate(value):
            if isinstance(item, list | tuple):
                items.append(_packed(item, dtype, str(i), cast_to))
                continue
            declared = dtype_of(item)
            if declared in (None, dtype):
                items.append(convert_to_tensor(item, dtype, str(i)))
            elif cast_to is None:
                raise TypeError(
                    f"Cannot convert a list containing a tensor of dtype {declared} to {dtype} "
                    f"(Tensor is: {item!r})"
                )
            else:
                from .math import cast

                items.append(cast(item, cast_to))
        from .joining import Pack

        return Pack(items, axis=0, name=scope)


def _constant_converter(
    value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
):
    wanted = None if dtype is None else as_dtype(dtype)
    return add_constant(to_array(value, wanted), wanted, name)


def _shape_converter(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False):
    if not value.is_fully_defined():
        raise ValueError(f"Cannot convert a partially known TensorShape to a Tensor: {value}")
    dims = value.as_list()
    wanted = as_dtype(dtype) if dtype is not None else dtypes.int32
    if wanted not in (dtypes.int32, dtypes.int64):
        raise TypeError(f"Cannot convert a TensorShape to dtype: {wanted.name}")
    if dtype is None and any(d > 2**31 - 1 for d in dims):
        wanted = dtypes.int64
    return add_constant(np.array(dims, wanted.as_numpy_dtype), wanted, name or "shape_as_tensor")


def _dimension_converter(
    value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
):
    if value.value is None:
        raise ValueError(f"Cannot convert an unknown Dimension to a Tensor: {value}")
    wanted = as_dtype(dtype) if dtype is not None else dtypes.int32
    return add_constant(np.array(value.value, wanted.as_numpy_dtype), wanted, name)


register_tensor_conversion_function((list, tuple), _pack_converter, 99)
register_tensor_conversion_function((list, tuple), _constant_converter, 100)
register_tensor_conversion_function(np.ndarray, _constant_converter, 100)
register_tensor_conversion_function(np.generic, _constant_converter, 100)
register_tensor_conversion_function(TensorShape, _shape_converter, 100)
register_tensor_conversion_function(Dimension, _dimension_converter, 100)
register_tensor_conversion_function(
    (bool, int, float, complex, str, bytes), _constant_converter, 200
)
register_tensor_conversion_function(object, _constant_converter, 300)
