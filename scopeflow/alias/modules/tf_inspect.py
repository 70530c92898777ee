"""tensorflow.python.util.tf_inspect: Python's inspect, with `getargspec` of old."""

import inspect
from collections import namedtuple
from collections.abc import Callable
from inspect import (
    FullArgSpec,
    getcallargs,
    getdoc,
    getfile,
    getframeinfo,
    getfullargspec,
    getmembers,
    getmodule,
    getmro,
    getsource,
    getsourcefile,
    getsourcelines,
    isbuiltin,
    isclass,
    isframe,
    isfunction,
    isgenerator,
    isgeneratorfunction,
    ismethod,
    ismodule,
    isroutine,
    signature,
    stack,
)
from typing import Any

__all__ = [
    "ArgSpec", "FullArgSpec", "currentframe", "getargspec", "getcallargs", "getdoc", "getfile",
    "getframeinfo", "getfullargspec", "getmembers", "getmodule", "getmro", "getsource",
    "getsourcefile", "getsourcelines", "isanytargetmethod", "isbuiltin", "isclass", "isframe",
    "isfunction", "isgenerator", "isgeneratorfunction", "ismethod", "ismodule", "isroutine",
    "signature", "stack",
]  # fmt: skip

ArgSpec = namedtuple("ArgSpec", "args varargs keywords defaults")
currentframe = inspect.currentframe


def getargspec(obj: Callable) -> Any:
    """Names of the arguments, of *args and **kwargs, and the defaults."""
    found = inspect.getfullargspec(obj)
    return ArgSpec(found.args, found.varargs, found.varkw, found.defaults)


def isanytargetmethod(object: Any) -> bool:
    """Whether it is a method."""
    return inspect.ismethod(object)
