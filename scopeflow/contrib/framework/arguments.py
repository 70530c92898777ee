"""Default arguments for functions, inside a `with` block."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Scope = dict[Any, dict[str, Any]]


class _Stack(threading.local):
    def __init__(self) -> None:
        self.scopes: list[Scope] = [{}]


_stack = _Stack()
_arguments: dict[Any, tuple[str, ...]] = {}  # of each function that takes defaults


def _key(func: Any) -> Any:
    return getattr(func, "_key_op", str(func))


def current_arg_scope() -> Scope:
    """The defaults that hold here: a dict by function of dicts by argument."""
    return _stack.scopes[-1]


def add_arg_scope(func: Callable) -> Callable:
    """Decorates a function whose arguments may get defaults by `arg_scope`.

    >>> @add_arg_scope
    ... def double(x, times=2):
    ...     return x * times
    >>> with arg_scope([double], times=3):
    ...     double(2), double(2, times=1)
    (6, 2)
    """

    @functools.wraps(func)
    def with_defaults(*args: Any, **kwargs: Any) -> Any:
        return func(*args, **{**current_arg_scope().get(key, {}), **kwargs})

    key = (getattr(func, "__module__", None), getattr(func, "__name__", str(func)))
    with_defaults._key_op = key  # type: ignore[attr-defined]
    parameters = inspect.signature(func).parameters.values()
    _arguments[key] = tuple(p.name for p in parameters if p.default is not p.empty)
    return with_defaults


def has_arg_scope(func: Any) -> bool:
    """Whether the function's arguments may get defaults by `arg_scope`."""
    return _key(func) in _arguments


def arg_scoped_arguments(func: Any) -> tuple[str, ...]:
    """The arguments of a function that may get defaults by `arg_scope`."""
    assert has_arg_scope(func)
    return _arguments[_key(func)]


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """A `with` block in which the functions of a list have the keywords as defaults.

    Inner blocks go before outer ones, arguments of a call before all. Instead of a list, what an
    earlier `with arg_scope(…) as scope` gave: its defaults again, in place of those outside.
    ValueError for a function that `add_arg_scope` does not decorate.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError(
                "When attempting to re-use a scope by suppling adictionary, kwargs must be empty."
            )
        scope = list_ops_or_scope.copy()
    else:
        if not isinstance(list_ops_or_scope, list | tuple):
            raise TypeError(
                "list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)"
            )
        scope = dict(current_arg_scope())
        for func in list_ops_or_scope:
            if not has_arg_scope(func):
                raise ValueError(
                    f"{getattr(func, '__module__', '')}.{getattr(func, '__name__', func)} is not "
                    "decorated with @add_arg_scope"
                )
            scope[_key(func)] = {**scope.get(_key(func), {}), **kwargs}
    _stack.scopes.append(scope)
    try:
        yield scope
    finally:
        _stack.scopes.pop()
