"""Layers that consist of connected layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .base_layer import Layer
from .naming import snake_case
from .nodes import shapes_of


class Network(Layer):
    """What is common to models: layers between inputs and outputs, or those of a subclass."""

    _layers: list[Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = kwargs.pop("name", None)
        inputs = kwargs.pop("inputs", args[0] if args else None)
        outputs = kwargs.pop("outputs", args[1] if len(args) > 1 else None)
        if len(args) > 2:
            name = args[2]
        super().__init__(name=name, **kwargs)
        self._is_graph_network = outputs is not None
        self.inputs: list[Any] = []
        self.outputs: list[Any] = []
        self.optimizer: Any = None
        self.stop_training = False
        if outputs is not None:
            self._init_graph(inputs, outputs)

    def _class_name(self) -> str:
        return snake_case(type(self).__name__)

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """Connected layers have numbers, those with weights numbers of their own, too."""
        named: dict[str, Any] = {}
        weighty = 0
        for number, layer in enumerate(self._layers if self._numbers_layers else ()):
            if layer.weights:
                named[f"layer_with_weights-{weighty}"] = layer
                weighty += 1
            named[f"layer-{number}"] = layer
        return list((named | dict(super()._checkpoint_dependencies)).items())

    @property
    def _numbers_layers(self) -> bool:
        return self._is_graph_network

    def _init_graph(self, inputs: Any, outputs: Any) -> None:
        from . import nodes

        nodes.note_plain_ops(outputs)
        for tensor in tf.nest.flatten(inputs):
            if not hasattr(tensor, "_keras_history"):
                raise ValueError(
                    f"Input tensors to a Model must come from `tf.keras.Input`. Received: {tensor} "
                    "(missing previous layer metadata)."
                )
        for tensor in tf.nest.flatten(outputs):
            if not hasattr(tensor, "_keras_history"):
                raise ValueError(
                    "Output tensors to a Model must be the output of a TensorFlow `Layer` (thus "
                    f"holding past layer metadata). Found: {tensor}"
                )
        self._nested_inputs, self._nested_outputs = inputs, outputs
        self.inputs, self.outputs = tf.nest.flatten(inputs), tf.nest.flatten(outputs)
        self._nodes, self._layers = _ordered(self.inputs, self.outputs)
        self.built = True
        self.input_names = [t._keras_history.layer.name for t in self.inputs]
        self.output_names = _unique([t._keras_history.layer.name for t in self.outputs])

    @property
    def layers(self) -> list:
        """The layers, from the inputs to the outputs."""
        return list(self._inner_layers())

    @property
    def weights(self) -> list:
        """The weights, layer by layer."""
        own = [*self._trainable_weights, *self._non_trainable_weights]
        found = {id(weight): weight for weight in [*own, *self._gather("weights")]}
        return list(found.values())

    @property
    def stateful(self) -> bool:
        """Whether a layer keeps its state from batch to batch."""
        return any(getattr(layer, "stateful", False) for layer in self._layers)

    @stateful.setter
    def stateful(self, value: bool) -> None:
        """Layers say it themselves."""

    @property
    def input(self) -> Any:
        """The inputs."""
        return self._nested_inputs if self._is_graph_network else super().input

    @property
    def output(self) -> Any:
        """The outputs."""
        return self._nested_outputs if self._is_graph_network else super().output

    @property
    def input_shape(self) -> Any:
        """The shape of the inputs."""
        return shapes_of(self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of the outputs."""
        return shapes_of(self.output)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """A layer by its name or its place."""
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has "
                    f"{len(self.layers)} layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError("No such layer: " + name)

    def build(self, input_shape: Any) -> None:
        """Make the weights, by calling the model in its graph with inputs of the shape."""
        if not self._is_graph_network and not self.built:
            shape = tf.TensorShape(input_shape)
            with tf.name_scope("build"):
                self(tf.placeholder(self.dtype or tf.keras.backend.floatx(), shape))
        self.built = True

    def _maybe_build(self, inputs: Any) -> None:
        self.built = True  # the layers build themselves

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """The outputs for other inputs."""
        if not self._is_graph_network:
            raise NotImplementedError(
                "When subclassing the `Model` class, you should implement a `call` method."
            )
        values = dict(zip(map(id, self.inputs), tf.nest.flatten(inputs), strict=True))
        for node in self._nodes:
            if node.inputs is None or all(id(t) in values for t in tf.nest.flatten(node.outputs)):
                continue
            given = tf.nest.map_structure(lambda t: values[id(t)], node.inputs)
            outputs = node.layer(given, *node.args, **node.kwargs)
            for old, new in zip(
                tf.nest.flatten(node.outputs), tf.nest.flatten(outputs), strict=True
            ):
                values[id(old)] = new
        return tf.nest.map_structure(lambda t: values[id(t)], self._nested_outputs)

    def compute_mask(self, inputs: Any, mask: Any) -> Any:
        """None: masks end in the model."""
        return None

    def get_config(self) -> dict[str, Any]:
        """Not to be had of layers that are connected otherwise than in a row."""
        raise NotImplementedError(
            f"{type(self).__name__}.get_config is supported for Sequential only: keep the code "
            "that builds the model, and save its weights."
        )

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """A model of what `get_config` gave: for Sequential only."""
        raise NotImplementedError(f"{cls.__name__}.from_config: build the model with your code.")

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The outputs' static shape for inputs of a shape."""
        return tf.TensorShape(self.output.shape)

    def reset_states(self) -> None:
        """Set the states of stateful layers to their beginning."""
        for layer in self._layers:
            if hasattr(layer, "reset_states") and getattr(layer, "stateful", False):
                layer.reset_states()

    @property
    def state_updates(self) -> list:
        """The updates of stateful layers."""
        return [
            update
            for layer in self._layers
            if getattr(layer, "stateful", False)
            for update in layer.updates
        ]

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Callable | None = None,
    ) -> None:
        """Print the layers, the shapes of their outputs and how many parameters they have."""
        if not self.built:
            raise ValueError(
                "This model has not yet been built. Build the model first by calling `build()` or "
                "calling `fit()` with some data, or specify an `input_shape` argument in the first "
                "layer(s) for automatic build."
            )
        show = print_fn or print
        width = line_length or 65
        columns = [int(width * share) for share in (positions or (0.45, 0.85, 1.0))[:3]]

        def row(*texts: Any) -> None:
            line = ""
            for text, end in zip(texts, columns, strict=False):
                line = (line + str(text))[: end - 1]
                line += " " * (end - len(line))
            show(line)

        show(f'Model: "{self.name}"')
        show("_" * width)
        row("Layer (type)", "Output Shape", "Param #")
        show("=" * width)
        for index, layer in enumerate(self.layers):
            try:
                shape: Any = layer.output_shape
            except (AttributeError, RuntimeError):
                shape = "multiple"
            row(f"{layer.name} ({type(layer).__name__})", shape, layer.count_params())
            show(("_" if index < len(self.layers) - 1 else "=") * width)
        trained = sum(int(np.prod(w.shape.as_list())) for w in self.trainable_weights)
        others = sum(int(np.prod(w.shape.as_list())) for w in self.non_trainable_weights)
        show(f"Total params: {trained + others:,}")
        show(f"Trainable params: {trained:,}")
        show(f"Non-trainable params: {others:,}")
        show("_" * width)


