"""Plain ops on a model's tensors, as layers of the model."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .base_layer import Layer


class TensorFlowOpLayer(Layer):
    """One op: called with other inputs it makes the op again, in the current graph."""

    def __init__(self, op: Any, keras_inputs: list) -> None:
        super().__init__(name="tf_op_layer_" + op.name.replace("/", "_"), trainable=False)
        self._op = op
        self._places = [i for i, t in enumerate(op.inputs) if any(t is k for k in keras_inputs)]
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The op's outputs for these inputs; its other inputs stay as they are."""
        given = list(inputs) if isinstance(inputs, list | tuple) else [inputs]
        tensors = list(self._op.inputs)
        for place, value in zip(self._places, given, strict=True):
            tensors[place] = value
        definition = tf.GraphDef()
        node = definition.node.add()
        node.CopyFrom(self._op.node_def)
        node.name = node.name.rpartition("/")[2]
        del node.input[:]
        node.input.extend(f"input_{place}:0" for place in range(len(tensors)))
        mapped = {f"input_{place}:0": tensor for place, tensor in enumerate(tensors)}
        wanted = [f"{node.name}:{index}" for index in range(len(self._op.outputs))]
        scope = tf.get_default_graph().get_name_scope()
        found = tf.import_graph_def(
            definition,
            input_map=mapped,
            return_elements=wanted,
            name=scope + "/op" if scope else "op",
        )
        for new, old in zip(found, self._op.outputs, strict=True):
            new.set_shape([None] * old.shape.ndims if old.shape.ndims is not None else None)
        return found[0] if len(found) == 1 else found


def note(tensor: Any) -> None:
    """Make layers of the ops between a model's tensors and this one, if there are such."""
    if _from_model(tensor, {}):
        _note(tensor)


def _from_model(tensor: Any, known: dict[int, bool]) -> bool:
    if hasattr(tensor, "_keras_history"):
        return True
    if id(tensor.op) not in known:
        known[id(tensor.op)] = False
        known[id(tensor.op)] = any(_from_model(each, known) for each in tensor.op.inputs)
    return known[id(tensor.op)]


def _note(tensor: Any) -> None:
    if hasattr(tensor, "_keras_history"):
        return
    op = tensor.op
    inputs = [each for each in op.inputs if _from_model(each, {})]
    for each in inputs:
        _note(each)
    layer = TensorFlowOpLayer(op, inputs)
    outputs = list(op.outputs)
    given = inputs[0] if len(inputs) == 1 else inputs
    layer._add_node(given, outputs[0] if len(outputs) == 1 else outputs)
