"""Names that arguments had before TensorFlow 1.0."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any


def old_arguments(**now: str) -> Callable[[Callable], Callable]:
    """Let the function take its arguments by older names too: `old_arguments(concat_dim="axis")`.

    Its signature stays as it is. A TypeError where an argument is given by both names.
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            for old in now.keys() & kwargs.keys():
                if now[old] in kwargs:
                    raise TypeError(
                        f"{function.__name__}() got both {now[old]!r} and its older name {old!r}"
                    )
                kwargs[now[old]] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate
