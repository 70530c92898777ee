"""Layers made of layers."""

from __future__ import annotations

import inspect
from typing import Any

import scopeflow as tf


class Network(tf.layers.Layer):
    """A layer that is made of others: subclasses track them, and define `call`."""

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name)
        self._tracked: list[Any] = []

    def track_layer(self, layer: Any) -> Any:
        """The layer, whose variables are now the network's too. TypeError for anything else."""
        if not isinstance(layer, tf.layers.Layer | tf.keras.layers.Layer):
            raise TypeError(
                f"Network.track_layer() passed type {type(layer)}, not a tf.layers.Layer"
            )
        self._tracked.append(layer)
        return layer

    @property
    def layers(self) -> list[Any]:
        """The layers that it tracks."""
        return list(self._tracked)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """The layer of that name or number. ValueError without one of the two, or without one."""
        if (name is None) == (index is None):
            raise ValueError("Say either the name or the index of a layer.")
        if index is not None:
            if index >= len(self._tracked):
                raise ValueError(f"There are {len(self._tracked)} layers, none of index {index}.")
            return self._tracked[index]
        for layer in self._tracked:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}")

    @property
    def trainable_weights(self) -> list[Any]:
        """The layers' trained variables."""
        return [weight for layer in self._tracked for weight in layer.trainable_weights]

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The layers' other variables."""
        return [weight for layer in self._tracked for weight in layer.non_trainable_weights]

    @property
    def losses(self) -> list[Any]:
        """The layers' losses, and its own."""
        return [*super().losses, *(loss for layer in self._tracked for loss in layer.losses)]

    def add_variable(
        self, name: str, shape: Any, dtype: Any = None, initializer: Any = None,
        regularizer: Any = None, trainable: bool = True, constraint: Any = None,
    ) -> Any:  # fmt: skip
        """Raises RuntimeError: a network has no variables but its layers'."""
        raise RuntimeError(
            f"add_variable({name!r}) not supported in Network class yet. Track a layer."
        )


class Sequential(Network):
    """Layers, and functions, one behind the other."""

    def __init__(self, layers_funcs: Any = None, name: str | None = None) -> None:
        super().__init__(name=name)
        self._steps: list[Any] = []
        for step in layers_funcs or ():
            self.add(step)

    def add(self, layer_func: Any) -> None:
        """One more, at the end."""
        if isinstance(layer_func, tf.layers.Layer | tf.keras.layers.Layer):
            self.track_layer(layer_func)
        self._steps.append(layer_func)

    def call(  # type: ignore[override]
        self, inputs: Any, training: Any = None
    ) -> Any:
        """What the last gives; `training` is told to layers that take it."""
        for step in self._steps:
            takes = getattr(step, "call", step)
            if training is not None and "training" in inspect.signature(takes).parameters:
                inputs = step(inputs, training=training)
            else:
                inputs = step(inputs)
        return inputs
