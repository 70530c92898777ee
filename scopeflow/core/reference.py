"""What stands for a tensor or a variable in sets and as keys of dicts."""

from __future__ import annotations

from typing import Any


class Reference:
    """Compares by the identity of what it refers to."""

    def __init__(self, referent: Any) -> None:
        self._referent = referent

    def deref(self) -> Any:
        """What it stands for."""
        return self._referent

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._referent!r}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Reference):
            raise TypeError("Cannot compare wrapped object with unwrapped object")
        return self._referent is other._referent

    def __hash__(self) -> int:
        return id(self._referent)
