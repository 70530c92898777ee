"""How layers are connected: each call on a model's tensors is a node between them."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple

import scopeflow as tf


class KerasHistory(NamedTuple):
    """Which call of which layer made a tensor, and which of the call's outputs it is."""

    layer: Any
    node_index: int
    tensor_index: int


class Node(NamedTuple):
    """A call of a layer."""

    layer: Any
    inputs: Any
    outputs: Any
    args: tuple
    kwargs: dict

    @property
    def inbound_layers(self) -> Any:
        """The layers whose outputs are the inputs, in the inputs' structure."""
        return tf.nest.map_structure(lambda t: t._keras_history.layer, self.inputs)


class Connected:
    """The part of a layer that knows the layer's calls."""

    _name: str

    def _begin_nodes(self) -> None:
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []
        self._called_with: list[Any] = []

    @property
    def inbound_nodes(self) -> list:
        """The calls of the layer on a model's tensors."""
        return self._inbound_nodes

    @property
    def outbound_nodes(self) -> list:
        """The calls of other layers on this one's outputs."""
        return self._outbound_nodes

    def _connect(self, inputs: Any, outputs: Any, args: tuple, kwargs: dict) -> Any:
        """Note the call, if all inputs are a model's tensors."""
        self._called_with += tf.nest.flatten(inputs)
        flat = tf.nest.flatten(inputs)
        if not flat or not all(hasattr(t, "_keras_history") for t in flat):
            return outputs
        taken = {id(t) for t in flat}
        outputs = tf.nest.map_structure(lambda t: tf.identity(t) if id(t) in taken else t, outputs)
        self._add_node(inputs, outputs, args, kwargs)
        return outputs

    def _add_node(self, inputs: Any, outputs: Any, args: tuple = (), kwargs: Any = None) -> None:
        node = Node(self, inputs, outputs, args, dict(kwargs or {}))
        self._inbound_nodes.append(node)
        if inputs is not None:
            for layer in {id(one): one for one in tf.nest.flatten(node.inbound_layers)}.values():
                layer._outbound_nodes.append(node)
        for index, tensor in enumerate(tf.nest.flatten(outputs)):
            tensor._keras_history = KerasHistory(self, len(self._inbound_nodes) - 1, index)

    def _all_inputs(self) -> list:
        return self._called_with

    def _node(self, index: int, what: str) -> Node:
        if not self._inbound_nodes:
            raise RuntimeError(f"The layer has never been called and thus has no defined {what}.")
        if index >= len(self._inbound_nodes):
            raise ValueError(
                f"Asked to get {what} at node {index}, but the layer has only "
                f"{len(self._inbound_nodes)} inbound nodes."
            )
        return self._inbound_nodes[index]

    def _only(self, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(f"Layer {self._name} is not connected, no {what} to return.")
        if len(self._inbound_nodes) > 1:
            raise AttributeError(
                f"Layer {self._name} has multiple inbound nodes, hence the notion of "
                f'"layer {what}" is ill-defined. Use `get_{what}_at(node_index)` instead.'
            )
        return self._inbound_nodes[0]

    @property
    def input(self) -> Any:
        """The inputs of the layer's only call on a model's tensors."""
        return self._only("input").inputs

    @property
    def output(self) -> Any:
        """The outputs of the layer's only call on a model's tensors."""
        return self._only("output").outputs

    @property
    def input_shape(self) -> Any:
        """The shape of the inputs, a tuple, if it is the same for all calls."""
        return self._common_shape("input")

    @property
    def output_shape(self) -> Any:
        """The shape of the outputs, a tuple, if it is the same for all calls."""
        return self._common_shape("output")

    def _common_shape(self, what: str) -> Any:
        if not self._inbound_nodes:
            raise AttributeError(
                f"The layer has never been called and thus has no defined {what} shape."
            )
        shapes = [shapes_of(getattr(node, what + "s")) for node in self._inbound_nodes]
        if any(shape != shapes[0] for shape in shapes):
            raise AttributeError(
                f'The layer "{self._name}" has multiple inbound nodes, with different {what} '
                f'shapes. Hence the notion of "{what} shape" is ill-defined for the layer. Use '
                f"`get_{what}_shape_at(node_index)` instead."
            )
        return shapes[0]

    def get_input_at(self, node_index: int) -> Any:
        """The inputs of a call."""
        return self._node(node_index, "input").inputs

    def get_output_at(self, node_index: int) -> Any:
        """The outputs of a call."""
        return self._node(node_index, "output").outputs

    def get_input_shape_at(self, node_index: int) -> Any:
        """The shape of the inputs of a call."""
        return shapes_of(self._node(node_index, "input").inputs)

    def get_output_shape_at(self, node_index: int) -> Any:
        """The shape of the outputs of a call."""
        return shapes_of(self._node(node_index, "output").outputs)

    def get_input_mask_at(self, node_index: int) -> Any:
        """The masks of the inputs of a call."""
        return _masks(self._node(node_index, "input").inputs)

    def get_output_mask_at(self, node_index: int) -> Any:
        """The masks of the outputs of a call."""
        return _masks(self._node(node_index, "output").outputs)

    @property
    def input_mask(self) -> Any:
        """The masks of the inputs of the layer's only call."""
        return _masks(self._only("input").inputs)

    @property
    def output_mask(self) -> Any:
        """The masks of the outputs of the layer's only call."""
        return _masks(self._only("output").outputs)


def _masks(tensors: Any) -> Any:
    return tf.nest.map_structure(lambda t: getattr(t, "_keras_mask", None), tensors)


def shapes_of(tensors: Any) -> Any:
    """The static shape of a tensor as a tuple, or those of a list or tuple of tensors."""
    return tf.nest.map_structure(lambda t: tuple(t.shape.as_list()), tensors)


_with_inputs: weakref.WeakSet = weakref.WeakSet()  # graphs that have inputs of models


def note_input() -> None:
    """The current graph has an input of a model."""
    _with_inputs.add(tf.get_default_graph())


def note_plain_ops(inputs: Any) -> None:
    """Make ops between a model's tensors and these inputs known to the model, as layers."""
    if tf.get_default_graph() not in _with_inputs:
        return
    for tensor in tf.nest.flatten(inputs):
        if isinstance(tensor, tf.Tensor) and not hasattr(tensor, "_keras_history"):
            from .op_layer import note

            note(tensor)
