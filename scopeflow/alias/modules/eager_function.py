"""tensorflow.python.eager.function and def_function: functions that are graphs of their own."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NoReturn


def function(func: Callable | None = None, *args: Any, **kwargs: Any) -> Callable:
    """A decorator, which is without effect until the function is called: NotImplementedError."""

    def decorate(func: Callable) -> Callable:
        @functools.wraps(func)
        def called(*args: Any, **kwargs: Any) -> NoReturn:
            raise NotImplementedError(
                f"tf.function: {getattr(func, '__name__', func)} would be a graph of its own in "
                "TensorFlow, scopeflow has none. Call the function without the decorator: its ops "
                "are added to the default graph."
            )

        return called

    return decorate if func is None else decorate(func)


defun = function
