"""Decorators that tell users of a function that it is to go."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def _when(date: str | None) -> str:
    return "in a future version" if date is None else f"after {date}"


def _decorator(told: Callable[[Any, tuple, dict], str | None], warn_once: bool) -> Callable:
    """A decorator that logs what `told` says of a call."""

    def decorate(func: Any) -> Any:
        seen: set[str] = set()

        @functools.wraps(func)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            text = told(func, args, kwargs)
            if text is not None and text not in seen:
                if warn_once:
                    seen.add(text)
                tf.logging.warning(text)
            return func(*args, **kwargs)

        return wrapped

    return decorate


def deprecated(date: str | None, instructions: str, warn_once: bool = True) -> Callable:
    """Decorates a function that will be removed; its calls log the instructions."""
    if not instructions:
        raise ValueError("Require instructions for deprecated functions.")

    def told(func: Any, args: tuple, kwargs: dict) -> str:
        return (
            f"{func.__qualname__} (from {func.__module__}) is deprecated and will be removed "
            f"{_when(date)}.\nInstructions for updating:\n{instructions}"
        )

    return _decorator(told, warn_once)


def deprecated_args(
    date: str | None, instructions: str, *deprecated_arg_names_or_tuples: Any, **kwargs: Any
) -> Callable:
    """Decorates a function some of whose arguments will be removed; calls with them log it.

    An argument is its name, or (name, the value that does not count as given).
    """
    warn_once = kwargs.pop("warn_once", True)
    names: dict[str, Any] = dict(
        tuple(each) if isinstance(each, tuple | list) else (each, None)
        for each in deprecated_arg_names_or_tuples
    )

    def told(func: Any, args: tuple, given: dict) -> str | None:
        used = [n for n in names if n in given and given[n] != names[n]]
        if not used:
            return None
        return (
            f"calling {func.__qualname__} (from {func.__module__}) with {', '.join(used)} is "
            f"deprecated and will be removed {_when(date)}.\n"
            f"Instructions for updating:\n{instructions}"
        )

    return _decorator(told, warn_once)


def deprecated_arg_values(
    date: str | None, instructions: str, warn_once: bool = True, **deprecated_kwargs: Any
) -> Callable:
    """Decorates a function some of whose arguments' values will be refused; such calls log it."""

    def told(func: Any, args: tuple, given: dict) -> str | None:
        for name, value in deprecated_kwargs.items():
            if name in given and given[name] == value:
                return (
                    f"calling {func.__qualname__} (from {func.__module__}) with {name}={value} is "
                    f"deprecated and will be removed {_when(date)}.\n"
                    f"Instructions for updating:\n{instructions}"
                )
        return None

    return _decorator(told, warn_once)
