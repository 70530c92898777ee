"""`tf.keras.experimental`: layers of feature columns."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["SequenceFeatures"]  # noqa: F822 - found by __getattr__


def __getattr__(name: str) -> Any:
    if name == "SequenceFeatures":
        return importlib.import_module("scopeflow.feature_column.layers").SequenceFeatures
    raise AttributeError(f"module 'scopeflow.keras.experimental' has no attribute {name!r}")
