"""An ensemble of boosted trees as a resource of the graph, which checkpoints hold."""

from __future__ import annotations

from typing import Any, NamedTuple

import scopeflow as tf


class PruningMode:
    """When splits that gain nothing are undone: never, at once, or when the tree is grown."""

    NO_PRUNING, PRE_PRUNING, POST_PRUNING = range(3)
    _map = {"none": NO_PRUNING, "pre": PRE_PRUNING, "post": POST_PRUNING}

    @classmethod
    def from_str(cls, mode: str) -> int:
        """The number of a mode. ValueError if there is none of that name."""
        if mode not in cls._map:
            raise ValueError(f"pruning_mode mode must be one of: {', '.join(sorted(cls._map))}")
        return cls._map[mode]


class Spec(NamedTuple):
    """A tensor that tf.train.Saver saves."""

    tensor: Any
    slice_spec: str
    name: str
    dtype: Any
    device: str


class _Saveable:
    """An ensemble as tf.train.Saver takes it: its stamp and its message."""

    optional_restore = False

    def __init__(self, ensemble: TreeEnsemble, name: str, tensors: Any) -> None:
        self._ensemble = ensemble
        self.op = ensemble.resource_handle
        self.name = name
        self.specs = [
            Spec(tensor, "", name + part, tensor.dtype, tensor.device)
            for tensor, part in zip(tensors, ("_stamp", "_serialized"), strict=True)
        ]
        self.device = self.specs[0].device

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The op that gives the ensemble the restored trees."""
        with tf.control_dependencies([self._ensemble.initializer]):
            return self._ensemble.deserialize(*restored_tensors)


class TreeEnsemble:
    """The trees of one model.

    Args:
      name: Of the resource.
      stamp_token: The number that it begins with; each change adds one.
      is_local: Whether it is among the local resources, not the shared ones.
      serialized_proto: The message of the trees that it begins with.
    """

    def __init__(
        self,
        name: str,
        stamp_token: int = 0,
        is_local: bool = False,
        serialized_proto: Any = "",
    ) -> None:
        ops = tf.raw_ops
        with tf.name_scope(name, "TreeEnsemble") as scope:
            self._handle = ops.BoostedTreesEnsembleResourceHandleOp(
                container="", shared_name=name, name=scope
            )
            self._initializer = ops.BoostedTreesCreateEnsemble(
                tree_ensemble_handle=self._handle, stamp_token=tf.constant(stamp_token, tf.int64),
                tree_ensemble_serialized=serialized_proto,
            )  # fmt: skip
            self._is_initialized = ops.IsBoostedTreesEnsembleInitialized(
                tree_ensemble_handle=self._handle
            )
            saveable = _Saveable(self, self._handle.name, self.serialize())
        if not is_local:
            tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
        tf.add_to_collection(
            tf.GraphKeys.LOCAL_RESOURCES if is_local else tf.GraphKeys.RESOURCES,
            (self._handle, self._initializer, self._is_initialized),
        )

    @property
    def resource_handle(self) -> Any:
        """The ensemble as a tensor."""
        return self._handle

    @property
    def initializer(self) -> Any:
        """The op that makes it."""
        return self._initializer

    def is_initialized(self) -> Any:
        """Whether it is made."""
        return self._is_initialized

    def get_states(self) -> tuple:
        """Stamp, numbers of trees, of finalized trees and of attempted layers, the last layer's
        nodes from the first to behind the last."""
        states = tf.raw_ops.BoostedTreesGetEnsembleStates(tree_ensemble_handle=self._handle)
        names = (
            "stamp_token", "num_trees", "num_finalized_trees", "num_attempted_layers",
            "last_layer_nodes_range",
        )  # fmt: skip
        return tuple(tf.identity(s, name=name) for s, name in zip(states, names, strict=True))

    def get_stamp_token(self) -> Any:
        """The number that each change adds one to."""
        return self.get_states()[0]

    def serialize(self) -> Any:
        """Stamp and message."""
        return tf.raw_ops.BoostedTreesSerializeEnsemble(tree_ensemble_handle=self._handle)

    def deserialize(self, stamp_token: Any, serialized_proto: Any) -> Any:
        """The op that gives it the trees of a message."""
        return tf.raw_ops.BoostedTreesDeserializeEnsemble(
            tree_ensemble_handle=self._handle,
            stamp_token=tf.cast(stamp_token, tf.int64),
            tree_ensemble_serialized=serialized_proto,
        )