def _unique(names: list) -> list:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name] - 1}")
    return found


def _ordered(inputs: list, outputs: list) -> tuple[list, list]:
    """(nodes, layers) from the inputs to the outputs: the farthest from the outputs first."""
    finished: list[Any] = []  # nodes, after those that they need
    seen: set[int] = set()
    met: dict[int, int] = {}  # a layer's place in the search
    by_layer: dict[int, Any] = {}

    def visit(tensor: Any) -> None:
        history = tensor._keras_history
        node = history.layer._inbound_nodes[history.node_index]
        met.setdefault(id(history.layer), len(met))
        by_layer[id(history.layer)] = history.layer
        if id(node) in seen:
            return
        seen.add(id(node))
        if node.inputs is not None and all(tensor is not each for each in inputs):
            for each in tf.nest.flatten(node.inputs):
                visit(each)
        finished.append(node)

    for tensor in outputs:
        visit(tensor)
    for tensor in inputs:
        visit(tensor)
    depth: dict[int, int] = {}
    layer_depth: dict[int, int] = {}
    for node in reversed(finished):
        own = max(depth.setdefault(id(node), 0), layer_depth.get(id(node.layer), 0))
        depth[id(node)] = layer_depth[id(node.layer)] = own
        if node.inputs is not None:
            for each in tf.nest.flatten(node.inputs):
                history = each._keras_history
                before = history.layer._inbound_nodes[history.node_index]
                depth[id(before)] = max(depth.get(id(before), 0), own + 1)
    for tensor in inputs:  # inputs come first
        layer_depth[id(tensor._keras_history.layer)] = max(layer_depth.values(), default=0)
    order = sorted(by_layer, key=lambda key: (-layer_depth[key], met[key]))
    return finished, [by_layer[key] for key in order]
