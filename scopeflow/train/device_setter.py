"""Devices for variables and ops of a replicated model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

PS_OPS = (
    "Variable",
    "VariableV2",
    "AutoReloadVariable",
    "MutableHashTable",
    "MutableHashTableV2",
    "MutableHashTableOfTensors",
    "MutableHashTableOfTensorsV2",
    "MutableDenseHashTable",
    "MutableDenseHashTableV2",
    "VarHandleOp",
)
"""The op types that are placed on parameter servers."""


class _InTurn:
    """Gives each op the next task."""

    def __init__(self, tasks: int) -> None:
        self._tasks = tasks
        self._next = 0

    def __call__(self, op: Any) -> int:
        task = self._next
        self._next = (task + 1) % self._tasks
        return task


def replica_device_setter(
    ps_tasks: int = 0,
    ps_device: str = "/job:ps",
    worker_device: str = "/job:worker",
    merge_devices: bool = True,
    cluster: Any = None,
    ps_ops: Any = None,
    ps_strategy: Callable[[Any], int] | None = None,
) -> Callable[[Any], str] | None:
    """A device function for `tf.device`: variables on parameter servers, the rest on the worker.

    It gives variables the tasks of `ps_device` in turn, or as `ps_strategy(op)` says; None where
    there is no parameter server. `merge_devices` combines it with devices of inner blocks. Devices
    are recorded in the graph; a session runs all of it in this process.
    """
    if cluster is not None:
        jobs = tf.train.ClusterSpec(cluster).as_dict()
        job = tf.DeviceSpec.from_string(ps_device).job
        if job not in jobs:
            return None
        ps_tasks = len(jobs[job])
    if ps_tasks == 0:
        return None
    strategy = _InTurn(ps_tasks) if ps_strategy is None else ps_strategy
    if not callable(strategy):
        raise TypeError("ps_strategy must be callable")
    types = PS_OPS if ps_ops is None else tuple(ps_ops)

    def device(op: Any) -> str:
        if not merge_devices and op.device:
            return op.device
        inner = tf.DeviceSpec.from_string(op.device or "")
        if ps_device and op.type in types:
            outer = tf.DeviceSpec.from_string(ps_device)
            if outer.job and inner.job in (None, outer.job):
                outer.task = strategy(op)
        else:
            outer = tf.DeviceSpec.from_string(worker_device or "")
        return outer.make_merged_spec(inner).to_string()

    return device
