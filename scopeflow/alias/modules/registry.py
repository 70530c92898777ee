"""tensorflow.python.framework.registry."""

from __future__ import annotations

from typing import Any


class Registry:
    """Things under names, each name once."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._registry: dict[str, Any] = {}

    def register(self, candidate: Any, name: str | None = None) -> None:
        """Keep it under the name; KeyError if there is something already."""
        name = name or candidate.__name__
        if name in self._registry:
            raise KeyError(f"Registering two {self._name} with name '{name}'!")
        self._registry[name] = candidate

    def list(self) -> Any:
        """The names."""
        return self._registry.keys()

    def lookup(self, name: Any) -> Any:
        """What is under the name; LookupError if nothing is."""
        if name not in self._registry:
            raise LookupError(f"{self._name} registry has no entry for: {name}")
        return self._registry[name]
