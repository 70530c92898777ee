"""`tf.layers`: layers whose variables are those of variable scopes."""

from __future__ import annotations

import scopeflow as tf

from .base import Layer

InputSpec = tf.keras.layers.InputSpec

__all__ = ["InputSpec", "Layer"]
