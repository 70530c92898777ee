"""What a layer owns: weights, inner layers, losses, updates, metrics."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf

from .. import backend, initializers, regularizers

_WEIGHT_KEYWORDS = {"getter", "collections", "experimental_autocast", "caching_device"}


class Weights:
    """The part of a layer that keeps what the layer owns."""

    _name: str
    _dtype: str | None
    _layers: Any = ()  # until __init__ has run: cells of programs set attributes before it
    built: bool

    def _begin_weights(self, trainable: bool) -> None:
        self._trainable = trainable
        self.stateful = False
        self._layers = []
        self._trainable_weights: list[Any] = []
        self._non_trainable_weights: list[Any] = []
        self._losses: list[Any] = []
        self._callable_losses: list[Callable] = []
        self._updates: list[Any] = []
        self._metrics: list[Any] = []
        self._named_weights: dict[str, Any] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)
        if not name.startswith("__") and "_layers" in self.__dict__ and name not in _OWN_LISTS:
            self._track(value)

    def __delattr__(self, name: str) -> None:
        value = getattr(self, name)
        object.__delattr__(self, name)
        self._layers = [layer for layer in self._layers if layer is not value]

    def _track(self, value: Any) -> None:
        """What is assigned to an attribute belongs to the layer, if it has weights or is one."""
        if isinstance(value, Weights):
            if all(value is not layer for layer in self._layers):
                self._layers.append(value)
        elif isinstance(value, tf.Variable):
            self._keep(value, value.trainable and self._trainable)
        elif isinstance(value, list | tuple):
            for each in value:
                self._track(each)
        elif isinstance(value, dict):
            for each in value.values():
                self._track(each)

    def _keep(self, variable: Any, trainable: bool) -> None:
        known = [*self._trainable_weights, *self._non_trainable_weights]
        if all(variable is not each for each in known):
            wanted = self._trainable_weights if trainable else self._non_trainable_weights
            wanted.append(variable)

    def _inner_layers(self) -> Iterator[Any]:
        """The layers inside, those of attributes that are lists grown later included."""
        seen = {id(self)}
        for value in [*self._layers, *self.__dict__.values()]:
            for layer in value if isinstance(value, list) else (value,):
                tracked = isinstance(layer, Weights) and self._tracks_layers
                if tracked and id(layer) not in seen:
                    seen.add(id(layer))
                    yield layer

    _tracks_layers = True

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """What a `tf.train.Checkpoint` saves: weights by the names they were added with, then the
        attributes that have state."""
        attributes = {
            name: value for name, value in self.__dict__.items() if name not in _OWN_LISTS
        }
        return list((self._named_weights | attributes).items())

    @property
    def trainable(self) -> bool:
        """Whether the weights are to be trained."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = value
        for layer in self._inner_layers():
            layer.trainable = value

    def _gather(self, name: str) -> list:
        return [item for layer in self._inner_layers() for item in getattr(layer, name)]

    @property
    def trainable_weights(self) -> list:
        """The weights that are to be trained; none if the layer is not trainable."""
        if not self.trainable:
            return []
        return _distinct(self._trainable_weights + self._gather("trainable_weights"))

    @property
    def non_trainable_weights(self) -> list:
        """The other weights; all, if the layer is not trainable."""
        if not self.trainable:
            return _distinct(
                self._trainable_weights + self._non_trainable_weights + self._gather("weights")
            )
        return _distinct(self._non_trainable_weights + self._gather("non_trainable_weights"))

    @property
    def weights(self) -> list:
        """All weights: those to be trained, then the others."""
        return _distinct(self.trainable_weights + self.non_trainable_weights)

    @property
    def variables(self) -> list:
        """The same as `weights`."""
        return self.weights

    @property
    def trainable_variables(self) -> list:
        """The same as `trainable_weights`."""
        return self.trainable_weights

    @property
    def non_trainable_variables(self) -> list:
        """The same as `non_trainable_weights`."""
        return self.non_trainable_weights

    @property
    def submodules(self) -> tuple:
        """All layers inside, at any depth."""
        found: list[Any] = []
        for layer in self._inner_layers():
            found += [layer, *layer.submodules]
        return tuple(_distinct(found))

    def add_weight(
        self,
        name: str | None = None,
        shape: Any = None,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        partitioner: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = tf.VariableAggregation.NONE,
        **kwargs: Any,
    ) -> Any:
        """Make a variable that belongs to the layer.

        The dtype is the layer's, unless given; the default initializer is Glorot's for
        floating-point weights, zeros for others. A `regularizer`'s penalty joins the losses.
        """
        for key in kwargs:
            if key not in _WEIGHT_KEYWORDS:
                raise TypeError("Unknown keyword argument:", key)
        kind = tf.as_dtype(dtype or self._dtype or backend.floatx())
        if self._dtype is None:
            self._dtype = kind.base_dtype.name
        trainable = _is_trained(trainable, synchronization, name)
        initializer = initializers.get(initializer)
        if initializer is None and not kwargs.get("getter"):
            initializer = _default_initializer(kind, name, self._name)
        arguments = {
            "dtype": kind, "trainable": trainable and self.trainable, "constraint": constraint,
            "use_resource": use_resource, "synchronization": synchronization,
            "aggregation": aggregation,
        }  # fmt: skip
        if kwargs.get("getter"):
            variable = kwargs["getter"](
                name=name, shape=tuple(shape or ()), initializer=initializer,
                partitioner=partitioner, **arguments,
            )  # fmt: skip
        else:
            variable = _variable(name, shape, initializer, kwargs.get("collections"), arguments)
        backend.track_variable(variable)
        if regularizer is not None:
            self._regularize(
                variable.name.partition(":")[0], variable, regularizers.get(regularizer)
            )
        self._keep(variable, trainable)
        if name is not None:
            self._named_weights[name] = variable
        return variable

    def add_variable(self, *args: Any, **kwargs: Any) -> Any:
        """The old name of `add_weight`."""
        return self.add_weight(*args, **kwargs)

    def _regularize(self, name: str, variable: Any, regularizer: Callable) -> None:
        def penalty() -> Any:
            with tf.name_scope(name + "/Regularizer"):
                return regularizer(variable)

        self._callable_losses.append(penalty)

    @property
    def losses(self) -> list:
        """The penalties of weights and outputs, with those of inner layers."""
        found = [*self._losses]
        for penalty in self._callable_losses:
            value = penalty()
            if value is not None:
                found.append(value)
        return found + self._gather("losses")

    def add_loss(self, losses: Any, inputs: Any = None) -> None:
        """Add one or a list of losses: tensors, or functions without arguments that make them.

        What a loss depends on is read from the graph; `inputs` need not tell it.
        """
        self._new_losses(losses)

    def _new_losses(self, losses: Any) -> list:
        added = []
        for loss in tf.nest.flatten(losses):
            if callable(loss):
                self._callable_losses.append(loss)
            elif loss is not None:
                added.append(tf.convert_to_tensor(loss, dtype=_float_of(loss)))
        self._losses += added
        return added

    @property
    def updates(self) -> list:
        """The ops that belong to a training step, such as those of moving averages."""
        if not self.trainable and not self.stateful:
            return []
        return [*self._updates, *self._gather("updates")]

    def add_update(self, updates: Any, inputs: Any = None) -> None:
        """Add one or a list of ops that belong to a training step.

        What they depend on is read from the graph; `inputs` need not tell it.
        """
        self._new_updates(updates)

    def _new_updates(self, updates: Any) -> list:
        added = []
        for update in updates if isinstance(updates, list | tuple) else [updates]:
            update = update() if callable(update) else update
            if update is not None:
                is_op = isinstance(update, tf.Operation)
                added.append(update if is_op else tf.convert_to_tensor(update).op)
        self._updates += added
        return added

    @property
    def metrics(self) -> list:
        """The metrics that `add_metric` made, with those of inner layers."""
        return self._metrics + self._gather("metrics")

    def count_params(self) -> int:
        """How many numbers the weights hold. ValueError for a layer that is not built."""
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on {self._name}, but the layer isn't built. "
                f"You can build it manually via: `{self._name}.build(batch_input_shape)`."
            )
        return sum(int(np.prod(weight.shape.as_list())) for weight in self.weights)

    def get_weights(self) -> list:
        """The weights' values, as arrays."""
        return backend.batch_get_value(self.weights)

    def set_weights(self, weights: Any) -> None:
        """Give the weights the values of the arrays, in the order of `get_weights`."""
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f'You called `set_weights(weights)` on layer "{self._name}" with a  weight list of '
                f"length {len(weights)}, but the layer was expecting {len(own)} weights."
            )
        for variable, value in zip(own, weights, strict=True):
            if tuple(variable.shape.as_list()) != np.shape(value):
                raise ValueError(
                    f"Layer weight shape {variable.shape} not compatible with provided weight "
                    f"shape {np.shape(value)}"
                )
        backend.batch_set_value(list(zip(own, weights, strict=True)))


