"""tensorflow.python.util.deprecation: decorators that warn of old functions and arguments.

A warning goes to `tf.logging`, once for each function.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

_PRINT_DEPRECATION_WARNINGS = True
_PER_MODULE_WARNING_LIMIT = 1
_silent = [False]
_told: set = set()


def _tell(function: Callable, text: str, once: bool = True) -> None:
    key = (function, text)
    if _PRINT_DEPRECATION_WARNINGS and not _silent[0] and not (once and key in _told):
        _told.add(key)
        tf.logging.warning(
            "%s is deprecated: %s", getattr(function, "__qualname__", function), text
        )


def _when(date: str | None) -> str:
    return "in a future version" if date is None else f"after {date}"


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable:
    """A decorator for a function or class that is going to be removed."""

    def wrap(function: Callable) -> Callable:
        text = f"it will be removed {_when(date)}. Instructions for updating: {instructions}"
        if inspect.isclass(function):
            return function  # the class must stay one that can be subclassed

        @functools.wraps(function)
        def old(*args: Any, **kwargs: Any) -> Any:
            _tell(function, text, warn_once)
            return function(*args, **kwargs)

        return old

    return wrap


def deprecated_args(
    date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any, **kwargs: Any
) -> Callable:
    """A decorator for a function of which some arguments are going to be removed."""
    names = [n if isinstance(n, str) else n[0] for n in deprecated_arg_names_or_tuples]

    def wrap(function: Callable) -> Callable:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def old(*args: Any, **kwargs: Any) -> Any:
            try:
                given = signature.bind_partial(*args, **kwargs).arguments
            except TypeError:  # the call below tells better
                given = {}
            for name in names:
                if name in given:
                    _tell(function, f"its argument {name} will be removed {_when(date)}. "
                          f"Instructions for updating: {instructions}")  # fmt: skip
            return function(*args, **kwargs)

        return old

    return wrap


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Callable:
    """A decorator for a function that some values of arguments are not going to be given to."""

    def wrap(function: Callable) -> Callable:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def old(*args: Any, **kwargs: Any) -> Any:
            given = signature.bind_partial(*args, **kwargs).arguments
            for name, value in deprecated_kwargs.items():
                if name in given and given[name] == value:
                    _tell(
                        function, f"{name}={value} will go {_when(date)}. {instructions}", warn_once
                    )
            return function(*args, **kwargs)

        return old

    return wrap


def deprecated_alias(
    deprecated_name: str, name: str, func_or_class: Any, warn_once: bool = True
) -> Any:
    """The function or class, under a name that is going to be removed."""
    if inspect.isclass(func_or_class):
        return func_or_class
    return deprecated(None, f"Use {name}.", warn_once)(func_or_class)


def deprecated_endpoints(*args: str) -> Callable:
    """A decorator without effect: names in TensorFlow's interface."""
    return lambda function: function


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """The one of both that was given; ValueError if both were."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


def rewrite_argument_docstring(old_doc: str, old_argument: str, new_argument: str) -> str:
    """The text with one argument's name replaced."""
    return old_doc.replace(f"`{old_argument}`", f"`{new_argument}`").replace(
        f"{old_argument}:", f"{new_argument}:"
    )


@contextmanager
def silence() -> Iterator[None]:
    """A block without warnings."""
    before, _silent[0] = _silent[0], True
    try:
        yield
    finally:
        _silent[0] = before
