"""`tf.keras.layers`."""

from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec

__all__ = ["InputSpec", "Layer"]
