"""Names of a module that are imported at their first use, so that `import scopeflow` stays fast."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def lazy_names(
    space: dict[str, Any], where: dict[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a module whose globals are `space`.

    `where` tells for each name the module that has it, relative to this one: `".a.b:"` is the
    module itself, `".a.b"` has an attribute of that name.
    """
    package = space["__package__"]

    def __getattr__(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {space['__name__']!r} has no attribute {name!r}")
        path, itself, _ = where[name].partition(":")
        module = importlib.import_module(path, package)
        value = space[name] = module if itself else getattr(module, name)
        return value

    def __dir__() -> list[str]:
        return sorted({*space, *where})

    return __getattr__, __dir__
