"""`tf.keras`: its initializers and regularizers, for programs that use these without the rest."""

from __future__ import annotations

from typing import NoReturn

from . import initializers, layers, regularizers

__all__ = ["initializers", "layers", "regularizers"]

_NOT_YET = frozenset(
    (
        "Input", "Model", "Sequential", "activations", "applications", "backend", "callbacks",
        "constraints", "datasets", "estimator", "experimental", "losses", "metrics",
        "mixed_precision", "models", "optimizers", "preprocessing", "utils", "wrappers",
    )
)  # fmt: skip


def __getattr__(name: str) -> NoReturn:
    if name in _NOT_YET:
        raise AttributeError(f"tf.keras.{name} is TensorFlow's; scopeflow does not have it yet.")
    raise AttributeError(f"module 'scopeflow.keras' has no attribute {name!r}")
