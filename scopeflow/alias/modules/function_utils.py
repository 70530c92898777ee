"""tensorflow.python.util.function_utils: the arguments of functions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def fn_args(fn: Any) -> tuple[str, ...]:
    """The names of the arguments that a function, method, partial or callable object takes.

    Without `self`, and without those that a partial has given already.
    """
    if isinstance(fn, functools.partial):
        given = set((fn.keywords or {}).keys())
        return tuple(a for a in fn_args(fn.func)[len(fn.args) :] if a not in given)
    bound = inspect.ismethod(fn)
    if not (inspect.isroutine(fn) or inspect.isclass(fn)):
        fn, bound = fn.__call__, True
    if inspect.isclass(fn):
        fn, bound = fn.__init__, True
    names = inspect.getfullargspec(inspect.unwrap(fn)).args
    return tuple(names[1:] if bound and names and names[0] in ("self", "cls") else names)


def has_kwargs(fn: Any) -> bool:
    """Whether a function takes **kwargs."""
    if isinstance(fn, functools.partial):
        return has_kwargs(fn.func)
    if not callable(fn):
        raise TypeError(f"fn should be a function-like object, but is of type {type(fn)}.")
    target = fn if inspect.isroutine(fn) or inspect.isclass(fn) else fn.__call__
    return inspect.getfullargspec(target).varkw is not None


def get_func_name(func: Callable) -> str:
    """The name of a function; "<partial>" has that of its function."""
    if isinstance(func, functools.partial):
        return get_func_name(func.func)
    return func.__name__ if inspect.isroutine(func) else str(type(func))


def get_func_code(func: Callable) -> Any:
    """The code of a function; None of what has none."""
    return getattr(inspect.unwrap(func), "__code__", None)
