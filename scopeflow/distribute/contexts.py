"""Where a program stands: in a strategy's scope, in a replica's function."""

from __future__ import annotations

import enum
import threading
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class ReduceOp(enum.Enum):
    """How values of replicas become one."""

    SUM = "SUM"
    MEAN = "MEAN"


class InputReplicationMode(enum.Enum):
    """How often an input function is called: once for each worker."""

    PER_WORKER = "PER_WORKER"


class InputContext:
    """What an input function may know: how many pipelines there are, and which one it makes."""

    def __init__(
        self,
        num_input_pipelines: int = 1,
        input_pipeline_id: int = 0,
        num_replicas_in_sync: int = 1,
    ) -> None:
        self._num_input_pipelines = num_input_pipelines
        self._input_pipeline_id = input_pipeline_id
        self._num_replicas_in_sync = num_replicas_in_sync

    @property
    def num_input_pipelines(self) -> int:
        """How many pipelines there are."""
        return self._num_input_pipelines

    @property
    def input_pipeline_id(self) -> int:
        """Which of them this is."""
        return self._input_pipeline_id

    @property
    def num_replicas_in_sync(self) -> int:
        """How many replicas share a batch."""
        return self._num_replicas_in_sync

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """A replica's share of the batch; ValueError where it cannot be shared evenly."""
        if global_batch_size % self._num_replicas_in_sync:
            raise ValueError(
                f"The global_batch_size {global_batch_size} is not divisible by "
                f"num_replicas_in_sync {self._num_replicas_in_sync} "
            )
        return global_batch_size // self._num_replicas_in_sync


class ReplicaContext:
    """What a function may know of the replica that it is called for: of the only one."""

    def __init__(self, strategy: Any, replica_id_in_sync_group: Any) -> None:
        self._strategy = strategy
        self._replica_id_in_sync_group = replica_id_in_sync_group

    @property
    def strategy(self) -> Any:
        """The strategy."""
        return self._strategy

    @property
    def num_replicas_in_sync(self) -> int:
        """One."""
        return 1

    @property
    def replica_id_in_sync_group(self) -> Any:
        """The number of the replica."""
        return self._replica_id_in_sync_group

    @property
    def devices(self) -> tuple:
        """The device of the replica."""
        return (self._strategy._device or "/device:CPU:0",)

    def all_reduce(self, reduce_op: Any, value: Any) -> Any:
        """The sum or mean over the replicas: the value itself, behind an identity."""
        checked(reduce_op)
        return tf.nest.map_structure(tf.identity, value)

    def merge_call(self, merge_fn: Callable, args: Any = (), kwargs: Any = None) -> Any:
        """Call `merge_fn(strategy, *args, **kwargs)`, outside of the replica."""
        with entered(self._strategy, None):
            return merge_fn(self._strategy, *args, **(kwargs or {}))


def checked(reduce_op: Any) -> ReduceOp:
    """The ReduceOp, also by its name."""
    if isinstance(reduce_op, str):
        return ReduceOp(reduce_op.upper())
    if not isinstance(reduce_op, ReduceOp):
        raise TypeError(f"reduce_op must be a tf.distribute.ReduceOp, not {reduce_op!r}")
    return reduce_op


class _Here(threading.local):
    def __init__(self) -> None:
        self.stack: list[tuple[Any, Any]] = []


_here = _Here()


class entered:
    """A `with` block in a strategy's scope, in one of its replicas or in none."""

    def __init__(self, strategy: Any, replica: Any) -> None:
        self._place = (strategy, replica)

    def __enter__(self) -> Any:
        _here.stack.append(self._place)
        return self._place[0]

    def __exit__(self, *exc_info: Any) -> None:
        _here.stack.pop()


def innermost() -> tuple[Any, Any] | None:
    """(strategy, replica context or None) of the innermost block."""
    return _here.stack[-1] if _here.stack else None
