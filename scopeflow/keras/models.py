"""`tf.keras.models`."""

from .engine.sequential import Sequential
from .engine.training import Model

__all__ = ["Model", "Sequential"]
