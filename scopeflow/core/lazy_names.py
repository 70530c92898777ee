"""Names of a module that are imported at their first use, so that `import scopeflow` stays fast."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any


def lazy_names(
    space: dict[str, Any],
    where: dict[str, str],
    otherwise: Callable[[str], Any] | None = None,
    loaded: Callable[[str, Any], None] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` for a module whose globals are `space`.

    `where` tells for each name the module that has it, relative to this one: `".a.b:"` is the
    module itself, `".a.b"` has an attribute of that name. `otherwise` is asked for a name that is
    nowhere; `loaded` is told of a module that was imported.
    """
    package = space["__package__"]

    def __getattr__(name: str) -> Any:
        if name not in where:
            if otherwise is not None:
                return otherwise(name)
            raise AttributeError(f"module {space['__name__']!r} has no attribute {name!r}")
        path, itself, _ = where[name].partition(":")
        module = importlib.import_module(path, package)
        value = space[name] = module if itself else getattr(module, name)
        if itself and loaded is not None:
            loaded(name, module)
        return value

    def __dir__() -> list[str]:
        return sorted({*space, *where})

    return __getattr__, __dir__
