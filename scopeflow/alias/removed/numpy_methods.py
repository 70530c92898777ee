"""Methods of NumPy's arrays of before 2.0 and 2.3.

The types are written in C: their methods cannot be set as attributes. CPython keeps them in a
dictionary all the same, and looks there when told that the type has changed. Where that does not
work (another Python), the methods stay away.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from types import MethodType
from typing import Any

import numpy as np

from .attach import asked_by_program


def _tostring(self: Any, order: str = "C") -> bytes:
    return self.tobytes(order)


def _ptp(self: Any, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
    return np.ptp(self, axis, out, keepdims)


def _itemset(self: Any, *args: Any) -> None:
    *index, value = args
    if not index:
        self[...] = value
    elif len(index) == 1 and not isinstance(index[0], tuple):
        self.flat[index[0]] = value
    else:
        self[index[0] if len(index) == 1 else tuple(index)] = value


def _newbyteorder(self: Any, new_order: str = "S") -> Any:
    return self.view(self.dtype.newbyteorder(new_order))


METHODS: dict[str, Callable] = {
    "tostring": _tostring,
    "ptp": _ptp,
    "itemset": _itemset,
    "newbyteorder": _newbyteorder,
}


class _Method:
    """A method that only code of the program sees."""

    def __init__(self, name: str, function: Callable) -> None:
        self.name = name
        self.function = function

    def __get__(self, instance: Any, owner: type) -> Any:
        if not asked_by_program(1):
            raise AttributeError(f"{owner.__name__!r} object has no attribute {self.name!r}")
        return self.function if instance is None else MethodType(self.function, instance)


def give_back_methods(numpy: Any) -> None:
    """Give arrays and NumPy's scalars the methods that they no longer have."""
    for kind in (numpy.ndarray, numpy.generic):
        (members, *_) = (*gc.get_referents(kind.__dict__), None)
        if not isinstance(members, dict):
            continue
        for name, function in METHODS.items():
            if not hasattr(kind, name):
                members[name] = _Method(name, function)
        try:
            ctypes.pythonapi.PyType_Modified(ctypes.py_object(kind))
        except AttributeError:
            continue
