"""`float(array)` of an array of one element and any rank, which NumPy took until 2.3.

Programs rely on it where they do not see it: `buffer[i] = action` stores an action of shape (1,) as
a number. The conversion is a slot of a type written in C, which Python can only set while the
type's flag for "immutable" is off.
"""

from __future__ import annotations

import ctypes
import sys
import warnings
from functools import wraps
from typing import Any

from .attach import asked_by_program

_METHODS = ("__float__", "__int__", "__complex__")
# struct _typeobject of CPython: the header (3 words), then 18 words, then tp_flags
_FLAGS_OFFSET = 21 * ctypes.sizeof(ctypes.c_void_p)
_IMMUTABLE = 1 << 8  # Py_TPFLAGS_IMMUTABLETYPE


def _refused(numpy: Any) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # until 2.3 there is a warning
        try:
            float(numpy.ones(1))
        except TypeError:
            return True
    return False


def _of_one_element(method: Any) -> Any:
    @wraps(method)
    def convert(array: Any) -> Any:
        if array.ndim and array.size == 1 and asked_by_program(1):
            return method(array.reshape(()))
        return method(array)

    return convert


def give_back(numpy: Any) -> None:
    """Give the conversion back, where it is gone and the interpreter is one that we know."""
    array = numpy.ndarray
    if sys.implementation.name != "cpython" or not _refused(numpy):
        return
    flags = ctypes.c_ulong.from_address(id(array) + _FLAGS_OFFSET)
    if flags.value != array.__flags__:
        return  # a build with another layout: programs see NumPy's own error
    flags.value &= ~_IMMUTABLE
    try:
        for name in _METHODS:
            setattr(array, name, _of_one_element(getattr(array, name)))
    finally:
        flags.value |= _IMMUTABLE
