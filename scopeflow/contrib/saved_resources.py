"""Resources of a graph that begin with an op and that checkpoints hold."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import scopeflow as tf


class Spec(NamedTuple):
    """A tensor as tf.train.Saver wants to know it."""

    tensor: Any
    slice_spec: str
    name: str
    dtype: Any
    device: str


def spec(tensor: Any, name: str) -> Spec:
    """The whole tensor, under a name."""
    return Spec(tensor, "", name, tensor.dtype, tensor.device)


class SavedResource:
    """A resource as tf.train.Saver takes it from the collection SAVEABLE_OBJECTS.

    `parts` has its tensors by what follows its name in checkpoints; `load`, called with them, gives
    the op that takes them in, once `create` has run.
    """

    optional_restore = False

    def __init__(
        self, handle: Any, create: Any, parts: dict[str, Any], load: Callable[..., Any]
    ) -> None:
        self.op, self.name = handle, handle.name
        self.specs = [spec(tensor, self.name + part) for part, tensor in parts.items()]
        self.device = self.specs[0].device
        self._create, self._load = create, load

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The op that takes in what was saved."""
        with tf.control_dependencies([self._create]):
            return self._load(*restored_tensors)


def note_resource(
    handle: Any, create: Any, is_made: Any, parts: dict[str, Any], load: Callable[..., Any]
) -> None:
    """Let `create` run with the graph's initialization, and savers hold the resource."""
    tf.add_to_collection(tf.GraphKeys.RESOURCES, (handle, create, is_made))
    saveable = SavedResource(handle, create, parts, load)
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
