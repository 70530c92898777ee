"""Strategies of one device: what they do on several devices is nothing to do here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .contexts import (
    InputContext,
    InputReplicationMode,
    ReplicaContext,
    checked,
    entered,
    innermost,
)


class _Iterator:
    """An iterator over a dataset."""

    def __init__(self, dataset: Any) -> None:
        self._iterator = tf.data.make_initializable_iterator(dataset)

    @property
    def initializer(self) -> Any:
        return self._iterator.initializer

    def initialize(self) -> Any:
        return self._iterator.initializer

    def get_next(self, name: str | None = None) -> Any:
        return self._iterator.get_next(name)


class Strategy:
    """A strategy of one replica: variables and ops are as without it.

    `with strategy.scope():` is where the model is built. The methods for several replicas do what
    they do for a single one.
    """

    def __init__(self, extended: Any) -> None:
        self._extended = extended
        self._device: str | None = None

    @property
    def num_replicas_in_sync(self) -> int:
        """One."""
        return 1

    @property
    def extended(self) -> Any:
        """NotImplementedError: there is nothing to extend with one device."""
        raise NotImplementedError(
            f"tf.distribute.{type(self).__name__}.extended: there is one device. Use the strategy's"
            " own methods, or what it wraps."
        )

    def scope(self) -> Any:
        """A `with` block in which this is the strategy."""
        return entered(self, None)

    def colocate_vars_with(self, colocate_with_variable: Any) -> Any:
        """As tf.colocate_with."""
        return tf.colocate_with(colocate_with_variable)

    def configure(
        self,
        session_config: Any = None,
        cluster_spec: Any = None,
        task_type: Any = None,
        task_id: Any = None,
    ) -> None:
        """Accepted: there is nothing to configure."""

    def update_config_proto(self, config_proto: Any) -> Any:
        """The config as it is."""
        return config_proto

    def make_dataset_iterator(self, dataset: Any) -> Any:
        """An iterator over the dataset; run its `initialize()` first."""
        return _Iterator(dataset)

    def make_input_fn_iterator(
        self,
        input_fn: Callable,
        replication_mode: Any = InputReplicationMode.PER_WORKER,
    ) -> Any:
        """An iterator over the dataset that `input_fn(input_context)` returns."""
        return _Iterator(input_fn(InputContext()))

    def experimental_distribute_dataset(self, dataset: Any) -> Any:
        """The dataset: the only replica gets all of it."""
        return dataset

    def experimental_distribute_datasets_from_function(self, dataset_fn: Callable) -> Any:
        """The dataset that `dataset_fn(input_context)` returns."""
        return dataset_fn(InputContext())

    def experimental_make_numpy_dataset(self, numpy_input: Any, session: Any = None) -> Any:
        """A dataset of the arrays' rows."""
        return tf.data.Dataset.from_tensor_slices(numpy_input)

    def experimental_run(self, fn: Callable, input_iterator: Any = None) -> Any:
        """Call `fn` for the replica, with the iterator's next element where there is one."""
        args = () if input_iterator is None else (input_iterator.get_next(),)
        return self.experimental_run_v2(fn, args)

    def experimental_run_v2(self, fn: Callable, args: Any = (), kwargs: Any = None) -> Any:
        """Call `fn(*args, **kwargs)` for the replica."""
        with entered(self, ReplicaContext(self, 0)), tf.device(self._device):
            return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: int | None = None) -> Any:
        """The sum or mean over the replicas and, where given, over an axis."""
        kind = checked(reduce_op)

        def reduced(tensor: Any) -> Any:
            if axis is None:
                return tf.identity(tensor)
            return (tf.reduce_sum if kind.value == "SUM" else tf.reduce_mean)(tensor, axis=axis)

        return tf.nest.map_structure(reduced, value)

    def experimental_local_results(self, value: Any) -> tuple:
        """The values of this process's replicas."""
        return (value,)

    def unwrap(self, value: Any) -> tuple:
        """As `experimental_local_results`."""
        return self.experimental_local_results(value)

    def group(self, value: Any, name: str | None = None) -> Any:
        """An op that runs the value's ops; the only one itself, unless there is a name."""
        parts = tf.nest.flatten(value)
        if len(parts) != 1 or name is not None:
            return tf.group(*parts, name=name)
        return getattr(parts[0], "op", parts[0])


class OneDeviceStrategy(Strategy):
    """Everything on one device, which is recorded in the graph."""

    def __init__(self, device: str) -> None:
        super().__init__(None)
        self._device = device

    def scope(self) -> Any:
        """A `with` block in which this is the strategy."""
        return _Together(entered(self, None), tf.device(self._device))


class MirroredStrategy(Strategy):
    """Copies on several devices, of which there may be one. NotImplementedError for more.

    `cross_device_ops` is accepted: there is nothing to bring together.
    """

    def __init__(self, devices: Any = None, cross_device_ops: Any = None) -> None:
        super().__init__(None)
        if devices is not None:
            devices = [devices] if isinstance(devices, str) else list(devices)
            if len(devices) != 1:
                raise NotImplementedError(
                    f"tf.distribute.MirroredStrategy: a session runs on one device, not on "
                    f"{len(devices)}: {devices}. Name one of them, or none."
                )
            self._device = devices[0]


class _Default(Strategy):
    """Where no strategy was entered."""


_default = _Default(None)


class _Together:
    """Two `with` blocks as one; gives what the first gives."""

    def __init__(self, *blocks: Any) -> None:
        self._blocks = blocks

    def __enter__(self) -> Any:
        first, *_ = [block.__enter__() for block in self._blocks]
        return first

    def __exit__(self, *exc_info: Any) -> None:
        for block in reversed(self._blocks):
            block.__exit__(*exc_info)


def get_strategy() -> Any:
    """The strategy whose scope this is; a default one outside of any."""
    place = innermost()
    return place[0] if place else _default


def has_strategy() -> bool:
    """Whether this is in a strategy's scope."""
    return get_strategy() is not _default


def get_replica_context() -> Any:
    """The context of the replica, None in a strategy's scope outside of a replica."""
    place = innermost()
    return place[1] if place else ReplicaContext(_default, 0)


def in_cross_replica_context() -> bool:
    """Whether this is in a strategy's scope, outside of a replica."""
    return get_replica_context() is None


def get_loss_reduction() -> Any:
    """How losses of replicas are brought together: by their mean."""
    return tf.distribute.ReduceOp.MEAN
