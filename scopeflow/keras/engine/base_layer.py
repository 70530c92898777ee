"""`tf.keras.layers.Layer`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .. import activations, backend, constraints, initializers, regularizers
from . import calls, nodes
from .input_spec import InputSpec, check_inputs
from .naming import snake_case, unique_layer_name
from .reach import dependent
from .weights import Weights

_KEYWORDS = {
    "autocast", "input_shape", "batch_input_shape", "batch_size", "weights",
    "activity_regularizer", "experimental_autocast",
}  # fmt: skip


class Layer(Weights, nodes.Connected):
    """Weights and the computation that uses them.

    Subclasses make their weights in `build`, with `add_weight`, when the shape of the inputs is
    known, and compute in `call`. Layers and variables that are assigned to attributes belong to
    the layer. `input_shape` (of one example) or `batch_input_shape` tell what a first layer of a
    Sequential model gets; `weights` are the weights' first values.
    """

    def __init__(
        self,
        trainable: bool = True,
        name: str | None = None,
        dtype: Any = None,
        dynamic: bool = False,
        **kwargs: Any,
    ) -> None:
        for key in kwargs:
            if key not in _KEYWORDS:
                raise TypeError("Keyword argument not understood:", key)
        if dynamic:
            raise NotImplementedError(
                "Layer(dynamic=True) computes eagerly, which scopeflow does not. "
                "Leave it out: `call` builds ops of the graph."
            )
        self._begin(trainable, dtype)
        self._name = self._own_name(name)
        self._activity_regularizer = kwargs.get("activity_regularizer")
        self._initial_weights = kwargs.get("weights")
        shape = kwargs.get("batch_input_shape")
        if shape is None and kwargs.get("input_shape") is not None:
            shape = (kwargs.get("batch_size"), *kwargs["input_shape"])
        if shape is not None:
            self._batch_input_shape: Any = tuple(shape)

    def _begin(self, trainable: bool, dtype: Any) -> None:
        self._begin_weights(trainable)
        self._begin_nodes()
        self.built = False
        self.supports_masking = False
        self._dtype = None if dtype is None else tf.as_dtype(dtype).name
        self._input_spec: Any = None

    def _own_name(self, name: str | None) -> str:
        return name or self._numbered_name(self._class_name(), zero_based=True)

    def _class_name(self) -> str:
        return snake_case(type(self).__name__)

    def _numbered_name(self, name: str, zero_based: bool = False) -> str:
        return unique_layer_name(name, zero_based)

    def _takes_scope(self) -> bool:
        return "scope" in calls.argument_names(self.call)

    @property
    def name(self) -> str:
        """The layer's name, unique in the graph where none was given."""
        return self._name

    @property
    def dtype(self) -> str | None:
        """The name of the weights' dtype: as given, else that of the first inputs."""
        return self._dtype

    @property
    def dynamic(self) -> bool:
        """False: nothing is computed eagerly."""
        return False

    @property
    def activity_regularizer(self) -> Any:
        """A function from an output to the penalty that it adds to the losses."""
        return self._activity_regularizer

    @activity_regularizer.setter
    def activity_regularizer(self, regularizer: Any) -> None:
        self._activity_regularizer = regularizer

    @property
    def input_spec(self) -> Any:
        """What inputs the layer takes: an InputSpec, or a list of one for each input."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        for spec in tf.nest.flatten(value):
            if spec is not None and not isinstance(spec, InputSpec):
                raise TypeError(f"Layer input_spec must be an instance of InputSpec. Got: {spec}")
        self._input_spec = value

    def build(self, input_shape: Any) -> None:
        """Make the weights, for inputs of this shape (a list of shapes for a list of inputs)."""
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Compute the outputs. Calling the layer checks the inputs, builds and calls this."""
        return inputs

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Which steps of the output count: those of the input, for a layer that supports masks."""
        if not self.supports_masking:
            if any(each is not None for each in tf.nest.flatten(mask)):
                raise TypeError(
                    f"Layer {self.name} does not support masking, but was passed an input_mask: "
                    f"{mask}"
                )
            return None
        return mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The outputs' static shape for inputs of a shape, found by calling a copy of the layer."""
        with tf.Graph().as_default():
            dtype = self.dtype or backend.floatx()
            inputs = _map_shapes(lambda s: tf.placeholder(dtype, s), input_shape)
            clone = type(self).from_config(self.get_config())
            return tf.nest.map_structure(lambda t: t.shape, clone(inputs))

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        inputs = tf.nest.map_structure(_as_tensor, inputs)
        names = calls.argument_names(self.call)
        training = kwargs.get("training")
        if "training" not in names:
            if "**" not in names:
                kwargs.pop("training", None)
        elif training is None:
            training = calls.inherited_training()
            if training is not None and len(args) == 0:
                kwargs["training"] = training
        if "mask" in names and kwargs.get("mask") is None and not args:
            masks = tf.nest.map_structure(lambda t: getattr(t, "_keras_mask", None), inputs)
            if any(mask is not None for mask in tf.nest.flatten(masks)):
                kwargs["mask"] = masks
        nodes.note_plain_ops(inputs)
        with tf.name_scope(self._name_scope()), calls.calling(training):
            check_inputs(self.input_spec, inputs, self.name)
            self._maybe_build(inputs)
            outputs = self.call(inputs, *args, **kwargs)
            if outputs is None:
                raise ValueError(
                    "A layer's `call` method should return a Tensor or a list of Tensors, not "
                    f"None (layer: {self.name})."
                )
            outputs = self._connect(inputs, outputs, args, kwargs)
            self._penalize(inputs, outputs)
            self._pass_mask(inputs, outputs, kwargs.get("mask"))
        return outputs

    def _name_scope(self) -> str:
        return self.name

    def _maybe_build(self, inputs: Any) -> None:
        if self.built:
            return
        if self._dtype is None:
            first = next((t for t in tf.nest.flatten(inputs) if hasattr(t, "dtype")), None)
            self._dtype = backend.floatx() if first is None else first.dtype.base_dtype.name
        flat = tf.nest.flatten(inputs)
        if all(hasattr(value, "shape") for value in flat):
            shapes = tf.nest.map_structure(lambda value: value.shape, inputs)
            self.build(shapes)
        self.built = True
        check_inputs(self.input_spec, inputs, self.name)
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    def _penalize(self, inputs: Any, outputs: Any) -> None:
        """The activity regularizer's loss: a mean over the examples."""
        if self._activity_regularizer is None:
            return
        with tf.name_scope("ActivityRegularizer"):
            for output in tf.nest.flatten(outputs):
                penalty = self._activity_regularizer(output)
                count = tf.cast(tf.shape(output)[0], penalty.dtype)
                self.add_loss(penalty / count, inputs=inputs)

    def _pass_mask(self, inputs: Any, outputs: Any, given: Any) -> None:
        flat = tf.nest.flatten(outputs)
        if all(getattr(output, "_keras_mask", None) is not None for output in flat):
            return
        masks = given
        if masks is None:
            masks = tf.nest.map_structure(lambda t: getattr(t, "_keras_mask", None), inputs)
        if not self.supports_masking and type(self).compute_mask is Layer.compute_mask:
            return
        if all(each is None for each in tf.nest.flatten(masks)):
            masks = None
        found = self.compute_mask(inputs, masks)
        if found is None:
            return
        for output, mask in zip(flat, tf.nest.flatten(found), strict=False):
            if isinstance(output, tf.Tensor):
                output._keras_mask = mask  # type: ignore[attr-defined]

    def apply(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """The same as calling the layer."""
        return self(inputs, *args, **kwargs)

    def get_losses_for(self, inputs: Any) -> list:
        """The losses that depend on the inputs; with None, those that depend on no inputs."""
        return self._for(self.losses, inputs)

    def get_updates_for(self, inputs: Any) -> list:
        """The updates that depend on the inputs; with None, those that depend on no inputs."""
        return self._for(self.updates, inputs)

    def _for(self, found: list, inputs: Any) -> list:
        if inputs is not None:
            return dependent(found, inputs)
        needing = {id(each) for each in dependent(found, self._all_inputs())}
        return [each for each in found if id(each) not in needing]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values. Subclasses with arguments extend it."""
        config = {"name": self.name, "trainable": self.trainable}
        if hasattr(self, "_batch_input_shape"):
            config["batch_input_shape"] = self._batch_input_shape
        config["dtype"] = self.dtype
        for kind in reversed(type(self).__mro__):
            for name in vars(kind).get("_arguments", ()):
                config[name] = _plain(name, getattr(self, name))
        return config

    _arguments: tuple[str, ...] = ()  # the names of a class's arguments that are attributes

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer with the arguments that `get_config` gave, without the weights' values."""
        return cls(**config)


def _plain(name: str, value: Any) -> Any:
    """An argument as a plain value."""
    for kind in (initializers, regularizers, constraints, activations):
        if name.endswith(kind.__name__.rpartition(".")[2].rstrip("s")):
            return kind.serialize(value)
    return value


def _as_tensor(value: Any) -> Any:
    if isinstance(value, np.ndarray | float | int | bool):
        return tf.convert_to_tensor(value)
    return value


def _map_shapes(function: Callable, shape: Any) -> Any:
    """A function of one shape over one or a list of them."""
    if isinstance(shape, list) and shape and isinstance(shape[0], list | tuple | tf.TensorShape):
        return [function(each) for each in shape]
    return function(shape)
