"""`tf.keras.Sequential`."""

from __future__ import annotations

from typing import Any

from .base_layer import Layer
from .input_layer import Input, InputLayer
from .training import Model


class Sequential(Model):
    """Layers, each on the outputs of the one before.

    With the shape of the inputs (`input_shape` of the first layer, or an InputLayer) the weights
    are made at once, else by the first call.

    >>> model = Sequential([tf.keras.layers.Dense(3, input_shape=(4,))])
    >>> model.output_shape
    (None, 3)
    """

    def __init__(self, layers: Any = None, name: str | None = None) -> None:
        super().__init__(name=name)
        for layer in layers or ():
            self.add(layer)

    @property
    def layers(self) -> list:
        """The layers, without the InputLayer."""
        return [layer for layer in self._layers if not isinstance(layer, InputLayer)]

    _numbers_layers = True

    def _inner_layers(self) -> Any:
        return iter(list(self._layers))

    def add(self, layer: Any) -> None:
        """Put a layer at the end."""
        is_layer = isinstance(layer, Layer)
        if not is_layer:
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        if not self._layers and not isinstance(layer, InputLayer):
            shape = getattr(layer, "_batch_input_shape", None)
            if shape is None and getattr(layer, "_is_graph_network", False):
                shape = tuple(layer.inputs[0].shape.as_list())
            if shape is not None:
                inputs = Input(batch_shape=shape, dtype=layer.dtype, name=layer.name + "_input")
                self._layers.append(inputs._keras_history.layer)
                self.outputs = [inputs]
        if isinstance(layer, InputLayer):
            self.outputs = [layer._tensor]
        elif self.outputs:
            outputs = layer(self.outputs[0])
            if isinstance(outputs, list | tuple):
                raise TypeError(
                    "All layers in a Sequential model should have a single output tensor. "
                    "For multi-output layers, use the functional API."
                )
            self.outputs = [outputs]
        self._layers.append(layer)
        if self.outputs:
            self._connected()

    def _connected(self) -> None:
        layers = self._layers
        first = layers[0]
        self._is_graph_network = True
        self._init_graph(first._tensor, self.outputs[0])
        self._layers = layers

    def pop(self) -> None:
        """Take away the last layer."""
        if not self._layers:
            raise TypeError("There are no layers in the model.")
        layer = self._layers.pop()
        if not self.layers:
            self.outputs, self.inputs, self.built = [], [], False
            self._is_graph_network = False
        elif self.outputs:
            self.outputs = [layer._inbound_nodes[-1].inputs]
            self._connected()

    def build(self, input_shape: Any = None) -> None:
        """Make the weights, for inputs of a shape with the batch."""
        if not self._is_graph_network:
            super().build(input_shape)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """The outputs for other inputs."""
        outputs = inputs
        for layer in self.layers:
            outputs = layer(outputs)
        return outputs

    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The outputs, which are probabilities."""
        return self.predict(x, batch_size, verbose)

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The most probable classes."""
        found = self.predict(x, batch_size=batch_size, verbose=verbose)
        if found.shape[-1] > 1:
            return found.argmax(axis=-1)
        return (found > 0.5).astype("int32")

    def get_config(self) -> dict[str, Any]:
        """The layers' classes and arguments."""
        from .saving import layer_to_plain

        return {"name": self.name, "layers": [layer_to_plain(each) for each in self.layers]}

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """A model of the layers that `get_config` gave."""
        from .saving import layer_from_plain

        layers = config["layers"] if isinstance(config, dict) else config
        name = config.get("name") if isinstance(config, dict) else None
        return cls([layer_from_plain(each, custom_objects) for each in layers], name=name)
