"""The layers that are being called in this thread, and what their calls hand to inner layers."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


class _Calls(threading.local):
    def __init__(self) -> None:
        self.training: list[Any] = []


_calls = _Calls()


@contextmanager
def calling(training: Any) -> Iterator[None]:
    """A call of a layer; `training` is what it was told, if it was told."""
    _calls.training.append(inherited_training() if training is None else training)
    try:
        yield
    finally:
        _calls.training.pop()


def inherited_training() -> Any:
    """The `training` argument of the call around this one; None without one."""
    return _calls.training[-1] if _calls.training else None


def argument_names(function: Callable) -> frozenset[str]:
    """The names of a function's arguments; `**` for any others."""
    return _names(getattr(function, "__func__", function))


@lru_cache(maxsize=1000)
def _names(function: Callable) -> frozenset[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # not written in Python
        return frozenset()
    return frozenset("**" if p.kind is p.VAR_KEYWORD else p.name for p in parameters)
