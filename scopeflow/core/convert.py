"""Turning what programs pass to ops (numbers, arrays, variables, …) into tensors of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .dtypes import DType, as_dtype
from .operation import Tensor

Converter = Callable[..., Any]
"""f(value, dtype=None, name=None, as_ref=False) -> Tensor, or NotImplemented."""

_converters: list[tuple[int, int, Any, Converter]] = []
_for_type: dict[type, list[Converter]] = {}


def register_tensor_conversion_function(
    base_type: type | tuple[type, ...], conversion_func: Converter, priority: int = 100
) -> None:
    """Use `conversion_func` for values of `base_type`; lower priorities are asked first."""
    if not callable(conversion_func):
        raise TypeError("conversion_func must be callable.")
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(t, type) for t in types):
        raise TypeError("base_type must be a type or a tuple of types.")
    _converters.append((priority, len(_converters), types, conversion_func))
    _converters.sort(key=lambda entry: entry[:2])
    _for_type.clear()


def _converters_for(kind: type) -> list[Converter]:
    found = _for_type.get(kind)
    if found is None:
        found = [f for _, _, types, f in _converters if issubclass(kind, types)]
        _for_type[kind] = found
    return found


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    dtype_hint: Any = None,
) -> Tensor:
    """`value` as a tensor of the default graph.

    A tensor is returned as it is (ValueError where `dtype` is another), a variable gives its
    value, Python numbers, lists and numpy arrays become constants called `name`. With
    `preferred_dtype` (or `dtype_hint`) that dtype is tried first and dropped where the value does
    not fit. Raises TypeError for what is no tensor, ValueError for what does not fit.

    >>> import scopeflow as tf
    >>> tf.convert_to_tensor([1, 2]).dtype
    tf.int32
    """
    preferred = dtype_hint if preferred_dtype is None else preferred_dtype
    return as_tensor(value, dtype, name, preferred)


def as_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """As `convert_to_tensor`; with `as_ref` a variable gives its reference, not its value."""
    dtype = None if dtype is None else as_dtype(dtype).base_dtype
    if isinstance(value, Tensor):
        if dtype is not None and not dtype.is_compatible_with(value.dtype.base_dtype):
            raise ValueError(
                f"Tensor conversion requested dtype {dtype.name} for Tensor with dtype "
                f"{value.dtype.name}: {value!r}"
            )
        return value
    for converter in _converters_for(type(value)):
        found: Any = NotImplemented
        if dtype is None and preferred is not None:
            try:
                found = converter(value, dtype=as_dtype(preferred), name=name, as_ref=as_ref)
            except (TypeError, ValueError):
                found = NotImplemented
        if found is NotImplemented:
            found = converter(value, dtype=dtype, name=name, as_ref=as_ref)
        if found is NotImplemented:
            continue
        if dtype is not None and not dtype.is_compatible_with(found.dtype.base_dtype):
            raise TypeError(
                f"A conversion of {type(value).__name__} gave dtype {found.dtype.name}, "
                f"where {dtype.name} was asked for"
            )
        return found
    raise TypeError(
        f"Cannot convert {value!r} with type {type(value)} to Tensor: no conversion function "
        "registered.\nUse a number, a (nested) list of numbers, a numpy array, a variable or a "
        "tensor, or tf.register_tensor_conversion_function for your own type."
    )


def convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> list[Tensor]:
    """Each of `values` as a tensor, named `<name>_<i>`."""
    return [
        convert_to_tensor(
            value, dtype, None if name is None else f"{name}_{i}", preferred_dtype=preferred_dtype
        )
        for i, value in enumerate(values)
    ]


def dtype_of(value: Any) -> DType | None:
    """The dtype that a tensor-like object declares, None for plain Python values."""
    dtype = getattr(value, "dtype", None)
    return dtype.base_dtype if isinstance(dtype, DType) else None
