"""tensorflow.python.util.tf_decorator: decorators that tell what they wrap."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


class TFDecorator:
    """What a decorator made: the function, and notes about it."""

    def __init__(
        self, decorator_name: str, target: Callable, decorator_doc: str = "",
        decorator_argspec: Any = None,
    ) -> None:  # fmt: skip
        self.decorator_name = decorator_name
        self.decorated_target = target
        self.decorator_doc = decorator_doc
        self.decorator_argspec = decorator_argspec
        self.__wrapped__ = target
        self.__name__ = getattr(target, "__name__", type(target).__name__)
        self.__doc__ = target.__doc__

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call the function."""
        return self.decorated_target(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any) -> Any:
        return self if instance is None else functools.partial(self, instance)


def make_decorator(
    target: Callable, decorator_func: Any, decorator_name: str | None = None,
    decorator_doc: str = "", decorator_argspec: Any = None,
) -> Callable:  # fmt: skip
    """`decorator_func`, with the name and the text of `target`."""
    name = decorator_name or inspect.stack()[1].function
    wrapped: Any = functools.wraps(target)(decorator_func)
    wrapped._tf_decorator = TFDecorator(name, target, decorator_doc, decorator_argspec)
    return wrapped


def unwrap(maybe_tf_decorator: Any) -> tuple[list[TFDecorator], Any]:
    """The decorators around a function, outermost first, and the function inside."""
    found: list[TFDecorator] = []
    target = maybe_tf_decorator
    while True:
        made = target if isinstance(target, TFDecorator) else getattr(target, "_tf_decorator", None)
        if made is None:
            return found, target
        found.append(made)
        target = made.decorated_target
