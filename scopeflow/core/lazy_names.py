"""Names of a module that are imported at their first use, so that `import scopeflow` stays fast."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType
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
    nowhere; `loaded` is told, with each import, of the modules that are there, some repeatedly.
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
        if loaded is not None:
            tell_loaded()
        return value

    def tell_loaded() -> None:
        """Of every module that is there now: an import brings others along."""
        assert loaded is not None
        for name, place in where.items():
            value = space.get(name)
            if place.endswith(":") and isinstance(value, ModuleType):
                loaded(name, value)

    def __dir__() -> list[str]:
        return sorted({*space, *where})

    return __getattr__, __dir__
