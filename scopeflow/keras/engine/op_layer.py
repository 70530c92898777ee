"""Plain ops on a model's tensors, as layers of the model."""

from __future__ import annotations

from typing import Any


def note(tensor: Any) -> None:
    """Nothing yet: see the functional models."""