_OWN_LISTS = frozenset(
    """
    _layers _trainable_weights _non_trainable_weights _losses _callable_losses _updates _metrics
    _inbound_nodes _outbound_nodes _initial_weights _named_weights
    """.split()
)


def _distinct(values: list) -> list:
    return list({id(value): value for value in values}.values())


def _float_of(loss: Any) -> Any:
    return None if isinstance(loss, tf.Tensor | tf.Variable) else backend.floatx()


def _is_trained(trainable: bool | None, synchronization: Any, name: str | None) -> bool:
    if synchronization == tf.VariableSynchronization.ON_READ:
        if trainable:
            raise ValueError(
                "Synchronization value can be set to VariableSynchronization.ON_READ only for "
                f"non-trainable variables. You have specified trainable=True for {name}."
            )
        return False
    return True if trainable is None else trainable


def _default_initializer(dtype: tf.DType, name: str | None, layer: str) -> Any:
    if dtype.is_floating:
        return initializers.glorot_uniform()
    if dtype.is_integer or dtype is tf.bool:
        return initializers.zeros()
    raise ValueError(
        f"An initializer for variable {name} of type {dtype.base_dtype} is required for layer "
        f"{layer}"
    )


def _variable(
    name: str | None, shape: Any, initializer: Any, collections: Any, arguments: dict[str, Any]
) -> Any:
    dims = tf.TensorShape(() if shape is None else shape).as_list()
    if inspect.isclass(initializer):
        initializer = initializer()
    dtype = arguments["dtype"].base_dtype
    if arguments["use_resource"] is None:
        arguments["use_resource"] = True

    def value() -> Any:
        if initializer is None:
            raise ValueError(f"The weight {name} has no initializer.")
        return initializer(dims, dtype=dtype)

    return tf.Variable(value, name=name, collections=collections, **(arguments | {"dtype": dtype}))
