"""`tf.keras`: layers, models and what trains them, as graphs."""

from __future__ import annotations

from typing import NoReturn

from . import (
    activations,
    backend,
    callbacks,
    constraints,
    datasets,
    experimental,
    initializers,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    preprocessing,
    regularizers,
    utils,
)
from .engine.input_layer import Input
from .models import Model, Sequential

__all__ = [
    "Input", "Model", "Sequential", "activations", "backend", "callbacks", "constraints",
    "datasets", "experimental", "initializers", "layers", "losses", "metrics", "models",
    "optimizers", "preprocessing", "regularizers", "utils",
]  # fmt: skip

_NOT_YET = frozenset(("applications", "estimator", "mixed_precision", "wrappers"))


def __getattr__(name: str) -> NoReturn:
    if name in _NOT_YET:
        raise AttributeError(f"tf.keras.{name} is TensorFlow's; scopeflow does not have it yet.")
    raise AttributeError(f"module 'scopeflow.keras' has no attribute {name!r}")
