"""Partitioned variables (being built)."""

from __future__ import annotations

from typing import Any


def get(store: Any, spec: Any) -> Any:
    """Not built yet."""
    raise NotImplementedError(
        f"Variable {spec.name}: partitioned variables are not built yet. "
        "Leave the partitioner out: scopeflow runs on one device."
    )
